"""Every clock that runs out by a moment: a case may have several, and each has a name of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from counterpoint.foundation.api import Scope, scoped
from counterpoint.primitives.cases.models import Case, CaseClock
from counterpoint.primitives.cases.queries import view_of, visible
from counterpoint.primitives.cases.types import OPEN_KINDS, pinned
from counterpoint.primitives.cases.values import CaseView
from counterpoint.ui import reader


@dataclass(frozen=True)
class DueClock:
    """A clock of a case that still runs, and when it is over."""

    case: CaseView
    clock: str
    due_at: datetime

    def late(self, now: datetime) -> bool:
        """Whether it is over already."""
        return self.due_at <= now


def clocks_due(*, scope: Scope, branch: str, before: datetime, now: datetime, most: int = 100) -> list[DueClock]:
    """Clocks of open cases of a branch that the caller may see, the nearest deadline first."""
    with scoped(scope):
        mine = Case.objects.filter(visible(scope), org_unit__code=branch, stage_kind__in=OPEN_KINDS)
        rows = CaseClock.objects.filter(
            case__in=mine.order_by().values("pk"), cycle=F("case__cycle"), stopped_at=None, due_at__lte=before
        ).select_related("case__org_unit", "case__owner")  # fmt: skip
        return [_due(row, now) for row in rows.order_by("due_at", "pk")[:most]]


def _due(row: CaseClock, now: datetime) -> DueClock:
    held = row.case
    kind = pinned(held.type, held.version, held.pack, held.org_path)
    clock = kind.clock(row.clock)
    assert row.due_at is not None
    return DueClock(view_of(held, now), clock.name(reader.language()) if clock else row.clock, row.due_at)
