"""What the roster editor's script is given and gives back: plain JSON, no science on the way in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.team import shown, trial, waiting, workbench
from counterpoint.team.actions import Cell, Edited
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
    names = workbench.names_of(problem)
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
            {"id": p.id, "name": names[p.id], "skills": [s.key for s in p.skills],
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


def answer(edited: Edited, cell: Cell, *, days: int = waiting.FULL) -> dict[str, Any]:
    """What a changed cell does, saved or only tried: rules, points, coverage, and the day's waits from the twin."""
    from counterpoint.science.rostering import fresh

    row, found = edited.roster, edited.tried
    names = workbench.names_of(found.problem)
    shift = found.after.of(cell.person, cell.day)
    waits = waiting.compared(row, found.before, found.after, cell.day, days=days)
    return {
        "revision": row.revision,
        "person": cell.person,
        "day": cell.day,
        "shift": shift_json(shift) if shift else None,
        "coverage": found.judgement["coverage"],
        "violations": [named(v, names) for v in found.judgement["violations"]],
        "short_hours": found.judgement["short_hours"],
        "short_change": round(found.now.short_hours - found.was.short_hours, 2),
        "broken": [trial.told(v, names) for v in fresh(found.was, found.now)],
        "mended": [trial.told(v, names) for v in fresh(found.now, found.was)],
        "points": trial.points(found.was, found.now),
        "waits": trial.day_json(waits.tried) if waits else None,
        "saved": trial.day_json(waits.saved) if waits else None,
        "change": trial.change_json(waits) if waits else None,
        "finding": trial.finding(waits),
    }


def words() -> dict[str, str]:
    """Words that the editor's script shows."""
    return {
        "off": _("off"),
        "away": _("on leave"),
        "partly": _("on leave for a part"),
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
            "with Alt they move lunch, Delete removes it; Enter saves, Escape puts it back."
        ),
        "look": _("Shift of %(name)s, %(from)s to %(to)s. Enter tells why."),
        "failed": _("Not saved. Check the connection and try again."),
        "closed": _("closed"),
        "short": _("person-hours missing"),
        "post": _("Post"),
        "waive": _("Reason for publishing although this rule is broken"),
        "keep": _("as it is"),
        "all": _("All posts"),
        "band": _("Predicted wait (simulated, min)"),
        "legend": _("band: half to 9 of 10 customers; dashed: promise"),
        "why": _("Why?"),
        "close": _("Close"),
        "from": _("Starts"),
        "until": _("Ends"),
        "lunchfrom": _("Lunch from"),
        "save": _("Save"),
        "back": _("Put back"),
        "remove": _("Take the shift off"),
        "breaks": _("Rules that would break"),
        "nobreaks": _("No further rule breaks"),
        "more": _("and %(n)s more"),
        "points": _("Cost points"),
        "simulated": _("Wait, simulated in %(n)s days"),
        "asking": _("Loading"),
        "state_asking": _("Not saved. Simulating the day …"),
        "state_refining": _("Not saved. First answer from few days; a better one follows."),
        "looking": _("Trying single steps in the simulation …"),
        "unknown": _("No answer. Close and open again."),
        "offline": _("No connection. Close and open again when it is back."),
        "state_held": _("Not saved yet: Enter or the button saves it."),
        "state_failed": _("No answer: what this change does is not known. It is not saved."),
        "state_offline": _("No connection: what this change does is not known. It is not saved."),
    }


def sheets(row: Roster) -> tuple[tuple[list[str], list[list[Any]]], tuple[list[str], list[list[Any]]]]:
    """Roster by day and by half hour: headings and rows each."""
    problem, schedule = workbench.problem_of(row), workbench.schedule_of(row)
    labels = [shown.day_label(date.fromisoformat(d.date)) for d in problem.days]
    names, by_day = workbench.names_of(problem), []
    for person in problem.people:
        own = {s.day: s for s in schedule.shifts if s.person == person.id}
        cells = [
            f"{shown.clock(own[d].start)}-{shown.clock(own[d].end)}" if d in own else _("off")
            for d in range(len(labels))
        ]
        by_day.append([names[person.id], *cells, round(sum(s.minutes for s in own.values()) / 60, 1)])
    minutes = [problem.start + n * problem.step for n in range(problem.intervals)]
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
