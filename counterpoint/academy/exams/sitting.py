"""Verbs of a sitting: begin, come in, ask for the next question, hand in; extend, void and note a sign."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BLUEPRINTS, Attempts, BlueprintBody
from counterpoint.academy.exams import chains, forms, playing_day
from counterpoint.academy.exams.grading import LETTERS, blueprint_of, close_if_due, submit_row, worths_of
from counterpoint.academy.models import DrillSession, Sitting, SittingSign
from counterpoint.academy.models.exams import OPEN, PERSON, SUBMITTED, VOID
from counterpoint.academy.verbs import INVIGILATE, PLAY, SIT
from counterpoint.foundation.api import (
    DomainError,
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    enter,
    journal,
    person_acting,
    scoped,
)
from counterpoint.primitives.content import Item, items

SIGNS = ("away", "back", "pasted", "window", "conflict")  # the last two are the server's own
MOST_SIGNS = 500
LONGEST = 60  # minutes of one extension


class SittingOver(DomainError):
    """The exam is over."""

    code = "sitting_over"
    status = 409


class Elsewhere(DomainError):
    """The exam was opened in another window since; this one saves nothing any more."""

    code = "elsewhere"
    status = 409


class NotYet(DomainError):
    """Another attempt is not allowed yet, or another exam is running."""

    code = "not_yet"
    status = 409


class Unanswered(DomainError):
    """The question before it has no answer yet."""

    code = "unanswered"
    status = 409


def exam_of(unit: OrgUnit, key: str, on: Any) -> Item:
    """A blueprint in force; `NotFound` without."""
    found = items(BLUEPRINTS, on, unit.rule_pack, bank=unit.path).get(key)
    if found is None:
        raise NotFound(_("There is no such exam here."))
    return found


def next_attempt(rule: Attempts, begun: list[datetime], now: datetime) -> datetime | None:
    """When the next attempt may begin, from the beginnings of those before; None when at once. Pure."""
    held = sorted(begun)
    if len(held) < rule.most or held[-1] - held[-rule.most] >= timedelta(days=rule.days):
        return None
    free = max(held[-1] + timedelta(days=rule.cooling_days), held[-rule.most] + timedelta(days=rule.days))
    return free if free > now else None


def sitting_begin(*, scope: Scope, unit: OrgUnit, blueprint: str, seed: int, now: datetime) -> Sitting:
    """Begin an exam, or find the one that is open. The clock runs from now. Raises `NotFound`, `NotYet`, `ThinBank`,
    `Unmeasured`."""
    enter(scope, unit, SIT)
    on = unit.date_at(now)
    item = exam_of(unit, blueprint, on)
    user = person_acting(scope)
    if item.value.simulator is not None:
        enter(scope, unit, PLAY)
    with scoped(scope):
        held = list(Sitting.objects.select_related("org_unit").filter(user=user))
        for row in held:
            close_if_due(row, now)
        opened = next((row for row in held if row.state == OPEN), None)
        if opened is not None:
            if opened.blueprint == blueprint:
                return opened
            raise NotYet(_("Another exam of yours is running. Finish it first."))
        begun = [row.started_at for row in held if row.blueprint == blueprint and row.state != VOID]
        free = next_attempt(item.value.attempts, begun, now)
        if free is not None:
            words = {"day": unit.date_at(free).isoformat()}
            raise NotYet(_("You have used your attempts. The next one may begin on %(day)s.") % words)
        return _begun(scope, unit, user, item, seed, now)


def _begun(scope: Scope, unit: OrgUnit, user: User, item: Item, seed: int, now: datetime) -> Sitting:
    body: BlueprintBody = item.value
    pool, seen = forms.candidates(unit, unit.date_at(now), now), forms.shown(unit, item.key)
    form = forms.first_form(body, pool, seed, seen)
    if not form:
        first = forms.next_slot(body, pool, form, [], seed, seen)
        form = [first] if first else []
    if not form:
        raise forms.ThinBank(_("There are too few questions for this exam. Tell headquarters training."))
    day = playing_day.drawn(item, unit, user, seed, now)
    deadline = now + timedelta(minutes=body.minutes)
    row = Sitting(
        org_unit=unit, user=user, blueprint=item.key, version=item.version, pack=unit.rule_pack, seed=seed, form=form,
        started_at=now, minutes=body.minutes, deadline_at=deadline,
        closes_at=deadline + timedelta(seconds=body.grace_seconds),
    )  # fmt: skip
    try:
        with transaction.atomic():
            if day is not None:
                playing_day.made(scope, row, day, now)
            row.save(force_insert=True)
            _record(scope, row, "sitting_begun", now, minutes=body.minutes, version=item.version)
    except IntegrityError:  # the same person began it at another device a moment ago
        return Sitting.objects.select_related("org_unit").get(user=user, blueprint=item.key, state=OPEN)
    return row


@transaction.atomic
def sitting_enter(*, scope: Scope, sitting: UUID, token: str, now: datetime) -> Sitting:
    """Open the exam's page under a new token: what another window held until now is refused from here on."""
    with scoped(scope):
        row = own(scope, sitting, now, lock=True)
        if row.state != OPEN:
            return row
        if row.entries:
            note(row, "window", None, now)
        row.token_hash, row.entries = token_hash(token), row.entries + 1
        row.save(update_fields=["token_hash", "entries", "org_path"])
        return row


