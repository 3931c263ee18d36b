"""Synthetic rostering problems for tests, docs and benchmarks. All figures are invented and called so."""

from __future__ import annotations

import datetime

import numpy as np

from counterpoint.science.rostering.problem import (
    Core,
    Day,
    Flexible,
    History,
    LunchRules,
    Minimum,
    Person,
    Preference,
    Reserve,
    RosterProblem,
    ShiftRules,
    Skill,
    Template,
    TwoPerson,
    Window,
)
from counterpoint.science.rostering.rules import china

HALF_HOURS = (0.7, 0.9, 1.05, 1.1, 1.0, 0.9, 0.7, 0.6, 0.65, 0.8, 0.95, 1.0, 1.0, 0.95, 0.8, 0.6)  # 09:00 … 16:30
WEEK = (1.20, 1.0, 0.95, 0.95, 1.05, 0.65, 0.5)
MIX = (
    (("cash", "noncash", "vault"), 0.28),
    (("cash", "noncash"), 0.24),
    (("cash", "vault"), 0.08),
    (("noncash", "advice"), 0.2),
    (("lobby", "noncash"), 0.12),
    (("lobby",), 0.08),
)
LOAD = {"cash": 0.27, "noncash": 0.19, "lobby": 0.075, "advice": 0.11}  # of the whole staff, at the usual half hour


def branch_week(people: int = 25, seed: int = 0, step: int = 30, start: str = "2026-11-30") -> RosterProblem:
    """A week of a branch open 09:00–17:00 daily (weekends 09:00–16:00) with skills, leave, wishes and history."""
    random = np.random.default_rng(seed)
    first = datetime.date.fromisoformat(start)
    days = tuple(
        Day(
            (first + datetime.timedelta(days=n)).isoformat(),
            540,
            960 if (first + datetime.timedelta(days=n)).weekday() >= 5 else 1020,
        )
        for n in range(7)
    )
    begin, end = 510, 1050
    demand, high = _demand(days, begin, end, step, people, random)
    return RosterProblem(
        days=days,
        start=begin,
        end=end,
        step=step,
        people=_people(people, len(days), random),
        demand=demand,
        demand_p90=high,
        shifts=ShiftRules(
            templates=(Template("early", 510, 1020), Template("late", 540, 1050), Template("weekend", 510, 990)),
            flexible=(Flexible(510, 810, 240, 480, 30),),
        ),
        lunch=LunchRules(lengths=(30,) if step == 30 else (30, 45)),
        minimums=tuple(Minimum(skill, (skill,)) for skill in ("cash", "noncash", "lobby")),
        two_person=(
            TwoPerson("vault opening", "vault", 510, 540),
            TwoPerson("vault closing", "vault", 1020, 1050, days=(0, 1, 2, 3, 4)),
        ),
        rules=china(),
        reserves=_reserves(),
    )


def _demand(
    days: tuple[Day, ...], begin: int, end: int, step: int, people: int, random: np.random.Generator
) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    demand: dict[str, list[int]] = {skill: [] for skill in LOAD}
    high: dict[str, list[int]] = {skill: [] for skill in LOAD}
    for day in days:
        level = WEEK[day.weekday] * random.lognormal(0.0, 0.05)
        for minute in range(begin, end, step):
            is_open = day.open is not None and day.close is not None and day.open <= minute < day.close
            shape = HALF_HOURS[(minute - 540) // 30] if is_open else 0.0
            for skill, share in LOAD.items():
                mean = share * people * shape * level
                demand[skill].append(max(int(is_open and skill != "advice"), round(mean)))
                high[skill].append(max(demand[skill][-1], round(mean + 1.28 * np.sqrt(mean) / 2)))
    return {k: tuple(v) for k, v in demand.items()}, {k: tuple(v) for k, v in high.items()}


def _people(count: int, days: int, random: np.random.Generator) -> tuple[Person, ...]:
    found = []
    for n in range(count):
        skills = _mix((n + 0.5) / count)
        part_time = n % 9 == 8
        leave: tuple[Window, ...] = ()
        if n % 8 == 3:
            day = int(random.integers(0, min(days, 5)))
            leave = (Window(day, 0, 1440, "annual leave", credit=480),)
        core = tuple(Core(d, 600, 660) for d in range(min(days, 5))) if n % 5 == 1 else ()
        found.append(
            Person(
                id=f"p{n + 1:02d}",
                name=f"Person {n + 1}",
                skills=tuple(Skill(k, int(random.integers(1, 6))) for k in skills),
                min_week=960 if part_time else 1920,
                max_week=1440 if part_time else 2400,
                protected=n % 12 == 5,
                core=core,
                unavailable=leave,
                preferences=_wishes(days, random),
                history=History(
                    minutes=int(random.integers(150, 170)) * 60,
                    lates=int(random.integers(4, 9)),
                    weekends=int(random.integers(1, 5)),
                    overtime_month=int(random.integers(0, 8)) * 60,
                    run_days=int(random.integers(0, 2)),
                ),
                home="demo",
            )
        )
    return tuple(found)


def _mix(rank: float) -> tuple[str, ...]:
    reached = 0.0
    for skills, share in MIX:
        reached += share
        if rank <= reached:
            return skills
    return MIX[-1][0]


def _wishes(days: int, random: np.random.Generator) -> tuple[Preference, ...]:
    found = []
    for _ in range(int(random.integers(0, 3))):
        day, weight = int(random.integers(0, days)), int(random.integers(1, 4))
        kind = int(random.integers(0, 4))
        found.append(
            (
                Preference(day, "off", 0, weight),
                Preference(day, "early", 1020, weight),
                Preference(day, "late", 540, weight),
                Preference(day, "avoid", 960, weight),
            )[kind]
        )
    return tuple(found)


def _reserves() -> tuple[Reserve, ...]:
    teller = Person("r1", "Floating teller", (Skill("cash", 3), Skill("noncash", 3), Skill("vault", 3)), min_day=120)
    lobby = Person("r2", "Lobby assistant on call", (Skill("lobby", 2),), min_day=120)
    return (Reserve(teller, 80), Reserve(lobby, 50, "call_in"))


def tiny(seed: int = 0) -> RosterProblem:
    """Three people, one day of three hours, two skills: small enough to try every roster."""
    random = np.random.default_rng(seed)
    need = {skill: tuple(int(x) for x in random.integers(0, 3, 6)) for skill in ("cash", "lobby")}
    held = [("cash",), ("cash", "lobby"), ("lobby",)]
    people = tuple(
        Person(
            f"p{n}",
            name,
            tuple(Skill(k) for k in held[int(random.integers(0, 3))]),
            min_day=60,
            preferences=(
                Preference(0, ("off", "early", "late")[int(random.integers(0, 3))], 600, int(random.integers(1, 4))),
            ),
            history=History(lates=int(random.integers(0, 3))),
        )
        for n, name in enumerate(("Mei", "Omar", "Sun"))
    )
    return RosterProblem(
        days=(Day("2026-12-01", 540, 720),),
        start=540,
        end=720,
        step=30,
        people=people,
        demand=need,
        shifts=ShiftRules(flexible=(Flexible(540, 660, 60, 180, 60),), lead=0, tail=0),
        lunch=LunchRules(earliest=600, latest=690, from_span=180, edge=30),
        rules=china(),
    )
