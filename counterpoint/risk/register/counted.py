"""Incidents as rows that anybody may count: `risk.incidents`, one row each, and `risk.risk_incidents`, one row for each
risk of the register that an incident presses on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, Scope, scoped, system_scope
from counterpoint.primitives.cases import CaseFilter, CaseView, case_types, cases
from counterpoint.primitives.content import items
from counterpoint.primitives.metrics import Relation, Touch, one_by_one, register_relation
from counterpoint.risk.models import RiskEvidence
from counterpoint.risk.register.kinds import RISKS
from counterpoint.risk.rules.residual import INCIDENT
from counterpoint.ui import reader

if TYPE_CHECKING:
    import pandas as pd

TYPE = "risk.incident"
COLUMNS = {"kind": "word", "error": "word", "level": "word", "near_miss": "yes_no", "loss": "number", "hour": "number"}
BY_RISK = {"risk": "word", **COLUMNS}
NAMES = {
    "risk": _("Risk"), "kind": _("Kind"), "error": _("Kind of error"), "level": _("Level"),
    "near_miss": _("Near miss"), "loss": _("Loss in yuan"), "hour": _("Hour"),
}  # fmt: skip
TOLD = ("opened", "dropped", "reopened", "merged", "level", "fields_set", "resolved", "closed")
LATER = 60  # days after which a level, a loss or the risks of an incident are still told


def between(scope: Scope, branch: OrgUnit, since: date, until: date) -> list[CaseView]:
    """Incidents of the branch that were opened on these dates and not dropped: all of them, also for a caller who may
    open none, because a number counts them all. Who does not reach the branch gets none. The caller answers for the
    right."""
    if not scope.covers(branch.path):
        return []
    zone = ZoneInfo(branch.time_zone)
    first, last = (datetime.combine(day, time(), zone) for day in (since, until))
    house = system_scope((f"{TYPE}.view",), roots=(branch.path,), label="risk register")
    found: list[CaseView] = []
    number, pages = 1, 1
    while number <= pages:
        page = cases(scope=house, filters=CaseFilter(type=TYPE, sort="new", size=500, page=number), now=last)
        pages, number = page.pages, number + 1
        found += [row for row in page.rows if first <= row.opened_at < last and row.stage_kind != "dropped"]
        if page.rows and page.rows[-1].opened_at < first:
            break
    return found


def read(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row an incident."""
    import pandas as pd

    zone = ZoneInfo(branch.time_zone)
    rows = [_row(one, zone) for one in between(scope, branch, since, until)]
    return pd.DataFrame(rows, columns=["date", *COLUMNS])


def read_by_risk(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row an incident and risk; none of an incident that belongs to no risk of the branch's register."""
    import pandas as pd

    zone = ZoneInfo(branch.time_zone)
    known = {f"case:{one.id}": one for one in between(scope, branch, since, until)}
    with scoped(scope):
        held = RiskEvidence.objects.filter(org_unit=branch, kind=INCIDENT, retracted_at=None, source__in=list(known))
        pairs = list(held.order_by("at", "risk__key").values_list("source", "risk__key"))
    rows = [{"risk": risk, **_row(known[source], zone)} for source, risk in pairs]
    return pd.DataFrame(rows, columns=["date", *BY_RISK])


def _row(one: CaseView, zone: ZoneInfo) -> dict[str, Any]:
    at = one.opened_at.astimezone(zone)
    return {
        "date": at.date(), "kind": one.fields.get("kind"), "error": one.fields.get("error"), "level": one.level,
        "near_miss": one.level == "near_miss", "loss": one.fields.get("loss"), "hour": at.hour,
    }  # fmt: skip


def _days(touch: Touch) -> Iterator[date]:
    """Only incidents touch it: the day on which one was opened, which may lie weeks before the entry."""
    if touch.data.get("type") == TYPE:
        yield from (touch.on - timedelta(days=n) for n in range(LATER))


def value_name(column: str, value: Any) -> str:
    """Risks, kinds, errors and levels in the reader's words; other values as they are."""
    on, word, tongue = date(2100, 1, 1), str(value), reader.language()
    if column == "risk":
        item = items(RISKS, on).get(word)
        return str(item.value.name(tongue)) if item else word
    return case_types(on, "cn")[TYPE].said(column, word)


def _relation(key: str, columns: dict[str, str], read_one: Any, names: dict[str, str]) -> None:
    register_relation(
        Relation(
            key, columns, one_by_one(read_one), names, NAMES, value_name, days=_days, verb="risk.incident.view",
            facts=tuple(f"cases.{word}" for word in TOLD),
        )
    )  # fmt: skip


_relation("risk.incidents", COLUMNS, read, {"zh-hans": "操作风险事件", "zh-hant": "操作風險事件", "en": "incidents"})
_relation(
    "risk.risk_incidents", BY_RISK, read_by_risk,
    {"zh-hans": "各风险的操作风险事件", "zh-hant": "各風險的操作風險事件", "en": "incidents of single risks"},
)  # fmt: skip
