"""Answers that may have waited on a phone for more than a day: who leads the branch sees it and hears of it.

Nothing is kept for this but the last word of each phone on itself (`report`): it could not let go of something, such as
another person's answers or a picture that is refused. The rest follows from what stands here already: messages that
wait for what has not come, and rounds that were begun on a phone which was not heard of since.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.foundation.api import OrgUnit, Scope, branches, enter, roles, scoped, system_scope, text_hash, tick
from counterpoint.primitives.checklists.calling import APPLIED, HELD, Call, answered_once
from counterpoint.primitives.checklists.models import Round, SyncItem
from counterpoint.primitives.checklists.queries import names_of
from counterpoint.primitives.checklists.telling import tell_leaders
from counterpoint.primitives.checklists.values import Done
from counterpoint.primitives.checklists.verbs import FILL, VIEW

if TYPE_CHECKING:
    from django.db.models import QuerySet

DAY, BACK = timedelta(hours=24), timedelta(days=14)
LAST_WORD, REMINDER = "phone", "reminder"  # kinds of kept items that are no messages of a phone's person
SAID, HALF, SILENT = "said", "half", "silent"
MOST_ENTRIES, MOST_HOURS = 100_000, 24 * 366


@dataclass(frozen=True)
class Unsent:
    """A phone holds `count` entries that it could not let go of, the oldest for `hours` by its own clock."""

    count: int
    hours: int


@dataclass(frozen=True)
class Phone:
    """A phone that may hold answers since `since`, and why that is thought: it said so itself (`said`), what it sent
    waits for the rest (`half`), or a round was begun on it or given to who uses it, and then it fell `silent`.

    `count` entries or messages, 0 where nobody knows; `person` used it last; `rounds` are those it may be about.
    """

    device: str
    why: str
    since: datetime
    count: int
    person: str
    rounds: tuple[Round, ...] = ()


def report(*, scope: Scope, org_unit: OrgUnit, device: str, unsent: Unsent, now: datetime) -> None:
    """Keep a phone's last word on itself; a count of zero ends it."""
    enter(scope, org_unit, FILL)
    told = {"count": max(0, min(unsent.count, MOST_ENTRIES)), "hours": max(0, min(unsent.hours, MOST_HOURS))}
    word = {"kind": LAST_WORD, "body": told, "state": APPLIED, "received_at": now, "person": scope.actor}
    with scoped(scope):
        SyncItem.objects.update_or_create(org_unit=org_unit, device=device, key=LAST_WORD, defaults=word)


def phones_waiting(*, scope: Scope, org_unit: OrgUnit, now: datetime) -> list[Phone]:
    """The branch's phones on which something may have waited for a day, longest first."""
    scope.require(VIEW, org_unit.path)
    with scoped(scope):
        sent = SyncItem.objects.filter(org_unit=org_unit, received_at__gt=now - BACK).exclude(device="")
        seen = _seen(sent.exclude(kind=REMINDER), now)
        if not seen:
            return []
        heard = {device: one["at"] for device, one in seen.items()}
        users = _users(sent.exclude(kind=REMINDER), heard)
        found = {one.device: one for one in (*_silent(org_unit, heard, users, now), *_half(seen), *_said(sent, heard))}
    people = names_of(users.values())
    named = [replace(one, person=_name(people, users[one.device])) for one in found.values()]
    return sorted(named, key=lambda one: (one.since, one.device))


def _name(people: dict[UUID, str], user: UUID | None) -> str:
    return people.get(user, "") if user else ""


def _seen(sent: "QuerySet[SyncItem]", now: datetime) -> dict[str, dict[str, Any]]:
    """Of each phone in one look: when it was heard last, and how much of it has waited here for a day since when."""
    old = Q(state=HELD, received_at__lte=now - DAY)
    told = sent.values("device").order_by()
    rows = told.annotate(at=Max("received_at"), count=Count("id", filter=old), since=Min("received_at", filter=old))
    return {one["device"]: dict(one) for one in rows}


def _users(sent: "QuerySet[SyncItem]", heard: dict[str, datetime]) -> dict[str, UUID | None]:
    """Who used each phone last."""
    rows = sent.filter(received_at__in=set(heard.values())).order_by("id")
    told = rows.values_list("device", "received_at", "person")
    return {device: person for device, at, person in told if at == heard[device]}


