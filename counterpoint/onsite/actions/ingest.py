"""Events of vendors' queue machines: out of order, repeated, late; each is kept once and folded into its ticket."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from counterpoint.foundation.api import Counter, OrgUnit, Scope
from counterpoint.onsite.actions.tickets import public_code
from counterpoint.onsite.entry import Call, fingerprint
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import BranchDay, Series, Ticket, VendorEvent
from counterpoint.onsite.rules import folding
from counterpoint.onsite.values import Answer
from counterpoint.onsite.verbs import INGEST

NOBODY = UUID(int=0)
MOST_SEQ = 2**63 - 1  # what the database can hold
YEARS = range(1970, 9000)


def _tellable(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError("no working clock shows this year")
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
    return Call(scope, branch, now, key).run(INGEST, Ingested, _ingest, events=batch)


def _ingest(call: Call, *, events: tuple[EventIn, ...]) -> Ingested:
    verdicts = [_keep(call, event) for event in events]
    touched = {
        (e.ref, business_date(call.branch, e.at)) for e, v in zip(events, verdicts, strict=True) if not v.verdict
    }
    tickets = {place: _settle(call, *place) for place in sorted(touched)}
    final = tuple(
        v if v.verdict else _told(v, tickets[e.ref, business_date(call.branch, e.at)])
        for e, v in zip(events, verdicts, strict=True)
    )
    done = Ingested(verdicts=final)
    if any(v.verdict != "repeated" for v in final):
        call.note(
            "onsite.events_ingested", call.scope.actor or NOBODY, applied=done.count("applied"),
            early=done.count("early"), repeated=done.count("repeated"),
            quarantined=done.count("quarantined") + done.count("conflict"),
            tickets=sum(1 for problem in tickets.values() if problem is None),
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


def _keep(call: Call, event: EventIn) -> Verdict:
    """Store the event once; an empty verdict means that its ticket must be folded anew."""
    told = Verdict(machine=event.machine, seq=event.seq, verdict="")
    asked = fingerprint("event", event.model_dump(mode="json"))
    mine = VendorEvent.objects.filter(org_unit=call.branch, source=_source(call), machine=event.machine, seq=event.seq)
    known = mine.first()
    if known is None:
        content = call.content
        problem = folding.problem_of(_event(event), call.now, content.services, content.tiers)
        row = VendorEvent(
            org_unit=call.branch, source=_source(call), machine=event.machine, seq=event.seq, ref=event.ref,
            business_date=business_date(call.branch, event.at), kind=event.kind, at=event.at,
            body=event.model_dump(mode="json", include={"label", "service", "tier", "counter"}), asked=asked,
            verdict="quarantined" if problem else "early", problem=problem, received_at=call.now,
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:  # the same event in a parallel batch
            known = mine.get()
        else:
            return told.model_copy(update={"verdict": "quarantined" if problem else "", "problem": problem})
    if known.asked != asked:
        return told.model_copy(update={"verdict": "conflict", "problem": "this number came before with other content"})
    return told.model_copy(update={"verdict": "repeated"})


def _event(event: EventIn) -> folding.Event:
    return folding.Event(
        event.machine, event.seq, event.kind, event.at, event.label, event.service, event.tier, event.counter
    )


def _settle(call: Call, ref: str, on: date) -> str | None:
    """Fold all kept events of a ticket into its row; None when done, "" while its `taken` is missing, else why not."""
    rows = VendorEvent.objects.filter(org_unit=call.branch, source=_source(call), business_date=on, ref=ref).exclude(
        verdict="quarantined"
    )
    found = folding.fold(folding.Event(r.machine, r.seq, r.kind, r.at, **r.body) for r in rows)
    if found is None:
        return ""
    if BranchDay.objects.filter(org_unit=call.branch, business_date=on, closed_at__isnull=False).exists():
        problem: str | None = "the day is closed"
    else:
        problem = _write(call, ref, on, found)
    if problem:  # what was applied before stays applied
        rows.filter(verdict="early").update(verdict="quarantined", problem=problem)
    else:
        rows.update(verdict="applied", problem="")
    return problem


def _write(call: Call, ref: str, on: date, found: folding.Folded) -> str | None:
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
    mine = Ticket.objects.filter(org_unit=call.branch, business_date=on, vendor=_source(call), vendor_ref=ref)
    ticket = Ticket(
        org_unit=call.branch, business_date=on, channel="api", vendor=_source(call), vendor_ref=ref,
        public_code=public_code(), **changes,
    )  # fmt: skip
    try:
        with transaction.atomic():
            if not mine.update(**changes):
                ticket.save(force_insert=True)
    except IntegrityError:
        return "another ticket has this number today"
    _push_series(call, on, letter, number)
    return None


def _push_series(call: Call, on: date, letter: str, number: int) -> None:
    """The own kiosk goes on after the highest number that a machine gave out."""
    mine = Series.objects.filter(org_unit=call.branch, business_date=on, letter=letter)
    if not mine.update(last=Greatest(F("last"), Value(number))):
        try:
            with transaction.atomic():
                Series(org_unit=call.branch, business_date=on, letter=letter, last=number).save(force_insert=True)
        except IntegrityError:
            mine.update(last=Greatest(F("last"), Value(number)))
