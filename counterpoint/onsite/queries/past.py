"""The hall at an earlier minute of today: rebuilt from the tickets' own times and the journal's window entries."""

from dataclasses import replace
from datetime import datetime, timedelta

from counterpoint.foundation.api import OrgUnit, Scope, journal, scoped
from counterpoint.onsite.entry import enter
from counterpoint.onsite.models import Duty, Ticket, Window
from counterpoint.onsite.queries.snapshot import Snapshot, build
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.state import Hall, Post, hall_of
from counterpoint.onsite.verbs import VIEW


def hall_at(*, scope: Scope, branch: OrgUnit, at: datetime) -> Snapshot:
    """REPLAY: who waited and who was served at `at`; nothing is written. Machines are shown as they are now."""
    enter(scope, branch, VIEW)
    present = hall_of(scope=scope, branch=branch, now=at)
    with scoped(scope):
        rows = Ticket.objects.filter(org_unit=branch, business_date=present.on, taken_at__lte=at)
        tickets = [state_at(t, at) for t in rows.select_related("counter", "server")]
        seats = _seats(branch, at)
        people = {str(d.user_id): d for d in present.duties}
    inside = tuple(t for t in tickets if t.state not in lifecycle.OVER)
    by_counter = {t.counter_id: t for t in inside if t.state in lifecycle.AT_COUNTER}
    posts = tuple(
        _post(p, seats.get(p.counter.number), people, by_counter.get(p.counter.pk), at) for p in present.posts
    )
    past: Hall = replace(present, posts=posts, inside=inside)
    today = [(t.state, t.taken_at, t.called_at, t.promise_high) for t in tickets]
    return build(past, today, 0, None)


def state_at(ticket: Ticket, at: datetime) -> Ticket:
    """The ticket (unsaved) as it stood at `at`, from its own times."""
    for name in ("called_at", "started_at", "finished_at", "left_at"):
        moment = getattr(ticket, name)
        if moment is not None and moment > at:
            setattr(ticket, name, None)
    if ticket.left_at is not None or ticket.finished_at is not None:
        return ticket
    if ticket.started_at is not None:
        ticket.state = lifecycle.HELD if ticket.held_at is not None and ticket.held_at <= at else lifecycle.SERVING
    else:
        ticket.state = lifecycle.CALLED if ticket.called_at is not None else lifecycle.WAITING
    return ticket


def _seats(branch: OrgUnit, at: datetime) -> dict[int, str]:
    """Counter number → person, of the windows open at `at`, from the journal of the last day."""
    kinds = ("onsite.window_opened", "onsite.window_closed")
    rows = journal.JournalEntry.objects.filter(
        org_unit=branch, kind__in=kinds, at__lte=at, at__gt=at - timedelta(hours=24)
    )
    seats: dict[int, str] = {}
    for kind, data in rows.order_by("seq").values_list("kind", "data"):
        if kind == "onsite.window_opened":
            seats[data["counter"]] = data["user"]
        else:
            seats.pop(data["counter"], None)
    return seats


def _post(post: Post, user: str | None, people: dict[str, Duty], ticket: Ticket | None, at: datetime) -> Post:
    window = Window(counter=post.counter, open=user is not None, since=at)
    known = people.get(user or "")
    duty = Duty(user=known.user, place="counter", counter=post.counter) if known else None
    return Post(post.counter, window, duty, post.services, ticket)
