"""What the clock does for the register: every day the evidence of each branch is collected."""

from __future__ import annotations

from datetime import datetime, timedelta

from counterpoint.foundation.api import OrgUnit, Scope, scoped, system_scope, tick
from counterpoint.risk.models import Risk
from counterpoint.risk.register.actions import evidence_collect

VERBS = ("risk.register.edit", "risk.register.view", "primitives.round.view", "primitives.play.view",
         "primitives.metric.view")  # fmt: skip
EVERY = timedelta(hours=20)
MOST = 10  # branches a round


def house() -> Scope:
    """The scope of the house's own work: the bank, or the practice world that it works for."""
    return system_scope(VERBS, label="risk register")


@tick.every("risk.evidence", 300, atomic=False)
def collect(now: datetime) -> int:
    """Branches whose register was not looked at today; returns how many."""
    with scoped(house()):
        seen = Risk.objects.filter(retired_at=None, looked_at__lt=now - EVERY).values("org_unit")
        due = list(OrgUnit.objects.filter(pk__in=seen, kind="branch").order_by("path")[:MOST])
    return tick.each("register not looked at", due, lambda branch: _collected(branch, now))


def _collected(branch: OrgUnit, now: datetime) -> None:
    evidence_collect(scope=house(), now=now, branch=branch)
