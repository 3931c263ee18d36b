"""Checking whether the branch's twin may be believed."""

from datetime import datetime

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.onsite.checking import Checked, check
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import TwinCheck
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.values import TwinCheckView
from counterpoint.onsite.verbs import DAY


def twin_check(*, scope: Scope, branch: OrgUnit, now: datetime, key: str = "") -> TwinCheckView:
    """Fit the twin to the branch's tickets and judge it on days that the fit never saw; the verdict is kept for good.

    Takes some ten seconds: ask in a job. `TooLittle` when there is too little history.
    """
    call = Call(scope, branch, now, key)

    def found() -> Checked:
        return check(hall_of(scope=scope, branch=branch, now=now), scope)

    return call.run(DAY, TwinCheckView, _keep, first=found)


def _keep(call: Call, *, prepared: Checked) -> TwinCheckView:
    row = TwinCheck(
        org_unit=call.branch, made_at=call.now, since=prepared.fitted_on[0], until=prepared.fitted_on[-1],
        judged_since=prepared.judged_on[0], judged_until=prepared.judged_on[-1], tickets=prepared.tickets,
        simulated=prepared.simulated, status=prepared.status, gate=prepared.gate, fitted=prepared.fitted,
        values=prepared.values, verdict=prepared.verdict,
    )  # fmt: skip
    row.save(force_insert=True)
    call.note(
        "onsite.twin_checked", row.pk, check=str(row.pk), status=row.status, gate=row.gate, tickets=row.tickets,
        since=row.since.isoformat(), until=row.judged_until.isoformat(),
    )  # fmt: skip
    return TwinCheckView(id=row.pk, status=row.status, since=row.since, until=row.judged_until)
