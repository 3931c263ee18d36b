"""Two slow rounds: deadlines follow an edited calendar, and an auditor looks whether the tick does its work.

The auditor asks the database for what should have happened, apart from the firing; its alarm is its own failure, which
`doctor` and /readyz name, and its heartbeat shows that it still looks.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, health, scoped, tick
from counterpoint.primitives.cases import firing
from counterpoint.primitives.cases.models import Case, CaseClock, CaseEscalation
from counterpoint.primitives.cases.readings import read
from counterpoint.primitives.cases.writing import Deed, digest, hours_for

log = logging.getLogger("counterpoint.cases")

AUDIT = "primitives.cases.audit"
CALENDAR = "primitives.cases.calendar"
PATIENCE = timedelta(seconds=90)
LOOKED_AT = 200

health.watch(firing.TICK, timedelta(seconds=30), _("Deadlines and escalations of cases"))
health.watch(AUDIT, timedelta(seconds=150), _("The check that no deadline passes unnoticed"))


class EscalationMissing(RuntimeError):
    """A deadline passed and nothing happened: the tick does not do its work."""


@tick.every(AUDIT, 60)
def audit(now: datetime) -> int:
    """Look; raises `EscalationMissing` when something is missing. Returns how many clocks run."""
    found = missing(now=now)
    if found:
        log.error("escalations are missing", extra={"count": len(found), "subject": str(found[0])})
        raise EscalationMissing(f"{len(found)} cases")
    with scoped(firing.house()):
        return int(CaseClock.objects.filter(stopped_at=None).count())


def missing(*, now: datetime) -> list[UUID]:
    """Open cases whose deadline passed without its effect, whose next step is overdue, or whose stored deadline is not
    the one that the rules give."""
    limit = now - PATIENCE
    with scoped(firing.house()):
        running = CaseClock.objects.filter(stopped_at=None, case__stage_kind__in=("open", "doing", "resolved"))
        effect = CaseEscalation.objects.filter(
            case=OuterRef("case"), cycle=OuterRef("cycle"), clock=OuterRef("clock"), rung="due"
        )
        silent = running.filter(due_at__lt=limit).exclude(Exists(effect)).values_list("case_id", flat=True)
        stuck = running.filter(next_due_at__lt=limit).values_list("case_id", flat=True)
        late = running.filter(due_at__lt=limit, next_due_at=None).order_by("-due_at")[:LOOKED_AT]
        wrong = [stored.case_id for stored in late.select_related("case__org_unit") if _owes(stored, limit)]
        return list(dict.fromkeys([*silent[:LOOKED_AT], *stuck[:LOOKED_AT], *wrong]))


def _owes(stored: CaseClock, limit: datetime) -> bool:
    """Whether a clock with no next step has a rung that passed without its effect."""
    deed = Deed(None, stored.case, limit)
    reading = next((r for r in read(deed.kind, deed.state, deed.hours) if r.clock == stored.clock), None)
    if reading is None or reading.cycle != stored.cycle:
        return False
    effects = CaseEscalation.objects.filter(case=stored.case, cycle=stored.cycle, clock=stored.clock)
    done = set(effects.values_list("rung", flat=True))
    return any(step.at < limit and step.slug not in done for step in reading.steps if step.slug.startswith("rung"))


@tick.every(CALENDAR, 30, atomic=False)
def follow_calendar(now: datetime) -> int:
    """Compute clocks anew where a branch's hours, special days, zone or the holidays of a year have changed."""
    with scoped(firing.house()):
        count = 0
        for unit in _units():
            mark = digest(hours_for(unit))
            stale = CaseClock.objects.filter(org_unit=unit, stopped_at=None).exclude(calendar=mark)
            found = set(stale.values_list("case_id", flat=True))
            count += tick.each("clocks not computed anew", found, lambda case: _recompute(case, now))
        return count


def _units() -> list[OrgUnit]:
    """Where clocks run."""
    ids = CaseClock.objects.filter(stopped_at=None).order_by().values_list("org_unit", flat=True).distinct()
    return list(OrgUnit.objects.filter(pk__in=set(ids)))


def _recompute(case: UUID, now: datetime) -> int:
    with transaction.atomic():
        row = Case.objects.select_for_update(of=("self",)).select_related("org_unit", "owner").filter(pk=case).first()
        if row is None:
            return 0
        Deed(None, row, now).store()
        return 1
