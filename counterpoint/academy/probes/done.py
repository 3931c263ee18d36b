"""Probes of what somebody did: cases and what became of them, plays of emergency plans, entries of the journal, alarms
and mutings."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.probes.registry import Args, Found, Look, probe
from counterpoint.academy.verbs import LEARN
from counterpoint.foundation.api import colleagues, journal, scoped
from counterpoint.primitives import cases, metrics

SELF, OTHER = "self", "other"


def who(look: Look, person: UUID | None) -> str | None:
    """The learner, or one of the team, or somebody else; None for nobody."""
    return None if person is None else SELF if person in look.people else OTHER


@probe(
    "case",
    verb=LEARN,
    takes=frozenset({"type", "level", "owner", "stage", "nth", "clock", "of"}),
    gives={
        "count": _("Number of cases"), "level": _("Level"), "stage": _("Stage reached"), "owner": _("Whose it is"),
        "fixed_by": _("Put right by"), "verified_by": _("Looked at by"), "kept": _("Clock kept"),
        "minutes": _("Minutes until the clock stopped"), "value": _("Value"),
    },
)  # fmt: skip
def case(look: Look, args: Args) -> Found:
    """Cases of a type: how many are of that level, owner and stage, and how the `nth` of them stands in the order of
    opening, without it the newest. `clock` names the clock that is asked for, `of` the field."""
    filters = cases.CaseFilter(
        type=str(args["type"]), level=str(args.get("level", "")), stage=str(args.get("stage", "")), sort="old", size=200
    )
    rows = cases.cases(scope=look.scope, filters=filters, now=look.now).rows
    rows = _owned(look, rows, str(args.get("owner", "")))
    place = int(args.get("nth", len(rows)))
    if not 1 <= place <= len(rows):
        return {"count": len(rows)}
    view = rows[place - 1]
    detail = cases.case(scope=look.scope, case=view.id, now=look.now)
    told = cases.timeline(scope=look.scope, case=view.id)
    return {
        "count": len(rows), "level": view.level, "stage": view.stage_kind, "owner": who(look, view.owner),
        "fixed_by": _last(look, told, "resolved"), "verified_by": _last(look, told, "verified"),
        "value": view.fields.get(str(args.get("of", ""))), **_clock(detail.clocks, str(args.get("clock", ""))),
    }  # fmt: skip


def _owned(look: Look, rows: Sequence[cases.CaseView], wanted: str) -> list[cases.CaseView]:
    """Those that the learner has (`self`), somebody else (`other`), or a colleague of a role; all for none."""
    if wanted in ("", SELF, OTHER):
        return [one for one in rows if not wanted or who(look, one.owner) == wanted]
    people = colleagues(scope=look.scope, org_unit=look.branch, on=look.today)
    held = {one.id for one in people if wanted in one.roles}
    return [one for one in rows if one.owner in held]


def _last(look: Look, told: Sequence[cases.Told], kind: str) -> str | None:
    found = [one for one in told if one.kind == kind]
    return who(look, found[-1].actor) if found else None


def _clock(clocks: Sequence[cases.ClockView], slug: str) -> Found:
    found = next((one for one in reversed(clocks) if one.clock == slug), None)
    if found is None or found.stopped_at is None:
        return {"kept": None if found is None else "no", "minutes": None}
    late = found.due_at is not None and found.stopped_at > found.due_at
    minutes = (found.stopped_at - found.started_at).total_seconds() / 60
    return {"kept": "no" if late else "yes", "minutes": round(minutes, 1)}


@probe(
    "journal", verb=LEARN, takes=frozenset({"kind", "field", "value", "of"}),
    gives={"count": _("How often"), "last": _("Value of the last time")},
)  # fmt: skip
def journal_(look: Look, args: Args) -> Found:
    """How often the learner did something, by its kind of entry; with `field` only where that holds `value`. `of` is
    the field whose last value is asked for."""
    if not look.people:
        return {}
    with scoped(look.scope):
        rows = journal.of_kind(str(args["kind"]), look.people)
    field = str(args.get("field", ""))
    rows = [row for row in rows if not field or str(row.data.get(field)) == str(args.get("value"))]
    return {"count": len(rows), "last": rows[-1].data.get(str(args.get("of", ""))) if rows else None}


@probe(
    "alarm",
    verb=metrics.ALARM,
    takes=frozenset({"key"}),
    gives={"state": _("State"), "muted_days": _("Muted for days"), "reason": _("Letters of the reason")},
)
def alarm(look: Look, args: Args) -> Found:
    """The newest alarm of a metric, and how long its alarms tell nobody from now on."""
    rows: list[Any] = metrics.alarm_list(scope=look.scope, unit=look.branch, metric=str(args["key"]))
    quiet = [
        one
        for one in metrics.mutes(scope=look.scope, org_unit=look.branch, now=look.now)
        if one.metric == str(args["key"])
    ]
    longest = max(quiet, key=lambda one: one.until, default=None)
    return {
        "state": rows[0].state if rows else None,
        "muted_days": None if longest is None else (longest.until - look.today).days,
        "reason": None if longest is None else len(longest.reason),
    }


@probe(
    "target",
    verb=metrics.VIEW,
    takes=frozenset({"key"}),
    gives={"high": _("Upper bound"), "low": _("Lower bound"), "days": _("Days that it holds"),
           "reason": _("Letters of the reason")},
)  # fmt: skip
def target(look: Look, args: Args) -> Found:
    """The newest target that the branch itself set for a metric."""
    rows = metrics.target_versions(scope=look.scope, org_unit=look.branch, metric=str(args["key"]))
    newest = max(rows, key=lambda row: row.version, default=None)
    if newest is None:
        return {}
    return {
        "high": newest.high, "low": newest.low, "reason": len(newest.reason),
        "days": (newest.until - newest.since).days if newest.until else None,
    }  # fmt: skip
