"""Who could work the week: a given staff list, or anonymous people in the right mix; and the week's roster problem."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import numpy as np

from counterpoint.science.rostering import (
    Day,
    LunchRules,
    Minimum,
    Person,
    Pin,
    RosterProblem,
    Rule,
    ShiftRules,
    Skill,
    Template,
    TwoPerson,
)
from counterpoint.team import rules as decisions
from counterpoint.team.planning.values import DAY, INTERVAL, Note, Outlook, PlanInputError

FULL_WEEK = 40.0
SPARE = 1.12  # breaks, shift edges and absences on top of the hours on posts
LEAD = 30
LONG_DAY = 630  # opening minutes above which the lunch window is the whole middle of the day
HALF_SHIFT = 240  # halves of a day that are shorter are no shifts
LUNCH = 30


def anonymous(outlook: Outlook, count: int | None, language: str) -> tuple[tuple[Person, ...], tuple[Note, ...]]:
    """People without names, skills in proportion to the need, every second one with a second skill."""
    hours = {skill: outlook.need_hours(skill) for skill in outlook.skills}
    total = sum(hours.values())
    if total <= 0:
        raise PlanInputError("Nothing is expected this week, so that nobody is needed.")
    enough = math.ceil(total * SPARE / FULL_WEEK)
    peak = int(max(sum(series[d].max() for series in outlook.need.values()) for d in range(len(outlook.days))))
    size = count or max(enough, peak, 2)
    mix = _shares(hours, size)
    primary = [skill for skill in hours for _ in range(mix[skill])]
    ranked = sorted(hours, key=lambda s: -hours[s])
    found = []
    for n, skill in enumerate(primary):
        second = next((s for s in (ranked if n % 4 else reversed(ranked)) if s != skill), None)
        skills = (Skill(skill, 3), *((Skill(second, 2),) if second and n % 2 else ()))
        word = f"员工 {n + 1:02d}" if language.startswith("zh") else f"Person {n + 1:02d}"
        found.append(Person(f"p{n + 1:02d}", word, skills, max_week=2400, min_day=240, max_day=decisions.WHOLE_DAY))
    text = f"No staff list was given: {size} anonymous full-time people with the skills that the need asks for."
    values = {"people": size, "needed": enough, "mix": ", ".join(f"{k} {v}" for k, v in mix.items())}
    notes = [Note("anonymous_staff", text, values)]
    if count and count < enough:
        text = f"{count} people have fewer hours than the {total:.0f} hours on posts need (about {enough} people)."
        notes.append(Note("too_few_people", text, {"people": count, "needed": enough, "hours": round(total)}))
    return tuple(found), tuple(notes)


def _shares(hours: Mapping[str, float], size: int) -> dict[str, int]:
    """Largest remainders, with at least one person per skill while there are enough."""
    total = sum(hours.values())
    floor = 1 if size >= len(hours) else 0
    exact = {skill: floor + value / total * (size - floor * len(hours)) for skill, value in hours.items()}
    found = {skill: math.floor(value) for skill, value in exact.items()}
    left = sorted(hours, key=lambda skill: found[skill] - exact[skill])
    for skill in left[: size - sum(found.values())]:
        found[skill] += 1
    return found


def week_problem(
    outlook: Outlook,
    people: tuple[Person, ...],
    *,
    rules: tuple[Rule, ...] = (),
    minimums: Mapping[str, int] | None = None,
    two_person: tuple[TwoPerson, ...] = (),
    pins: tuple[Pin, ...] = (),
) -> RosterProblem:
    """The roster problem of the outlook's days on the half-hour grid.

    Demand is the need at the expected arrivals, with the need at their P90 as the softer second target. Skills nobody
    in the log needs but a minimum post asks for (lobby) are added with that minimum.
    """
    days = tuple(_day(day.date, day.open if day.is_open else ()) for day in outlook.days)
    opens = [d.open for d in days if d.open is not None]
    closes = [d.close for d in days if d.close is not None]
    if not opens:
        raise PlanInputError("The branch is closed on every day of this week; nothing is to be planned.")
    start = max(0, min(opens) // INTERVAL * INTERVAL - LEAD)
    end = min(DAY, -(-max(closes) // INTERVAL) * INTERVAL + LEAD)
    width = (end - start) // INTERVAL
    offset = (outlook.start - start) // INTERVAL
    return RosterProblem(
        days=days,
        start=start,
        end=end,
        step=INTERVAL,
        people=people,
        demand={skill: _flat(series, width, offset) for skill, series in outlook.need.items()},
        demand_p90={skill: _flat(series, width, offset) for skill, series in outlook.need_p90.items()},
        shifts=ShiftRules(templates=_templates(days, start, end), lead=LEAD, tail=LEAD),
        lunch=_lunch(days),
        minimums=tuple(Minimum(skill, (skill,), count) for skill, count in (minimums or {}).items() if count),
        two_person=two_person,
        rules=rules,
        pins=pins,
    )


def _day(day: date, spans: tuple[tuple[int, int], ...]) -> Day:
    if not spans:
        return Day(day.isoformat())
    return Day(day.isoformat(), spans[0][0], spans[-1][1])


def _flat(series: np.ndarray, width: int, offset: int) -> tuple[int, ...]:
    out = np.zeros((len(series), width), dtype=int)
    kept = min(series.shape[1], width - offset)
    out[:, offset : offset + kept] = series[:, :kept]
    return tuple(int(x) for x in out.ravel())


def _templates(days: tuple[Day, ...], start: int, end: int) -> tuple[Template, ...]:
    """Full days, mornings, afternoons and five-hour shifts on a grid that follows each kind of opening, few enough to
    decide quickly."""
    spans: dict[tuple[int, int], str] = {}
    for opens, closes in sorted({(d.open, d.close) for d in days if d.open is not None and d.close is not None}):
        first = max(start, opens - LEAD)
        last = min(end, closes + LEAD)
        full = min(decisions.WHOLE_DAY + LUNCH, last - first)
        gap = 30 if last - first <= LONG_DAY else 120
        for begin in range(first, last - full + 1, gap):
            spans[begin, begin + full] = "full"
        spans[last - full, last] = "full"
        middle = decisions.midday(opens, closes)
        for begin, until in ((first, middle), (middle, last)):
            if until - begin >= HALF_SHIFT:
                spans.setdefault((begin, until), "half")
        short = min(decisions.HALF_DAY, last - first)
        for begin in range(first, last - short + 1, 60 if last - first <= LONG_DAY else 120):
            spans.setdefault((begin, begin + short), "short")
        spans.setdefault((last - short, last), "short")
    return tuple(Template(f"{kind} {a // 60:02d}:{a % 60:02d}", a, b) for (a, b), kind in sorted(spans.items()))


def _lunch(days: tuple[Day, ...]) -> LunchRules:
    opens = min(d.open for d in days if d.open is not None)
    closes = max(d.close for d in days if d.close is not None)
    if closes - opens <= LONG_DAY:
        return LunchRules(lengths=(LUNCH,))
    source = "long opening hours: the meal break lies anywhere in the middle of the shift"
    return LunchRules(earliest=opens + 120, latest=closes - 60, lengths=(LUNCH,), edge=120, source=source)
