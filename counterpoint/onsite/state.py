"""The hall as it stands now, read in a handful of statements; what decisions, promises and screens are made from."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from counterpoint.foundation.api import Counter, Device, OrgUnit, Prepared, Scope, journal, scoped
from counterpoint.onsite.assets.kinds import behind_the_scenes
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.localtime import business_date, minute_of, span
from counterpoint.onsite.models import Diversion, Duty, Ticket, Window
from counterpoint.onsite.rules import calling, lifecycle
from counterpoint.onsite.rules.promise import Desk, Promise, Work, range_by_formula
from counterpoint.team.api import shifts_on

LATE = 60
INSIDE = (lifecycle.WAITING, lifecycle.CALLED, lifecycle.SERVING, lifecycle.HELD)
BREAKS = ("onsite.break_started", "onsite.break_moved")
_windows = Prepared(lambda branch: Window.objects.filter(org_unit=branch))
_duties = Prepared(
    lambda branch, on: (
        Duty.objects.filter(org_unit=branch, business_date=on).order_by("user_id").select_related("user", "counter")
    )
)
_inside = Prepared(lambda branch, on: Ticket.objects.filter(org_unit=branch, business_date=on, state__in=INSIDE))
_counters = Prepared(lambda branch: Counter.objects.filter(org_unit=branch))
_devices = Prepared(lambda branch: Device.objects.filter(org_unit=branch, retired_at=None).select_related("zone"))
_diversions = Prepared(lambda branch: Diversion.objects.filter(org_unit=branch).values_list("service", "share"))
_breaks = Prepared(
    lambda branch, since, now: (
        journal.JournalEntry.objects.filter(org_unit=branch, kind__in=BREAKS, at__lte=now, at__gte=since)
        .order_by("seq")
        .values_list("kind", "data")
    )
)


@dataclass(frozen=True)
class Post:
    """A counter with its window, its person, what it can call, and whom it serves."""

    counter: Counter
    window: Window | None
    duty: Duty | None
    services: frozenset[str]
    ticket: Ticket | None

    @property
    def open(self) -> bool:
        """Whether the window is open (the person may be on a break)."""
        return self.window is not None and self.window.open

    @property
    def able(self) -> bool:
        """Whether somebody sits there and may call."""
        return self.open and self.duty is not None and self.duty.place == "counter"


@dataclass(frozen=True)
class Plan:
    """What the published roster still has for a person today, minutes after midnight; `lunch` None once it is over."""

    end: int
    lunch: tuple[int, int] | None


@dataclass(frozen=True)
class Hall:
    """All that is inside the branch at an instant, and the rest of the day as the roster plans it."""

    branch: OrgUnit
    on: date
    now: datetime
    content: Catalogue
    posts: tuple[Post, ...]
    duties: tuple[Duty, ...]
    inside: tuple[Ticket, ...]
    devices: tuple[Device, ...]
    diversions: dict[str, float]
    plans: dict[UUID, Plan]

    @cached_property
    def waiting(self) -> tuple[Ticket, ...]:
        """Waiting tickets in the order of calling."""
        return tuple(t for t in self.inside if t.state == lifecycle.WAITING)

    @cached_property
    def works(self) -> dict[str, Work]:
        """Mean and standard deviation of the service times."""
        found = self.content.services.values()
        return {s.key: Work(s.counter_minutes, s.counter_minutes * s.counter_cv) for s in found}

    def effective_diversion(self, service: str) -> float:
        """The wished share, zero while no machine that could do the service works."""
        kind = self.content.services[service].device if service in self.content.services else None
        works = any(d.kind == kind and d.in_service for d in self.devices)
        return self.diversions.get(service, 0.0) if works else 0.0

    def post_of(self, user: UUID) -> Post | None:
        """The counter where the person sits, or will sit again after the break."""
        return next((p for p in self.posts if p.duty is not None and p.duty.user_id == user), None)

    def promise(self, service: str, order: tuple[float, datetime, str] | None) -> Promise:
        """The range of minutes until the call of a ticket with this order (None: one that would come last)."""
        able = [p for p in self.posts if p.able]
        rivals = calling.rivals_of(service, [p.services for p in able])
        queue = [t.service for t in self.waiting if t.service in rivals and (order is None or order_of(t) < order)]
        known = [s if s in self.works else service for s in queue]
        return range_by_formula(service, known, self.works, [self._desk(p, service) for p in able])

    def _desk(self, post: Post, default: str) -> Desk:
        if post.ticket is None:
            return Desk(post.services)
        busy = post.ticket.service if post.ticket.service in self.works else default
        return Desk(post.services, (busy, _minutes(post.ticket, self.now)))


def order_of(ticket: Ticket) -> tuple[float, datetime, str]:
    """The ticket's place in the calling order."""
    return lifecycle.rank_of(ticket.priority, ticket.first), ticket.seniority_at, str(ticket.pk)


