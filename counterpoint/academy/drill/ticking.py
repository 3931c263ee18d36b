"""What the house does by itself for drills."""

from __future__ import annotations

from datetime import datetime

from counterpoint.academy.drill import actions
from counterpoint.academy.models import DrillSession
from counterpoint.academy.models.drill import RUNNING
from counterpoint.academy.verbs import GUIDE
from counterpoint.foundation.api import scoped, system_scope


def errands(now: datetime, real: datetime) -> int:
    """Settle errands of all running drills; `real` is the host's time. Returns in how many something happened."""
    with scoped(system_scope((GUIDE,), label="drill")):
        rows = list(DrillSession.objects.filter(world__isnull=False, state=RUNNING).values_list("pk", "org_path"))
    done = 0
    for session, path in rows:
        scope = system_scope((GUIDE,), (path,), label="drill")
        done += actions.drill_settle(scope=scope, session=session, now=now, real=real, verb=GUIDE)
    return done
