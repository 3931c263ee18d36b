"""Networks of branches of four half hours a day, small enough to try everything."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from counterpoint.science.rostering import Costs, Person, RosterProblem
from counterpoint.science.rostering.network import Effort, Floater, NetworkProblem, Place
from counterpoint.science.rostering.search import Limit
from counterpoint.science.rostering.tests.smallbranch import CASH, LOBBY, SLOTS, branch, someone

QUICK = Effort(limit=Limit(deterministic=4.0), steps=200, rounds=12, trials=8)


class Here:
    """An executor that works in this process, writes down what it was given, and tells of each."""

    def __init__(self) -> None:
        self.given: list[list[str]] = []

    def map(self, tasks, fn, *, progress=None):  # type: ignore[no-untyped-def]
        from counterpoint.science.fanout.task import attempt

        done, names = [], []
        for task in tasks:
            names.append(task.name)
            done.append(attempt(fn, task))
            if progress is not None:
                progress(len(done))
        self.given.append(names)
        return done


def at(name: str, *people: Person, days: int = 1, **more: object) -> Place:
    """A small branch whose people are called after it."""
    named = tuple(replace(p, id=f"{name}-{p.id}") for p in people)
    return Place(name, branch(*named, days=days, **more))


def cash(*series: int) -> dict[str, tuple[int, ...]]:
    return {"cash": series}


def uneven(**more: object) -> NetworkProblem:
    """Two idle tellers in the north, one too few in the south: Mei can help for the price of the way."""
    north = at("north", someone(), someone("omar"), demand=cash(0, 0, 0, 0))
    south = at("south", someone("sun"), demand=cash(2, 2, 2, 2))
    mei = Floater("north-mei", "north", {"south": 30}, 1)
    return NetworkProblem((north, south), (mei,), **more)  # type: ignore[arg-type]


@st.composite
def networks(draw: st.DrawFn, branches: int = 3, days: int = 2) -> NetworkProblem:
    """Up to three branches of two or three people, floaters among them, any way between them."""
    count, length = draw(st.integers(2, branches)), draw(st.integers(1, days))
    series = st.lists(st.integers(0, 2), min_size=length * SLOTS, max_size=length * SLOTS).map(tuple)
    places, floaters = [], []
    names = [f"b{n}" for n in range(count)]
    for name in names:
        skills = st.sampled_from([CASH, LOBBY, CASH + LOBBY])
        cast = [
            someone(key, draw(skills), max_day=draw(st.sampled_from([120, 90])), min_day=60,
                    max_week=draw(st.sampled_from([840, 180])))
            for key in ("mei", "omar")
        ]  # fmt: skip
        demand = {"cash": draw(series), "lobby": draw(series)}
        costs = Costs(under=200, over=draw(st.sampled_from([0, 12])), late_after=645)
        places.append(at(name, *cast, days=length, demand=demand, costs=costs))
        for key in draw(st.sampled_from([(), ("mei",), ("mei", "omar")])):
            ways = {
                other: draw(st.sampled_from([0, 30, 60])) for other in names if other != name and draw(st.booleans())
            }
            floaters.append(Floater(f"{name}-{key}", name, ways, draw(st.integers(0, 2))))
    return NetworkProblem(
        tuple(places), tuple(floaters), draw(st.sampled_from([0, 40])), draw(st.sampled_from([0, 60]))
    )


def total_of(problem: RosterProblem) -> int:
    """The exact least cost of a small branch, by trying every roster."""
    from counterpoint.science.rostering.tests.everyroster import cheapest

    found = cheapest(problem)
    assert found is not None
    return found
