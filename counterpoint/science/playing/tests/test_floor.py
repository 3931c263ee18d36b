"""The floor lies below every policy: against everything that can be ordered on tiny days, and against known optima."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from counterpoint.science import playing, twin
from counterpoint.science.playing import datasets
from counterpoint.science.playing.floor import jobs_of
from counterpoint.science.playing.tests.days import demo, random_orders, tiny

SPARE = 1e-9


def everything(game: playing.Game) -> list[tuple[playing.Order, ...]]:
    """Every pair of orders at four moments: windows opened, closed, people moved, tickets first."""
    opens = int(game.opens * 60)
    acts = [
        ("window-open", {"counter": counter.code, "user": person})
        for counter in game.model.counters for person in game.staffing.codes
    ] + [("first", {"ticket": ticket}) for ticket in range(len(game.people))]  # fmt: skip
    singles = [playing.Order.of(opens + minute * 60, act, **inputs) for minute in (0, 2, 5, 9) for act, inputs in acts]
    pairs = [(a, b) for a, b in product(singles, singles) if a.second <= b.second and a != b]
    return [(), *((one,) for one in singles), *pairs]


@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_can_be_ordered_on_a_tiny_day_gets_below_the_floor(seed: int) -> None:
    game = tiny(seed)
    floor = playing.bound(game, 0.25)
    least = min(playing.play(game, orders, log=False).loss.total for orders in everything(game))
    assert floor <= least + SPARE


@pytest.mark.parametrize("seed", range(3))
def test_on_a_tiny_day_with_one_window_the_floor_says_something(seed: int) -> None:
    game = datasets.tiny_game(seed + 10, people=4, windows=1)
    floor = playing.bound(game, 0.25)
    least = min(playing.play(game, orders, log=False).loss.total for orders in everything(game))
    assert 0.0 < floor <= least + SPARE


def test_with_a_window_and_a_person_for_everybody_the_floor_is_nothing() -> None:
    game = demo(0)
    many = replace(game.model, counters=tuple(twin.Counter(f"W{i}", game.model.service_codes) for i in range(60)))
    shift = ((400.0, 1200.0),)
    staff = twin.Staffing(tuple(twin.Person(f"p{i}", many.service_codes, shift, (), f"W{i}") for i in range(60)))
    assert playing.bound(replace(game, model=many, staffing=staff), 2.0) == 0.0


@pytest.mark.parametrize("works", [(4.0, 6.0, 8.0), (3.0, 3.0, 3.0, 3.0), (2.0, 9.0)])
def test_who_come_at_once_to_one_window_wait_at_least_what_the_shortest_first_rule_says(
    works: tuple[float, ...],
) -> None:
    """Smith (1956): shortest first is optimal on one machine. The floor comes from below as slots get shorter."""
    game = replace(datasets.tiny_game(1, people=len(works), windows=1), loss=replace(playing_loss(), breach=0.0))
    draws = game.people.draws.copy()
    draws[:, 0], draws[:, 1], draws[:, 2] = 540.0, 1000.0, np.array(works) * 1.2  # the faster of the two has speed 1.2
    people = replace(game.people, draws=draws)
    game = replace(game, people=people)
    optimum = float(np.cumsum(sorted(works)[:-1]).sum())
    floors = [playing.bound(game, step) for step in (1.0, 0.25, 0.0625)]
    assert floors == sorted(floors)
    assert 0.85 * optimum < floors[-1] <= optimum + SPARE


def playing_loss() -> object:
    return tiny(0).loss


def test_who_may_use_a_machine_or_comes_after_closing_asks_nothing() -> None:
    game = demo(0)
    jobs = jobs_of(game)
    wealth = [game.model.index("service", code) for code in ("S03", "S10", "S11", "S13", "S15", "S16")]
    there = np.isin(game.people.service, wealth) & (game.people.arrival < game.model.close_minute)
    assert np.isin(jobs.service, wealth).sum() == there.sum()
    assert len(jobs.service) < len(game.people)


@pytest.mark.parametrize("seed", range(2))
def test_no_random_policy_gets_below_the_floor(seed: int) -> None:
    game = demo(seed)
    floor = playing.bound(game, 1.0)
    assert floor > 0.0
    for number in range(25):
        assert playing.play(game, random_orders(game, number), log=False).loss.total >= floor - SPARE


def test_a_slot_must_last() -> None:
    with pytest.raises(twin.ModelError, match="longer than 0"):
        playing.bound(tiny(0), 0.0)
