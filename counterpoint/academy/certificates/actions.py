"""Verbs of certificates: award by a second person, revoke, show the name; and what the clock does: remind, end."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.certificates import CertificateBody
from counterpoint.academy.catalogue.reading import Shelf, shelf
from counterpoint.academy.certificates import badges, public, queries, shown
from counterpoint.academy.certificates.granting import settle
from counterpoint.academy.certificates.queries import Judged, begins, ends
from counterpoint.academy.certificates.telling import tell_awarded, tell_revoked
from counterpoint.academy.models import Certificate
from counterpoint.academy.models.certificates import RENEWED, REVOKED, VALID
from counterpoint.academy.rules import awarding
from counterpoint.academy.rules.bits import STATUS_BITS
from counterpoint.academy.verbs import AWARD, LEARN, REVOKE
from counterpoint.foundation.api import (
    DomainError,
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    colleagues,
    enter,
    journal,
    keys,
    new_id,
    scoped,
)

LETTERS, LENGTH = "23456789abcdefghjkmnpqrstuvwxyz", 16
TRIES = 16  # free bits are found at once in a list that is not nearly full


class Missing(DomainError):
    """Something that the certificate asks for is not there; `details["lines"]` are the numbers of the lines."""

    code = "certificate_missing"
    status = 409


class SecondPersonNeeded(DomainError):
    """Nobody awards a certificate to themselves, nor ends the own one."""

    code = "second_person_needed"
    status = 409


class AlreadyHeld(DomainError):
    """The person holds this certificate, and it is too early to renew it."""

    code = "certificate_held"
    status = 409


@transaction.atomic
def certificate_award(
    *, scope: Scope, unit: OrgUnit, user: UUID, certificate: str, confirmed: Collection[str], origin: str, now: datetime
) -> Certificate:
    """Award a certificate to a colleague of the unit, or renew it. The caller is the second person, and confirms what
    is asked for at work (`confirmed`, short names). `origin` is the house's address, for the badge.

    Raises `Missing`, `SecondPersonNeeded`, `AlreadyHeld`, `Invalid`, `NotFound`.
    """
    enter(scope, unit, AWARD)
    held = shelf(unit, unit.date_at(now))
    item = queries.certificates_at(unit, held.on).get(certificate)
    if item is None:
        raise NotFound(_("There is no such certificate here."))
    if scope.actor is None or user == scope.actor:
        raise SecondPersonNeeded(_("A second person awards a certificate; nobody awards their own."))
    if user not in {one.id for one in colleagues(scope=scope, org_unit=unit, on=held.on)}:
        raise Invalid(_("This person does not work here."), field="user")
    newest = queries.held_by(scope, [user]).get(user, {}).get(certificate)
    found = queries.judged(
        scope=scope, unit=unit, user=user, item=item, held=held, newest=newest, confirmed=confirmed
    )  # fmt: skip
    if found.valid and found.opens and held.on < found.opens:
        raise AlreadyHeld(
            _("It is held already. It can be renewed from %(day)s on.") % {"day": found.opens.isoformat()}
        )  # fmt: skip
    _complete(found, held)
    with scoped(scope):
        row = _written(scope, unit, user, found, held, origin, now)
        settle(scope=scope, unit=unit, user=row.user, key=row.key, skills=item.value.skills, now=now)
        tell_awarded(row, now)
    return row


def _complete(found: Judged, held: Shelf) -> None:
    if found.verdict.awarded:
        return
    words = [shown.asked_for(one.criterion, held) for one in found.verdict.lines if not one.holds]
    raise Missing(_("Still missing: %(lines)s") % {"lines": _("; ").join(words)}, lines=list(found.verdict.missing))


def _written(
    scope: Scope, unit: OrgUnit, user: UUID, found: Judged, held: Shelf, origin: str, now: datetime
) -> Certificate:  # fmt: skip
    previous = found.newest if found.again else None
    body: CertificateBody = found.item.value
    until = awarding.last_day(held.on, body.valid_months, previous.until if previous else None, body.remind_days[0])
    proofs = [one for line in found.verdict.lines for one in line.proofs]
    if previous is not None and previous.state == VALID:
        mine = Certificate.objects.filter(pk=previous.pk, state=VALID)
        if not mine.update(state=RENEWED, next_due_at=None, ended_at=now):
            raise AlreadyHeld(_("Somebody else has just renewed it."))
    assert scope.actor is not None  # only a person awards
    row = Certificate(
        id=new_id(), org_unit=unit, user_id=user, key=found.item.key, version=found.item.version, since=held.on,
        until=until, renews=previous, awarded_by=scope.actor, awarded_at=now, issuer=badges.did_of(origin),
        evidence=[{"source": one.source, "key": one.key, "on": one.on.isoformat(), "ref": one.ref,
                   "digest": one.digest} for one in proofs],
    )  # fmt: skip
    row.next_due_at = due_at(row, body, now)
    _signed(row, found, held, origin)
    record(scope, row, "awarded", now, evidence=len(proofs), renews=str(previous.pk) if previous else "")
    return row


def _signed(row: Certificate, found: Judged, held: Shelf, origin: str) -> None:
    """Give it a public code, a free bit of the year's status list and a badge, and save it."""
    try:
        key = keys.badge_key()
    except keys.KeyMissing:
        raise Invalid(
            _("The key for badges is missing. Ask the administrator to run “counterpoint keys create”.")
        ) from None
    body: CertificateBody = found.item.value
    criteria = tuple(line.criterion for line in found.verdict.lines)
    for _attempt in range(TRIES):
        row.public_code = "".join(secrets.choice(LETTERS) for _at in range(LENGTH))
        row.status_list, row.status_index = row.since.year, secrets.randbelow(STATUS_BITS)
        row.badge = badges.badge(
            badges.Told(
                id=str(row.pk), origin=origin, house=public.house_of(row.org_unit), key=row.key, version=row.version,
                page=origin + reverse("certificate:page", args=[row.public_code]),
                listed=origin + reverse("certificate:status", args=[row.status_list]),
                name=shown.outside(body.names), about=shown.outside(body.about),
                narrative=shown.narrative(criteria, held), since=begins(row), until=ends(row),
                status_index=row.status_index,
                proofs=[(one["source"], one["digest"]) for one in row.evidence if one["digest"]],
            ),
            key,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return
        except IntegrityError:
            if Certificate.objects.filter(user=row.user_id, key=row.key, state=VALID).exists():
                raise AlreadyHeld(_("Somebody else has just awarded it.")) from None
    raise Invalid(_("The status list of this year is full."))


def due_at(row: Certificate, body: CertificateBody, now: datetime) -> datetime:
    """When the clock looks at it next: at the next reminder, or when it ends."""
    days = awarding.next_reminder(row.until, row.org_unit.date_at(now), body.remind_days)
    return ends(row) if days is None else queries.midnight(row.org_unit, row.until - timedelta(days=days))


def record(scope: Scope, row: Certificate, kind: str, now: datetime, private: Any = None, **data: Any) -> None:
    """The journal entry of a certificate."""
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"academy.certificate_{kind}", subject=str(row.pk), at=now,
        private=private,
        data={"user": str(row.user_id), "certificate": row.key, "version": row.version, "until": row.until.isoformat(),
              **data},
    )  # fmt: skip


