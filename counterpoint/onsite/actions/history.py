"""Bringing in a ticket history: all days in one transaction, the same content once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, Invalid, OrgUnit, Scope, enter, scoped
from counterpoint.onsite import daylog
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import DayLog
from counterpoint.onsite.verbs import IMPORT

if TYPE_CHECKING:
    import pandas as pd

SOURCES = frozenset({"import", "simulated"})
BATCH = 200


class DaysExist(DomainError):
    """Some days already hold other tickets; nothing was imported. `details["days"]` lists them."""

    code = "days_exist"


@dataclass(frozen=True)
class ImportResult:
    """What came in: days and tickets written, days that held the same already, days replaced, first and last date."""

    days: int
    tickets: int
    same: int
    replaced: int
    since: date | None
    until: date | None


def history_import(
    *,
    scope: Scope,
    branches: Sequence[OrgUnit],
    log: "pd.DataFrame",
    label: str,
    now: datetime,
    source: str = "import",
    replace: bool = False,
) -> ImportResult:
    """Write a ticket history (columns of `counterpoint.science.history`, usable rows) as day logs.

    With one branch all rows are its own; with several, `log.branch` names them by code. One transaction, one journal
    entry a branch. Days that already hold exactly this content are left alone, so importing twice changes nothing;
    days with other content raise `DaysExist` unless `replace`. Raises `Invalid` for an empty log or unknown branches.
    """
    for branch in branches:
        enter(scope, branch, IMPORT)
    if source not in SOURCES or log.empty:
        raise Invalid(_("The history holds no ticket that can be used."))
    plan = [(branch, _days_of(rows)) for branch, rows in _by_branch(branches, log)]
    with scoped(scope), transaction.atomic():
        parts = [_write(Call(scope, branch, now), days, label, source, replace) for branch, days in plan]
    dates = [d for _branch, days in plan for d in days]
    return ImportResult(
        sum(p.days for p in parts), sum(p.tickets for p in parts), sum(p.same for p in parts),
        sum(p.replaced for p in parts), min(dates), max(dates),
    )  # fmt: skip


def _by_branch(branches: Sequence[OrgUnit], log: "pd.DataFrame") -> "list[tuple[OrgUnit, pd.DataFrame]]":
    if len(branches) == 1:
        return [(branches[0], log)]
    known = {b.code: b for b in branches}
    strange = sorted({str(code) for code in log["branch"].unique()} - set(known))
    if strange:
        raise Invalid(_("The history names branches that are not here: %(codes)s.") % {"codes": ", ".join(strange)})
    return [(known[str(code)], rows) for code, rows in log.groupby("branch", sort=True)]


def _days_of(rows: "pd.DataFrame") -> dict[date, bytes]:
    ordered = rows.sort_values("arrived", kind="stable")
    groups = ordered.groupby(ordered["arrived"].dt.date, sort=True)
    return {on: daylog.pack(daylog.from_frame(day, on)) for on, day in groups}


def _write(call: Call, days: dict[date, bytes], label: str, source: str, replace: bool) -> ImportResult:
    digests = {on: hashlib.sha256(payload).hexdigest() for on, payload in days.items()}
    mine = DayLog.objects.filter(org_unit=call.branch)
    held = dict(mine.filter(business_date__in=days).values_list("business_date", "digest"))
    same = {on for on, digest in held.items() if digest == digests[on]}
    other = sorted(set(held) - same)
    if other and not replace:
        raise DaysExist(
            _("%(count)d days already hold other tickets, the first is %(first)s. Choose “replace” to overwrite them.")
            % {"count": len(other), "first": other[0].isoformat()},
            days=[on.isoformat() for on in other],
        )
    mine.filter(business_date__in=other).delete()
    rows = [_row(call, on, days[on], digests[on], label, source) for on in days if on not in same]
    DayLog.objects.bulk_create(rows, batch_size=BATCH)
    count = sum(row.tickets for row in rows)
    result = ImportResult(len(rows), count, len(same), len(other), min(days), max(days))
    if rows:
        whole = hashlib.sha256("".join(digests[on] for on in sorted(days)).encode()).hexdigest()
        call.note(
            "onsite.history_imported", whole[:32], days=len(rows), tickets=count, since=min(days).isoformat(),
            until=max(days).isoformat(), digest=whole, replaced=len(other),
        )  # fmt: skip
    return result


def _row(call: Call, on: date, payload: bytes, digest: str, label: str, source: str) -> DayLog:
    day = daylog.unpack(payload)
    return DayLog(
        org_unit=call.branch, business_date=on, source=source, label=label[:200], digest=digest, tickets=len(day),
        summary=daylog.summary(day), payload=payload, written_at=call.now,
    )  # fmt: skip
