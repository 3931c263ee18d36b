"""Conflicts of an infeasible week and the ways out of them, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.team import shown
from counterpoint.team.violations import source_of

if TYPE_CHECKING:
    from counterpoint.science.rostering import RosterProblem


def restriction(item: Mapping[str, Any], problem: RosterProblem, names: Mapping[str, str]) -> dict[str, Any]:
    """A restriction of a conflict with its source; the planner's own words where no others are known."""
    words = _restricts(item, problem, names) or item["words"]
    return {**item, "words": words, "source": source_of(item["source"])}


def _restricts(item: Mapping[str, Any], problem: RosterProblem, names: Mapping[str, str]) -> str:
    key, _colon, post = str(item.get("key", "")).partition(":")
    pattern = _patterns().get(key)
    day = item.get("day")
    if pattern is None or (item.get("person") and item["person"] not in names):
        return ""
    dated = problem.days[day].date if isinstance(day, int) and 0 <= day < len(problem.days) else ""
    start = item.get("start")
    values = {
        "name": names.get(item.get("person") or "", ""),
        "day": shown.day_label(date.fromisoformat(dated)) if dated else "",
        "time": _span(start, item.get("end")),
        "post": shown.skill(_skill(problem, key, post)),
    }  # fmt: skip
    return " ".join(str(pattern % values).split())


def _span(start: int | None, end: int | None) -> str:
    if start is None:
        return ""
    return shown.clock(start) if end is None else f"{shown.clock(start)}–{shown.clock(end)}"


def _skill(problem: RosterProblem, key: str, post: str) -> str:
    if key == "two_person":
        return next((pair.skill for pair in problem.two_person if pair.key == post), post)
    if key == "minimum":
        return next((m.skills[0] for m in problem.minimums if m.key == post), post)
    return post


def _patterns() -> dict[str, str]:
    return {
        "leave": _("leave of %(name)s on %(day)s"),
        "core": _("core hours of %(name)s on %(day)s"),
        "pin": _("what was fixed by hand for %(name)s on %(day)s"),
        "lunch": _("lunch of %(name)s within the lunch window on %(day)s"),
        "contract.min_day": _("shortest day in the contract of %(name)s, %(day)s"),
        "contract.max_day": _("longest day in the contract of %(name)s, %(day)s"),
        "contract.min_week": _("weekly minimum in the contract of %(name)s"),
        "contract.max_week": _("weekly maximum in the contract of %(name)s"),
        "day.max_minutes": _("normal working day of %(name)s, %(day)s"),
        "week.max_minutes": _("normal working week of %(name)s"),
        "week.rest_days": _("weekly day of rest of %(name)s"),
        "overtime.agreed": _("overtime that %(name)s agreed to"),
        "overtime.day_max_minutes": _("most overtime a day for %(name)s, %(day)s"),
        "overtime.month_max_minutes": _("most overtime a month for %(name)s"),
        "protected.no_overtime": _("no overtime for %(name)s, who is protected"),
        "rest.between_minutes": _("rest of %(name)s between two days, %(day)s"),
        "run.max_days": _("days in a row of %(name)s, %(day)s"),
        "minimum": _("minimum on post %(post)s on %(day)s %(time)s"),
        "two_person": _("dual control with %(post)s on %(day)s %(time)s"),
        "coverage": _("people needed on %(post)s on %(day)s %(time)s"),
    }


def way(one: Mapping[str, Any], problem: RosterProblem, names: Mapping[str, str]) -> dict[str, Any]:
    """A way out: what is done, its price, and what it does to the wait."""
    return {**one, "words": _does(one, problem, names) or one["words"], "wait": wait(one.get("waits"))}


