"""The hall's part of the open API: for vendors' queue machines and screens."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from counterpoint.foundation.api import OrgUnit, clock, openapi, policy
from counterpoint.onsite import api as hall
from counterpoint.onsite.actions.ingest import EventIn, Ingested, events_ingest
from counterpoint.onsite.assets.endpoints import router as assets
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.queries import snapshot as snapshots
from counterpoint.onsite.queries import tickets
from counterpoint.onsite.values import DeviceView, TicketView
from counterpoint.onsite.verbs import CALL, INGEST, LEAVE, REPORT, TAKE, VIEW

BATCH = 500


router = Router()
router.add_router("/assets", assets)


class TakeIn(Schema):
    service: str = Field(examples=["cash_deposit"])
    tier: str = Field("standard", examples=["standard"])
    vulnerable: bool = False


class CallIn(Schema):
    counter: int = Field(ge=1, examples=[1])


class CallTicketIn(CallIn):
    ticket: UUID


class HandOverIn(Schema):
    service: str


class EventsIn(Schema):
    events: list[EventIn] = Field(min_length=1, max_length=BATCH)


class ServiceOut(Schema):
    key: str
    code: str
    letter: str
    names: dict[str, str]
    skill: str


class WaitingOut(Schema):
    label: str
    service: str
    tier: str
    minutes: int
    taken_at: datetime


class QueueOut(Schema):
    skill: str
    waiting: list[WaitingOut]
    windows: int
    minutes_low: float
    minutes_high: float
    promised_by: str


class WindowOut(Schema):
    counter: int
    state: str
    label: str
    stage: str


class HallOut(Schema):
    branch: str
    server_now: datetime
    version: int
    windows: list[WindowOut]
    queues: list[QueueOut]
    arrivals: int
    served: int
    left: int


def _here(request: Any) -> dict[str, Any]:
    branch: OrgUnit = request.branch
    return {"scope": request.scope, "branch": branch, "now": clock.now()}


ANSWERS: Any = {200: TicketView, 409: openapi.Problem, 404: openapi.Problem, 422: openapi.Problem, 403: openapi.Problem}


@router.post("/tickets", response={**ANSWERS, 201: TicketView}, summary="Take a ticket")
@policy.device(TAKE)
def take_ticket(request: HttpRequest, body: TakeIn, key: str = openapi.Key) -> Any:
    """Number, promise (P20–P80 minutes) and people ahead."""
    return Status(201, hall.ticket_take(**_here(request), **body.model_dump(), channel="api", key=key))


@router.get("/tickets/{ticket_id}", response=ANSWERS, summary="One ticket")
@policy.device(VIEW)
def get_ticket(request: HttpRequest, ticket_id: UUID) -> Any:
    """The ticket as it stands, with people ahead while it waits."""
    return tickets.ticket(**_here(request), ticket=ticket_id)


@router.post("/calls/next", response=ANSWERS, summary="Call the next ticket to a counter")
@policy.device(CALL)
def call_next(request: HttpRequest, body: CallIn, key: str = openapi.Key) -> Any:
    """409 `nothing_waiting` when nobody waits for this counter, `counter_busy` while it has a ticket."""
    return hall.ticket_call_next(**_here(request), counter=body.counter, key=key)


@router.post("/calls", response=ANSWERS, summary="Call one certain ticket")
@policy.device(CALL)
def call_ticket(request: HttpRequest, body: CallTicketIn, key: str = openapi.Key) -> Any:
    """Also calls the counter's present ticket again."""
    return hall.ticket_call(**_here(request), counter=body.counter, ticket=body.ticket, key=key)


STEPS = {
    "start": hall.ticket_start,
    "hold": hall.ticket_hold,
    "finish": hall.ticket_finish,
    "no-show": hall.ticket_no_show,
    "undo": hall.call_undo,
}


@router.post("/tickets/{ticket_id}/resume", response=ANSWERS, summary="Resume a held ticket at a counter")
@policy.device(CALL)
def resume_ticket(request: HttpRequest, ticket_id: UUID, body: CallIn, key: str = openapi.Key) -> Any:
    """The customer is back."""
    return hall.ticket_resume(**_here(request), ticket=ticket_id, counter=body.counter, key=key)


