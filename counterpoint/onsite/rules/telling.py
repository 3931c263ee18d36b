"""From journal entries and tickets to the events of a recorded day. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from counterpoint.onsite.localtime import wall_minute
from counterpoint.onsite.rules import lifecycle
from counterpoint.science.replay import Event

Entry = tuple[datetime, str, dict[str, Any]]


@dataclass(frozen=True)
class Slip:
    """A ticket's own times; what is told of one that came from a vendor's machine, which leaves no entries."""

    id: str
    label: str
    state: str
    reason: str
    counter: str
    taken: datetime
    called: datetime | None
    started: datetime | None
    held: datetime | None
    finished: datetime | None
    left: datetime | None

    @classmethod
    def of(cls, ticket: Any) -> "Slip":
        """From a row."""
        counter = str(ticket.counter.number) if ticket.counter else ""
        return cls(
            str(ticket.pk), ticket.label, ticket.state, ticket.reason, counter, ticket.taken_at, ticket.called_at,
            ticket.started_at, ticket.held_at, ticket.finished_at, ticket.left_at,
        )  # fmt: skip


@dataclass(frozen=True)
class Before:
    """How the hall stood before the first event of a day: open windows, devices out of order, shares guided."""

    opened: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    shares: tuple[tuple[str, float], ...] = ()


def distinct(names: Sequence[str]) -> list[str]:
    """Names of tickets, each told apart: those without one and those used again get their position."""
    seen: set[str] = set()
    found = []
    for i, name in enumerate(names, start=1):
        own = name if name and name not in seen else f"{name}#{i}"
        seen.add(own)
        found.append(own)
    return found


def standing_before(entries: Iterable[tuple[str, dict[str, Any]]]) -> Before:
    """Fold the entries of earlier days, oldest first; closing a day closes its windows."""
    opened: set[str] = set()
    down: set[str] = set()
    shares: dict[str, float] = {}
    for kind, data in entries:
        match kind.removeprefix("onsite."):
            case "window_opened":
                opened.add(str(data["counter"]))
            case "window_closed":
                opened.discard(str(data["counter"]))
            case "day_closed":
                opened.clear()
            case "device_failed":
                down.add(data["device"])
            case "device_restored":
                down.discard(data["device"])
            case "diversion_set":
                shares[data["service"]] = float(data["share"])
    return Before(tuple(sorted(opened)), tuple(sorted(down)), tuple(sorted(shares.items())))


def events_of(
    zone: ZoneInfo, on: date, entries: Sequence[Entry], slips: Sequence[Slip], closed_at: datetime | None
) -> tuple[Event, ...]:
    """The day's events in the order of the journal; no event comes before the one that stands before it there."""
    labels = {slip.id: slip.label for slip in slips}
    told: list[Event] = []
    last = 0.0
    for at, kind, data in entries:
        now = max(last, wall_minute(zone, on, at))
        fresh = _event(now, on, kind.removeprefix("onsite."), data, labels)
        told += fresh
        last = now if fresh else last
    told = _merged(told, _of_vendors(zone, on, told, slips))
    if closed_at is not None and all(event.kind != "shut" for event in told):  # nobody closed it that day
        end = max(wall_minute(zone, on, closed_at), told[-1].minute if told else 0.0)
        told.append(Event(min(end, 24 * 60.0), "shut"))
    return tuple(told)


def _event(now: float, on: date, kind: str, data: dict[str, Any], labels: dict[str, str]) -> list[Event]:
    if kind.startswith("ticket_"):
        return _of_ticket(now, kind.removeprefix("ticket_"), data, labels)
    counter = str(data["counter"]) if data.get("counter") is not None else ""
    person = str(data.get("user") or "")
    match kind:
        case "window_opened":
            return [Event(now, "open", counter=counter, person=person, what=",".join(data.get("services", ())))]
        case "window_closed":
            return [Event(now, "close", counter=counter)]
        case "person_moved":
            return [Event(now, "post", counter=counter, person=person, what=data["place"])]
        case "break_started":
            return [Event(now, "break", person=person, value=float(data["minutes"]))]
        case "break_ended":
            return [Event(now, "back", counter=counter, person=person)]
        case "device_failed" | "device_restored":
            return [Event(now, "down" if kind == "device_failed" else "up", what=data["device"])]
        case "diversion_set":
            return [Event(now, "share", what=data["service"], value=float(data["share"]))]
        case "day_closed":
            return [Event(now, "shut")] if data["date"] == on.isoformat() else []
    return []


TICKETS = {
    "taken": "take", "called": "call", "call_undone": "undo", "started": "start", "held": "hold", "resumed": "resume",
    "finished": "end", "no_show": "no_show", "abandoned": "leave", "cancelled": "leave", "diverted": "leave",
    "delayed": "delay", "flagged": "care", "put_first": "first", "put_back": "first", "handed_over": "end",
}  # fmt: skip


def _of_ticket(now: float, kind: str, data: dict[str, Any], labels: dict[str, str]) -> list[Event]:
    label = labels.get(data.get("ticket", ""))
    name = TICKETS.get(kind)
    if label is None or name is None:
        return []
    counter = str(data["counter"]) if name in ("call", "resume") and data.get("counter") is not None else ""
    value = float(data["minutes"] if name == "delay" else data["vulnerable"] if name == "care" else kind == "put_first")
    what = kind if name in ("leave", "end") else ""
    found = [Event(now, name, ticket=label, counter=counter, what=what, value=value)]
    if kind == "handed_over" and data["to_ticket"] in labels:
        found.append(Event(now, "take", ticket=labels[data["to_ticket"]]))
    return found


RANK = {"take": 1, "call": 2, "start": 3}  # of one minute, before them the ends that began earlier
AT_ONCE = 4


def _of_vendors(zone: ZoneInfo, on: date, told: Sequence[Event], slips: Sequence[Slip]) -> list[Event]:
    """What tickets without entries tell by their own times; one that was called here goes on by the entries."""
    taken = {event.ticket for event in told if event.kind == "take"}
    first: dict[str, float] = {}
    for event in told:
        first.setdefault(event.ticket, event.minute)
    found: list[tuple[float, int, Event]] = []
    for slip in slips:
        if slip.label in taken:
            continue
        last = min(wall_minute(zone, on, slip.taken), first.get(slip.label, 24 * 60.0))
        found.append((last, RANK["take"], Event(last, "take", ticket=slip.label)))
        for kind, at in _went_on(slip) if slip.label not in first else ():
            now = max(last, wall_minute(zone, on, at))
            rank = RANK.get(kind, AT_ONCE if now == last else 0)
            found.append(
                (now, rank, Event(now, kind, ticket=slip.label, counter=slip.counter if kind == "call" else ""))
            )
            last = now
    found.sort(key=lambda one: one[:2])
    return [event for _minute, _rank, event in found]


def _went_on(slip: Slip) -> list[tuple[str, datetime]]:
    """The kinds and instants after a ticket was taken; who was sent home at closing has none."""
    gone = slip.left if slip.finished is None and slip.reason != "closing" else None
    moments = (
        ("call", slip.called), ("start", slip.started), ("hold", slip.held if slip.state == lifecycle.HELD else None),
        ("end", slip.finished), ("no_show" if slip.state == lifecycle.NO_SHOW else "leave", gone),
    )  # fmt: skip
    return [(kind, at) for kind, at in moments if at is not None]


def _merged(told: list[Event], more: list[Event]) -> list[Event]:
    """Two ordered lists as one; of equal minutes the second list's come first."""
    return sorted([*more, *told], key=lambda event: event.minute)
