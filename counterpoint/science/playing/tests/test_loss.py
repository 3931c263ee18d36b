"""The loss of a day, said twice: by the verb, and read off the log of events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from counterpoint.science import advice, playing, twin
from counterpoint.science.playing import datasets
from counterpoint.science.playing.tests.days import demo, random_orders


def by_events(day: playing.Played) -> tuple[float, int, int]:
    """Waited, gone and late of a branch without triage and devices."""
    names, since, waits, gone, late = twin.EVENT_NAMES, {}, 0.0, 0, 0
    for event in day.events:
        kind, c, minute = names[event["kind"]], int(event["customer"]), float(event["minute"])
        if kind == "join_queue":
            since[c] = minute
        elif kind in ("start_service", "abandon", "dismiss") and c in since:
            waits += minute - since[c]
            promise = day.game.model.tiers[day.game.people.tier[c]].promise
            late += kind == "start_service" and minute - since[c] > promise
        gone += kind in ("abandon", "dismiss", "balk")
    return waits, gone, late


@pytest.mark.parametrize("seed", range(12))
def test_the_parts_of_a_loss_are_those_of_the_log(seed: int) -> None:
    game = datasets.tiny_game(seed, people=12, minutes=60.0)
    day = playing.play(game, random_orders(game, seed, 6))
    found = day.loss
    waits, gone, late = by_events(day)
    assert found.waited == pytest.approx(waits)
    assert (found.gone, found.late) == (gone, late)
    assert found.total == pytest.approx(waits + 30 * gone + 10 * late + 0.5 * found.staff_minutes + 5 * found.moves)


def test_who_is_sent_home_at_the_end_has_left_unserved() -> None:
    game = datasets.tiny_game(3, people=12)
    model = replace(game.model, overrun_minutes=0.0, close_minute=550.0, stay_after_close=False, patience=None)
    draws = game.people.draws.copy()
    draws[:, 1] = np.inf
    day = playing.play(replace(game, model=model, people=replace(game.people, draws=draws)))
    assert day.state.counts()["dismissed"] >= 5
    assert day.loss.gone == day.state.counts()["dismissed"] == by_events(day)[1]
    assert day.loss.waited == pytest.approx(by_events(day)[0])


def test_somebody_called_to_a_window_costs_the_minutes_there_and_a_move() -> None:
    game = datasets.tiny_game(1, people=0)
    called = playing.play(game, [playing.Order.of(545 * 60, "window-open", counter="K2", user="p2")])
    assert (called.loss.moves, called.loss.gone) == (1, 0)
    assert called.loss.staff_minutes == pytest.approx(630.0 - 545.0)


def test_a_window_closed_gives_nothing_back() -> None:
    game = datasets.tiny_game(1, people=0)
    closed = playing.play(game, [playing.Order.of(545 * 60, "window-close", counter="K1")])
    assert closed.loss.staff_minutes == 0.0
    assert closed.loss.total == 0.0


def test_the_loss_so_far_is_that_of_a_day_cut_there() -> None:
    game = demo(0)
    losses = [playing.play(game, (), float(minute)).loss for minute in (560, 600, 700, 900)]
    waited = [loss.waited for loss in losses]
    assert waited == sorted(waited)
    assert {loss.staff_minutes for loss in losses} == {0.0}


def test_the_hour_that_the_advisor_weighs_is_weighed_alike() -> None:
    """The advisor's measure of a whole day is the day's, but for those sent home, whom an hour cannot see."""
    game = demo(3)
    day = playing.play(game)
    told = advice.measures(twin.outcome(day.state), day.now, game.loss)[0]
    assert day.loss.waited == pytest.approx(told[1])
    assert day.loss.gone == told[2]


def test_points_of_an_answer_are_minutes_of_loss() -> None:
    quiet = playing.Inject("ask", 600.0, choices=(playing.Choice("a", points=7.0), playing.Choice("b")), default="a")
    game = replace(datasets.demo_game(1), injects=(quiet,))
    answer = playing.Order.of(601 * 60, "answer", inject="ask", choice="b")
    assert playing.play(game).loss.total == playing.play(game, [answer]).loss.total + 7.0
