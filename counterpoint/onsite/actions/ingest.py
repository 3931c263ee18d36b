"""Events of vendors' queue machines: out of order, repeated, late; each is kept once and folded into its ticket."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from counterpoint.foundation.api import Counter, OrgUnit, Prepared, PreparedUpdate, Scope, fingerprint
from counterpoint.onsite.codes import public_code
from counterpoint.onsite.entry import Call
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import BranchDay, Series, Ticket, VendorEvent
from counterpoint.onsite.rules import folding
from counterpoint.onsite.values import Answer
from counterpoint.onsite.verbs import INGEST

NOBODY = UUID(int=0)
MOST_SEQ = 2**63 - 1  # what the database can hold
YEARS = range(1970, 9000)
RACES = 3
BODY = ("label", "service", "tier", "counter")
CHANGED = (
    "letter", "number", "label", "state", "called_at", "started_at", "held_at", "finished_at", "left_at", "counter",
    "calls", "taken_at", "seniority_at", "service", "tier", "priority",
)  # fmt: skip

_HELD = Prepared(
    lambda branch, source, days, refs: VendorEvent.objects.filter(
        org_unit=branch, source=source, business_date__in=days, ref__in=refs
    )
)
_SHUT = Prepared(
    lambda branch, days: BranchDay.objects.filter(
        org_unit=branch, business_date__in=days, closed_at__isnull=False
    ).values_list("business_date", flat=True)
)
_CHANGE = PreparedUpdate(
    lambda branch, on, source, ref, *values: (
        Ticket.objects.filter(org_unit=branch, business_date=on, vendor=source, vendor_ref=ref),
        dict(zip(CHANGED, values, strict=True)),
    )
)
_PUSH = PreparedUpdate(
    lambda branch, on, letter, number: (
        Series.objects.filter(org_unit=branch, business_date=on, letter=letter),
        {"last": Greatest(F("last"), number)},
    )
)


def _tellable(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError(_("no working clock shows this year"))
    return at


class EventIn(BaseModel):
    """One event as a machine sends it. `ref` is the machine's own id of the ticket, `seq` its running event number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    machine: str = Field(max_length=32, examples=["kiosk-1"])
    seq: int = Field(ge=0, le=MOST_SEQ)
    ref: str = Field(min_length=1, max_length=64)
    kind: str = Field(max_length=16, examples=list(folding.KINDS))
    at: Annotated[AwareDatetime, AfterValidator(_tellable)]
    label: str = Field("", max_length=10)
    service: str = Field("", max_length=32)
    tier: str = Field("", max_length=32)
    counter: int | None = Field(None, ge=1, le=999)


class Verdict(Answer):
    """What became of one event: applied, early (its ticket is not known yet), repeated, quarantined or conflict."""

    machine: str
    seq: int
    verdict: str
    problem: str = ""


class Ingested(Answer):
    """The verdicts in the order of the events sent."""

    verdicts: tuple[Verdict, ...]

    def count(self, verdict: str) -> int:
        """How many events got this verdict."""
        return sum(1 for v in self.verdicts if v.verdict == verdict)


def events_ingest(
    *, scope: Scope, branch: OrgUnit, now: datetime, events: Sequence[EventIn], key: str = ""
) -> Ingested:
    """Take in a batch. Any order and any repetition of the same events leads to the same tickets; an event number that
    comes again with another content changes nothing and is told as a conflict."""
    batch = tuple(events)
    for lost in range(RACES):
        try:
            return Call(scope, branch, now, key, lost > 0).run(INGEST, Ingested, _ingest, events=batch)
        except IntegrityError:  # a number is taken, by another ticket or in a parallel batch: by now it is known
            continue
    return Call(scope, branch, now, key, lost=True).run(INGEST, Ingested, _ingest, events=batch)


