"""Reads of checks of the twin."""

from typing import Any

from counterpoint.foundation.api import OrgUnit, Scope, enter, scoped
from counterpoint.onsite.calibrated import newest
from counterpoint.onsite.models import TwinCheck
from counterpoint.onsite.verbs import TRUST, VIEW

LATEST = 12


def standing(*, scope: Scope, branch: OrgUnit) -> TwinCheck | None:
    """The newest check without its tables: status and days (one statement)."""
    enter(scope, branch, VIEW)
    with scoped(scope):
        return newest(branch, "id", "status", "made_at", "judged_since", "judged_until", "simulated")


def check_with_history(*, scope: Scope, branch: OrgUnit) -> tuple[TwinCheck | None, list[dict[str, Any]]]:
    """The newest check with everything, and status and days of those before."""
    enter(scope, branch, TRUST)
    with scoped(scope):
        rows = TwinCheck.objects.filter(org_unit=branch).order_by("-made_at")
        columns = ("made_at", "status", "judged_since", "judged_until", "tickets")
        return rows.first(), list(rows.values(*columns)[:LATEST])
