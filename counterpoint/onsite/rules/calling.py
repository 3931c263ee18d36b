"""Who is called next: highest priority first, within it who was taken first, then by seniority; nobody is skipped who
may be called."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Waiting:
    """A waiting ticket as the choice needs it. Lower `priority` is called first; it is a rank (`lifecycle.rank_of`)."""

    id: str
    service: str
    priority: float
    seniority_at: datetime
    not_before: datetime | None = None

    @property
    def order(self) -> tuple[float, datetime, str]:
        """Sort key of the calling order."""
        return self.priority, self.seniority_at, self.id


def callable_now(ticket: Waiting, services: frozenset[str], now: datetime) -> bool:
    """Whether a counter with these services may call it now (customers who said they are late are passed over)."""
    return ticket.service in services and (ticket.not_before is None or ticket.not_before <= now)


def choose(waiting: Iterable[Waiting], services: frozenset[str], now: datetime) -> Waiting | None:
    """The ticket that a counter with these services must call."""
    return min((t for t in waiting if callable_now(t, services, now)), key=lambda t: t.order, default=None)


def ahead_of(ticket: Waiting, waiting: Iterable[Waiting], rivals: frozenset[str]) -> int:
    """How many of the tickets that compete for the same counters will be called before this one."""
    return sum(1 for t in waiting if t.id != ticket.id and t.service in rivals and t.order < ticket.order)


def services_of(
    kind_skills: Iterable[str], skill_of: Mapping[str, str], narrowed: Sequence[str], person_skills: Sequence[str]
) -> frozenset[str]:
    """Services a counter can call: what its kind is equipped for, the person can do, and the window is narrowed to."""
    able = set(kind_skills) & set(person_skills) if person_skills else set(kind_skills)
    found = {service for service, skill in skill_of.items() if skill in able}
    return frozenset(found & set(narrowed) if narrowed else found)


def rivals_of(service: str, windows: Iterable[frozenset[str]]) -> frozenset[str]:
    """Services that compete for the counters which can serve this one."""
    able = [services for services in windows if service in services]
    return frozenset().union({service}, *able)
