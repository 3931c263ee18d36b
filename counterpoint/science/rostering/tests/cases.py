"""Small rosters for the tests, built around the fixed cast."""

from __future__ import annotations

from itertools import product

from hypothesis import strategies as st

from counterpoint.science.rostering import (
    Break,
    Core,
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
    Shift,
    ShiftRules,
    Skill,
    Task,
    TwoPerson,
    Window,
    evaluate,
)
from counterpoint.science.rostering.candidates import fits, lunches, needs_lunch, spans
from counterpoint.science.rostering.rules import china

BOTH = (Skill("cash", 2), Skill("lobby", 2))


def person(key: str, name: str, skills: tuple[Skill, ...] = BOTH, **more: object) -> Person:
    return Person(key, name, skills, **{"min_day": 60, **more})  # type: ignore[arg-type]


MEI, OMAR, SUN = person("mei", "Mei"), person("omar", "Omar"), person("sun", "Sun")


def week(people: tuple[Person, ...] = (MEI, OMAR, SUN), days: int = 7, **more: object) -> RosterProblem:
    """From Monday 30 November 2026, open 09:00-17:00, one cash post wanted all day; shifts of one to eleven hours."""
    dates = tuple(Day(f"2026-{11 if n == 0 else 12}-{30 if n == 0 else n:02d}", 540, 1020) for n in range(days))
    base: dict[str, object] = {
        "days": dates,
        "start": 480,
        "end": 1140,
        "step": 30,
        "people": people,
        "demand": {"cash": ((0,) * 2 + (1,) * 16 + (0,) * 4) * days},
        "shifts": ShiftRules(flexible=(Flexible(480, 840, 60, 660, 30),), lead=60, tail=120),
        "lunch": LunchRules(),
        "rules": china(),
    }
    return RosterProblem(**{**base, **more})  # type: ignore[arg-type]


def shift(who: str, day: int, start: int = 540, end: int = 1050, skill: str = "cash", lunch: int | None = 720) -> Shift:
    """A shift on one post with half an hour of lunch."""
    if lunch is None:
        return Shift(who, day, start, end, None, (Task(start, end, skill),))
    tasks = (Task(start, lunch, skill), Task(lunch + 30, end, skill))
    return Shift(who, day, start, end, Break(lunch, lunch + 30), tasks)


def roster(*shifts: Shift) -> Roster:
    return Roster(tuple(shifts))


def best_by_trying(problem: RosterProblem) -> int | None:
    """The cheapest total over every shift, lunch and post on a one-day problem; None if every roster breaks a rule."""
    options = [_day_of(problem, who) for who in problem.people]
    best: int | None = None
    for chosen in product(*options):
        judged = evaluate(problem, Roster(tuple(s for s in chosen if s is not None)))
        if judged.feasible and (best is None or judged.total < best):
            best = judged.total
    return best


def _day_of(problem: RosterProblem, who: Person) -> list[Shift | None]:
    found: list[Shift | None] = [None]
    skills = [s.key for s in who.skills]
    for span in spans(problem, who.id, 0):
        breaks = [x for x in lunches(problem) if fits(problem, span, x)] if needs_lunch(problem, span) else [None]
        for at in breaks:
            pause = Break(*at) if at else None
            minutes = [m for m in range(span[0], span[1], problem.step) if not (at and at[0] <= m < at[1])]
            for posts in product(skills, repeat=len(minutes)):
                tasks = tuple(Task(m, m + problem.step, k) for m, k in zip(minutes, posts, strict=True))
                found.append(Shift(who.id, 0, *span, pause, tasks))
    return found


@st.composite
def problems(draw: st.DrawFn, hard: bool = True) -> RosterProblem:
    """Two or three people, one or two days of two hours and a half, with every kind of rule that bites at that size."""
    days = draw(st.integers(1, 2))
    count = draw(st.integers(2, 3))
    slots = 5
    held = st.sampled_from([(Skill("cash"),), (Skill("lobby"),), (Skill("cash"), Skill("lobby"))])
    series = st.lists(st.integers(0, 2), min_size=days * slots, max_size=days * slots).map(tuple)
    people = []
    for n, name in enumerate(("Mei", "Omar", "Sun")[:count]):
        day = draw(st.integers(0, days - 1))
        away = draw(st.sampled_from([(), (), (Window(day, 540, 600, "training"),), (Window(day, 0, 1440, "leave"),)]))
        core = draw(st.sampled_from([(), (), (Core(day, 600, 660, must=True),)]))
        wish = draw(st.sampled_from([(), (Preference(day, "off", 0, 2),), (Preference(day, "early", 630, 1),)]))
        people.append(
            Person(
                f"p{n}",
                name,
                draw(held),
                min_day=60,
                core=core,
                unavailable=away,
                preferences=wish,
                history=History(lates=draw(st.integers(0, 2)), weekends=draw(st.integers(0, 2))),
            )
        )
    cells = [
        (),
        (),
        (Pin("p0", 0, "off"),),
        (Pin("p1", 0, "task", 570, 630, "cash"),),
        (Pin("p0", 0, "shift", 540, 630),),
    ]
    pins = draw(st.sampled_from(cells))
    two = draw(st.sampled_from([(), (TwoPerson("vault", "cash", 540, 570),)])) if hard else ()
    minimum = (Minimum("cash", ("cash",)),) if hard and draw(st.booleans()) else ()
    return RosterProblem(
        days=tuple(Day(f"2026-12-{4 + n:02d}", 540, 690) for n in range(days)),
        start=540,
        end=690,
        step=30,
        people=tuple(people),
        demand={"cash": draw(series), "lobby": draw(series)},
        shifts=ShiftRules(flexible=(Flexible(540, 600, 60, 150, 30),), lead=0, tail=0),
        lunch=LunchRules(earliest=570, latest=660, from_span=150, edge=30) if draw(st.booleans()) else None,
        minimums=minimum,
        two_person=two,
        rules=china(),
        pins=pins,
    )