def _does(one: Mapping[str, Any], problem: RosterProblem, names: Mapping[str, str]) -> str:
    from counterpoint.science.rostering import RosterProblem

    changed = RosterProblem.from_dict(one["problem"])
    kind, joint = one["kind"], "; "
    if kind == "waive":
        fresh = changed.waivers[len(problem.waivers) :]
        items = [{"key": w.key, "person": w.person, "day": w.day, "start": w.start} for w in fresh]
        said = [_restricts(item, problem, names) for item in _joined(items, problem.step)]
        return joint.join(_("set aside: %(what)s") % {"what": text} for text in said) if said and all(said) else ""
    if kind in ("borrow", "call_in"):
        return joint.join(_loans(changed, problem, kind))
    if kind == "lunch" and changed.lunch is not None:
        window = {"from": shown.clock(changed.lunch.earliest), "to": shown.clock(changed.lunch.latest)}
        return _("lunch between %(from)s and %(to)s") % window
    if kind == "accept":
        return _("leave minimum posts open for %(n)s person half hours") % {"n": one["uncovered"]}
    return joint.join(_overtime(one, changed, problem)) if kind == "overtime" else ""


def _joined(items: list[dict[str, Any]], step: int) -> list[dict[str, Any]]:
    """Half hours of one post that follow each other become one item with an end."""
    joined: list[dict[str, Any]] = []
    for item in sorted(items, key=lambda i: (i["key"], str(i["person"]), i["day"] or 0, i["start"] or 0)):
        last = joined[-1] if joined else None
        same = last and all(last[name] == item[name] for name in ("key", "person", "day"))
        if last and same and item["start"] is not None and item["start"] == last.get("end", 0):
            last["end"] = item["start"] + step
        else:
            joined.append({**item, "end": None if item["start"] is None else item["start"] + step})
    return joined


def _loans(changed: RosterProblem, problem: RosterProblem, kind: str) -> list[str]:
    """People from outside by day, time and skill."""
    known = {p.id for p in problem.people}
    skills = {p.id: p.skills[0].key for p in changed.people if p.id not in known and p.skills}
    counts: dict[tuple[int, int, int, str], int] = {}
    for pin in changed.pins:
        if pin.person in skills:
            at = (pin.day, pin.start, pin.end, skills[pin.person])
            counts[at] = counts.get(at, 0) + 1
    pattern = (
        _("borrow %(n)s for %(post)s, %(day)s %(from)s–%(to)s")
        if kind == "borrow"
        else _("call in %(n)s for %(post)s, %(day)s %(from)s–%(to)s")
    )
    return [
        pattern % {"n": n, "post": shown.skill(skill), "from": shown.clock(start), "to": shown.clock(end),
                   "day": shown.day_label(date.fromisoformat(problem.days[day].date))}
        for (day, start, end, skill), n in sorted(counts.items())
    ]  # fmt: skip


def _overtime(one: Mapping[str, Any], changed: RosterProblem, problem: RosterProblem) -> list[str]:
    """Overtime beyond what is agreed, by person."""
    from counterpoint.science.rostering import Roster, ledger

    agreed = {p.id: p.overtime_agreed for p in problem.people}
    entries = ledger(changed, Roster.from_dict(one["roster"])).entries
    return [
        _("%(hours)s h overtime for %(name)s") % {"hours": f"{(e.overtime - agreed[e.person]) / 60:g}", "name": e.name}
        for e in entries
        if e.overtime > agreed.get(e.person, 0)
    ]


def wait(found: Mapping[str, Any] | None) -> str:
    """The predicted P90 of a way in one sentence; empty where none was predicted."""
    if not found or found.get("p90") is None:
        return ""
    text = _("9 of 10 wait less than %(p90)s min (simulated)") % {"p90": f"{found['p90']:.1f}"}
    if found.get("change") is None:
        return text
    text += ", " + _("%(change)s against open posts") % {"change": f"{found['change']:+.1f}"}
    day = found.get("day")
    if day and day["before"] is not None and day["after"] is not None:
        values = {
            "day": shown.day_label(date.fromisoformat(day["date"])), "before": f"{day['before']:.1f}",
            "after": f"{day['after']:.1f}",
        }  # fmt: skip
        text += "; " + _("most on %(day)s: %(before)s → %(after)s") % values
    return text
