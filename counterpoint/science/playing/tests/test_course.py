"""The queue of a day, counted a second way from the events; what was ordered on a recorded day."""

from __future__ import annotations

import numpy as np
import pytest

from counterpoint.science import playing, replay, twin
from counterpoint.science.playing.tests.days import demo
from counterpoint.science.replay.datasets import branch


@pytest.mark.parametrize("seed", range(2))
def test_the_queue_is_that_of_the_day_played_to_each_minute(seed: int) -> None:
    """Folding to the minute and counting who has a ticket then gives the same numbers."""
    game = demo(seed)
    found = playing.course(playing.play(game, log=False))
    grid = playing.grid_of(game)
    for minute, waiting in list(zip(grid, found, strict=True))[::4]:
        there = playing.play(game, (), float(minute) + 1e-7, log=False).state.counts()
        assert waiting == there["waiting"], minute
    assert len(grid) == len(found)
    assert np.diff(grid).tolist() == [15.0] * (len(grid) - 1)


def test_what_was_decided_after_the_first_half_hour_is_ordered_again() -> None:
    model = branch()
    service, counters, opens = model.service_codes[0], model.counter_codes[:2], model.open_minute
    events = (
        replay.Event(opens, "open", counter=counters[0], person="mei"),
        replay.Event(opens, "post", person="bo", what="back_office"),
        replay.Event(opens + 10, "take", ticket="A1"),
        replay.Event(opens + 11, "call", ticket="A1", counter=counters[0]),
        replay.Event(opens + 15, "end", ticket="A1"),
        replay.Event(opens + 60, "break", person="mei", value=20.0),
        replay.Event(opens + 80, "back", person="mei", counter=counters[0]),
        replay.Event(opens + 90, "open", counter=counters[1], person="bo"),
        replay.Event(opens + 120, "post", person="bo", what="lobby"),
        replay.Event(opens + 130, "close", counter=counters[1]),
        replay.Event(model.close_minute, "shut"),
    )
    workers = tuple(replay.Worker(code, model.service_codes) for code in ("bo", "mei"))
    visits = (replay.Visit("A1", service, "standard"),)
    day = replay.scenario(replay.Recorded(events, visits, workers, model.close_minute), model)
    game = playing.of_record(day, np.ones((len(model.services), 6)), seed=1)
    orders = playing.decided(day, game)
    assert [(order.second // 60 - opens, order.act) for order in orders] == [
        (90, "window-open"), (120, "person-move"), (130, "window-close"),
    ]  # fmt: skip
    assert playing.play(game, orders).loss.moves == 2
    assert twin.KIND["refused"] not in playing.play(game, orders).events["kind"]