def _ingest(call: Call, *, events: tuple[EventIn, ...]) -> Ingested:
    done = Ingested(verdicts=_take_in(call, events, _numbers(call, events) if call.lost else {}))
    if any(v.verdict != "repeated" for v in done.verdicts):
        applied = {e.ref for e, v in zip(events, done.verdicts, strict=True) if v.verdict == "applied"}
        call.note(
            "onsite.events_ingested", call.scope.actor or NOBODY, applied=done.count("applied"),
            early=done.count("early"), repeated=done.count("repeated"),
            quarantined=done.count("quarantined") + done.count("conflict"), tickets=len(applied),
        )  # fmt: skip
    return done


def _told(verdict: Verdict, problem: str | None) -> Verdict:
    if problem is None:
        return verdict.model_copy(update={"verdict": "applied"})
    if not problem:
        return verdict.model_copy(update={"verdict": "early"})
    return verdict.model_copy(update={"verdict": "quarantined", "problem": problem})


def _source(call: Call) -> UUID:
    return call.scope.actor or NOBODY


Place = tuple[str, date]  # a ticket of a machine: its id there and the business date


def _take_in(call: Call, events: Sequence[EventIn], known: dict[tuple[str, int], str]) -> tuple[Verdict, ...]:
    """Keep what is new, fold every ticket that it touches, and say what became of each event. An honest repetition is
    found among the ticket's events, so that `known` numbers need to be read only after a conflict."""
    dated = [(event, business_date(call.branch, event.at)) for event in events]
    held = _held(call, dated)
    known |= {(row.machine, row.seq): row.asked for row in held}
    told: list[tuple[Verdict, Place | None]] = []
    fresh: dict[Place, list[VendorEvent]] = {}
    useless: list[VendorEvent] = []
    for event, on in dated:
        verdict = Verdict(machine=event.machine, seq=event.seq, verdict="")
        asked = fingerprint("event", event.model_dump(mode="json"))
        number = (event.machine, event.seq)
        if number in known:
            told.append((_again(verdict, known[number] == asked), None))
            continue
        known[number] = asked
        row = _row(call, event, on, asked)
        if row.problem:
            useless.append(row)
            told.append((verdict.model_copy(update={"verdict": "quarantined", "problem": row.problem}), None))
        else:
            fresh.setdefault((row.ref, on), []).append(row)
            told.append((verdict, (row.ref, on)))
    problems = _settle(call, held, fresh)
    VendorEvent.objects.bulk_create([*useless, *(row for rows in fresh.values() for row in rows)])
    return tuple(_told(verdict, problems[place]) if place else verdict for verdict, place in told)


def _numbers(call: Call, events: Sequence[EventIn]) -> dict[tuple[str, int], str]:
    """What was asked under these numbers before."""
    rows = VendorEvent.objects.filter(
        org_unit=call.branch, source=_source(call), machine__in={e.machine for e in events},
        seq__in={e.seq for e in events},
    )  # fmt: skip
    return {(machine, seq): asked for machine, seq, asked in rows.values_list("machine", "seq", "asked")}


def _held(call: Call, dated: Sequence[tuple[EventIn, date]]) -> list[VendorEvent]:
    """What came before for these tickets."""
    days, refs = {on for _event, on in dated}, {event.ref for event, _on in dated}
    return _HELD.rows(call.branch, _source(call), days, refs)


def _again(verdict: Verdict, same: bool) -> Verdict:
    if same:
        return verdict.model_copy(update={"verdict": "repeated"})
    return verdict.model_copy(update={"verdict": "conflict", "problem": "this number came before with other content"})


def _row(call: Call, event: EventIn, on: date, asked: str) -> VendorEvent:
    """The event as it is kept, with the reason when it cannot be used at all."""
    content = call.content
    problem = folding.problem_of(_event(event), call.now, content.services, content.tiers)
    return VendorEvent(
        org_unit=call.branch, source=_source(call), machine=event.machine, seq=event.seq, ref=event.ref,
        business_date=on, kind=event.kind, at=event.at,
        body=event.model_dump(mode="json", include=set(BODY)), asked=asked,
        verdict="quarantined" if problem else "early", problem=problem, received_at=call.now,
    )  # fmt: skip