@router.post("/tickets/{ticket_id}/hand-over", response=ANSWERS, summary="Hand over to another service")
@policy.device(CALL)
def hand_over(request: HttpRequest, ticket_id: UUID, body: HandOverIn, key: str = openapi.Key) -> Any:
    """Answers the new ticket, which keeps the seniority of the arrival."""
    return hall.ticket_hand_over(**_here(request), ticket=ticket_id, service=body.service, key=key)


@router.post("/tickets/{ticket_id}/{step}", response=ANSWERS, summary="Start, hold, finish, no-show, undo")
@policy.device(CALL)
def step_ticket(
    request: HttpRequest,
    ticket_id: UUID,
    step: Literal["start", "hold", "finish", "no-show", "undo"],
    key: str = openapi.Key,
) -> Any:
    """One step of the ticket's life; 409 `wrong_step` when its state does not allow it."""
    return STEPS[step](**_here(request), ticket=ticket_id, key=key)


@router.post("/departures/{ticket_id}/{how}", response=ANSWERS, summary="A customer leaves the queue")
@policy.device(LEAVE)
def leave(request: HttpRequest, ticket_id: UUID, how: Literal["cancel", "abandon"], key: str = openapi.Key) -> Any:
    """Given back (cancel) or walked out (abandon)."""
    act = hall.ticket_cancel if how == "cancel" else hall.ticket_abandon
    return act(**_here(request), ticket=ticket_id, key=key)


@router.get("/hall", response=HallOut, summary="The hall now")
@policy.device(VIEW)
def get_hall(request: HttpRequest) -> Any:
    """Windows, queues and counts; no names. `version` changes exactly when something happened."""
    found = snapshots.snapshot(**_here(request))
    return openapi.remembered(found.answers, "hall", lambda: _hall(found))


def _hall(found: snapshots.Snapshot) -> dict[str, Any]:
    """Fits `HallOut`."""
    return {
        "branch": found.branch, "server_now": found.at, "version": found.version,
        "windows": [
            {"counter": n.number, "state": n.state, "label": n.label, "stage": n.stage} for n in found.lanes
        ],
        "queues": [_queue(queue) for queue in found.queues],
        "arrivals": found.arrivals, "served": found.served, "left": found.left,
    }  # fmt: skip


def _queue(queue: snapshots.Queue) -> dict[str, Any]:
    waiting = [
        {"label": d.label, "service": d.service, "tier": d.tier, "minutes": d.minutes, "taken_at": d.taken_at}
        for d in queue.dots
    ]
    return {
        "skill": queue.skill, "waiting": waiting, "windows": queue.windows, "minutes_low": queue.low,
        "minutes_high": queue.high, "promised_by": queue.by,
    }  # fmt: skip


@router.get("/services", response=list[ServiceOut], summary="Services in force today")
@policy.device(VIEW)
def get_services(request: HttpRequest) -> Any:
    """Keys to use in `service`."""
    here = _here(request)
    content = catalogue(business_date(here["branch"], here["now"]), here["branch"].rule_pack)
    return openapi.remembered(content.answers, "services", lambda: _services(content))


def _services(content: Catalogue) -> list[dict[str, Any]]:
    return [
        ServiceOut(key=s.key, code=s.code, letter=s.letter, names=s.names, skill=s.skill).model_dump()
        for s in content.services.values()
    ]


@router.post(
    "/devices/{code}/{state}", response={200: DeviceView, 404: openapi.Problem}, summary="A device fails or works again"
)
@policy.device(REPORT)
def device_state(request: HttpRequest, code: str, state: Literal["fault", "restored"], key: str = openapi.Key) -> Any:
    """With the last device of a kind, diversion to it stops at once."""
    act = hall.device_fault if state == "fault" else hall.device_restored
    return act(**_here(request), device=code, key=key)


@router.post(
    "/events", response={200: Ingested, 409: openapi.Problem}, summary="Events of a queue machine, in any order"
)
@policy.device(INGEST)
def ingest(request: HttpRequest, body: EventsIn, key: str = openapi.FreeKey) -> Any:
    """Up to 500 events; late, repeated and unordered ones are welcome. Each gets a verdict, and its number makes it
    happen once; with a key a repeated request gets its first answer."""
    return events_ingest(**_here(request), events=body.events, key=key)
