"""What the roster of the next days still waits for, on the evening sheet of chapter 1."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.role.api import Due, offer_dues
from counterpoint.team import queries

DECIDE = "team.leave.decide"


def requests(scope: Scope, branch: OrgUnit, until: date, now: datetime) -> list[Due]:
    """Leave and swaps that concern the days up to a date and wait for a decision, for who decides them."""
    if not scope.may(DECIDE, branch.path):
        return []
    today, url = branch.date_at(now), reverse("team:approvals")
    leaves = [(one.since, _("Leave to decide"), one.profile.user.name)
              for one in queries.leaves(scope=scope, branch=branch)]  # fmt: skip
    swaps = [(one.date, _("Swap to decide"), f"{one.giver.user.name} → {one.taker.user.name}")
             for one in queries.swaps(scope=scope, branch=branch)]  # fmt: skip
    return [
        Due(on, None, what, name, "", url, on <= today) for on, what, name in (*leaves, *swaps) if on <= until
    ]  # fmt: skip


offer_dues(requests)
