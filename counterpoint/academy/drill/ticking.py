"""What the house does by itself for drills."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from counterpoint.academy.drill import actions
from counterpoint.academy.models import DrillSession
from counterpoint.academy.models.drill import RUNNING
from counterpoint.academy.verbs import GUIDE
from counterpoint.foundation.api import scoped, system_scope, tick


def errands(now: datetime, real: datetime) -> int:
    """Settle errands of all running drills; `real` is the host's time. Returns in how many something happened."""
    with scoped(system_scope((GUIDE,), label="drill")):
        rows = list(DrillSession.objects.filter(world__isnull=False, state=RUNNING).values_list("pk", "org_path"))
    return tick.each(
        "errands of a drill not settled", rows, lambda row: _settle(row[0], row[1], now, real), atomic=False
    )


def _settle(session: UUID, path: str, now: datetime, real: datetime) -> int:
    scope = system_scope((GUIDE,), (path,), label="drill")
    return int(actions.drill_settle(scope=scope, session=session, now=now, real=real, verb=GUIDE))
