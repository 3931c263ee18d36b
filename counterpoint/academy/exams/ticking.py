"""What the clock does by itself: sittings whose time is over are handed in."""

from __future__ import annotations

from datetime import datetime

from counterpoint.academy.exams.grading import close_if_due
from counterpoint.academy.models import Sitting
from counterpoint.academy.models.exams import OPEN
from counterpoint.academy.verbs import SIT
from counterpoint.foundation.api import scoped, system_scope, tick

MOST = 200  # sittings a round


def sittings(now: datetime) -> int:
    """Hand in what was left open, as of its deadline; each in a transaction of its own. Returns how many."""
    with scoped(system_scope((SIT,), label="exam deadline")):
        due = Sitting.objects.select_related("org_unit").filter(state=OPEN, closes_at__lt=now).order_by("closes_at")
        return tick.each("sitting not handed in", list(due[:MOST]), lambda row: close_if_due(row, now))