def _minutes(ticket: Ticket, now: datetime) -> float:
    since = ticket.started_at or ticket.called_at or now
    return max(0.0, (now - since).total_seconds() / 60)


def hall_of(*, scope: Scope, branch: OrgUnit, now: datetime) -> Hall:
    """Read the hall: counters, windows, people, tickets inside, devices, diversions, plans (eight statements)."""
    on = business_date(branch, now)
    content = catalogue(on, branch.rule_pack)
    with scoped(scope):
        windows = {w.counter_id: w for w in _windows.rows(branch)}
        duties, inside = tuple(_duties.rows(branch, on)), tuple(_inside.rows(branch, on))
        counters, diversions = _counters.rows(branch), dict(_diversions.rows(branch))
        unseen = behind_the_scenes(on, branch.rule_pack)
        devices = tuple(device for device in _devices.rows(branch) if device.kind not in unseen)
    known = {counter.pk: counter for counter in counters}
    for ticket in inside:  # joined in the database it would be read again for each of a hundred who wait
        if ticket.counter_id in known:
            ticket.counter = known[ticket.counter_id]
    at_counter = {t.counter_id: t for t in inside if t.state in lifecycle.AT_COUNTER}
    posts = tuple(
        post_of(c, windows.get(c.pk), _sitting(duties, c.pk), content, at_counter.get(c.pk)) for c in counters
    )
    plans = plans_of(scope=scope, branch=branch, on=on, now=now)
    return Hall(branch, on, now, content, posts, duties, inside, devices, diversions, plans)


def plans_of(*, scope: Scope, branch: OrgUnit, on: date, now: datetime) -> dict[UUID, Plan]:
    """The published shifts of today, with lunches as they were moved by hand.

    A lunch is over once the person has had a break of half its length or more, or an hour after its time: who has not
    gone by then does not go.
    """
    shifts = shifts_on(scope=scope, branch=branch, day=on)
    if not shifts:
        return {}
    with scoped(scope):
        entries = _breaks.rows(branch, span(branch, on)[0], now)
    rested: dict[str, int] = {}
    for kind, data in entries:
        if kind == "onsite.break_started":
            rested[data["user"]] = max(rested.get(data["user"], 0), data["minutes"])
    moved = {data["user"]: data["minute"] for kind, data in entries if kind == "onsite.break_moved"}
    minute = minute_of(branch, now)
    found = {}
    for shift in shifts:
        who, lunch = str(shift.user), shift.lunch
        if lunch and who in moved:
            lunch = (moved[who], moved[who] + lunch[1] - lunch[0])
        ahead = lunch is not None and minute < lunch[0] + LATE and 2 * rested.get(who, 0) < lunch[1] - lunch[0]
        found[shift.user] = Plan(shift.end, lunch if ahead else None)
    return found


def _sitting(duties: tuple[Duty, ...], counter: UUID) -> Duty | None:
    here = [d for d in duties if d.counter_id == counter and d.place in ("counter", "break")]
    return min(here, key=lambda d: d.place != "counter", default=None)


def post_of(
    counter: Counter, window: Window | None, duty: Duty | None, content: Catalogue, ticket: Ticket | None
) -> Post:
    """A counter with the services that it can call now."""
    services = calling.services_of(
        content.kind_skills(counter.kind),
        content.skill_of,
        window.services if window else (),
        duty.skills if duty else (),
    )
    return Post(counter, window, duty, services, ticket)
