"""A played day judged: from a game and its orders to plain JSON. No database, no clock; equal inputs, equal answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from counterpoint.academy.rules import errand
from counterpoint.academy.science import playing

FORMULA = "1"
QUICK, FULL = 200, 6_000  # days tried for the reference: at once, and by the job behind the page
DAYS = 20  # redraws of the plan for what was to be expected
EXPECTED_FUTURES = 25


@dataclass(frozen=True)
class Care:
    """How closely is looked: futures of each point, points from which the search looks on, tries from each."""

    futures: int
    replans: int
    each: int


AT_ONCE, CLOSELY = Care(40, 3, 60), Care(100, 12, 150)


@dataclass(frozen=True)
class Reference:
    """What a day is held against. `expected` is empty until the job has played the redraws; `floor` 0 until then."""

    best: playing.Best
    method: str
    floor: float = 0.0
    expected: playing.Mean | None = None


def method_of(budget: int) -> str:
    """The name under which a search of so many tries is kept."""
    return f"search-{budget}"


@dataclass(frozen=True)
class _Named:
    """A game that is known by its hash."""

    hash: str
    game: playing.Game = field(compare=False, repr=False)


@lru_cache(maxsize=16)
def _best(named: _Named, budget: int) -> playing.Best:
    return playing.best(named.game, budget=budget)


def searched(game: playing.Game, budget: int, own: Sequence[Sequence[playing.Order]]) -> Reference:
    """The best found within a budget of tries; `own` are the orders of days that people played. Without any, a day that
    several people play is searched once."""
    found = playing.best(game, budget=budget, own=own) if own else _best(_Named(game.hash(), game), budget)
    return Reference(found, method_of(budget))


def expected(game: playing.Game) -> playing.Mean:
    """The advisor's mean loss over redraws of the plan."""
    return playing.expectation(game, seed=seed_of(game), days=DAYS, futures=EXPECTED_FUTURES, every=15)


def floor(game: playing.Game) -> float:
    """A proved floor: no policy at all gets below."""
    return playing.bound(game)


def seed_of(game: playing.Game) -> int:
    """One seed a game, so that judging twice says the same."""
    return int(game.hash()[:7], 16)


def judged(
    game: playing.Game, orders: Sequence[playing.Order], reference: Reference, care: Care,
    real: Sequence[playing.Order] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """All figures of the debrief. `real` are the orders of the supervisor who had the day, for a replayed one."""
    best = reference.best
    lived = playing.play(game, real) if real is not None else None
    if real is not None and lived is not None and lived.loss.total < best.loss:
        best = playing.Best(tuple(real), lived.loss.total, best.nothing, best.tried, "real")
    found = playing.judge(
        game, orders, best, seed=seed_of(game), expected=reference.expected, futures=care.futures,
        replans=care.replans, each=care.each,
    )  # fmt: skip
    mine, top, none = (playing.play(game, some) for some in (orders, found.reference.orders, ()))
    split, points = found.split, list(zip(found.foresight, found.hindsight.regrets, strict=True))
    data: dict[str, Any] = {
        "loss": _parts(mine), "best": _parts(top), "nothing": _parts(none), "regret": _r(found.regret),
        "reached": _r(found.reference.loss), "tried": found.reference.tried, "way": found.reference.way,
        "method": reference.method, "floor": _r(reference.floor), "hour": _r(playing.day_regret(found.foresight)),
        "orders": [order.to_json() for order in found.reference.orders],
        "points": [_point(one, after) for one, after in points], "least": game.loss.least,
        "expected": [_r(v) for v in _mean(reference.expected)] if reference.expected else [],
        "days": reference.expected.n if reference.expected else 0,
        "errands": len(errand.errands_in(game.injects)),
        "skill": _r(split.skill) if split else 0.0, "luck": _r(split.luck) if split else 0.0,
        "sheet": _amounts(game, mine, top, none),
        "minutes": [int(minute) for minute in playing.grid_of(game)],
        "paths": {"mine": _path(mine), "best": _path(top), "nothing": _path(none)},
    }  # fmt: skip
    if lived is not None:
        data["real"], data["paths"]["real"] = _parts(lived), _path(lived)
    return data


def _point(one: playing.Foresight, after: float) -> dict[str, Any]:
    return {
        "second": one.second, "done": one.done, "better": [order.to_json() for order in one.orders],
        "saved": _r(one.regret.value), "low": _r(one.regret.low), "high": _r(one.regret.high), "after": _r(after),
        "same": one.done == one.better,
    }  # fmt: skip


def at_once(game: playing.Game, orders: Sequence[playing.Order]) -> dict[str, Any]:
    """What needs no search: the day and the same day without orders."""
    mine, none = playing.play(game, orders), playing.play(game)
    return {
        "loss": _parts(mine), "nothing": _parts(none), "minutes": [int(minute) for minute in playing.grid_of(game)],
        "paths": {"mine": _path(mine), "nothing": _path(none)},
    }  # fmt: skip


def _mean(one: playing.Mean) -> tuple[float, float, float]:
    return one.value, one.low, one.high


def _parts(day: playing.Played) -> dict[str, float]:
    return {name: _r(float(value)) for name, value in day.summary().items()}


def _path(day: playing.Played) -> list[int]:
    return [int(n) for n in playing.course(day)]


def _r(value: float) -> float:
    return round(float(value), 2)


def _amounts(game: playing.Game, *days: playing.Played) -> dict[str, list[float] | None]:
    """Minutes of each part of the sheet, for the given days in their order. What was missed of an errand counts in the
    part of its check, what an answer costs in that of risk."""
    weights, losses = game.loss, [day.loss for day in days]
    asked = any(inject.choices for inject in game.injects)
    missed = [errand.lost(game.injects, day.answers) for day in days]
    answered = [one.points - sum(lost.values()) for one, lost in zip(losses, missed, strict=True)]
    parts = {
        "service": [one.waited + weights.walkout * one.gone + weights.breach * one.late for one in losses],
        "risk": answered,
        "people": [weights.move * one.moves + late_breaks(day) for one, day in zip(losses, days, strict=True)],
        "cost": [one.staff_minutes for one in losses],
    }
    found: dict[str, list[float] | None] = {
        key: [_r(amount + lost.get(key, 0.0)) for amount, lost in zip(amounts, missed, strict=True)]
        for key, amounts in parts.items()
    }
    return found if asked else found | {"risk": None}


def late_breaks(day: playing.Played) -> float:
    """Minutes by which planned breaks began late; one that never came counts its whole length."""
    from counterpoint.science import twin

    begun: dict[int, list[float]] = {}
    for event in day.events[day.events["kind"] == twin.KIND["break_start"]]:
        begun.setdefault(int(event["person"]), []).append(float(event["minute"]))
    late = 0.0
    for number, person in enumerate(day.game.staffing.people):
        taken = sorted(begun.get(number, []))
        for place, (start, length) in enumerate(person.breaks):
            late += min(length, max(0.0, taken[place] - start)) if place < len(taken) else length
    return late
