"""Why somebody works (or is off) on a day, in words: what the day is for, what else it could be, what holds it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.foundation.api import Invalid
from counterpoint.team import shown, trial, waiting, workbench
from counterpoint.team.editor import shift_json
from counterpoint.team.models import Roster

if TYPE_CHECKING:
    from counterpoint.science.rostering import Alternative, Bound, Person, RosterProblem, Shift, Window
    from counterpoint.science.rostering import Roster as Schedule
    from counterpoint.team.planning import Remedy

MOST = 5


@dataclass(frozen=True)
class _Change:
    """A change that could be made; `cell` is what the editor would save."""

    cell: dict[str, Any]

    @property
    def question(self) -> str:
        """The cell as the editor's script reads it."""
        return json.dumps(self.cell)


@dataclass(frozen=True)
class Other(_Change):
    """Another day the person could have: in words, its price in points, and the first rules it would break."""

    text: str
    change: str
    hard: int
    breaks: tuple[str, ...]
    posts: str


@dataclass(frozen=True)
class Step(_Change):
    """A step that would shorten the wait: in words, what it brings, its price."""

    kind: str
    text: str
    wait: str
    cost: str


@dataclass(frozen=True)
class Why:
    """Sentences for the card."""

    covers: tuple[str, ...]
    without: tuple[str, ...]
    others: tuple[Other, ...]
    bounds: tuple[tuple[str, str], ...]
    about: tuple[str, ...]


def why(row: Roster, person: str, day: int, *, private: bool) -> Why:
    """Raises Invalid for people and days that are not in the roster. `private`: wishes may be told to the reader."""
    from counterpoint.science.rostering import alternatives, bounds, explain

    problem, schedule = workbench.problem_of(row), workbench.schedule_of(row)
    names = workbench.names_of(problem)
    if person not in names or not 0 <= day < len(problem.days):
        raise Invalid(_("This person or day is not in the roster."), field="person")
    found = explain(problem, schedule, person, day)
    shift = schedule.of(person, day)
    others = alternatives(problem, schedule, person, day) if problem.days[day].open is not None else []
    sides = _sides()
    return Why(
        tuple(_covers(problem, schedule, shift, day)) if shift else (),
        tuple(_without(found, names)),
        tuple(_other(one, names, person, day) for one in others),
        tuple((sides[b.side], _bound(b, names)) for b in bounds(problem, schedule, person, day)),
        tuple(_about(problem, schedule, problem.person(person), day, private)),
    )


def _sides() -> dict[str, str]:
    return {
        "earlier": _("Starting half an hour earlier:"),
        "later": _("Starting half an hour later:"),
        "shorter": _("Ending half an hour earlier:"),
        "longer": _("Ending half an hour later:"),
    }


def _covers(problem: RosterProblem, schedule: Schedule, shift: Shift, day: int) -> Iterable[str]:
    """Each stretch on a post: people needed there at most, and people there at least."""
    from counterpoint.science.rostering import evaluate

    covered = evaluate(problem, schedule).coverage
    for task in shift.tasks:
        cells = [
            day * problem.intervals + (minute - problem.start) // problem.step
            for minute in range(task.start, task.end, problem.step)
            if problem.start <= minute < problem.end
        ]
        need = max((problem.demand[task.skill][n] for n in cells), default=0) if task.skill in problem.demand else 0
        least = min((covered[task.skill][n] for n in cells), default=0) if task.skill in covered else 0
        values = {
            "from": shown.clock(task.start), "to": shown.clock(task.end), "post": shown.skill(task.skill),
            "need": need, "least": least,
        }  # fmt: skip
        yield _("%(from)s–%(to)s %(post)s: up to %(need)s people are needed, at least %(least)s are there") % values


def _without(found: Any, names: dict[str, str]) -> Iterable[str]:
    if found.short_hours > 0:
        yield _("%(hours)s person-hours of need would stay open") % {"hours": f"{found.short_hours:.1f}"}
    yield from (told["text"] for told in (trial.told(v, names) for v in found.breaks[:MOST]))
    if found.covers and not found.breaks and found.short_hours <= 0:
        yield _("nothing would break; the roster would change by %(points)s points") % {"points": f"{found.cost:+d}"}


