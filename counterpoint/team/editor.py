"""What the roster editor's script is given and gives back: plain JSON, no science on the way in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.team import planner, shown, workbench
from counterpoint.team.actions import Cell
from counterpoint.team.models import Roster
from counterpoint.team.violations import named


def cell_of(sent: Mapping[str, Any]) -> Cell:
    """A cell from the script's JSON. Raises KeyError, TypeError or ValueError on nonsense."""
    person, day = str(sent["person"]), int(sent["day"])
    if sent.get("off"):
        return Cell(person, day, off=True)
    lunch = sent.get("lunch")
    tasks = tuple((int(t["start"]), int(t["end"]), str(t["skill"])) for t in sent.get("tasks", ()))
    pair = (int(lunch["start"]), int(lunch["end"])) if lunch else None
    return Cell(person, day, start=int(sent["start"]), end=int(sent["end"]), lunch=pair, tasks=tasks)


def state_of(row: Roster, *, editable: bool) -> dict[str, Any]:
    """Everything the editor draws: people, days, shifts, need, coverage, violations, waits."""
    problem, schedule = workbench.problem_of(row), workbench.schedule_of(row)
    _evaluation, judged = workbench.judgement(problem, schedule)
    names = {p.id: p.name for p in problem.people}
    return {
        "id": str(row.pk),
        "revision": row.revision,
        "editable": editable,
        "start": problem.start,
        "end": problem.end,
        "step": problem.step,
        "days": [
            {"date": d.date, "label": shown.day_label(date.fromisoformat(d.date)), "open": d.open, "close": d.close}
            for d in problem.days
        ],
        "people": [
            {"id": p.id, "name": p.name, "skills": [s.key for s in p.skills],
             "away": [{"day": w.day, "start": w.start, "end": w.end} for w in p.unavailable]}
            for p in problem.people
        ],
        "skills": {key: shown.skill(key) for key in problem.skills},
        "shifts": [shift_json(shift) for shift in schedule.shifts],
        "need": {k: list(v) for k, v in problem.demand.items()},
        "need_p90": {k: list(v) for k, v in problem.demand_p90.items()},
        "coverage": judged["coverage"],
        "violations": [named(v, names) for v in judged["violations"]],
        "short_hours": judged["short_hours"],
        "waits": (row.waits.get("plan") or {}).get("days", []),
        "promise": row.forecast.payload["promise"]["minutes"] if row.forecast else None,
    }  # fmt: skip


def shift_json(shift: Any) -> dict[str, Any]:
    """One shift as the script keeps it."""
    return {
        "person": shift.person,
        "day": shift.day,
        "start": shift.start,
        "end": shift.end,
        "lunch": {"start": shift.lunch.start, "end": shift.lunch.end} if shift.lunch else None,
        "tasks": [{"start": t.start, "end": t.end, "skill": t.skill} for t in shift.tasks],
    }


def answer(row: Roster, judged: Mapping[str, Any], cell: Cell) -> dict[str, Any]:
    """After an edit: the new revision, the cell as stored, coverage, violations, and the day's waits now."""
    problem, schedule = workbench.problem_of(row), workbench.schedule_of(row)
    names = {p.id: p.name for p in problem.people}
    shift = schedule.of(cell.person, cell.day)
    return {
        "revision": row.revision,
        "person": cell.person,
        "day": cell.day,
        "shift": shift_json(shift) if shift else None,
        "coverage": judged["coverage"],
        "violations": [named(v, names) for v in judged["violations"]],
        "short_hours": judged["short_hours"],
        "waits": planner.what_if(row, schedule, cell.day),
    }


def words() -> dict[str, str]:
    """Words that the editor's script shows."""
    return {
        "off": _("off"),
        "away": _("on leave"),
        "lunch": _("Lunch"),
        "needed": _("needed"),
        "onpost": _("on posts"),
        "busy": _("needed on a busy day"),
        "waits": _("Predicted wait, 9 of 10 wait less (min)"),
        "saved": _("Saved"),
        "saving": _("Saving"),
        "reload": _("Reload"),
        "add": _("Add a shift"),
        "week": _("Week"),
        "hours": _("h"),
        "shift": _(
            "Shift of %(name)s, %(from)s to %(to)s. Arrow keys move it, with Shift they change its end, "
            "with Alt they move lunch, Delete removes it."
        ),
        "failed": _("Not saved. Check the connection and try again."),
        "closed": _("closed"),
        "short": _("person-hours missing"),
        "post": _("Post"),
        "waive": _("Reason for publishing although this rule is broken"),
        "keep": _("as it is"),
        "all": _("All posts"),
    }


def sheets(row: Roster) -> tuple[tuple[list[str], list[list[Any]]], tuple[list[str], list[list[Any]]]]:
    """Roster by day and by half hour: headings and rows each."""
    problem, schedule = workbench.problem_of(row), workbench.schedule_of(row)
    labels = [shown.day_label(date.fromisoformat(d.date)) for d in problem.days]
    by_day = []
    for person in problem.people:
        own = {s.day: s for s in schedule.shifts if s.person == person.id}
        cells = [
            f"{shown.clock(own[d].start)}-{shown.clock(own[d].end)}" if d in own else _("off")
            for d in range(len(labels))
        ]
        by_day.append([person.name, *cells, round(sum(s.minutes for s in own.values()) / 60, 1)])
    minutes = [problem.start + n * problem.step for n in range(problem.intervals)]
    names = {p.id: p.name for p in problem.people}
    by_half = []
    for shift in schedule.shifts:
        cells = []
        for minute in minutes:
            there = shift.start <= minute < shift.end
            at_lunch = shift.lunch is not None and shift.lunch.start <= minute < shift.lunch.end
            post = shift.skill_at(minute)
            cells.append(_("Lunch") if at_lunch else (shown.skill(post) if post else "·") if there else "")
        by_half.append([labels[shift.day], names.get(shift.person, shift.person), *cells])
    return (
        ([_("Person"), *labels, _("Hours")], by_day),
        ([_("Date"), _("Person"), *(shown.clock(m) for m in minutes)], by_half),
    )
