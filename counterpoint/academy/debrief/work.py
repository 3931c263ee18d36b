"""Background work of the debrief: judge a day at once, then search long for it and judge it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from counterpoint.academy.debrief import actions, keeping
from counterpoint.academy.debrief.judging import FULL, QUICK
from counterpoint.academy.debrief.queries import waiting
from counterpoint.academy.models import DrillSession
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.models.exams import days_that_stand
from counterpoint.foundation.api import Scope, roles, scoped, system_scope

RECENT, MOST = timedelta(days=7), 20


def due(now: datetime) -> int:
    """Ask for the judging of days that are over and that nobody asked for; returns how many."""
    with scoped(system_scope(tuple(roles.table()), label="debrief")):
        rows = DrillSession.objects.filter(days_that_stand(), state=OVER, over_at__gte=now - RECENT, judgements=None)
        found = [row for row in rows.select_related("org_unit")[:MOST] if not actions.asked(row)]
    for row in found:
        scope = system_scope(tuple(roles.table()), (row.org_path,), label="debrief")
        with scoped(scope):
            actions.judge_queued(scope, row, now)
    return len(found)


def _session(payload: dict[str, Any]) -> DrillSession:
    return DrillSession.objects.select_related("org_unit", "day").get(pk=payload["session"])


def judge_job(payload: dict[str, Any], *, scope: Scope, now: datetime, **_more: Any) -> dict[str, Any]:
    """Judge a session against what a short search finds, then have the long one done. Runs again harmlessly."""
    with scoped(scope):
        session = _session(payload)
        row = keeping.judge(session, QUICK, now)
        actions.reference_queued(scope, session, now)
    return {"judgement": str(row.pk)}


def reference_job(payload: dict[str, Any], *, scope: Scope, now: datetime, **_more: Any) -> dict[str, Any]:
    """Search long for the game of a session, and judge every day of it that waits. Runs again harmlessly."""
    with scoped(scope):
        session = _session(payload)
        row = keeping.reference_make(session, now)
        judged = [str(keeping.judge(one, FULL, now).pk) for one in waiting(session.game_hash, session.org_unit)]
    return {"reference": str(row.pk), "judged": len(judged)}
