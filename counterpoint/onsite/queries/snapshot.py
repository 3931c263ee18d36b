"""What the hall's screens show: one value per branch and journal entry, computed once for all screens of a process."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock
from typing import Any
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Prepared, Scope, enter, journal, scoped
from counterpoint.onsite import futures
from counterpoint.onsite.futures import Outlook
from counterpoint.onsite.models import Ticket
from counterpoint.onsite.rules import lifecycle, promise
from counterpoint.onsite.state import Hall, Post, hall_of
from counterpoint.onsite.verbs import VIEW

FRESH_SECONDS = 15
KEEP = 64


@dataclass(frozen=True)
class Dot:
    """A waiting person: number, service, minutes waited, warmth 0–4 against the promise of the tier."""

    id: UUID
    label: str
    service: str
    tier: str
    vulnerable: bool
    minutes: int
    warmth: int
    promised: float | None
    taken_at: datetime
    delayed: bool
    first: bool = False


@dataclass(frozen=True)
class Queue:
    """Everybody who waits for a skill, in the order of calling."""

    skill: str
    dots: tuple[Dot, ...]
    windows: int
    low: float
    high: float
    by: str
    future: tuple[float, ...] = ()
    future_high: tuple[float, ...] = ()

    @property
    def longest(self) -> int:
        """Minutes of the longest wait."""
        return max((d.minutes for d in self.dots), default=0)

    @property
    def late(self) -> int:
        """How many wait longer than promised to their tier."""
        return sum(1 for d in self.dots if d.warmth >= 3)


@dataclass(frozen=True)
class Lane:
    """A counter: state is open, break, unstaffed (open without a person) or closed."""

    number: int
    name: str
    kind: str
    state: str
    person: str
    user: UUID | None
    since: datetime | None
    break_until: datetime | None
    skills: tuple[str, ...]
    ticket: UUID | None = None
    label: str = ""
    service: str = ""
    stage: str = ""
    stage_since: datetime | None = None


@dataclass(frozen=True)
class Machine:
    """A device and whether it works."""

    code: str
    name: str
    kind: str
    in_service: bool


@dataclass(frozen=True)
class Snapshot:
    """The hall at `at`: lanes, queues, machines, today's counts. `version` is the branch's last journal number."""

    branch: str
    at: datetime
    on: date
    version: int
    lanes: tuple[Lane, ...]
    queues: tuple[Queue, ...]
    machines: tuple[Machine, ...]
    held: tuple[Dot, ...]
    arrivals: int
    served: int
    left: int
    called: int
    kept: int
    promised: int
    future_minutes: tuple[int, ...] = ()
    future_by: str = "none"
    answers: dict[str, bytes] = field(init=False, default_factory=dict, compare=False, repr=False)  # of the open API

    @property
    def waiting(self) -> int:
        """People waiting for a call."""
        return sum(len(q.dots) for q in self.queues)

    @property
    def longest(self) -> int:
        """Minutes of the longest wait."""
        return max((q.longest for q in self.queues), default=0)

    @property
    def late(self) -> int:
        """People waiting beyond their promise."""
        return sum(q.late for q in self.queues)

    @property
    def open_windows(self) -> int:
        """Windows that call now."""
        return sum(1 for lane in self.lanes if lane.state == "open")

    @property
    def kept_share(self) -> float | None:
        """Share of today's calls that came by the upper end of the promise given with the ticket."""
        return self.kept / self.promised if self.promised else None


_cache: "OrderedDict[tuple[Any, ...], Snapshot]" = OrderedDict()
_outlooks: "OrderedDict[tuple[Any, ...], Outlook]" = OrderedDict()
_lock = Lock()
_seq = Prepared(lambda branch: journal.JournalHead.objects.filter(pk=branch).values_list("seq", flat=True))
_today = Prepared(
    lambda branch, on: Ticket.objects.filter(org_unit=branch, business_date=on).values_list(
        "state", "taken_at", "called_at", "promise_high"
    )
)


def version_of(branch: OrgUnit) -> int:
    """Number of the branch's last journal entry: changes exactly when something happened."""
    return _seq.first(branch) or 0


