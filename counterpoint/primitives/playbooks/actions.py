"""Verbs of the playbooks: keyword-only, one transaction, one journal entry each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, User, colleagues, scoped
from counterpoint.primitives.content import ContentError
from counterpoint.primitives.playbooks import injects, rules
from counterpoint.primitives.playbooks.definition import Playbook, playbook
from counterpoint.primitives.playbooks.engine import (
    advance,
    book_of,
    close,
    must_run,
    open_step,
    opened,
    quiet,
    told,
)
from counterpoint.primitives.playbooks.errors import AlreadyRunning, NotByHand, NotReady, NotRunning
from counterpoint.primitives.playbooks.models import Play, PlayInject, PlayNote, PlayPage, PlayStep
from counterpoint.primitives.playbooks.ticking import catch_up
from counterpoint.primitives.playbooks.values import PlayView, view
from counterpoint.primitives.playbooks.verbs import DO, DRILL, LEAD, START

MOST_TEXT = 2000
OLDEST_PAPER = timedelta(days=7)


def play_start(
    *,
    scope: Scope,
    org_unit: OrgUnit,
    playbook: str,
    now: datetime,
    mode: str = "real",
    trigger: str = "",
    key: str = "",
    claimed_at: datetime | None = None,
) -> PlayView:
    """Begin a play with the version in force. The same key again answers the first play. `claimed_at` is when it began
    on paper. Raises `NotFound`, `Forbidden`, `Invalid`, `NotByHand` for a person where the plan says so, and
    `AlreadyRunning` while the same real plan runs here."""
    if mode not in Play.Mode.values:
        raise Invalid(_("A play is real or a drill."), field="mode")
    item = _in_force(playbook, org_unit, now)
    began = _claimed(claimed_at, now - OLDEST_PAPER, now)
    with scoped(scope), transaction.atomic():
        unit = OrgUnit.objects.select_for_update().filter(pk=org_unit.pk).first()
        if unit is None:
            raise NotFound(_("There is no such branch here."))
        scope.require(DRILL if mode == Play.Mode.DRILL else START, unit.path)
        if key and (known := Play.objects.select_related("org_unit").filter(org_unit=unit, key=key).first()):
            return view(known)
        book: Playbook = item.value
        _by_whom(scope, book)
        _must_be_alone(unit, playbook, mode)
        limit = began + timedelta(minutes=book.time_limit.minutes) if book.time_limit else None
        row = Play(
            org_unit=unit, playbook=playbook, version=item.version, pack=item.pack, mode=mode, trigger=trigger[:120],
            key=key, started_at=began, entered_at=now, started_by=scope.actor, limit_at=limit, next_due_at=limit,
        )  # fmt: skip
        row.save(force_insert=True)
        advance(row, book, now)
        injects.prepare(row, book)
        claimed = {"claimed": began.isoformat()} if claimed_at else {}
        told(scope, row, "play_started", now, version=item.version, trigger=trigger[:120], **claimed)
        return view(row)


def _in_force(key: str, org_unit: OrgUnit, now: datetime) -> Any:
    try:
        return playbook(key, org_unit.date_at(now), org_unit.rule_pack)
    except ContentError as absent:
        raise NotFound(_("There is no playbook “%(key)s” in force.") % {"key": key}) from absent


def _by_whom(scope: Scope, book: Playbook) -> None:
    if not book.trigger.manual and scope.actor is not None and User.objects.filter(pk=scope.actor).exists():
        raise NotByHand(_("No person starts this plan: it starts by itself. Its page says by what."))


def _must_be_alone(unit: OrgUnit, key: str, mode: str) -> None:
    running = Play.objects.filter(org_unit=unit, playbook=key, mode=mode, state__in=("running", "paused")).first()
    if running is not None:
        raise AlreadyRunning(_("This plan is running here already. Open it instead."), play=running.pk)


def _claimed(claimed_at: datetime | None, earliest: datetime, now: datetime) -> datetime:
    """The time on paper when there is one, else the server's. Raises `Invalid` on a time that cannot be."""
    if claimed_at is None:
        return now
    if claimed_at > now:
        raise Invalid(_("The time on paper lies in the future."), field="claimed_at")
    if claimed_at < earliest:
        raise Invalid(_("The time on paper lies before the start."), field="claimed_at")
    return claimed_at