def _said(sent: "QuerySet[SyncItem]", heard: dict[str, datetime]) -> list[Phone]:
    words = [one for one in sent.filter(device__in=list(heard), key=LAST_WORD) if one.body["count"]]
    return [
        Phone(one.device, SAID, one.received_at - timedelta(hours=one.body["hours"]), one.body["count"], "")
        for one in words
    ]


def _half(seen: dict[str, dict[str, Any]]) -> list[Phone]:
    return [Phone(device, HALF, one["since"], one["count"], "") for device, one in seen.items() if one["count"]]


def _silent(org_unit: OrgUnit, heard: dict[str, datetime], users: dict[str, UUID | None], now: datetime) -> list[Phone]:
    quiet = {device for device, at in heard.items() if at <= now - DAY}
    if not quiet:
        return []
    rows = Round.objects.filter(org_unit=org_unit, business_date__gt=org_unit.date_at(now - BACK))
    begun = {ref: row for row in rows.filter(state=Round.State.OPEN) for ref in row.refs}
    about: dict[str, dict[UUID, Round]] = {device: {} for device in quiet}
    told = SyncItem.objects.filter(org_unit=org_unit, device__in=quiet, round_ref__in=list(begun), state=APPLIED)
    for device, ref in told.values_list("device", "round_ref"):
        about[device][begun[ref].pk] = begun[ref]
    late = list(rows.filter(state=Round.State.DUE, assignee__isnull=False, due_at__lte=now - DAY))
    for device in quiet:
        about[device] |= {row.pk: row for row in late if row.assignee_id == users[device]}
    return [Phone(device, SILENT, heard[device], 0, "", tuple(held.values())) for device, held in about.items() if held]


# --- who leads hears of it -------------------------------------------------------------------------------------------


@tick.every("primitives.unsent", 600, atomic=False)
def _look(now: datetime) -> int:
    return tell_of_phones(now=now)


def tell_of_phones(*, now: datetime) -> int:
    """Who leads a branch gets one message a day for each phone. Returns how many phones were told of."""
    scope = system_scope(tuple(roles.table()), label="schedule")
    return tick.each("phones not looked at", branches(scope=scope), lambda one: _told(scope, one, now))


def _told(scope: Scope, org_unit: OrgUnit, now: datetime) -> int:
    waiting = phones_waiting(scope=scope, org_unit=org_unit, now=now)
    key = f"{REMINDER}:{org_unit.date_at(now)}"
    with scoped(scope):
        rows = SyncItem.objects.filter(org_unit=org_unit, key=key, device__in=[one.device for one in waiting])
        known = set(rows.values_list("device", flat=True)) if waiting else set()
    fresh = [one for one in waiting if one.device not in known]
    for one in fresh:
        _tell(Call(scope, org_unit, now, one.device, key), one)
    return len(fresh)


def _tell(call: Call, phone: Phone) -> None:
    hours = int((call.now - phone.since) / timedelta(hours=1))

    def words(_language: str) -> tuple[str, str]:
        todo = _("For %(hours)d hours. Find the phone, sign in on it, or hand in its file at a desk.")
        return headline(phone), todo % {"hours": hours}

    def act() -> Done:
        dedupe = f"unsent:{call.org_unit.code}:{text_hash(call.device)[:16]}:{call.on}"
        told = tell_leaders(call, dedupe, reverse("primitives:rounds-today"), words)
        call.note(
            "unsent_told", call.device, device=call.device, why=phone.why, count=phone.count, hours=hours, told=told
        )
        return Done()

    answered_once(call, FILL, REMINDER, {}, Done, act)


def headline(phone: Phone) -> str:
    """What is known, in a line."""
    if phone.why == SILENT:
        return _("A phone with a round on it has been silent")
    if phone.why == HALF:
        return ngettext(
            "%d entry waits for the rest of its round from a phone",
            "%d entries wait for the rest of their round from a phone",
            phone.count,
        ) % phone.count  # fmt: skip
    return ngettext("%d entry waits on a phone", "%d entries wait on a phone", phone.count) % phone.count
