"""What the canary crawl plants of the register: a risk with evidence, moves, an incident."""

from counterpoint.foundation.api import scoped
from counterpoint.risk import api
from counterpoint.risk.models import Risk, RiskEvidence, RiskMove


def plant(bank, branch, mark):
    """The Stranger's register with an incident on it."""
    stranger = bank.scope("Stranger")
    here = {"scope": stranger, "now": bank.now}
    api.register_set_up(**here, branch=branch)
    api.incident_report(
        **here, branch=branch, kind="human", error="cash", level="serious", title=f"{mark} short", text=mark
    )
    with scoped(stranger):
        row = Risk.objects.get(org_unit=branch, key="risk.cash_difference")
        RiskEvidence(
            org_unit=branch, risk=row, control="count_aloud", kind="test", value=1.0, at=bank.now, source=mark
        ).save()
        RiskMove(
            org_unit=branch, risk=row, at=bank.now, cause="test", source=mark, likelihood=1, impact=1, after=1
        ).save()
    api.follow_up(**here, risk=row.pk, kind="measure", title=f"{mark} measure")