def step_done(
    *,
    scope: Scope,
    play: UUID,
    step: str,
    now: datetime,
    answer: str = "",
    values: Mapping[str, Any] | None = None,
    note: str = "",
    claimed_at: datetime | None = None,
    by: UUID | None = None,
    round: int | None = None,
) -> PlayView:
    """A step is done. `claimed_at` and `by` say when and by whom when that is not now and the caller; `round` which
    time of a repeating step is meant (the open one when not given). Saying the same again changes nothing. Raises
    `NotReady`, `NotRunning`, `Invalid`."""
    with opened(scope, play, DO) as row:
        book = book_of(row)
        if _said_before(row, step, round, answer, scope.actor):
            return view(row)
        must_run(row)
        held = open_row(row, book, step, round)
        late = settle(
            row, book, held, now=now, answer=answer, values=values or {}, note=note, claimed_at=claimed_at,
            by=person_here(scope, row, by, now), entered_by=scope.actor,
        )  # fmt: skip
        ended = advance(row, book, now)
        extra: dict[str, Any] = {"claimed": claimed_at.isoformat()} if claimed_at else {}
        if by and by != scope.actor:
            extra["by"] = str(by)
        told(
            scope, row, "play_step_done", now, step=step, round=held.round, answer=answer, late=late, ended=ended,
            **extra,
        )  # fmt: skip
        return view(row)


def _said_before(play: Play, slug: str, round: int | None, answer: str, actor: UUID | None) -> bool:
    rows = PlayStep.objects.filter(play=play, slug=slug).order_by("-round")
    meant = (rows.filter(round=round) if round else rows).first()
    return bool(meant and meant.state == PlayStep.State.DONE and meant.answer == answer and meant.entered_by == actor)


def open_row(play: Play, book: Playbook, slug: str, round: int | None = None) -> PlayStep:
    """The open round of a step, locked. Raises `NotFound` for no step of the plan, `NotReady` otherwise."""
    if slug not in book.by_slug:
        raise NotFound(_("This plan has no such step."))
    rows = PlayStep.objects.select_for_update().filter(play=play, slug=slug).order_by("-round")
    newest = rows.first()
    if newest is None:
        raise NotReady(_("This step cannot begin yet: another comes before it."))
    if newest.state != PlayStep.State.OPEN or round not in (None, newest.round):
        raise NotReady(_("This step is settled already."))
    return newest


def person_here(scope: Scope, play: Play, by: UUID | None, now: datetime) -> UUID | None:
    """Who did it: the caller, or somebody who works at the branch."""
    if by is None or by == scope.actor:
        return scope.actor
    here = {one.id for one in colleagues(scope=scope, org_unit=play.org_unit, on=play.org_unit.date_at(now))}
    if by not in here:
        raise Invalid(_("This person does not work at the branch."), field="by")
    return by


def settle(
    play: Play,
    book: Playbook,
    held: PlayStep,
    *,
    now: datetime,
    answer: str,
    values: Mapping[str, Any],
    note: str,
    claimed_at: datetime | None,
    by: UUID | None,
    entered_by: UUID | None,
    skipped: bool = False,
) -> bool:
    """Write down how a step ended; a repeating one comes round again. Returns whether it was late."""
    step = book.by_slug[held.slug]
    kept, wrong = rules.read_values(step, values)
    wrong = wrong or rules.wrong_answer(step, answer)
    if not wrong and not skipped and rules.missing(step, kept):
        wrong = _("Fill in what is marked as required.")
    if wrong:
        raise Invalid(wrong, field=held.slug)
    at = _claimed(claimed_at, play.started_at, now)
    held.state = PlayStep.State.SKIPPED if skipped else PlayStep.State.DONE
    held.answer, held.values, held.note = answer, kept, note[:MOST_TEXT]
    held.done_at, held.claimed_at, held.done_by, held.entered_by = now, claimed_at, by, entered_by
    held.next_due_at = None
    held.save()
    quiet(held, now)
    if step.branch and step.repeats(answer):
        open_step(play, book, held.slug, rules.next_round_at(step, at), held.round + 1)
    return bool(held.due_at and at > held.due_at)


def step_skip(
    *, scope: Scope, play: UUID, step: str, now: datetime, reason: str, answer: str = ""
) -> PlayView:  # fmt: skip
    """Leave a step out, with a reason. A step that asks a question still needs its answer."""
    if not reason.strip():
        raise Invalid(_("Say why the step is skipped."), field="reason")
    with opened(scope, play, LEAD) as row:
        must_run(row)
        book = book_of(row)
        held = open_row(row, book, step)
        settle(
            row, book, held, now=now, answer=answer, values={}, note=reason, claimed_at=None, by=scope.actor,
            entered_by=scope.actor, skipped=True,
        )  # fmt: skip
        ended = advance(row, book, now)
        told(scope, row, "play_step_skipped", now, step=step, round=held.round, answer=answer, ended=ended)
        return view(row)


def step_acknowledge(*, scope: Scope, play: UUID, step: str, now: datetime) -> PlayView:
    """Say that one has seen it and acts: nobody further is told of this step."""
    with opened(scope, play, DO) as row:
        must_run(row)
        held = open_row(row, book_of(row), step)
        if held.acknowledged_at is None:
            held.acknowledged_at, held.acknowledged_by = now, scope.actor
            held.save()
            quiet(held, now)
            told(scope, row, "play_acknowledged", now, step=step, round=held.round)
        return view(row)


