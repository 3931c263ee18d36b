"""A branch with four people, a tiny roster problem, and a draft: enough for every rule, quick to judge."""

from datetime import date
from typing import Any

import pytest

WEEK = date(2026, 11, 30)


@pytest.fixture
def in_scope(bank: Any) -> Any:
    """`in_scope("Sun")` runs a block as that person."""
    from counterpoint.foundation.api import scoped

    return lambda name: scoped(bank.scope(name))


@pytest.fixture
def team(bank: Any) -> Any:
    """Profiles for Mei, Omar, Sun and Ada at b01: two can do cash, two the lobby, one both."""
    from counterpoint.team import api

    sun = bank.scope("Sun")
    skills = {
        "Mei": [api.SkillInput("cash", 3, date(2027, 6, 30), "反假货币")],
        "Omar": [api.SkillInput("lobby", 2)],
        "Sun": [api.SkillInput("cash", 4), api.SkillInput("lobby", 3)],
        "Ada": [api.SkillInput("cash", 2)],
    }
    from counterpoint.foundation.api import scoped

    with scoped(sun):
        for name, held in skills.items():
            api.staff_profile_set(
                scope=sun, now=bank.now, branch=bank.b01, user=bank.people[name], skills=held, min_day_minutes=60
            )
    return bank


def tiny_problem(team: Any, *, need_cash: int = 1) -> Any:
    """Two days 9–12 with one half-day shift each; cash and lobby both need people."""
    from counterpoint.foundation.api import scoped
    from counterpoint.science.rostering import Day, Flexible, RosterProblem, ShiftRules
    from counterpoint.team import workbench

    days = tuple(Day(date(2026, 11, 30 + n).isoformat() if n == 0 else f"2026-12-{n:02d}", 540, 720) for n in range(2))
    with scoped(team.scope("Sun")):
        people = workbench.people_of(team.b01, [date.fromisoformat(d.date) for d in days])
    return RosterProblem(
        days=days,
        start=540,
        end=720,
        step=30,
        people=tuple(_easy(p) for p in people),
        demand={"cash": (need_cash,) * 12, "lobby": (1,) * 12},
        shifts=ShiftRules(flexible=(Flexible(540, 600, 120, 180, 30),), lead=0, tail=0),
        lunch=None,
    )


def _easy(person: Any) -> Any:
    from dataclasses import replace

    return replace(person, min_day=60, min_week=0)


@pytest.fixture
def out(team: Any, draft: Any) -> Any:
    """The draft, published by Sun."""
    from counterpoint.team.tests import stories

    return stories.publish(team, draft)


@pytest.fixture
def draft(team: Any) -> Any:
    """A stored draft: Mei on cash and Omar in the lobby on both days; Sun and Ada are off."""
    from counterpoint.foundation.api import scoped
    from counterpoint.science.rostering import Roster, Shift, Task
    from counterpoint.team import api

    problem = tiny_problem(team)
    ids = {name: str(team.people[name].pk) for name in ("Mei", "Omar", "Sun", "Ada")}
    shifts = [
        Shift(ids[name], day, 540, 720, None, (Task(540, 720, skill),))
        for day in (0, 1)
        for name, skill in (("Mei", "cash"), ("Omar", "lobby"))
    ]
    schedule = Roster(tuple(sorted(shifts, key=lambda s: (s.day, s.person))))
    sun = team.scope("Sun")
    with scoped(sun):
        return api.roster_store(
            scope=sun, now=team.now, branch=team.b01, week=WEEK, problem=problem.to_dict(),
            solution={"status": "optimal", "roster": schedule.to_dict()}, seed=7, inputs_hash="abc",
        )  # fmt: skip