def _event(event: EventIn | VendorEvent) -> folding.Event:
    own = event.body if isinstance(event, VendorEvent) else event.model_dump(include=set(BODY))
    return folding.Event(event.machine, event.seq, event.kind, event.at, **own)


def _settle(
    call: Call, held: Sequence[VendorEvent], fresh: Mapping[Place, list[VendorEvent]]
) -> dict[Place, str | None]:
    """Fold the events of each ticket into its row; None when done, "" while its `taken` is missing, else why not."""
    if not fresh:
        return {}
    before: dict[Place, list[VendorEvent]] = {}
    for row in held:
        if row.verdict != "quarantined":
            before.setdefault((row.ref, row.business_date), []).append(row)
    shut = set(_SHUT.rows(call.branch, {on for _ref, on in fresh}))
    return {place: _fold(call, place, before.get(place, []), fresh[place], place[1] in shut) for place in sorted(fresh)}


def _fold(call: Call, place: Place, held: list[VendorEvent], fresh: list[VendorEvent], shut: bool) -> str | None:
    found = folding.fold(_event(row) for row in (*held, *fresh))
    if found is None:
        return ""
    applied = any(row.verdict == "applied" for row in held)
    problem = "the day is closed" if shut else _write(call, *place, found, known=applied)
    verdict = "quarantined" if problem else "applied"
    for row in fresh:
        row.verdict, row.problem = verdict, problem or ""
    early = [row.pk for row in held if row.verdict == "early"]  # what was applied before stays applied
    if early:
        VendorEvent.objects.filter(pk__in=early).update(verdict=verdict, problem=problem or "")
    return problem


def _apart(call: Call) -> AbstractContextManager[None]:
    """Room for one row to be refused in. Nearly no batch needs it, so a first try goes without and begins anew."""
    return transaction.atomic() if call.lost else nullcontext()


def _write(call: Call, ref: str, on: date, found: folding.Folded, *, known: bool) -> str | None:
    content = call.content
    counter = Counter.objects.filter(org_unit=call.branch, number=found.counter).first() if found.counter else None
    match = folding.LABEL.match(found.label)
    letter, number = (match.group(1), int(match.group(2))) if match else ("Z", 0)
    changes = {
        "letter": letter, "number": number, "label": found.label,
        "state": found.state, "called_at": found.called_at, "started_at": found.started_at, "held_at": found.held_at,
        "finished_at": found.finished_at, "left_at": found.left_at, "counter": counter, "calls": found.calls,
        "taken_at": found.taken_at, "seniority_at": found.taken_at, "service": found.service, "tier": found.tier,
        "priority": content.tiers[found.tier].priority,
    }  # fmt: skip
    try:
        with _apart(call):
            if not (known and _CHANGE(call.branch, on, _source(call), ref, *(changes[name] for name in CHANGED))):
                ticket = Ticket(
                    org_unit=call.branch, business_date=on, channel="api", vendor=_source(call), vendor_ref=ref,
                    public_code=public_code(), **changes,
                )  # fmt: skip
                ticket.save(force_insert=True)
    except IntegrityError:
        if not call.lost:
            raise
        return "another ticket has this number today"
    _push_series(call, on, letter, number)
    return None


def _push_series(call: Call, on: date, letter: str, number: int) -> None:
    """The own kiosk goes on after the highest number that a machine gave out."""
    mine = call.branch, on, letter, number
    if not _PUSH(*mine):
        try:
            with _apart(call):
                Series(org_unit=call.branch, business_date=on, letter=letter, last=number).save(force_insert=True)
        except IntegrityError:
            if not call.lost:
                raise
            _PUSH(*mine)