@transaction.atomic
def sitting_next(*, scope: Scope, sitting: UUID, token: str, known: int, now: datetime) -> Sitting:
    """The form with its next question where it follows from the answers; asked twice it grows once. `known` is how many
    the page has. Raises `Unanswered` while the newest has no saved answer."""
    with scoped(scope):
        row = live(scope, sitting, token, now)
        body: BlueprintBody = blueprint_of(row).value
        if known != len(row.form) or not body.adapts:
            return row
        worths = worths_of(row)
        if _is_adaptive(body, row.form[-1]) and len(row.form) not in chains.counted(chains.lines(row)):
            raise Unanswered(_("Answer this question first; the next one follows from it."))
        unit = row.org_unit
        pool, seen = (
            forms.candidates(unit, unit.date_at(row.started_at), row.started_at),
            forms.shown(unit, row.blueprint),
        )
        new = forms.next_slot(body, pool, row.form, worths, row.seed, seen)
        if new is not None:
            row.form = [*row.form, new]
            row.save(update_fields=["form", "org_path"])
        return row


@transaction.atomic
def day_begin(*, scope: Scope, sitting: UUID, now: datetime) -> DrillSession:
    """Begin the day of an exam: from now it runs, once and without a stop. A second press finds it running. Raises
    `SittingOver`, `NotFound` for an exam without a day."""
    with scoped(scope):
        row = own(scope, sitting, now, lock=True)
        if row.state != OPEN or now >= row.deadline_at:
            raise SittingOver(_("This exam is over."))
        part = blueprint_of(row).value.simulator
        session = playing_day.begun(row, part, scope, now) if part else None
        if session is None:
            raise NotFound(_("This exam has no day to be played."))
        return session


def sitting_submit(*, scope: Scope, sitting: UUID, token: str, now: datetime) -> Sitting:
    """Hand in. A second time gives the first answer."""
    with scoped(scope), transaction.atomic():
        row = own(scope, sitting, now, lock=True)
        if row.state == SUBMITTED:
            return row
        must_live(row, token)
        submit_row(row, min(now, row.deadline_at), PERSON, scope)
        return row


@transaction.atomic
def sitting_extend(*, scope: Scope, sitting: UUID, minutes: int, why: str, now: datetime) -> Sitting:
    """Give a running sitting more time, as after a power cut. Never one's own."""
    with scoped(scope):
        row = guarded(scope, sitting, now)
        if row.state != OPEN:
            raise SittingOver(_("This exam is over."))
        if not 1 <= minutes <= LONGEST:
            raise Invalid(_("One extension is of 1 to 60 minutes."), field="minutes")
        if not why.strip():
            raise Invalid(_("Say why."), field="why")
        row.extended += minutes
        row.deadline_at += timedelta(minutes=minutes)
        row.closes_at += timedelta(minutes=minutes)
        row.save(update_fields=["extended", "deadline_at", "closes_at", "org_path"])
        playing_day.moved(row, minutes)
        _record(scope, row, "sitting_extended", now, why.strip()[:LETTERS], minutes=minutes)
        return row


