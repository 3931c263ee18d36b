"""Rows of the primitives to count on: cases opened and ended, rounds, plays and drills.

It stands above the applets because checklists and metrics do not know each other.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, Scope, User, calendar, scoped
from counterpoint.primitives.cases import case_types
from counterpoint.primitives.cases.models import Case
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.content import items
from counterpoint.primitives.metrics import Relation, Touch, by_branch, register_relation
from counterpoint.primitives.playbooks.models import DrillDuty, Play
from counterpoint.ui import reader

if TYPE_CHECKING:
    import pandas as pd

NAMES = {
    "hour": _("Hour"), "person": _("Person"), "type": _("Kind"), "level": _("Level"), "case": _("Case"),
    "end": _("How it ended"), "late": _("A deadline missed"), "minutes": _("Minutes"), "cycles": _("Rounds of work"),
    "what": _("About what"), "days_since_same": _("Days since the same"), "accepted": _("Accepted by the customer"),
    "checklist": _("Checklist"), "phase": _("Phase"), "percent": _("Score (%)"), "passed": _("Passed"),
    "on_time": _("In time"), "submitted": _("Submitted"), "asset": _("Asset"), "playbook": _("Emergency plan"),
    "mode": _("Real or drill"), "state": _("State"), "score": _("Score"), "done": _("Done"),
}  # fmt: skip
CASES = {
    "hour": "number", "person": "word", "type": "word", "level": "word", "case": "word", "what": "word",
    "days_since_same": "number",
}  # fmt: skip
ENDS = {**CASES, "end": "word", "late": "yes_no", "minutes": "number", "cycles": "number", "accepted": "yes_no"}
ROUNDS = {
    "hour": "number", "person": "word", "checklist": "word", "phase": "word", "asset": "word", "percent": "number",
    "passed": "yes_no", "on_time": "yes_no", "submitted": "yes_no",
}  # fmt: skip
PLAYS = {
    "hour": "number", "playbook": "word", "mode": "word", "state": "word", "minutes": "number", "on_time": "yes_no",
    "score": "number",
}  # fmt: skip
DRILLS = {"playbook": "word", "done": "yes_no"}
ABOUT = ("category", "item", "cause")  # fields of a case's form that say what it is about
REMEMBERED = timedelta(days=100)  # how far back the same matter counts as the same
LONG = 40  # days back that a change of an older case or round may touch


def _span(branches: Sequence[OrgUnit], since: date, until: date) -> tuple[Any, Any]:
    """The moments that hold these dates of all the branches, whatever their time zones."""
    zones = {ZoneInfo(branch.time_zone) for branch in branches}
    return min(calendar.local(since, 0, z) for z in zones), max(calendar.local(until, 0, z) for z in zones)


def _staff(ids: set[Any]) -> dict[Any, str]:
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "staff_no"))


def _cases(scope: Scope, branches: Sequence[OrgUnit], column: str, since: date, until: date) -> list[tuple[Any, ...]]:
    """Cases outside sealed dimensions, by the date of a column: (row, date, the common cells)."""
    (begin, end), zones = _span(branches, since, until), {one.pk: ZoneInfo(one.time_zone) for one in branches}
    with scoped(scope):
        open_ = Case.objects.filter(org_unit__in=list(zones), dim="", merged_into=None)
        mine = open_.filter(**{f"{column}__gte": begin, f"{column}__lt": end})
        dated = [(row, getattr(row, column).astimezone(zones[row.org_unit_id]))
                 for row in mine.order_by(column).select_related("owner")]  # fmt: skip
        rows = [(row, at) for row, at in dated if since <= at.date() < until]
        begun: dict[Any, datetime] = {}
        for row, _at in rows:
            begun[row.org_unit_id] = min(row.opened_at, begun.get(row.org_unit_id, row.opened_at))
        others = open_.filter(opened_at__gte=min(begun.values(), default=begin) - REMEMBERED).order_by("opened_at")
        told = list(others.values_list("org_unit_id", "pk", "type", "fields", "key", "opened_at"))
    last: dict[tuple[Any, str, str], Any] = {}
    gaps: dict[Any, float] = {}
    for unit, pk, kind, fields, key, at in told:
        what = _what(fields, key)
        if not what or unit not in begun or at < begun[unit] - REMEMBERED:
            continue
        if (unit, kind, what) in last:
            gaps[pk] = (at - last[unit, kind, what]).total_seconds() / 86400
        last[unit, kind, what] = at
    return [
        (row, at.date(), float(at.hour), row.owner.staff_no if row.owner else None, row.type, row.level,
         str(row.pk)[-6:], _what(row.fields, row.key), gaps.get(row.pk))
        for row, at in rows
    ]  # fmt: skip


def _what(fields: dict[str, Any], key: str | None) -> str | None:
    """What a case is about: the item of the round that opened it, else the first of the usual fields of its type."""
    if key and key.startswith("round:") and key.count(":") == 2:
        return key.rpartition(":")[2]
    return next((str(fields[name]) for name in ABOUT if fields.get(name)), None)


def cases(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> "Mapping[Any, pd.DataFrame]":
    """One row a case by the date it was opened."""
    found = _cases(scope, branches, "opened_at", since, until)
    return by_branch(branches, ((row.org_unit_id, tuple(cells)) for row, *cells in found), CASES)


def ends(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> "Mapping[Any, pd.DataFrame]":
    """One row a case by the date it ended: how, whether a deadline was missed, minutes from opening to end."""
    rows = []
    for row, *cells in _cases(scope, branches, "ended_at", since, until):
        minutes = (row.ended_at - row.opened_at).total_seconds() / 60
        accepted = row.fields.get("accepted")
        told = (
            *cells, row.stage_kind, row.breaches > 0, minutes, float(row.cycle),
            accepted if isinstance(accepted, bool) else None,
        )  # fmt: skip
        rows.append((row.org_unit_id, told))
    return by_branch(branches, rows, ENDS)


def rounds(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> "Mapping[Any, pd.DataFrame]":
    """One row a round by its business date; `on_time` of those that had a time, `passed` of those submitted."""
    zones = {branch.pk: ZoneInfo(branch.time_zone) for branch in branches}
    with scoped(scope):
        mine = list(Round.objects.filter(org_unit__in=list(zones), business_date__gte=since, business_date__lt=until))
        staff = _staff({row.done_by for row in mine})
    return by_branch(branches, ((row.org_unit_id, _round(row, zones[row.org_unit_id], staff)) for row in mine), ROUNDS)


def _round(row: Round, zone: ZoneInfo, staff: Mapping[Any, str]) -> tuple[Any, ...]:
    at = row.done_at or row.due_at
    on_time = None if row.due_at is None else row.late_at is None and (row.done_at is None or row.done_at <= row.due_at)
    settled = row.done_at is not None or row.late_at is not None
    return (
        row.business_date, float(at.astimezone(zone).hour) if at else None, staff.get(row.done_by), row.checklist,
        row.phase or None, row.asset or None, row.percent, row.passed, on_time if settled else None,
        row.done_at is not None,
    )  # fmt: skip


def plays(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> "Mapping[Any, pd.DataFrame]":
    """One row a play by the date it began; minutes and `on_time` of those completed."""
    (begin, end), zones = _span(branches, since, until), {one.pk: ZoneInfo(one.time_zone) for one in branches}
    with scoped(scope):
        mine = Play.objects.filter(org_unit__in=list(zones), dim="", started_at__gte=begin, started_at__lt=end)
        rows = [(row.org_unit_id, _play(row, row.started_at.astimezone(zones[row.org_unit_id]))) for row in mine]
    return by_branch(branches, ((unit, row) for unit, row in rows if since <= row[0] < until), PLAYS)


def _play(row: Play, at: datetime) -> tuple[Any, ...]:
    over = row.state == Play.State.COMPLETED and row.ended_at
    minutes = (row.ended_at - row.started_at).total_seconds() / 60 if over and row.ended_at else None
    on_time = None
    if minutes is not None and row.limit_at is not None:
        on_time = row.limit_met_at is not None and row.limit_met_at <= row.limit_at
    return (at.date(), float(at.hour), row.playbook, row.mode, row.state, minutes, on_time, row.score)


def drills(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> "Mapping[Any, pd.DataFrame]":
    """One row a drill that the year asks for, by the date it is due."""
    with scoped(scope):
        mine = DrillDuty.objects.filter(org_unit__in=list(branches), due_on__gte=since, due_on__lt=until)
        rows = [(row.org_unit_id, (row.due_on, row.playbook, row.play_id is not None)) for row in mine]
    return by_branch(branches, rows, DRILLS)


def lately(touch: Touch) -> list[date]:
    """A change of something older: its own date is not in the entry, so the last weeks are counted again."""
    return [touch.on - timedelta(days=n) for n in range(LONG)]


def this_year(touch: Touch) -> list[date]:
    """A drill counts on the day it was due, which may lie months off."""
    first = date(touch.on.year, 1, 1)
    return [first + timedelta(days=n) for n in range(366)]


def _opened(touch: Touch) -> list[date]:
    return [touch.on] if touch.kind == "cases.opened" else lately(touch)


def value_name(column: str, value: Any) -> str:
    """Kinds of cases and what they are about, checklists and plans in the reader's words; other values as they are."""
    if column == "what":
        return matter(str(value), reader.language())
    if column == "type":
        kind = case_types(date(2100, 1, 1), "cn").get(str(value))
        return kind.name(reader.language()) if kind else str(value)
    if column in DEFINED:
        item = items(DEFINED[column], date(2100, 1, 1), "cn").get(str(value))
        return reader.said(item.value.names, reader.language()) if item else str(value)
    return str(WORDS.get(value, value))


