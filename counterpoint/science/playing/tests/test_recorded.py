"""A recorded day becomes a game: its people, its seats, none of its decisions."""

from __future__ import annotations

import numpy as np
import pytest

from counterpoint.science import playing, replay, twin
from counterpoint.science.replay.datasets import branch


def lived(seed: int, *, closed: bool = True) -> replay.Scenario:
    return replay.scenario(replay.recorded_day(seed, trouble=0.05, closed=closed, rate=0.8, minutes=180.0), branch())


def game_of(seed: int) -> playing.Game:
    model = lived(seed).model
    return playing.of_record(lived(seed), np.full((len(model.services), 6), 3.0), seed=7)


@pytest.mark.parametrize("seed", range(1, 5))
def test_the_people_are_those_of_the_record_and_all_find_their_end(seed: int) -> None:
    day, game = lived(seed), game_of(seed)
    assert game.people.arrival.tolist() == [leg.arrival for leg in day.legs]
    counts = playing.play(game).state.counts()
    ends = twin.STATUS_NAMES[twin.STATUS_NAMES.index("served") :]
    assert sum(counts[name] for name in ends) == len(day.legs)


def test_who_sat_down_in_the_first_half_hour_has_that_seat_and_whoever_came_later_is_on_call() -> None:
    model = branch()
    service, counters = model.service_codes[0], model.counter_codes[:2]
    visits = (replay.Visit("A1", service, "normal"),)
    opens = model.open_minute
    events = (
        replay.Event(opens, "open", counter=counters[0], person="mei"),
        replay.Event(opens, "post", person="bo", what="back_office"),
        replay.Event(opens + 10, "take", ticket="A1"),
        replay.Event(opens + 11, "call", ticket="A1", counter=counters[0]),
        replay.Event(opens + 15, "end", ticket="A1"),
        replay.Event(opens + 90, "open", counter=counters[1], person="bo"),
        replay.Event(model.close_minute, "shut"),
    )
    workers = tuple(replay.Worker(code, model.service_codes) for code in ("bo", "mei"))
    day = replay.Recorded(events, visits, workers, model.close_minute)
    game = playing.of_record(replay.scenario(day, model), np.ones((len(model.services), 6)), seed=1)
    assert {p.code: (p.post, p.shifts[0][0]) for p in game.staffing.people} == {
        "mei": (counters[0], opens), "bo": (None, pytest.approx(opens)),
    }  # fmt: skip


def test_no_window_that_nobody_manned_is_left() -> None:
    game = game_of(2)
    assert not [c for c in game.model.counter_codes if c.startswith("~")]


def test_it_is_a_game_like_any_other() -> None:
    game = game_of(3)
    assert playing.Game.from_bytes(game.to_bytes()).hash() == game.hash() == game_of(3).hash()
    found = playing.best(game, budget=60)
    assert playing.bound(game, 1.0) <= found.loss <= found.nothing
    assert playing.judge(game, (), found, seed=1, futures=4, replans=1, each=10).regret >= 0.0


def test_a_day_that_still_runs_is_refused() -> None:
    with pytest.raises(twin.ModelError, match="Only a closed day"):
        playing.of_record(lived(0, closed=False), np.ones((1, 6)), seed=1)
