"""Taking a complaint in, from whatever channel: words kept apart, level proposed, case opened, people told."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, files, journal, nearest_holders, new_id, scoped
from counterpoint.primitives.cases import CaseType, CaseView, case_open, case_types
from counterpoint.service import catalogue
from counterpoint.service.alarming import alarm
from counterpoint.service.entry import TYPE, about, legal_due, source_of
from counterpoint.service.errors import KeyTaken
from counterpoint.service.models import Complaint
from counterpoint.service.rules.duplicates import Told, repeats
from counterpoint.service.rules.proposal import Proposal, propose
from counterpoint.service.rules.reading import written
from counterpoint.service.rules.settings import ComplaintRules, opening_level
from counterpoint.service.rules.signals import Known
from counterpoint.service.verbs import HANDLE, OPEN

LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
RECEIPT = 16  # letters: 10^23 codes
PHOTOS = 3
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"RIFF")  # how JPEG, PNG and WebP begin
KEY = 80
AGES = 50  # years after which the day of an incident is a slip of the pen
LATE = timedelta(days=366)  # after which a time of receipt is one


@dataclass(frozen=True)
class Intake:
    """A complaint as somebody brings it. `amount` in CNY, `waited` in minutes; `photos` are (name, bytes)."""

    channel: str
    text: str
    contact: str = ""
    happened_on: date | None = None
    level: str = ""
    category: str = ""
    involved: tuple[UUID, ...] = ()
    amount: float | None = None
    age: int | None = None
    people: int | None = None
    waited: float | None = None
    language: str = "zh-hans"
    photos: tuple[tuple[str, bytes], ...] = ()
    received_at: datetime | None = None


@dataclass(frozen=True)
class Taken:
    """What came of it: the complaint's id, its case, and the code of the public page of its state."""

    id: UUID
    case: UUID
    receipt: str
    level: str
    again: bool = False


def complaint_take(*, scope: Scope, org_unit: OrgUnit, intake: Intake, key: str, now: datetime) -> Taken:
    """Take a complaint in. The same `key` at the same branch takes it once; with other content `KeyTaken`.

    Raises `Invalid` for no words, too many, an unknown channel, category or level, a day that cannot be, or a photo
    that is no picture.
    """
    scope.require(OPEN, org_unit.path)
    kind, figures = kind_of(org_unit, now), catalogue.rules(org_unit, now)
    intake = replace(intake, text=written(intake.text), contact=written(intake.contact))
    key = key if len(key) <= KEY else hashlib.sha256(key.encode()).hexdigest()
    _checked(intake, kind, figures)
    _checked_times(intake, org_unit.date_at(now), now)
    digest = _digest(intake)
    with scoped(scope), transaction.atomic():
        held = Complaint.objects.filter(org_unit=org_unit, key=key).first()
        if held is not None:
            return _again(held, digest)
        customer = customer_of(intake.contact)
        said = proposed(org_unit, kind, intake, customer, figures.repeat_within, now)
        row = _row(org_unit, intake, said, customer, digest, key, now)
        row.repeats = _repeats(org_unit, row, figures.repeat_within, now)
        least = figures.open_at_least
        row.level = intake.level or opening_level(said.spread, said.level, said.sure, gravest(kind), least)
        if intake.level:
            row.confirmed_by, row.confirmed_at = scope.actor, now
        view = _opened(scope, org_unit, row, intake, kind, figures, now)
        row.case = view.id
        row.photos = [
            str(files.store(scope=scope, org_unit=org_unit, name=name, content=content, now=now).pk)
            for name, content in intake.photos[:PHOTOS]
        ]
        row.save(force_insert=True)
        row.legal_due_at = legal_due(row)
        row.save(update_fields=["legal_due_at", "org_path"])
        _note(scope, row, said, now)
        alarm(row, view, figures, now, skip=intake.involved)
        return Taken(row.pk, row.case, row.receipt, row.level)


def kind_of(org_unit: OrgUnit, now: datetime) -> CaseType:
    """The complaint type in force at the branch."""
    return case_types(org_unit.date_at(now), org_unit.rule_pack, org_unit.path)[TYPE]


def gravest(kind: CaseType) -> tuple[str, ...]:
    """Levels from the gravest, as the proposal wants them."""
    return tuple(level.slug for level in reversed(kind.levels))


def customer_of(contact: str) -> str:
    """A keyed digest of a telephone number or address, the same for the same person; "" without one."""
    digits = "".join(letter for letter in contact if letter.isdigit())
    plain = digits[-11:] if len(digits) >= 7 else contact.strip().lower()
    return salted_hmac("service.customer", plain, algorithm="sha256").hexdigest() if plain else ""


def proposed(
    org_unit: OrgUnit, kind: CaseType, intake: Intake, customer: str, within: timedelta, now: datetime
) -> Proposal:
    """The level that the words and what is known propose; inside `scoped(scope)`."""
    here = (org_unit.date_at(now), org_unit.rule_pack, org_unit.path)
    earlier = Complaint.objects.filter(org_unit=org_unit, customer=customer, received_at__gt=now - within)
    known = Known(
        repeats=earlier.count() if customer else 0, age=intake.age, people=intake.people, amount=intake.amount,
        waited=intake.waited,
    )  # fmt: skip
    return propose(intake.text, catalogue.signals(*here), catalogue.models(*here), known, gravest(kind))


