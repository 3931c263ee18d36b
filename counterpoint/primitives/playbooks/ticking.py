"""What a play does by itself: pages, overruns, the limit, a drill's news, each fired once and in order, found by a look
at the database; a restart loses nothing and repeats nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from counterpoint.foundation.api import scoped, system_scope, tick
from counterpoint.primitives.playbooks import injects, reach
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.engine import book_of, told
from counterpoint.primitives.playbooks.models import Play, PlayInject, PlayPage, PlayStep

MOST = 100  # plays a round


@tick.every("primitives.plays", 5, atomic=False, practice=True)
def plays_tick(now: datetime) -> int:
    """Fire what is due in every play; returns how many effects that were. One play's failure does not stop others."""
    with scoped(system_scope((), label="tick")):
        return tick.each("play not served", _due(now), lambda play: fire(play, now), atomic=False)


def _due(now: datetime) -> list[UUID]:
    """Plays with something due, the longest due first."""
    due = Q(next_due_at__lte=now) | Q(
        pk__in=PlayStep.objects.filter(next_due_at__lte=now).values("play_id")
    ) | Q(pk__in=PlayPage.objects.filter(next_due_at__lte=now).values("step__play_id")
    ) | Q(pk__in=PlayInject.objects.filter(next_due_at__lte=now).values("play_id"))  # fmt: skip
    return list(Play.objects.filter(due).order_by("started_at").values_list("pk", flat=True)[:MOST])


def fire(play: UUID, now: datetime) -> int:
    """Everything due in one play in the order of its time, in one transaction."""
    with transaction.atomic():
        row = Play.objects.select_for_update().select_related("org_unit").filter(pk=play).first()
        return catch_up(row, now) if row is not None and row.running else 0


def catch_up(play: Play, now: datetime) -> int:
    """Everything due in a locked play, in the order of its time; as the house and not as whoever asks."""
    with scoped(system_scope((), label="tick")):
        book, what = book_of(play), _events(play, now)
        for _at, _order, act in sorted(what, key=lambda one: one[:2]):
            act(play, book, now)
    return len(what)


Act = Callable[[Play, Playbook, datetime], None]


def _events(play: Play, now: datetime) -> list[tuple[datetime, str, Act]]:
    """What is due, with its time and a key that settles equal times. A step that was over its time when it could begin
    is so from then on."""
    found: list[tuple[datetime, str, Act]] = []
    for page in PlayPage.objects.filter(step__play=play, next_due_at__lte=now).select_related("step"):
        found.append((page.due_at, f"1{page.step_id}{page.order:03d}", _telling(page)))
    for step in PlayStep.objects.filter(play=play, state=PlayStep.State.OPEN, next_due_at__lte=now):
        found.append((max(step.due_at or now, step.ready_at), f"2{step.pk}", _overrun(step)))
    if play.next_due_at is not None and play.next_due_at <= now:
        found.append((play.next_due_at, "3", _limit))
    for inject in PlayInject.objects.filter(play=play, next_due_at__lte=now):
        found.append((inject.due_at, f"4{inject.pk}", _news(inject)))
    return found


def _telling(page: PlayPage) -> Act:
    def act(play: Play, book: Playbook, now: datetime) -> None:
        if not PlayPage.objects.filter(pk=page.pk, sent_at=None, cancelled_at=None).exists():
            return
        page.people = reach.tell_step(play, book, page, now)
        page.sent_at, page.next_due_at = now, None
        page.save(update_fields=["people", "sent_at", "next_due_at", "org_path"])
        step = page.step
        if step.slug == book.steps[0].slug and step.round == 1 and page.order == 0:
            reach.to_channel(play, book, "start", now)
        told(
            None, play, "play_told", now, step=step.slug, round=step.round, order=page.order, role=page.role,
            people=page.people,
        )  # fmt: skip

    return act


def _overrun(step: PlayStep) -> Act:
    def act(play: Play, book: Playbook, now: datetime) -> None:
        step.overran_at, step.next_due_at = now, None
        step.save(update_fields=["overran_at", "next_due_at", "org_path"])
        reach.tell_overrun(play, book, step, now)
        told(None, play, "play_step_overran", now, step=step.slug, round=step.round)

    return act


def _news(inject: PlayInject) -> Act:
    def act(play: Play, book: Playbook, now: datetime) -> None:
        if injects.show(play, book, inject, now):
            told(None, play, "play_inject_shown", now, inject=inject.slug)

    return act


def _limit(play: Play, book: Playbook, now: datetime) -> None:
    play.limit_passed_at, play.next_due_at = now, None
    play.save(update_fields=["limit_passed_at", "next_due_at", "org_path"])
    reach.tell_limit(play, book, now)
    told(None, play, "play_limit_passed", now)