def _other(one: Alternative, names: dict[str, str], person: str, day: int) -> Other:
    shift = one.shift
    breaks = tuple(trial.told(v, names)["text"] for v in one.breaks[:2])
    if shift is None:
        away = {"person": person, "day": day, "off": True}
        return Other(away, _("off"), f"{one.change:+d}", one.hard, breaks, "")
    text = f"{shown.clock(shift.start)}–{shown.clock(shift.end)}"
    if shift.lunch:
        lunch = {"from": shown.clock(shift.lunch.start), "to": shown.clock(shift.lunch.end)}
        text += " " + _("(lunch %(from)s–%(to)s)") % lunch
    posts = " · ".join(f"{shown.clock(t.start)} {shown.skill(t.skill)}" for t in shift.tasks)
    return Other(shift_json(shift), text, f"{one.change:+d}", one.hard, breaks, posts)


def _bound(one: Bound, names: dict[str, str]) -> str:
    points = _("cost points %(points)s") % {"points": f"{one.change:+d}"}
    if not one.breaks:
        return points
    told = trial.told(one.breaks[0], names)
    more = len(one.breaks) - 1
    text = f"{told['text']} · {told['source']}"
    return text + (" " + ngettext("(and %(n)s more)", "(and %(n)s more)", more) % {"n": more} if more else "")


def _leave(window: Window, problem: RosterProblem) -> str:
    """The whole day, up to a time, from a time on, or between two."""
    early, late = window.start <= problem.start, window.end >= problem.end
    values = {"from": shown.clock(window.start), "to": shown.clock(window.end)}
    if early and late:
        return _("On approved leave.")
    if early:
        return _("On approved leave until %(to)s.") % values
    return (_("On approved leave from %(from)s on.") if late else _("On approved leave %(from)s to %(to)s.")) % values


def _about(problem: RosterProblem, schedule: Schedule, who: Person, day: int, private: bool) -> Iterable[str]:
    """Closed days, leave, what was fixed by hand, wishes, and the hours of the week."""
    this = problem.days[day]
    if this.open is None:
        yield _("The branch is closed.")
    for window in who.unavailable:
        if window.day == day:
            yield _leave(window, problem)
    if any((pin.person, pin.day) == (who.id, day) for pin in problem.pins):
        yield _("Fixed by the supervisor.")
    if private and any(wish.day == day for wish in who.preferences):
        yield _("Has a wish for this day.")
    own = [s for s in schedule.shifts if s.person == who.id]
    values = {
        "days": len(own), "hours": f"{sum(s.minutes for s in own) / 60:g}", "most": f"{who.max_week / 60:g}",
        "day": shown.day_label(date.fromisoformat(this.date)),
    }  # fmt: skip
    yield _("This week %(days)s days and %(hours)s of %(most)s contract hours.") % values
    carried = {"lates": who.history.lates, "weekends": who.history.weekends}
    yield _("In the eight weeks before: %(lates)s late shifts, %(weekends)s weekend days.") % carried


def steps(row: Roster, day: int) -> tuple[Step, ...]:
    """Single steps that would shorten the wait of a day, the strongest first. Raises Invalid for other days."""
    problem, schedule = workbench.problem_of(row, fresh=True), workbench.schedule_of(row)
    if not 0 <= day < len(problem.days):
        raise Invalid(_("This person or day is not in the roster."), field="day")
    names = workbench.names_of(problem)
    return tuple(_step(one, names) for one in waiting.remedies(row, problem, schedule, day))


def _step(one: Remedy, names: dict[str, str]) -> Step:
    shift = one.shift
    values = {
        "name": names.get(shift.person, ""),
        "from": shown.clock(shift.start),
        "to": shown.clock(shift.end),
        "lunch": shown.clock(shift.lunch.start) if shift.lunch else "",
        "post": shown.skill(shift.tasks[0].skill) if shift.tasks else "",
        "posts": " · ".join(f"{shown.clock(t.start)} {shown.skill(t.skill)}" for t in shift.tasks),
    }
    patterns = {
        "borrow": _("Borrow one person for %(post)s, %(from)s–%(to)s"),
        "lunch": _("%(name)s has lunch at %(lunch)s"),
        "post": _("%(name)s changes posts: %(posts)s"),
        "overtime": _("%(name)s works overtime, %(from)s–%(to)s"),
        "shift": _("%(name)s works %(from)s–%(to)s: %(posts)s"),
    }
    wait = _("9 of 10 wait less than %(p90)s min (%(mean)s, 95 %% interval %(low)s to %(high)s)") % {
        "p90": f"{one.p90:.1f}", "mean": f"{one.wait.mean:+.1f}", "low": f"{one.wait.low:+.1f}",
        "high": f"{one.wait.high:+.1f}",
    }  # fmt: skip
    return Step(shift_json(shift), one.kind, patterns[one.kind] % values, wait, f"{one.cost:+d}")
