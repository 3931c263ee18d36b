"""The best found: counted, repeatable, never worse than what people played."""

from __future__ import annotations

import pytest

from counterpoint.science import playing, twin
from counterpoint.science.playing.tests.days import demo, random_orders, tiny
from counterpoint.science.playing.tests.test_floor import everything


def test_a_search_finds_the_same_twice_and_what_it_says_can_be_played() -> None:
    game = demo(0)
    first, second = (playing.best(game, budget=250) for _ in range(2))
    assert first == second
    assert first.tried <= 250
    assert playing.play(game, first.orders).loss.total == first.loss
    assert playing.bound(game, 1.0) <= first.loss < first.nothing


def test_more_tries_find_no_worse() -> None:
    found = [playing.best(demo(1), budget=budget).loss for budget in (1, 40, 200)]
    assert found == sorted(found, reverse=True)


def test_what_a_person_played_better_becomes_the_reference() -> None:
    game = demo(0)
    good = playing.best(game, budget=250)
    assert playing.best(game, budget=1, own=[good.orders]).loss == good.loss
    assert playing.best(game, budget=1, own=[good.orders, random_orders(game, 1)]).way == "own"


def test_on_a_tiny_day_it_comes_within_a_twentieth_of_every_pair_of_orders_tried() -> None:
    for seed in range(3):
        game = tiny(seed)
        least = min(playing.play(game, orders, log=False).loss.total for orders in everything(game))
        assert playing.best(game, budget=1500).loss <= 1.05 * least + 1e-9


def test_answers_are_searched_too() -> None:
    game = demo(0, story=True)
    answer = playing.Order.of(601 * 60, "answer", inject="machine", choice="wait")
    found = playing.best(game, budget=30, own=[[answer]])
    assert found.loss <= playing.play(game, [answer.at(601 * 60)]).loss.total


def test_the_best_found_answers_every_question_and_no_worse_than_silence() -> None:
    game = demo(0, story=True)
    found = playing.best(game, budget=60)
    day = playing.play(game, found.orders)
    assert day.loss.total == found.loss and day.points == 0.0
    assert {key: choice for key, choice, _ in day.answers} == {"machine": "call_vendor", "thanks": "nod"}
    assert found.nothing == playing.play(game).loss.total
    assert found.loss < found.nothing
    assert playing.answered(game, found.orders) == found.orders
    assert playing.kindest(demo(0)) is demo(0)


def test_a_search_needs_a_try() -> None:
    with pytest.raises(twin.ModelError, match="at least one try"):
        playing.best(tiny(0), budget=0)
