"""Who and what there is in the plain reference."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from counterpoint.science.twin.tests.reference_chance import LATER

NEVER = math.inf


@dataclass(eq=False)
class Visitor:
    number: int
    service: Any
    tier: Any
    priority: int
    draws: Any
    waited: float = 0.0
    since: float = 0.0
    leaves: float = NEVER
    queue: list | None = None
    where: str = "future"
    leg: int = 0
    done: float = 0.0
    got_form: bool = False
    to_form: bool = False
    helped: bool = False
    unpaid: bool = False
    tried: bool = False
    later: Any = None

    def bring(self, name: str) -> float:
        """One of the draws of the present leg."""
        return float(self.later(self.number, self.service, self.leg)[LATER.index(name)])

    @property
    def work(self) -> float:
        return self.draws[2] if self.leg == 0 else self.bring("work")

    @property
    def rank(self) -> tuple[int, float, int]:
        return self.priority, self.draws[0], self.number


@dataclass(eq=False)
class Desk:
    number: int
    services: set
    open: bool
    person: Any = None
    visitor: Visitor | None = None
    ends: float = NEVER
    idle_since: float = 0.0
    ready: bool = False
    walk: float = 0.0
    cash: float = NEVER
    helper: Any = None
    asked: float | None = None
    pace: float = 1.0


@dataclass(eq=False)
class Machine:
    number: int
    kind: str
    up: bool
    visitor: Visitor | None = None
    ends: float = NEVER
    walk: float = 0.0
    failed: bool = False
    since: float = 0.0
    turns: float = NEVER
    chance: Any = None
    between: float = NEVER
    repair: Any = None
    helper: Any = None
    asked: float | None = None


@dataclass(eq=False)
class Worker:
    number: int
    skills: set
    speed: float
    shifts: list
    breaks: list
    post: Any
    at: Any = None
    state: str = "off"
    visitor: Visitor | None = None
    ends: float = NEVER
    wants: set = field(default_factory=set)
    back: float = NEVER
    break_minutes: float = 0.0
    last: Any = None
    partner: Any = None
