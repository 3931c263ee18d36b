"""The oracle of the case machine: a few plain variables and a table, written without looking at the engine.

Deadlines come from the walk over the minutes. It knows the example complaint only.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from counterpoint.primitives.cases.tests import walked
from counterpoint.primitives.cases.types import Span

# verb -> stages from which it is allowed
TABLE = {
    "accept": {"open", "doing"}, "work": {"open", "doing"}, "pause": {"open", "doing"}, "resume": {"open", "doing"},
    "raise": {"open", "doing"}, "answer": {"open", "doing", "resolved"}, "resolve": {"open", "doing"},
    "pass": {"resolved"}, "refuse": {"resolved"}, "close": {"resolved"}, "drop": {"open", "doing"},
    "reopen": {"closed", "dropped"}, "comment": {"open", "doing", "resolved", "closed", "dropped"},
}  # fmt: skip
WITHIN = {
    "response": {"minor": Span(minutes=120), "serious": Span(minutes=30), "grave": Span(minutes=30)},
    "solution": {"minor": Span(end_of_day=True), "serious": Span(minutes=120), "grave": Span(minutes=120)},
    "legal": dict.fromkeys(("minor", "serious", "grave"), Span(calendar_days=15)),
}
RUNS = {"response": "opening", "solution": "opening", "legal": "calendar"}
HELD_BY = {"response": {"doing", "resolved", "closed", "dropped"}, "solution": {"resolved", "closed", "dropped"},
           "legal": {"closed", "dropped"}}  # fmt: skip
LEVELS = ["minor", "serious", "grave"]


@dataclass
class Cycle:
    """One life of the case: when it began, when it was where, when it waited."""

    start: datetime
    stays: list[tuple[datetime, str]]
    waits: list[list[datetime | None]] = field(default_factory=list)
    answered: datetime | None = None


@dataclass
class Model:
    """What the case should be."""

    hours: object
    now: datetime
    level: str = "serious"
    stage: str = "open"
    fixed_by: str = ""
    verified: bool = False
    cycles: list[Cycle] = field(default_factory=list)

    def __post_init__(self):
        self.begin()

    @property
    def life(self) -> Cycle:
        return self.cycles[-1]

    def begin(self):
        self.cycles.append(Cycle(self.now, [(self.now, "open")]))
        self.stage, self.fixed_by, self.verified = "open", "", False

    def paused(self):
        return bool(self.life.waits) and self.life.waits[-1][1] is None

    def allows(self, verb, who):
        if self.stage not in TABLE[verb]:
            return False
        if verb == "pause":
            return not self.paused()
        if verb == "resume":
            return self.paused()
        if verb == "raise":
            return self.level != "grave"
        if verb in ("pass", "refuse"):
            return self.fixed_by != who and not (verb == "pass" and self.verified)
        return verb != "close" or self.verified

    def go(self, stage):
        if stage != self.stage:
            self.stage = stage
            self.life.stays.append((self.now, stage))

    def do(self, verb, who):
        if verb in ("accept", "work"):
            if self.stage == "open" or verb == "work":
                self.go("doing")
        elif verb == "pause":
            self.life.waits.append([self.now, None])
        elif verb == "raise":
            self.level = LEVELS[LEVELS.index(self.level) + 1]
        elif verb == "answer":
            self.life.answered = self.life.answered or self.now
        elif verb == "pass":
            self.verified = True
        elif verb == "refuse":
            self.fixed_by, self.verified = "", False
            self.go("doing")
        elif verb == "reopen":
            self.begin()
        if verb in ("resume", "resolve", "drop", "close") and self.paused():
            self.life.waits[-1][1] = self.now
        if verb == "resolve":
            self.fixed_by, self.verified = who, False
            self.go("resolved")
        if verb in ("close", "drop"):
            self.go("closed" if verb == "close" else "dropped")

    def stopped(self, clock):
        """Since when the clock stands for good, and the times it stood before."""
        stood, since = [], None
        for at, stage in self.life.stays:
            if stage in HELD_BY[clock] and since is None:
                since = at
            elif stage not in HELD_BY[clock] and since is not None:
                stood.append((since, at))
                since = None
        if clock == "legal" and self.life.answered:
            since = min(since, self.life.answered) if since else self.life.answered
        return since, stood

    def due(self, clock):
        """The deadline by walking; None while a pause holds it open-endedly is not in this type (it has a cap)."""
        start, (_since, holes) = self.life.start, self.stopped(clock)
        span = WITHIN[clock][self.level]
        if clock != "legal":
            cap = self.cap()
            holes = holes + [(a, min(b or cap, cap)) for a, b in self.life.waits]
        allowed = walked.allowance(self.hours, RUNS[clock], span, start)
        return walked.deadline(self.hours, RUNS[clock], start, allowed, holes)

    def cap(self):
        """When waiting is used up: two working days in a cycle, counted minute by minute."""
        left, at = 2 * 1440, self.now
        for since, until in self.life.waits:
            end = walked.deadline(self.hours, "working_days", since, left, [])
            if until is None or until > end:
                return end
            left -= walked.consumed(self.hours, "working_days", since, until, [])
            at = until
        return at + timedelta(days=999)
