"""Probes that lessons of several chapters use: indicators, complaints, checklists and their rounds."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.probes.registry import Args, Found, Look, probe
from counterpoint.foundation.api import scoped
from counterpoint.primitives import checklists, content, metrics
from counterpoint.primitives.metrics import periods
from counterpoint.service import api as service

COUNT = "service.complaint.count"


@probe(
    "metric",
    verb=metrics.VIEW,
    takes=frozenset({"key", "grain", "back"}),
    gives={
        "value": _("Value"),
        "n": _("Number of cases"),
        "state": _("State"),
        "target": _("Target"),
        "low": _("Lower end of the interval"),
        "high": _("Upper end of the interval"),
    },
)
def metric(look: Look, args: Args) -> Found:
    """An indicator of a period that is over: `back` periods of `grain` before the present one."""
    one = metrics.metric_of(str(args["key"]), look.today, look.branch.rule_pack, look.branch.path)
    grain = str(args.get("grain", "week"))
    period = periods.of(grain, look.today).back(int(args.get("back", 1)))
    with scoped(look.scope):
        found = metrics.value(
            scope=look.scope, org_unit=look.branch, metric=one.key, grain=grain, period=period, now=look.now
        )
    bound = found.target.bounds if found.target else None
    target = None if bound is None else bound.high if bound.high is not None else bound.low
    return {
        "value": rounded(found.value), "n": found.n or None, "state": found.state, "target": target,
        "low": rounded(found.low), "high": rounded(found.high), "period": period.slug,
        "since": period.since.isoformat(),
    }  # fmt: skip


@probe(
    "complaints",
    verb=COUNT,
    takes=frozenset({"days"}),
    gives={
        "total": _("Complaints"),
        "open": _("Not closed yet"),
        "closed": _("Already closed"),
        "on_time": _("In time, %"),
        "repeated": _("Repeated, %"),
        "cause": _("Most frequent cause"),
        "level_1": _("Of level 1"),
        "level_2": _("Of level 2"),
        "level_3": _("Of level 3"),
    },
)
def complaints(look: Look, args: Args) -> Found:
    """Complaints of the last days, as the page of complaint figures counts them. Shares in whole per cent."""
    since = look.today - timedelta(days=int(args.get("days", 365)) - 1)
    found = service.counted(scope=look.scope, branch=look.branch, since=since, until=look.today)
    levels = {group.key: group.count for group in found.by_level}
    return {
        "total": found.total, "open": found.open, "closed": found.on_time.n or None,
        "on_time": percent(found.on_time), "repeated": percent(found.repeated),
        "cause": found.by_cause[0].key if found.by_cause else None,
        **{slug: levels.get(slug, 0) for slug in ("level_1", "level_2", "level_3")},
    }  # fmt: skip


@probe(
    "checklist", verb=checklists.VIEW, takes=frozenset({"key"}),
    gives={"items": _("Items to answer"), "critical": _("Critical items"), "photo": _("Need a photo when they fail"),
           "effect": _("Open a task when they fail"), "pass_mark": _("Pass mark, %")},
)  # fmt: skip
def checklist(look: Look, args: Args) -> Found:
    """What a checklist in force at the branch asks."""
    held = content.items("checklists", look.today, look.branch.rule_pack, bank=look.branch.path)
    item = held.get(str(args["key"]))
    if item is None:
        return {}
    rows = [one for section in item.value.sections for one in section.items if one.kind not in ("scan", "signature")]
    return {
        "items": len(rows), "critical": sum(one.critical for one in rows),
        "photo": sum(one.evidence == "on_fail" for one in rows), "effect": sum(one.on_fail is not None for one in rows),
        "pass_mark": item.value.pass_mark,
    }  # fmt: skip


@probe(
    "round", verb=checklists.VIEW, takes=frozenset({"key", "days"}),
    gives={"count": _("Rounds handed in"), "percent": _("Score of the newest, %"), "passed": _("Newest passed"),
           "failed": _("Rounds that failed")},
)  # fmt: skip
def round_(look: Look, args: Args) -> Found:
    """Rounds of a checklist that the branch handed in lately."""
    since = look.today - timedelta(days=int(args.get("days", 30)) - 1)
    wanted = checklists.RoundFilter(checklist=str(args["key"]), since=since)
    with scoped(look.scope):
        rows = list(checklists.rounds(scope=look.scope, filters=wanted, org_unit=look.branch)[:400])
    over = [row for row in rows if row.percent is not None]
    newest: Any = over[0] if over else None
    return {
        "count": len(over), "failed": sum(row.passed is False for row in over),
        "percent": rounded(newest.percent) if newest else None,
        "passed": None if newest is None else "yes" if newest.passed else "no",
    }  # fmt: skip


def rounded(value: float | None) -> float | None:
    """To one place, as pages show it."""
    return None if value is None else round(float(value), 1)


def percent(share: Any) -> int | None:
    """A share in whole per cent; None without cases."""
    return None if share.value is None else round(100 * share.value)