def play_note(
    *, scope: Scope, play: UUID, now: datetime, text: str, link: str = "", claimed_at: datetime | None = None
) -> PlayView:
    """A line for the log. What it says stays outside the journal, so that it can be erased."""
    if not text.strip():
        raise Invalid(_("Write what happened."), field="text")
    with opened(scope, play, DO) as row:
        if claimed_at is not None:
            _claimed(claimed_at, row.started_at, now)
        note = PlayNote(
            org_unit=row.org_unit, play=row, at=now, claimed_at=claimed_at, by=scope.actor, text=text[:MOST_TEXT],
            link=link[:120],
        )  # fmt: skip
        note.save(force_insert=True)
        told(scope, row, "play_noted", now, note=str(note.pk), link=link[:120])
        return view(row)


def inject_react(*, scope: Scope, play: UUID, inject: str, now: datetime, text: str = "") -> PlayView:
    """Say how one reacts to the news of a drill; the time is taken. What it says stays outside the journal. Where the
    plan looks for a reaction, it has to be said in words. Saying it again changes nothing. Raises `NotFound`,
    `NotReady`, `NotRunning`, `Invalid`."""
    with opened(scope, play, DO) as row:
        held = PlayInject.objects.select_for_update().filter(play=row, slug=inject).exclude(shown_at=None).first()
        if held is None:
            raise NotFound(_("No such news has come in."))
        if held.reacted_at is not None:
            if held.reacted_by == scope.actor:
                return view(row)
            raise NotReady(_("Somebody has reacted to this already."))
        must_run(row)
        if held.answer_due_at is not None and not text.strip():
            raise Invalid(_("Say in a few words what you do."), field="text")
        held.reacted_at, held.reacted_by, held.text = now, scope.actor, text.strip()[:MOST_TEXT]
        held.save()
        late = held.answer_due_at is not None and now > held.answer_due_at
        told(scope, row, "play_inject_reacted", now, inject=inject, late=late)
        return view(row)


def play_pause(*, scope: Scope, play: UUID, now: datetime) -> PlayView:
    """Stop the clocks of the steps. The limit of a real play runs on: the customers' wait is not paused. Whoever was to
    be told by now is told first: a pause holds nothing back that was due before it."""
    with opened(scope, play, LEAD) as row:
        must_run(row)
        catch_up(row, now)
        row.state, row.paused_at = Play.State.PAUSED, now
        if row.drill:
            row.next_due_at = None
        row.save()
        PlayStep.objects.filter(play=row, state=PlayStep.State.OPEN).update(next_due_at=None)
        PlayPage.objects.filter(step__play=row, sent_at=None).update(next_due_at=None)
        injects.hold(row)
        told(scope, row, "play_paused", now)
        return view(row)


def play_resume(*, scope: Scope, play: UUID, now: datetime) -> PlayView:
    """Let the clocks go on: every deadline moves by as long as the play stood still."""
    with opened(scope, play, LEAD) as row:
        if row.state != Play.State.PAUSED or row.paused_at is None:
            raise NotRunning(_("This play is not paused."))
        gap = now - row.paused_at
        row.pauses = [*row.pauses, [row.paused_at.isoformat(), now.isoformat()]]
        row.state, row.paused_at = Play.State.RUNNING, None
        if row.drill and row.limit_at and row.limit_passed_at is None and row.limit_met_at is None:
            row.limit_at += gap
            row.next_due_at = row.limit_at
        row.save()
        for step in PlayStep.objects.filter(play=row, state=PlayStep.State.OPEN, overran_at=None, due_at__isnull=False):
            step.due_at += gap
            step.next_due_at = step.due_at
            step.save(update_fields=["due_at", "next_due_at", "org_path"])
        for page in PlayPage.objects.filter(step__play=row, sent_at=None, cancelled_at=None):
            page.due_at += gap
            page.next_due_at = page.due_at
            page.save(update_fields=["due_at", "next_due_at", "org_path"])
        injects.go_on(row, gap)
        told(scope, row, "play_resumed", now, minutes=round(gap.total_seconds() / 60, 1))
        return view(row)


def play_abort(*, scope: Scope, play: UUID, now: datetime, reason: str) -> PlayView:
    """Break the play off: false alarm, or a drill that must give way. No deadline or page fires after this."""
    if not reason.strip():
        raise Invalid(_("Say why it is broken off."), field="reason")
    return _end(scope, play, now, Play.State.ABORTED, "play_aborted", reason)


def play_complete(*, scope: Scope, play: UUID, now: datetime, reason: str = "") -> PlayView:
    """Declare the event over before the last step; the steps left open are cancelled."""
    return _end(scope, play, now, Play.State.COMPLETED, "play_completed", reason)


def _end(scope: Scope, play: UUID, now: datetime, state: str, what: str, reason: str) -> PlayView:
    with opened(scope, play, LEAD) as row:
        if not row.running:
            if row.state == state:
                return view(row)
            raise NotRunning(_("This play is over."))
        row.reason = reason[:MOST_TEXT]
        still = close(row, book_of(row), state, now, scope.actor)
        told(scope, row, what, now, open=still)
        return view(row)
