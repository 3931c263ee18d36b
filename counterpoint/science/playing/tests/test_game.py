"""A game is told apart by all that decides the day, and survives being put away."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from counterpoint.science import advice, playing, twin
from counterpoint.science.playing import datasets
from counterpoint.science.playing.tests.days import demo, random_orders
from counterpoint.science.twin.customers import freeze


def test_equal_games_have_one_hash_and_any_difference_another() -> None:
    game = demo(0, story=True)
    assert datasets.demo_game(0, injects=datasets.demo_injects()).hash() == game.hash()
    draws = game.people.draws.copy()
    draws[3, 2] = np.nextafter(draws[3, 2], np.inf)
    others = [
        replace(game, model=replace(game.model, uptake=0.6)),
        replace(game, staffing=twin.Staffing(game.staffing.people[:-1])),
        replace(game, people=freeze(draws, game.people.who, game.people.seed)),
        replace(game, rates=game.rates * 1.0000001),
        replace(game, given=(twin.CloseCounter(600.0, "K1"),)),
        replace(game, injects=game.injects[:-1]),
        replace(game, loss=advice.Loss(walkout=31.0)),
        replace(game, opens=541.0),
        datasets.demo_game(1, injects=datasets.demo_injects()),
    ]
    assert len({game.hash(), *(other.hash() for other in others)}) == len(others) + 1


def test_a_game_put_away_comes_back_with_the_same_day() -> None:
    game = demo(1, story=True)
    data = game.to_bytes()
    again = playing.Game.from_bytes(data)
    assert again.hash() == game.hash()
    assert len(data) < 40_000
    orders = random_orders(game, 3)
    assert playing.play(again, orders).digest() == playing.play(game, orders).digest()


def test_scores_of_answers_are_kept_and_leave_the_hash_of_games_without_them() -> None:
    game = demo(1, story=True)
    assert "scores" not in json.dumps(game.head())
    wait, call = game.injects[0].choices
    scored = replace(game.injects[0], choices=(wait, replace(call, scores=(("risk", 2.0), ("people", -1.0)))))
    more = replace(game, injects=(scored, *game.injects[1:]))
    again = playing.Game.from_bytes(more.to_bytes())
    assert again.hash() == more.hash() != game.hash()
    answer = playing.Order.of(603 * 60, "answer", inject="machine", choice="call_vendor")
    assert playing.play(again, [answer]).scores == {"risk": 2.0, "people": -1.0}
    assert playing.play(again).scores == {}
    assert playing.play(again, [answer]).loss == playing.play(game, [answer]).loss


def test_an_answer_may_raise_several_flags() -> None:
    game = demo(1, story=True)
    wait, call = game.injects[0].choices
    asked = replace(game.injects[0], choices=(wait, replace(call, flag="called helped")))
    day = playing.play(replace(game, injects=(asked, *game.injects[1:])), playing.answered(game))
    assert day.flags == {"called", "helped"}


def test_other_bytes_are_refused() -> None:
    with pytest.raises(twin.ModelError, match="no game"):
        playing.Game.from_bytes(b"something")


def test_a_crowd_drawn_into_the_table_is_the_crowd_of_the_command() -> None:
    branch = twin.demo_branch(seed=1, size="small")
    crowd = twin.AddCustomers(620.0, "S02", 9, 12.0)
    shut = twin.CloseCounter(600.0, "K1")
    game = playing.Game.of_plan(branch.model, branch.staffing, branch.rates, seed=4, given=(crowd, shut))
    people = twin.replication(branch.model, branch.rates, 0, seed=4)
    day = twin.run_day(branch.model, branch.staffing, people, (crowd, shut))
    mine = playing.play(game)
    assert len(game.people) == len(people) + 9
    assert mine.state.customer_times().tobytes() == day.state.customer_times().tobytes()


def test_another_day_of_the_plan_is_a_replication_of_it() -> None:
    game = demo(0)
    other = game.again(seed=11, number=6)
    assert other.people == twin.replication(game.model, game.rates, 6, seed=11)
    result = twin.simulate(game.model, game.staffing, game.rates, 7, seed=11)
    mine = twin.outcome(playing.play(other).state).times
    assert np.array_equal(mine, result.times[result.codes[:, 0] == 6], equal_nan=True)


def test_playing_leaves_a_game_as_it_was() -> None:
    game = datasets.demo_game(2)
    before = game.hash()
    playing.play(game, random_orders(game, 1))
    assert game.hash() == before


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: playing.Inject("x"), "a minute or a condition"),
        (lambda: playing.Inject("x", 600.0, choices=(playing.Choice("a"),), default="b"), "default"),
        (lambda: playing.Choice("x", points=-1.0), "0 or more"),
        (lambda: playing.Condition("mood"), "mood"),
        (lambda: playing.Condition("waiting", "about"), "about"),
    ],
)
def test_a_story_that_makes_no_sense_is_refused(make: object, words: str) -> None:
    with pytest.raises(twin.ModelError, match=words):
        make()  # type: ignore[operator]
