"""What is known of days beforehand: reads, and a sheet of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.team.actions.known import wrong
from counterpoint.team.beforehand import Known
from counterpoint.team.models import KnownDay
from counterpoint.ui import tables_in
from counterpoint.ui.tables_in import Wrong

MOST = 5_000
NAMES = 200
HEADINGS = {"date": ("日期", "date"), "name": ("事项", "事項", "name"), "amount": ("数值", "數值", "amount")}


def known_of(branch: OrgUnit, since: date, until: date) -> list[Known]:
    """What is known of the branch's days from `since` to `until`, both included. Call inside a scope."""
    rows = KnownDay.objects.filter(org_unit=branch, date__gte=since, date__lte=until).order_by("date", "name")
    return [Known(row.date, row.name, row.amount) for row in rows]


def listed(*, scope: Scope, branch: OrgUnit, text: str = "") -> QuerySet[KnownDay]:
    """Newest first, those whose name holds `text`. Read it inside a scope."""
    with scoped(scope):
        rows = KnownDay.objects.filter(org_unit=branch)
        return rows.filter(name__icontains=text) if text else rows


def names(*, scope: Scope, branch: OrgUnit) -> list[str]:
    """Names that were used, the latest first: whoever types the same name again teaches the forecast."""
    with scoped(scope):
        rows = KnownDay.objects.filter(org_unit=branch).order_by().values("name").annotate(last=Max("date"))
        return [row["name"] for row in rows.order_by("-last", "name")[:NAMES]]


def read(name: str, content: bytes, today: date) -> tuple[list[Known], list[Wrong]]:
    """A sheet with a row a day and name, and what is wrong with its cells. Raises `Invalid` when it is no table."""
    found: list[Known] = []
    problems: list[Wrong] = []
    seen: dict[tuple[date, str], int] = {}
    for row in tables_in.rows(name, content, MOST, HEADINGS, ("date", "name")):
        one = _row(row, today)
        if isinstance(one, Wrong):
            problems.append(one)
        elif (one.date, one.name) in seen:
            words = _("the same day and thing as row %(row)d") % {"row": seen[one.date, one.name]}
            problems.append(_wrong(row, "name", words))
        else:
            seen[one.date, one.name] = int(row["_row"])
            found.append(one)
    return found, problems


def _row(row: Mapping[str, Any], today: date) -> Known | Wrong:
    on, name, cell = tables_in.date_of(row.get("date")), tables_in.text_of(row.get("name")), row.get("amount")
    amount = tables_in.number_of(cell)
    if on is None:
        return _wrong(row, "date", _("is no date like 2026-11-23"))
    if amount is None and cell not in (None, ""):
        return _wrong(row, "amount", _("is no number"))
    told = wrong(on, name, amount, today)
    return _wrong(row, *told) if told else Known(on, name, amount)


def _wrong(row: Mapping[str, Any], column: str, words: str) -> Wrong:
    value = row.get(column)
    return Wrong(int(row["_row"]), HEADINGS[column][0], "" if value is None else str(value)[:40], words)
