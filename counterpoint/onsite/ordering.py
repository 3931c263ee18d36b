"""The waiting line as the rules of fairness look at it: may a ticket be taken first?"""

from typing import TYPE_CHECKING

from counterpoint.onsite import futures
from counterpoint.onsite.models import Ticket
from counterpoint.onsite.rules import lifecycle
from counterpoint.onsite.state import Hall, Post

if TYPE_CHECKING:
    from counterpoint.science import advice


def refusal(hall: Hall, ticket: Ticket) -> tuple[str, int]:
    """Why a waiting ticket may not be taken first (empty: it may), and how many others it would go before."""
    if not any(post.able for post in hall.posts):
        return "unknown", 0
    if ticket.not_before is not None and ticket.not_before > hall.now:
        return "later", 0
    waiting = futures.known(hall)
    key = next((i for i, t in enumerate(waiting) if t.pk == ticket.pk), -1)
    line = line_of(hall)
    why = hall.content.advice.fairness.for_science().refusal(line, key)
    return why, len(line.overtaken(line.tickets[key])) if key >= 0 else 0


def told(hall: Hall) -> dict[int, float]:
    """Minutes of wait promised with the tickets, counted as the twin counts their waits, by their number there.

    Empty where content says that only the promise of the tier counts.
    """
    if not hall.content.advice.fairness.paper:
        return {}
    return {i: _told(t) for i, t in enumerate(futures.known(hall)) if t.promise_high is not None}


def line_of(hall: Hall) -> "advice.Line":
    """Waiting tickets and windows that can call, read off the hall; the advisor reads the same off the twin's state."""
    from counterpoint.science import advice

    model = futures.model_of(hall)
    means = {s.code: s.counter.mean for s in model.services}
    first, promised = hall.content.first_priority, told(hall)
    tickets = []
    for i, t in enumerate(futures.known(hall)):
        tier = hall.content.tiers[futures.tier_of(hall, t.priority)]
        promise = min(tier.promise_minutes, promised.get(i, float("inf")))
        waited = (hall.now - t.seniority_at).total_seconds() / 60
        tickets.append(
            advice.Ticket(
                i, t.service, lifecycle.rank_of(t.priority, t.first), waited, promise, means[t.service],
                cared=t.priority == first, first=t.first,
            )
        )  # fmt: skip
    windows = tuple(_window(hall, post, means) for post in hall.posts if post.able)
    return advice.Line(tuple(tickets), windows)


def _told(ticket: Ticket) -> float:
    """The promise counts from the ticket, the wait from the arrival: a handed-over customer arrived earlier."""
    since = (ticket.taken_at - ticket.seniority_at).total_seconds() / 60
    return since + (ticket.promise_high or 0.0)


def _window(hall: Hall, post: Post, means: dict[str, float]) -> "advice.Window":
    from counterpoint.science import advice

    ticket = post.ticket
    if ticket is None or ticket.service not in means:
        return advice.Window(post.services)
    mean, spent = means[ticket.service], 0.0
    if ticket.started_at is not None:
        spent = max(0.0, (hall.now - ticket.started_at).total_seconds() / 60)
    return advice.Window(post.services, max(mean - spent, advice.LEFT * mean))
