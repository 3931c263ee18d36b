"""A branch small enough to try every roster: four half hours a day from 09:00, and drawn problems of that size."""

from __future__ import annotations

import datetime
from dataclasses import replace

from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Break,
    Core,
    Costs,
    Day,
    Flexible,
    History,
    LunchRules,
    Minimum,
    Person,
    Pin,
    Preference,
    Roster,
    RosterProblem,
    Rule,
    Shift,
    ShiftRules,
    Skill,
    Task,
    TwoPerson,
    Waiver,
    Window,
)

OPEN, CLOSE, STEP = 540, 660, 30
SLOTS = (CLOSE - OPEN) // STEP
CASH, LOBBY = (Skill("cash"),), (Skill("lobby"),)
NAMES = {"mei": "Mei", "omar": "Omar", "sun": "Sun", "ada": "Ada"}
LUNCH = LunchRules(earliest=570, latest=630, from_span=120, edge=30)


def someone(key: str = "mei", skills: tuple[Skill, ...] = CASH, **more: object) -> Person:
    """One of the cast with a contract of at least an hour a day."""
    base: dict[str, object] = {"min_day": 60, "max_day": 120, "max_week": 840}
    return Person(key, NAMES[key], skills, **{**base, **more})  # type: ignore[arg-type]


def branch(*people: Person, days: int = 1, first: str = "2026-11-30", **more: object) -> RosterProblem:
    """Open 09:00-11:00 every day from Monday 30 November 2026; shifts of one to two hours; no rule unless given."""
    monday = datetime.date.fromisoformat(first)
    dates = tuple(Day((monday + datetime.timedelta(days=n)).isoformat(), OPEN, CLOSE) for n in range(days))
    base: dict[str, object] = {
        "days": dates,
        "start": OPEN,
        "end": CLOSE,
        "step": STEP,
        "people": people or (someone(),),
        "demand": {"cash": (0,) * SLOTS * days},
        "shifts": ShiftRules(flexible=(Flexible(OPEN, 600, 60, 120, 30),), lead=0, tail=0),
        "lunch": None,
    }
    return RosterProblem(**{**base, **more})  # type: ignore[arg-type]


def need(*series: int, skill: str = "cash") -> dict[str, tuple[int, ...]]:
    """Demand of one skill."""
    return {skill: series}


def works(who: str, day: int = 0, start: int = OPEN, end: int = CLOSE, skill: str | None = "cash",
          lunch: int | None = None) -> Shift:  # fmt: skip
    """A shift on one post (or on none), with half an hour of lunch if it says when."""
    pause = Break(lunch, lunch + 30) if lunch else None
    spans = [(start, lunch), (lunch + 30, end)] if lunch else [(start, end)]
    return Shift(who, day, start, end, pause, tuple(Task(a, b, skill) for a, b in spans) if skill else ())


def plan(*shifts: Shift) -> Roster:
    """A roster in the order of days and people."""
    return Roster(tuple(sorted(shifts, key=lambda s: (s.day, s.person))))


def rule(key: str, value: int, *, hard: bool = True, weight: int = 0, mark: str = "V", **more: str) -> Rule:
    """A dated parameter with a source to be named."""
    return Rule(key, value, "minutes", f"source of {key}", mark, hard, weight, **more)


# -- drawn problems -----------------------------------------------------------------------------------------------


@st.composite
def persons(draw: st.DrawFn, key: str, days: int) -> Person:
    """A person with any contract, leave, wishes and past that can matter in a few two-hour days."""
    day = st.integers(0, days - 1)
    spans = st.sampled_from([(OPEN, CLOSE), (0, 1440), (OPEN, 570), (600, 630), (615, 700)])
    away = [Window(draw(day), *draw(spans), "leave", draw(st.sampled_from([0, 120])))] if draw(st.booleans()) else []
    core = [Core(draw(day), *draw(st.sampled_from([(570, 600), (600, 660)])), draw(st.booleans()))]
    wish = st.builds(
        Preference,
        day,
        st.sampled_from(["off", "work", "early", "late", "avoid"]),
        st.sampled_from([570, 600, 630]),
        st.integers(1, 3),
    )
    return someone(
        key,
        draw(st.sampled_from([CASH, LOBBY, CASH + LOBBY, (Skill("cash", 3, until="2026-12-01"),)])),
        min_week=draw(st.sampled_from([0, 0, 180])),
        max_week=draw(st.sampled_from([840, 240, 420])),
        min_day=draw(st.sampled_from([60, 90])),
        max_day=draw(st.sampled_from([120, 90])),
        overtime_agreed=draw(st.sampled_from([0, 0, 30, 60])),
        protected=draw(st.booleans()),
        core=tuple(core) if draw(st.integers(0, 3)) == 0 else (),
        unavailable=tuple(away),
        preferences=tuple(draw(st.lists(wish, max_size=2))),
        history=History(
            lates=draw(st.integers(0, 2)),
            weekends=draw(st.integers(0, 2)),
            overtime_month=draw(st.sampled_from([0, 90, 500])),
            run_days=draw(st.integers(0, 2)),
        ),
    )