def _locked(certificate: UUID) -> Certificate:
    row = Certificate.objects.select_for_update(of=("self",)).select_related("org_unit").filter(pk=certificate).first()
    if row is None:
        raise NotFound(_("There is no such certificate here."))
    return row


@transaction.atomic
def certificate_revoke(*, scope: Scope, certificate: UUID, reason: str, now: datetime) -> Certificate:
    """End a certificate at once, with a reason; its badge is bad from then on. Raises `Invalid` without a reason,
    `SecondPersonNeeded` for the own one."""
    with scoped(scope):
        row = _locked(certificate)
        scope.require(REVOKE, row.org_path)
        if row.user_id == scope.actor:
            raise SecondPersonNeeded(_("A second person revokes a certificate; nobody revokes their own."))
        words = reason.strip()
        if not 4 <= len(words) <= 300:
            raise Invalid(_("Give the reason, in at most 300 letters."), field="reason")
        if row.state == REVOKED:
            raise Invalid(_("It is revoked already."))
        row.state, row.reason, row.next_due_at = REVOKED, words, None
        row.ended_by, row.ended_at = scope.actor, now
        row.save()
        record(scope, row, "revoked", now, private=words)
        settle(
            scope=scope, unit=row.org_unit, user=row.user, key=row.key, skills=queries.item_of(row).value.skills,
            now=now,
        )  # fmt: skip
        tell_revoked(row, now)
    return row


@transaction.atomic
def show_name(*, scope: Scope, certificate: UUID, shown: bool, now: datetime) -> Certificate:
    """The holder lets the public page of the own certificate say their name, or no longer."""
    with scoped(scope):
        row = _locked(certificate)
        if row.user_id != scope.actor:
            raise NotFound(_("There is no such certificate of yours."))
        scope.require(LEARN, row.org_path)
        if row.show_name != shown:
            row.show_name = shown
            row.save()
            record(scope, row, "named", now, shown=shown)
    return row
