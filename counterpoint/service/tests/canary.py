"""What the canary crawl plants of this room: complaints of the foreign branch with all that belongs to them."""

from datetime import timedelta

from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import User
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import case_accept, case_close, case_resolve, case_verify
from counterpoint.service import api
from counterpoint.service.models import Complaint


def plant(bank, branch, mark):
    """One open complaint with a submitted report and an extension asked for, one closed with lesson and call."""
    stranger = bank.scope("Stranger")
    here = {"scope": stranger, "now": bank.now}
    opened = api.complaint_take(
        scope=stranger, org_unit=branch, key="canary1", now=bank.now,
        intake=api.Intake(channel="qr", text=f"{mark} 柜员态度恶劣", contact=f"{mark}@example.org"),
    )  # fmt: skip
    api.report_start(**here, complaint=opened.id)
    sections = ("facts", "finding", "cause", "remedy", "measures")
    api.report_submit(**here, complaint=opened.id, texts=dict.fromkeys(sections, mark))
    api.extension_ask(**here, complaint=opened.id, days=30, reason=mark)
    closed = api.complaint_take(
        scope=stranger, org_unit=branch, key="canary2", now=bank.now,
        intake=api.Intake(channel="phone", text=f"{mark} 空调坏了", contact=mark, level="level_3"),
    )  # fmt: skip
    case_accept(**here, case=closed.case)
    fields = {"root_cause": "facility", "remedy": mark}
    case_resolve(**here, case=closed.case, fields=fields)
    other = _second(bank, branch)
    case_verify(scope=other, now=bank.now + timedelta(minutes=1), case=closed.case, passed=True)
    case_close(**here, case=closed.case, fields={"satisfied": "yes"})
    with scoped(stranger):
        Complaint.objects.filter(pk=opened.id).update(words=[mark])


def _second(bank, branch):
    """A second leader of the branch for the time of planting: the headquarters' operations."""
    with unscoped("the test plants canaries"):
        assert User.objects.filter(pk=bank.people["Hana"].pk).exists()
    return bank.scope("Hana")
