"""The hall at an earlier minute: the record of its day followed up to then; nothing is written."""

from copy import copy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, User, enter, scoped
from counterpoint.onsite import futures
from counterpoint.onsite.localtime import span, wall_minute
from counterpoint.onsite.models import Duty, Ticket, Window
from counterpoint.onsite.queries.snapshot import Snapshot, build
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.state import Hall, Post, hall_of, order_of, post_of
from counterpoint.onsite.verbs import VIEW

if TYPE_CHECKING:
    from counterpoint.science import twin
    from counterpoint.science.replay import Standing, Walk

STATES = {"over": "", "waiting": lifecycle.WAITING, "called": lifecycle.CALLED, "serving": lifecycle.SERVING,
          "held": lifecycle.HELD}  # fmt: skip
ENDS = {"no_show": lifecycle.NO_SHOW, "abandoned": lifecycle.ABANDONED, "closing": lifecycle.ABANDONED,
        "leave": lifecycle.ABANDONED, "cancelled": lifecycle.CANCELLED, "diverted": lifecycle.CANCELLED}  # fmt: skip


def hall_at(*, scope: Scope, branch: OrgUnit, at: datetime) -> Snapshot:
    """REPLAY: who waited and who was served at `at`, windows, people and machines as they were then."""
    past, today = _past(scope, branch, at)
    return build(past, today, 0, None)


def past_hall(*, scope: Scope, branch: OrgUnit, at: datetime) -> Hall:
    """The hall as `hall_of` read it at `at`; of a day that was brought in as a file nobody is inside."""
    return _past(scope, branch, at)[0]


def state_at(*, scope: Scope, branch: OrgUnit, on: date, minute: float) -> "twin.State":
    """The twin as the hall stood at a minute of a day, ready for futures.

    `Invalid` when the minute lies outside the day, `NotFound` for a branch outside the scope; ModelError when the twin
    cannot picture the hall.
    """
    if not 0 <= minute < 24 * 60:
        raise Invalid(_("A day has minutes from 0 to 1439."), field="minute")
    hall = past_hall(scope=scope, branch=branch, at=instant(branch, on, minute))
    with scoped(scope):
        return futures.state_of(hall)


def instant(branch: OrgUnit, on: date, minute: float) -> datetime:
    """The instant of a wall-clock minute of the branch."""
    wall = datetime(on.year, on.month, on.day) + timedelta(minutes=minute)  # noqa: DTZ001 (wall clock)
    return wall.replace(tzinfo=ZoneInfo(branch.time_zone)).astimezone(UTC)


def _past(scope: Scope, branch: OrgUnit, at: datetime) -> tuple[Hall, list[tuple[Any, ...]]]:
    enter(scope, branch, VIEW)
    from counterpoint.onsite.queries.record import day_of  # loads the twin: only who looks back waits for it
    from counterpoint.science import replay

    present = hall_of(scope=scope, branch=branch, now=at)
    found = day_of(scope=scope, branch=branch, on=present.on, now=span(branch, present.on)[1])
    minute = wall_minute(ZoneInfo(branch.time_zone), present.on, at)
    walk = replay.standing_at(found, minute)
    with scoped(scope):
        rows = Ticket.objects.filter(org_unit=branch, business_date=present.on)
        tickets = {t.label: t for t in rows.select_related("server")}
        seen = {str(d.user_id): d for d in present.duties}
        strange = [] if found.inferred else [UUID(who) for who in walk.people if who not in seen]
        users = User.objects.in_bulk(strange)
    seen |= {str(pk): Duty(user=user, skills=[]) for pk, user in users.items()}
    past = _hall(present, walk, tickets, seen)
    today = [(_state(s), tickets[code].taken_at, _moment(branch, present.on, s.called), tickets[code].promise_high)
             for code, s in walk.tickets.items() if code in tickets]  # fmt: skip
    return past, today


def _hall(present: Hall, walk: "Walk", tickets: dict[str, Ticket], seen: dict[str, Duty]) -> Hall:
    branch, on = present.branch, present.on
    counters = {str(p.counter.number): p.counter for p in present.posts}
    duties = []
    for who in sorted(set(seen) & set(walk.people)):
        duty, place = copy(seen[who]), walk.people[who]
        duty.place, duty.counter = place.where, counters.get(place.counter)
        duty.since = instant(branch, on, place.since)
        duty.break_until = _moment(branch, on, place.until)
        duties.append(duty)
    inside = [_ticket(present, tickets[code], s, counters) for code, s in walk.tickets.items()
              if code in tickets and s.state != "over"]  # fmt: skip
    at_counter = {t.counter.number: t for t in inside if t.counter and t.state in lifecycle.AT_COUNTER}
    posts = tuple(_post(present, post, walk, duties, at_counter.get(post.counter.number)) for post in present.posts)
    devices = []
    for row in present.devices:
        device = copy(row)
        device.in_service = row.code not in walk.down
        devices.append(device)
    return replace(
        present, posts=posts, duties=tuple(duties), inside=tuple(sorted(inside, key=order_of)), devices=tuple(devices),
        diversions=dict(walk.shares),
    )  # fmt: skip


def _post(present: Hall, post: Post, walk: "Walk", duties: list[Duty], ticket: Ticket | None) -> Post:
    number = str(post.counter.number)
    since = walk.open.get(number)
    window = Window(
        counter=post.counter, open=since is not None, since=_moment(present.branch, present.on, since) or present.now,
        services=list(walk.narrowed.get(number, ())),
    )  # fmt: skip
    here = [d for d in duties if d.counter_id == post.counter.pk and d.place in ("counter", "break")]
    duty = min(here, key=lambda d: d.place != "counter", default=None)
    return post_of(post.counter, window, duty, present.content, ticket)


def _ticket(present: Hall, row: Ticket, standing: "Standing", counters: dict[str, Any]) -> Ticket:
    """The ticket (unsaved) as it stood."""
    ticket = copy(row)
    tier = present.content.tiers.get(row.tier)
    own = tier.priority if tier else row.priority
    ticket.vulnerable, ticket.first = standing.care, standing.first
    ticket.priority = lifecycle.priority_of(own, standing.care, present.content.first_priority)
    ticket.state = _state(standing)
    ticket.finished_at = ticket.left_at = None
    times = {"called_at": standing.called, "started_at": standing.started, "held_at": standing.held,
             "not_before": standing.not_before}  # fmt: skip
    for name, minute in times.items():
        setattr(ticket, name, _moment(present.branch, present.on, minute))
    ticket.counter = counters.get(standing.counter)
    return ticket


def _state(standing: "Standing") -> str:
    if standing.state != "over":
        return STATES[standing.state]
    return ENDS.get(standing.reason, lifecycle.SERVED)


def _moment(branch: OrgUnit, on: date, minute: float | None) -> datetime | None:
    return None if minute is None else instant(branch, on, minute)