@transaction.atomic
def sitting_void(*, scope: Scope, sitting: UUID, why: str, now: datetime) -> Sitting:
    """Set a sitting aside, running or ended: it counts neither as passed nor as an attempt."""
    with scoped(scope):
        row = guarded(scope, sitting, now)
        if row.state == VOID:
            return row
        if not why.strip():
            raise Invalid(_("Say why."), field="why")
        row.state = VOID
        row.save(update_fields=["state", "org_path"])
        playing_day.voided(row)
        _record(scope, row, "sitting_voided", now, why.strip()[:LETTERS])
        return row


@transaction.atomic
def sign_note(*, scope: Scope, sitting: UUID, token: str, kind: str, slot: int | None, now: datetime) -> None:
    """Keep that the page was left, that something was pasted. Decides nothing."""
    if kind not in SIGNS[:3]:
        raise Invalid(_("There is no such sign."), field="kind")
    with scoped(scope):
        row = live(scope, sitting, token, now)
        if SittingSign.objects.filter(sitting=row).count() < MOST_SIGNS:
            note(row, kind, slot if slot and 0 < slot <= len(row.form) else None, now)


def note(row: Sitting, kind: str, slot: int | None, now: datetime) -> None:
    """Keep a sign. Inside a scope and a transaction."""
    SittingSign(org_unit=row.org_unit, sitting=row, kind=kind, slot=slot, at=now).save(force_insert=True)


def own(scope: Scope, sitting: UUID, now: datetime, *, lock: bool = False) -> Sitting:
    """The caller's own sitting, closed when its time is over; `NotFound` for anybody else's. Inside a scope."""
    rows = Sitting.objects.select_for_update(of=("self",)) if lock else Sitting.objects
    row = rows.select_related("org_unit").filter(pk=sitting, user=scope.actor).first()
    if row is None:
        raise NotFound(_("There is no such exam of yours."))
    close_if_due(row, now)
    return row


def guarded(scope: Scope, sitting: UUID, now: datetime) -> Sitting:
    """A sitting that the caller may invigilate, closed when its time is over; never the own one. Inside a scope."""
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("org_unit")
    row = rows.filter(pk=sitting).exclude(user=scope.actor).first()
    if row is None:
        raise NotFound(_("There is no such exam here."))
    scope.require(INVIGILATE, row.org_path)
    close_if_due(row, now)
    return row


def live(scope: Scope, sitting: UUID, token: str, now: datetime) -> Sitting:
    """The caller's open sitting, by the page that may write to it. Inside a scope and a transaction."""
    row = own(scope, sitting, now, lock=True)
    if row.state != OPEN:
        raise SittingOver(_("This exam is over."))
    must_live(row, token)
    return row


def must_live(row: Sitting, token: str) -> None:
    """Raise `Elsewhere` unless the token is that of the page that may write."""
    if not constant_time_compare(row.token_hash, token_hash(token)):
        raise Elsewhere(_("This exam was opened in another window. Go on there, or reload this page to go on here."))


def token_hash(token: str) -> str:
    """What is kept of a page's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_adaptive(body: BlueprintBody, slot: dict[str, Any]) -> bool:
    return any(one.slug == slot["section"] and one.pick == "adaptive" for one in body.sections)


def is_final(body: BlueprintBody, form: list[dict[str, Any]], slot: int) -> bool:
    """Whether an answer can no longer be changed, because the next question followed from it."""
    return slot < len(form) and _is_adaptive(body, form[slot - 1])


def _record(scope: Scope, row: Sitting, kind: str, now: datetime, private: str | None = None, **data: Any) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"academy.{kind}", subject=str(row.pk), at=now,
        data={"user": str(row.user_id), "exam": row.blueprint, **data}, private=private,
    )  # fmt: skip
