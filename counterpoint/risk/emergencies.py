"""Chapter 5.9 and 5.12: where each emergency plan of a branch stands. Last drill, drills due, chance of its limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from counterpoint.foundation.api import OrgUnit, Scope
from counterpoint.primitives.playbooks import (
    Duty,
    Playbook,
    PlayView,
    chances,
    drill_duties,
    playbooks,
    plays,
)

if TYPE_CHECKING:
    from counterpoint.science.response import Chance


@dataclass(frozen=True)
class Standing:
    """One plan at one branch. `level`: act when a drill is missing or a real play runs, watch when the last drill
    failed or one is due soon, else calm."""

    book: Playbook
    running: PlayView | None
    last_drill: PlayView | None
    last_real: PlayView | None
    duties: tuple[Duty, ...]
    chance: Chance | None
    level: str

    @property
    def next_duty(self) -> Duty | None:
        """The first drill of the year that nobody did."""
        return next((one for one in self.duties if one.state != "done"), None)

    @property
    def width(self) -> float:
        """How wide the interval of the chance is."""
        return self.chance.high - self.chance.low if self.chance else 0.0

    @property
    def done(self) -> int:
        """How many drills of the year are done and passed."""
        return sum(1 for one in self.duties if one.state == "done")


def standings(*, scope: Scope, branch: OrgUnit, now: datetime) -> list[Standing]:
    """Every emergency plan in force at the branch, in the plans' order."""
    duties = drill_duties(scope=scope, org_unit=branch, now=now)
    rows = plays(scope=scope, org_unit=branch, limit=500)
    in_force = playbooks(branch.date_at(now), branch.rule_pack).values()
    books = [item.value for item in in_force if item.value.kind == "emergency"]
    outlook = chances(scope=scope, org_unit=branch, books=books, now=now)
    found = []
    for book in books:
        own = [row for row in rows if row.playbook == book.key]
        found.append(_standing(book, own, tuple(d for d in duties if d.playbook == book.key), outlook[book.key]))
    return found


def _standing(book: Playbook, own: list[PlayView], duties: tuple[Duty, ...], chance: Chance | None) -> Standing:
    running = next((row for row in own if row.state in ("running", "paused")), None)
    drill = next((row for row in own if row.mode == "drill" and row.state == "completed"), None)
    real = next((row for row in own if row.mode == "real" and row.state == "completed"), None)
    return Standing(book, running, drill, real, duties, chance, _level(running, drill, duties))


def _level(running: PlayView | None, drill: PlayView | None, duties: tuple[Duty, ...]) -> str:
    if (running and running.mode == "real") or any(one.state == "missed" for one in duties):
        return "act"
    if (drill and drill.passed is False) or any(one.state == "soon" for one in duties):
        return "watch"
    return "calm"
