"""What the verbs and the tick share: opening a play's row, opening the steps that can begin, ending a play."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, Scope, journal, scoped
from counterpoint.primitives.playbooks import duties, injects, rules, scoring
from counterpoint.primitives.playbooks.definition import Playbook, pinned
from counterpoint.primitives.playbooks.errors import NotRunning
from counterpoint.primitives.playbooks.models import Play, PlayPage, PlayStep
from counterpoint.primitives.playbooks.values import settled_at


@contextmanager
def opened(scope: Scope, play: UUID, verb: str) -> Iterator[Play]:
    """The play's row, locked, in one transaction. `NotFound` outside the scope, `Forbidden` without the verb."""
    with scoped(scope), transaction.atomic():
        row = Play.objects.select_for_update().select_related("org_unit").filter(pk=play).first()
        if row is None:
            raise NotFound(_("There is no such play here."))
        scope.require(verb, row.org_path)
        yield row


def must_run(play: Play) -> None:
    """Refuse when the play is paused or over."""
    if play.state == Play.State.PAUSED:
        raise NotRunning(_("This play is paused. Let it go on first."))
    if not play.running:
        raise NotRunning(_("This play is over."))


def book_of(play: Play) -> Playbook:
    """The plan in the version that the play started with."""
    return pinned(play.playbook, play.version, play.pack)


def settled_steps(play: Play) -> dict[str, rules.Settled]:
    """Steps that are over; a step that comes round again is not."""
    found: dict[str, rules.Settled] = {}
    for row in PlayStep.objects.filter(play=play).order_by("round"):
        at = settled_at(row)
        if row.state in (PlayStep.State.DONE, PlayStep.State.SKIPPED) and at is not None:
            found[row.slug] = rules.Settled(row.answer, at)
        else:
            found.pop(row.slug, None)
    return found


def advance(play: Play, book: Playbook, now: datetime) -> bool:
    """Open every step that can begin; end the play when none is left. Returns whether it ended."""
    known = set(PlayStep.objects.filter(play=play).values_list("slug", flat=True))
    settled = settled_steps(play)
    standings = rules.standings(book, settled, play.started_at)
    _meet_limit(play, book, settled)
    for slug, standing in standings.items():
        if standing.state == "ready" and standing.since is not None and slug not in known:
            open_step(play, book, slug, standing.since, 1)
    if PlayStep.objects.filter(play=play, state=PlayStep.State.OPEN).exists():
        return False
    ended = max((one.at for one in settled.values()), default=now)
    close(play, book, Play.State.COMPLETED, ended, None)
    return True


def _meet_limit(play: Play, book: Playbook, settled: Mapping[str, rules.Settled]) -> None:
    """The limit's clock stops when the step that it is about is settled."""
    if book.time_limit is None or play.limit_met_at is not None or book.time_limit.until not in settled:
        return
    play.limit_met_at, play.next_due_at = settled[book.time_limit.until].at, None
    play.save(update_fields=["limit_met_at", "next_due_at", "org_path"])


def open_step(play: Play, book: Playbook, slug: str, ready_at: datetime, number: int) -> PlayStep:
    """A step's row with its deadline and its contact tree."""
    step = book.by_slug[slug]
    due = rules.due_at(step, ready_at, play.started_at)
    row = PlayStep(
        org_unit=play.org_unit, play=play, slug=slug, round=number, ready_at=ready_at, due_at=due, next_due_at=due
    )
    row.save(force_insert=True)
    pages = []
    for order, rung in enumerate(step.rungs()):
        at = ready_at + timedelta(minutes=rung.minutes)
        pages.append(PlayPage(org_unit=play.org_unit, step=row, order=order, role=rung.role, due_at=at, next_due_at=at))
    PlayPage.objects.bulk_create(pages)
    return row


def quiet(step: PlayStep, now: datetime) -> None:
    """No more pages for this step."""
    PlayPage.objects.filter(step=step, sent_at=None, cancelled_at=None).update(next_due_at=None, cancelled_at=now)


def close(play: Play, book: Playbook, state: str, at: datetime, by: UUID | None) -> int:
    """End a play: no deadline, page or limit of it fires any more. Returns how many steps were still open."""
    still = list(PlayStep.objects.filter(play=play, state=PlayStep.State.OPEN))
    for step in still:
        step.state, step.next_due_at = PlayStep.State.CANCELLED, None
        step.save(update_fields=["state", "next_due_at", "org_path"])
    PlayPage.objects.filter(step__play=play, sent_at=None, cancelled_at=None).update(next_due_at=None, cancelled_at=at)
    injects.stop(play)
    if play.paused_at is not None:
        play.pauses = [*play.pauses, [play.paused_at.isoformat(), at.isoformat()]]
    play.state, play.ended_at, play.ended_by, play.next_due_at, play.paused_at = state, at, by, None, None
    if play.limit_met_at is None and book.time_limit and not book.time_limit.until:
        play.limit_met_at = at if state == Play.State.COMPLETED else None
    result = scoring.score(book, scoring.facts_of(book, play, list(PlayStep.objects.filter(play=play))))
    play.score, play.passed = result.points, result.passed
    play.save()
    if play.drill and result.passed:
        duties.fulfil(play, book)
    return len(still)


def told(scope: Scope | None, play: Play, what: str, now: datetime, **data: Any) -> None:
    """The one journal entry of a change."""
    journal.record(
        scope=scope, org_unit=play.org_unit, kind=f"primitives.{what}", subject=str(play.pk), at=now,
        data={"playbook": play.playbook, "mode": play.mode, **data},
    )  # fmt: skip


def pauses_of(play: Play) -> list[tuple[datetime, datetime]]:
    """When the play stood still; an unfinished pause is not among them."""
    return [(datetime.fromisoformat(since), datetime.fromisoformat(until)) for since, until in play.pauses]
