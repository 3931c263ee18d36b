"""Incidents as rows that anybody may count: the relation `risk.incidents`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, Scope, system_scope
from counterpoint.primitives.cases import CaseFilter, CaseView, cases
from counterpoint.primitives.metrics import Relation, Touch, one_by_one, register_relation

if TYPE_CHECKING:
    import pandas as pd

TYPE = "risk.incident"
COLUMNS = {"kind": "word", "error": "word", "level": "word", "near_miss": "yes_no", "loss": "number", "hour": "number"}


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
    rows: list[dict[str, Any]] = []
    for one in between(scope, branch, since, until):
        at = one.opened_at.astimezone(zone)
        rows.append({
            "date": at.date(), "kind": one.fields.get("kind"), "error": one.fields.get("error"), "level": one.level,
            "near_miss": one.level == "near_miss", "loss": one.fields.get("loss"), "hour": at.hour,
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["date", *COLUMNS])


def _days(touch: Touch) -> Iterator[date]:
    """Only incidents touch it. A later change of an old incident shows when its day is counted anew."""
    if touch.data.get("type") == TYPE:
        yield touch.on


register_relation(
    Relation(
        "risk.incidents", COLUMNS, one_by_one(read), names={"zh-hans": "操作风险事件", "en": "incidents"},
        column_names={
            "kind": _("Kind"), "error": _("Kind of error"), "level": _("Level"), "near_miss": _("Near miss"),
            "loss": _("Loss in yuan"), "hour": _("Hour"),
        },
        facts=("cases.opened", "cases.dropped", "cases.level", "cases.fields_set"), days=_days,
        verb="risk.incident.view",
    )
)  # fmt: skip
