"""A ticket from the events of a vendor's queue machine: the same set gives the same ticket, in whatever order it came.

Events are put in one order by (time, machine, number); each kind sets its own times, so late and repeated events
change nothing that others have set.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from counterpoint.onsite.rules import lifecycle

KINDS = ("taken", "called", "started", "held", "resumed", "finished", "no_show", "abandoned", "cancelled")
ENDS = {
    "finished": lifecycle.SERVED,
    "no_show": lifecycle.NO_SHOW,
    "abandoned": lifecycle.ABANDONED,
    "cancelled": lifecycle.CANCELLED,
}
LABEL = re.compile(r"([A-Z]{1,2})([0-9]{1,5})\Z")
AHEAD = timedelta(minutes=2)
MEMORY = timedelta(days=90)


@dataclass(frozen=True)
class Event:
    """One event: what happened to which ticket at which moment, by which machine with which running number."""

    machine: str
    seq: int
    kind: str
    at: datetime
    label: str = ""
    service: str = ""
    tier: str = ""
    counter: int | None = None

    @property
    def order(self) -> tuple[datetime, str, int]:
        """The one order of events."""
        return self.at, self.machine, self.seq


@dataclass(frozen=True)
class Folded:
    """The ticket that a set of events tells of."""

    label: str
    service: str
    tier: str
    state: str
    taken_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    held_at: datetime | None
    finished_at: datetime | None
    left_at: datetime | None
    counter: int | None
    calls: int


def problem_of(event: Event, now: datetime, services: Iterable[str], tiers: Iterable[str]) -> str:
    """Why an event cannot be used at all; empty when it can."""
    if event.kind not in KINDS:
        return "unknown kind"
    if event.at > now + AHEAD:
        return "the machine's clock is ahead"
    if event.at < now - MEMORY:
        return "older than 90 days"
    if event.kind == "taken":
        if not LABEL.match(event.label):
            return "the label is not letters and digits like A012"
        if event.service not in set(services):
            return "unknown service"
        if event.tier and event.tier not in set(tiers):
            return "unknown tier"
    return ""


def fold(events: Iterable[Event]) -> Folded | None:
    """The ticket, or None while its `taken` event has not come."""
    ordered = sorted(set(events), key=lambda e: e.order)
    taken = next((e for e in ordered if e.kind == "taken"), None)
    if taken is None:
        return None
    calls = [e for e in ordered if e.kind == "called"]
    started = next((e for e in ordered if e.kind == "started"), None)
    end = next((e for e in reversed(ordered) if e.kind in ENDS), None)
    pauses = [e for e in ordered if e.kind in ("held", "resumed")]
    held = pauses[-1] if pauses and pauses[-1].kind == "held" else None
    counters = [e.counter for e in ordered if e.counter is not None]
    first_call = calls[0].at if calls else started.at if started else None
    served = end is not None and end.kind == "finished"
    return Folded(
        label=taken.label, service=taken.service, tier=taken.tier or "standard",
        state=_state(end, held, started, calls), taken_at=taken.at, called_at=_not_before(first_call, taken.at),
        started_at=_not_before(started.at if started else None, taken.at), held_at=held.at if held else None,
        finished_at=end.at if end and served else None, left_at=end.at if end and not served else None,
        counter=counters[-1] if counters else None, calls=len(calls),
    )  # fmt: skip


def _state(end: Event | None, held: Event | None, started: Event | None, calls: list[Event]) -> str:
    if end is not None:
        return ENDS[end.kind]
    if held is not None:
        return lifecycle.HELD
    if started is not None:
        return lifecycle.SERVING
    return lifecycle.CALLED if calls else lifecycle.WAITING


def _not_before(at: datetime | None, start: datetime) -> datetime | None:
    return None if at is None else max(at, start)
