"""What runs right now: the strip above every desk and workplace, so that nobody at a branch works past an emergency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from counterpoint.foundation.api import Scope, scoped
from counterpoint.primitives.playbooks.engine import book_of
from counterpoint.primitives.playbooks.models import Play
from counterpoint.primitives.playbooks.verbs import VIEW

MOST = 20
CHANGES = tuple(f"primitives.play_{what}" for what in ("started", "paused", "resumed", "aborted", "completed"))
TRIGGER = ", ".join([*(f"live:{kind} from:body" for kind in ("resync", *CHANGES)), "every 30s"])


@dataclass(frozen=True)
class RunningPlay:
    """A play that is not over. `since` is in the branch's time."""

    id: UUID
    playbook: str
    name: str
    branch: str
    branch_name: str
    mode: str
    state: str
    since: datetime

    @property
    def real(self) -> bool:
        """Whether it is no drill."""
        return self.mode == Play.Mode.REAL


def running_plays(*, scope: Scope, language: str) -> list[RunningPlay]:
    """Plays in the caller's scope that run or stand still, real events first, the newest first."""
    paths = scope.grants.get(VIEW, ())
    if not paths:
        return []
    with scoped(scope):
        rows = Play.objects.select_related("org_unit").filter(org_path__within=paths, state__in=("running", "paused"))
        found = [_shown(row, language) for row in rows.order_by("-started_at")[:MOST]]
    return sorted(found, key=lambda one: not one.real)


def _shown(row: Play, language: str) -> RunningPlay:
    since = row.started_at.astimezone(ZoneInfo(row.org_unit.time_zone))
    name = book_of(row).name(language)
    return RunningPlay(row.pk, row.playbook, name, row.org_unit.code, row.org_unit.name, row.mode, row.state, since)


def strip(request: Any) -> dict[str, Any]:
    """What the strip shows to a request; nothing to who may not see plays."""
    scope = getattr(request, "scope", None)
    if scope is None or not scope.may(VIEW):
        return {"sees": False}
    return {"sees": True, "plays": running_plays(scope=scope, language=request.LANGUAGE_CODE), "trigger": TRIGGER}