PARAMETERS = {
    "day.max_minutes": (60, 90),
    "week.max_minutes": (120, 180),
    "week.rest_days": (5, 6),
    "overtime.day_max_minutes": (0, 30),
    "overtime.month_max_minutes": (120, 150),
    "protected.no_overtime": (1, 0),
    "rest.between_minutes": (1350, 1380),
    "run.max_days": (1, 2),
}


@st.composite
def rulebooks(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Some of the dated parameters, hard or at a price, now and then replaced in the middle of the horizon."""
    found = []
    for key in draw(st.lists(st.sampled_from(sorted(PARAMETERS)), unique=True, max_size=4)):
        first, later = draw(st.permutations(PARAMETERS[key]))
        hard = draw(st.booleans())
        found.append(rule(key, first, hard=hard, weight=draw(st.integers(0, 3)), mark="D"))
        if draw(st.integers(0, 4)) == 0:
            found.append(rule(key, later, hard=hard, weight=1, mark="D", valid_from="2026-12-01"))
    return tuple(found)


@st.composite
def branches(draw: st.DrawFn, people: int = 2, days: int = 2, waivers: bool = True) -> RosterProblem:
    """Up to so many people and days, with any of the rules that the problem knows."""
    count, length = draw(st.integers(1, people)), draw(st.integers(1, days))
    cast = list(NAMES)[:count]
    series = st.lists(st.integers(0, 2), min_size=length * SLOTS, max_size=length * SLOTS).map(tuple)
    skills = draw(st.sampled_from([("cash",), ("cash", "lobby")]))
    high = draw(st.sampled_from([(), ("cash",), ("lobby",)]))
    who, day = st.sampled_from(cast), st.integers(0, length - 1)
    begin, finish = st.sampled_from([570, 555]), st.sampled_from([600, 615])
    posts = st.builds(
        Minimum,
        st.just("post"),
        st.sampled_from([("cash",), ("cash", "lobby")]),
        st.integers(1, 2),
        st.sampled_from([None, 570]),
        st.sampled_from([None, 600]),
        st.booleans(),
        st.sampled_from([40, 400]),
    )
    pairs = st.builds(
        TwoPerson,
        st.just("vault"),
        st.sampled_from(["cash", "vault"]),
        st.sampled_from([540, 555]),
        st.sampled_from([570, 600]),
        st.integers(1, 2),
        st.sampled_from([None, (0,)]),
        st.booleans(),
    )
    pins = st.one_of(
        st.builds(Pin, who, day, st.just("off")),
        st.builds(Pin, who, day, st.just("shift"), st.just(OPEN), st.sampled_from([600, 615, CLOSE])),
        st.builds(Pin, who, day, st.just("task"), begin, finish, st.sampled_from(skills)),
    )
    rules = draw(rulebooks())
    keys = [r.key for r in rules] + ["lunch", "leave", "core", "pin", "minimum:post", "contract.max_day"]
    problem = branch(
        *(draw(persons(key, length)) for key in cast),
        days=length,
        first=draw(st.sampled_from(["2026-11-30", "2026-12-04", "2026-12-06"])),
        demand={skill: draw(series) for skill in skills},
        demand_p90={skill: draw(series) for skill in high},
        levels={"cash": draw(st.sampled_from([1, 1, 2]))},
        lunch=replace(LUNCH, hard=draw(st.booleans())) if draw(st.booleans()) else None,
        minimums=tuple(draw(st.lists(posts, max_size=1))),
        two_person=tuple(draw(st.lists(pairs, max_size=1))),
        rules=rules,
        pins=tuple(draw(st.lists(pins, max_size=1))),
        costs=Costs(
            under=draw(st.sampled_from([200, 40])),
            over=draw(st.sampled_from([0, 12])),
            overtime=draw(st.sampled_from([0, 120])),
            late_after=draw(st.sampled_from([615, 645])),
        ),
        coverage_hard=draw(st.integers(0, 5)) == 0,
        waivers=(Waiver(draw(st.sampled_from(keys)), "agreed"),) if waivers and draw(st.integers(0, 3)) == 0 else (),
    )
    closed = draw(st.integers(0, 6))
    shut = [replace(d, open=None, close=None) if n == closed else d for n, d in enumerate(problem.days)]
    return replace(problem, days=tuple(shut))


@st.composite
def rosters(draw: st.DrawFn, problem: RosterProblem) -> Roster:
    """Any roster at all: shifts of any span, lunches and posts anywhere within them, skilled or not."""
    found = []
    for person in problem.people:
        for day in range(len(problem.days)):
            if draw(st.integers(0, 3)) == 0:
                continue
            slots = sorted(draw(st.lists(st.integers(0, SLOTS), min_size=2, max_size=2, unique=True)))
            start, end = (OPEN + STEP * n for n in slots)
            at = draw(st.integers(0, 3)) if end - start >= 90 else 3
            lunch = OPEN + STEP * (slots[0] + at) if at < slots[1] - slots[0] else None
            posts = [draw(st.sampled_from(["cash", "cash", "lobby", None])) for _ in range(*slots)]
            tasks = tuple(
                Task(m, m + STEP, skill)
                for m, skill in zip(range(start, end, STEP), posts, strict=True)
                if skill and (m != lunch or draw(st.integers(0, 5)) == 0)
            )
            found.append(Shift(person.id, day, start, end, Break(lunch, lunch + STEP) if lunch else None, tasks))
    return plan(*found)