def snapshot(*, scope: Scope, branch: OrgUnit, now: datetime) -> Snapshot:
    """The hall now; cached per (branch, last journal entry, quarter minute), so that 300 screens cost one reading."""
    enter(scope, branch, VIEW)
    version = version_of(branch)
    key = (branch.pk, version, int(now.timestamp()) // FRESH_SECONDS, futures.ready())
    with _lock:
        found = _cache.get(key)
    if found is None:
        found = _read(scope, branch, now, version)
        _keep(_cache, key, found)
    return found


def _keep(store: "OrderedDict[tuple[Any, ...], Any]", key: tuple[Any, ...], value: Any) -> None:
    with _lock:
        store[key] = value
        while len(store) > KEEP:
            store.popitem(last=False)


def _read(scope: Scope, branch: OrgUnit, now: datetime, version: int) -> Snapshot:
    hall = hall_of(scope=scope, branch=branch, now=now)
    with scoped(scope):
        today = _today.rows(branch, hall.on)
        key = (branch.pk, int(now.timestamp()) // 30, futures.ready())
        coming = _outlooks.get(key)
        if coming is None:
            coming = futures.outlook(hall)
            _keep(_outlooks, key, coming)
    return build(hall, today, version, coming)


def build(hall: Hall, today: list[tuple[Any, ...]], version: int, coming: Outlook | None) -> Snapshot:
    """The value from rows: today's (state, taken, called, promised high) give the counts."""
    waits = [(promise.waited_minutes(t, c), high) for _s, t, c, high in today if c is not None]
    verdicts = [promise.kept(w, high) for w, high in waits]
    states = [row[0] for row in today]
    return Snapshot(
        branch=hall.branch.code, at=hall.now, on=hall.on, version=version,
        lanes=tuple(_lane(hall, post) for post in hall.posts), queues=_queues(hall, coming),
        machines=tuple(Machine(d.code, d.name, d.kind, d.in_service) for d in hall.devices),
        held=tuple(dot(hall, t) for t in hall.inside if t.state == lifecycle.HELD),
        arrivals=len(today), served=states.count(lifecycle.SERVED),
        left=states.count(lifecycle.ABANDONED) + states.count(lifecycle.NO_SHOW), called=len(waits),
        kept=sum(1 for v in verdicts if v), promised=sum(1 for v in verdicts if v is not None),
        future_minutes=coming.minutes if coming else (), future_by=coming.by if coming else "none",
    )  # fmt: skip


def _lane(hall: Hall, post: Post) -> Lane:
    duty, ticket = post.duty, post.ticket
    state = "closed"
    if post.open:
        state = "unstaffed" if duty is None else "break" if duty.place == "break" else "open"
    lane = Lane(
        number=post.counter.number, name=post.counter.name, kind=post.counter.kind, state=state,
        person=duty.user.name if duty else "", user=duty.user_id if duty else None,
        since=post.window.since if post.window else None, break_until=duty.break_until if duty else None,
        skills=tuple(sorted({hall.content.skill_of[s] for s in post.services})),
    )  # fmt: skip
    if ticket is None:
        return lane
    return replace(
        lane, ticket=ticket.pk, label=ticket.label, service=ticket.service, stage=ticket.state,
        stage_since=ticket.started_at or ticket.called_at,
    )  # fmt: skip


def _queues(hall: Hall, coming: Outlook | None) -> tuple[Queue, ...]:
    skill_of, found = hall.content.skill_of, []
    future = {row.skill: row for row in coming.rows} if coming else {}
    skills = {s for p in hall.posts for s in hall.content.kind_skills(p.counter.kind)}
    skills |= {skill_of.get(t.service, "other") for t in hall.waiting}
    for skill in sorted(skills, key=_reading_order):
        mine = [t for t in hall.waiting if skill_of.get(t.service, "other") == skill]
        service = next((key for key, s in skill_of.items() if s == skill), "")
        offer = hall.promise(service, None) if service else promise.Promise(0, 0, "none", 0)
        row = future.get(skill)
        found.append(
            Queue(
                skill, tuple(dot(hall, t) for t in mine),
                sum(1 for p in hall.posts if p.able and service in p.services), offer.low, offer.high, offer.by,
                row.mean if row else (), row.p90 if row else (),
            )
        )  # fmt: skip
    return tuple(found)


def _reading_order(skill: str) -> tuple[int, str]:
    order = ("cash", "non_cash", "wealth", "corporate")
    return (order.index(skill) if skill in order else len(order)), skill


def dot(hall: Hall, ticket: Ticket) -> Dot:
    """A ticket as a person on the screen."""
    waited = promise.waited_minutes(ticket.taken_at, hall.now)
    tier = hall.content.tiers.get(ticket.tier)
    limit = tier.promise_minutes if tier else 15.0
    return Dot(
        ticket.pk, ticket.label, ticket.service, ticket.tier, ticket.vulnerable, max(0, int(waited)),
        warmth(waited, limit), ticket.promise_high, ticket.taken_at,
        ticket.not_before is not None and ticket.not_before > hall.now, ticket.first,
    )  # fmt: skip


def warmth(waited: float, limit: float) -> int:
    """0 fresh, 1 half of the promise gone, 2 nearly all of it, 3 beyond it, 4 far beyond."""
    return sum(waited >= share * limit for share in (0.5, 0.8, 1.0, 1.5))
