"""Calls to customers on the evening sheet of chapter 1."""

from __future__ import annotations

from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.role.api import Due, offer_dues
from counterpoint.service.queries.complaints import callbacks_due
from counterpoint.service.verbs import HANDLE


def calls(scope: Scope, branch: OrgUnit, until: date, now: datetime) -> list[Due]:
    """Calls after closing that are due by a date, for who handles complaints. They are due by day."""
    if not scope.may(HANDLE, branch.path):
        return []
    today, what = branch.date_at(now), _("Call to the customer")
    return [
        Due(one.due_on, None, what, _("Complaint of %(day)s") % {"day": f"{one.complaint.received_at:%m-%d}"}, "",
            reverse("service:complaint", args=[one.complaint_id]), one.due_on < today)
        for one in callbacks_due(scope=scope, branch=branch, on=until)
    ]  # fmt: skip


offer_dues(calls)
