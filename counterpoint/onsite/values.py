"""What the hall's actions answer: frozen values that survive a round trip through JSON, so that a repeated request gets
the first answer again, and the open API answers with the same shapes."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from counterpoint.onsite.models import Advice, Bookmark, Diversion, Duty, Ticket, Window


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True)


class TicketView(Answer):
    """A ticket as it stands after the action. Times are UTC instants; the promise is in minutes from `taken_at`."""

    id: UUID
    label: str
    business_date: date
    service: str
    tier: str
    vulnerable: bool
    channel: str
    state: str
    reason: str
    taken_at: datetime
    called_at: datetime | None
    started_at: datetime | None
    held_at: datetime | None
    finished_at: datetime | None
    left_at: datetime | None
    not_before: datetime | None
    counter: int | None
    server: UUID | None
    calls: int
    promise_low: float | None
    promise_high: float | None
    promised_by: str
    ahead: int | None = None
    first: bool = False
    public_code: str
    previous: UUID | None


class WindowView(Answer):
    """A window: its counter's number, whether it is open, and who sits there."""

    counter: int
    open: bool
    since: datetime
    user: UUID | None
    services: tuple[str, ...]


class DutyView(Answer):
    """Where a person is: counter, lobby, back_office, break or gone; on a break `counter` is the one to return to."""

    user: UUID
    place: str
    counter: int | None
    since: datetime
    break_until: datetime | None


class DeviceView(Answer):
    """A device and the services whose diversion its state switches off."""

    device: str
    kind: str
    in_service: bool
    diversion_off: tuple[str, ...]


class DiversionView(Answer):
    """The wished share of a service's customers guided to machines, and the share that machines in service allow."""

    service: str
    share: float
    effective: float


class DayView(Answer):
    """A business day with its counts."""

    business_date: date
    open: bool
    arrivals: int = 0
    served: int = 0
    left: int = 0


class AdviceView(Answer):
    """A piece of advice: kind ``nothing`` says that no action pays; `state` is given, taken or declined; `ticket` is
    the one to be taken first."""

    id: UUID
    at: datetime
    until: datetime
    kind: str
    user: UUID | None
    counter: int | None
    service: str
    share: float | None
    state: str
    hit: bool | None
    ticket: UUID | None = None


class BookmarkView(Answer):
    """A minute of a day with a name; `kind` and `saved` (minutes of loss, mean) when a decision was tried there."""

    id: UUID
    business_date: date
    minute: int
    name: str
    kind: str
    saved: float | None
    removed: bool


def bookmark_view(row: Bookmark) -> BookmarkView:
    """The answer about a bookmark row."""
    return BookmarkView(
        id=row.pk, business_date=row.business_date, minute=row.minute, name=row.name, kind=row.kind,
        saved=row.outcome["saved"] if row.outcome else None, removed=row.removed_at is not None,
    )  # fmt: skip


class TwinCheckView(Answer):
    """A check of the twin: passed, failed or not_judged, and the days it looked at."""

    id: UUID
    status: str
    since: date
    until: date


def advice_view(row: Advice) -> AdviceView:
    """The answer about an advice row."""
    return AdviceView(
        id=row.pk, at=row.at, until=row.until, kind=row.kind, user=row.user_id,
        counter=row.counter.number if row.counter else None, service=row.service, share=row.share, state=row.state,
        hit=row.hit, ticket=row.predicted["chosen"].get("ticket"),
    )  # fmt: skip


def ticket_view(ticket: Ticket, *, ahead: int | None = None) -> TicketView:
    """The answer about a ticket row."""
    return TicketView(
        id=ticket.pk, label=ticket.label, business_date=ticket.business_date, service=ticket.service,
        tier=ticket.tier, vulnerable=ticket.vulnerable, channel=ticket.channel, state=ticket.state,
        reason=ticket.reason, taken_at=ticket.taken_at, called_at=ticket.called_at, started_at=ticket.started_at,
        held_at=ticket.held_at, finished_at=ticket.finished_at, left_at=ticket.left_at, not_before=ticket.not_before,
        counter=ticket.counter.number if ticket.counter else None, server=ticket.server_id, calls=ticket.calls,
        promise_low=ticket.promise_low, promise_high=ticket.promise_high, promised_by=ticket.promised_by, ahead=ahead,
        first=ticket.first,
        public_code=ticket.public_code, previous=ticket.previous_id,
    )  # fmt: skip


def window_view(window: Window, duty: Duty | None) -> WindowView:
    """The answer about a window row."""
    return WindowView(
        counter=window.counter.number, open=window.open, since=window.since, user=duty.user_id if duty else None,
        services=tuple(window.services),
    )  # fmt: skip


def duty_view(duty: Duty) -> DutyView:
    """The answer about a person's place."""
    return DutyView(
        user=duty.user_id, place=duty.place, counter=duty.counter.number if duty.counter else None, since=duty.since,
        break_until=duty.break_until,
    )  # fmt: skip


def diversion_view(diversion: Diversion, effective: float) -> DiversionView:
    """The answer about a diversion row."""
    return DiversionView(service=diversion.service, share=diversion.share, effective=effective)