def receipt_code() -> str:
    """An unguessable code that is easy to read out."""
    return "".join(secrets.choice(LETTERS) for _at in range(RECEIPT))


def _checked(intake: Intake, kind: CaseType, figures: ComplaintRules) -> None:
    if not intake.text.strip():
        raise Invalid(_("Say what happened."), field="text")
    if len(intake.text) > figures.text_limit:
        raise Invalid(_("Say it in at most %(count)s letters.") % {"count": figures.text_limit}, field="text")
    if intake.level and kind.level(intake.level) is None:
        raise Invalid(_("There is no level “%(level)s”.") % {"level": intake.level}, field="level")
    for field, value in (("channel", intake.channel), ("category", intake.category)):
        slot = kind.field(field)
        if value and slot is not None and value not in {choice.slug for choice in slot.choices}:
            raise Invalid(_("“%(value)s” is not known here.") % {"value": value}, field=field)


def _checked_times(intake: Intake, today: date, now: datetime) -> None:
    if intake.happened_on and intake.happened_on > today:
        raise Invalid(_("The day it happened lies ahead. Check the date."), field="happened_on")
    if intake.happened_on and intake.happened_on.year < today.year - AGES:
        raise Invalid(_("The day it happened is too long ago. Check the year."), field="happened_on")
    if intake.received_at and now - intake.received_at > LATE:
        raise Invalid(_("It was received more than a year ago. Check the time of receipt."), field="received_at")
    if any(not content.startswith(PICTURES) for _name, content in intake.photos):
        raise Invalid(_("The photo has to be a JPEG, PNG or WebP picture."), field="photo")


def _digest(intake: Intake) -> str:
    content = asdict(intake) | {"photos": [hashlib.sha256(body).hexdigest() for _name, body in intake.photos]}
    del content["received_at"], content["language"]
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _again(held: Complaint, digest: str) -> Taken:
    if held.digest != digest:
        raise KeyTaken(_("This was sent already with other words. If it is another complaint, send it as a new one."))
    return Taken(held.pk, held.case, held.receipt, held.level, again=True)


def _row(
    org_unit: OrgUnit, intake: Intake, said: Proposal, customer: str, digest: str, key: str, now: datetime
) -> Complaint:
    return Complaint(
        id=new_id(), org_unit=org_unit, channel=intake.channel, language=intake.language,
        received_at=intake.received_at or now, happened_on=intake.happened_on, receipt=receipt_code(), key=key,
        digest=digest, text=intake.text.strip(), contact=intake.contact.strip()[:200], customer=customer,
        category=intake.category or said.category, cause=said.cause, proposed_level=said.level,
        probability=round(said.probability, 4), sure=said.sure,
        spread={level: round(share, 4) for level, share in said.spread.items()}, signals=list(said.signals),
        words=list(said.words), model=said.version,
    )  # fmt: skip


def _repeats(org_unit: OrgUnit, row: Complaint, within: timedelta, now: datetime) -> int:
    """Same customer and category in that time before."""
    earlier = Complaint.objects.filter(org_unit=org_unit, customer=row.customer, received_at__gt=now - within)
    return repeats(told_of(row), [told_of(one) for one in earlier], within) if row.customer else 0


def told_of(row: Complaint) -> Told:
    """A complaint as duplicates are compared."""
    return Told(row.pk, row.received_at, row.customer, row.root_cause or row.cause, row.category, row.text)


def _opened(
    scope: Scope, org_unit: OrgUnit, row: Complaint, intake: Intake, kind: CaseType, figures: ComplaintRules,
    now: datetime,
) -> CaseView:  # fmt: skip
    fields: dict[str, Any] = {"category": row.category, "channel": row.channel}
    fields |= {"happened_on": intake.happened_on.isoformat()} if intake.happened_on else {}
    fields |= {"amount": intake.amount} if intake.amount is not None else {}
    roles = figures.first_owner.get(row.level, kind.owner)
    received = row.received_at if timedelta() < now - row.received_at else None
    return case_open(
        scope=scope, org_unit=org_unit, type=TYPE, now=now, title=title_of(kind, row), level=row.level, fields=fields,
        source=source_of(row.pk), involved=intake.involved, owner=_owner(roles, org_unit, intake.involved, now),
        key=f"complaint:{row.pk}", received_at=received,
    )  # fmt: skip


def title_of(kind: CaseType, row: Complaint) -> str:
    """Category and channel: nothing of the customer's own words leaves in a title."""
    return f"{kind.said('category', row.category)} · {kind.said('channel', row.channel)}"


def _owner(roles: Iterable[str], org_unit: OrgUnit, involved: tuple[UUID, ...], now: datetime) -> UUID | None:
    for role in roles:
        people = nearest_holders(role=role, org_unit=org_unit, on=now, skip=frozenset(involved), verb=HANDLE)
        if people:
            return UUID(str(people[0].pk))
    return None


def _note(scope: Scope, row: Complaint, said: Proposal, now: datetime) -> None:
    data = about(
        row, channel=row.channel, level=row.level, proposed=said.level, sure=said.sure, model=said.version,
        category=row.category, repeats=row.repeats,
    )  # fmt: skip
    journal.record(
        scope=scope, org_unit=row.org_unit, kind="service.complaint_taken", subject=str(row.pk), at=now, data=data
    )