DEFINED = {"checklist": "checklists", "playbook": "playbooks"}  # columns that hold the key of a definition


def matter(slug: str, language: str) -> str:
    """What a case is about: a choice of its form, or the item of a checklist that it came from."""
    on = date(2100, 1, 1)
    for kind in case_types(on, "cn").values():
        for choice in (one for field in kind.fields if field.slug in ABOUT for one in field.choices):
            if choice.slug == slug:
                return choice.name(language)
    for one in items("checklists", on, "cn").values():
        for item in one.value.items:
            if item.slug == slug:
                return str(item.name(language))
    return slug


WORDS = {
    "closed": _("settled"), "dropped": _("dropped"), "real": _("real"), "drill": _("drill"),
    "completed": _("completed"),
    "aborted": _("aborted"), "running": _("running"), "pre_open": _("before opening"), "closing": _("at closing"),
}  # fmt: skip


def _relation(key: str, columns: dict[str, str], read: Any, names: tuple[str, str], **more: Any) -> None:
    words = {"zh-hans": names[0], "en": names[1]}
    register_relation(Relation(key, columns, read, words, NAMES, value_name, **more))


_relation(
    "primitives.cases", CASES, cases, ("发起的事件", "cases opened"), label="case", days=_opened,
    facts=("cases.opened", "cases.level", "cases.fields_set", "cases.merged"),
)  # fmt: skip
_relation(
    "primitives.case_ends", ENDS, ends, ("办结的事件", "cases ended"), label="case", days=lately,
    facts=("cases.closed", "cases.dropped", "cases.reopened", "cases.merged"),
)  # fmt: skip
_relation("primitives.rounds", ROUNDS, rounds, ("检查", "rounds"), facts=("primitives.round_",), days=lately)
_relation("primitives.plays", PLAYS, plays, ("预案执行", "plays"), facts=("primitives.play_",), days=lately)
_relation(
    "primitives.drills", DRILLS, drills, ("应做演练", "drills due"), days=this_year,
    facts=("primitives.drill_", "primitives.play_"),
)  # fmt: skip
