"""What the supervisor can order, as frozen values with the minute of the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import BranchModel, ModelError, require
from counterpoint.science.twin.staffing import DESK_POST, LOBBY_POST, Staffing

BREAK_POST = "break"


@dataclass(frozen=True, slots=True)
class OpenCounter:
    """Open ``counter``; it serves when somebody able sits there."""

    minute: float
    counter: str


@dataclass(frozen=True, slots=True)
class CloseCounter:
    """Close ``counter``; the current customer is finished, nobody is called after."""

    minute: float
    counter: str


@dataclass(frozen=True, slots=True)
class MovePerson:
    """Send ``person`` to a counter, ``"lobby"``, ``"desk"``, on ``"break"`` or off post (``None``).

    It happens after the current customer. An occupied counter is waited for.
    """

    minute: float
    person: str
    to: str | None


AssignPerson = MovePerson


@dataclass(frozen=True, slots=True)
class StartBreak:
    """Send ``person`` on break now, or after the current customer. It uses up the next planned break.

    ``minutes`` ``None`` takes the planned length, or 30 without a plan. Refused when not on duty.
    """

    minute: float
    person: str
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class MoveBreak:
    """Let the next planned break of ``person`` start at minute ``to``. Refused when none is left."""

    minute: float
    person: str
    to: float


@dataclass(frozen=True, slots=True)
class SetDiversion:
    """From now on divert ``share`` (0..1) of the customers of ``service`` whom a lobby manager guides."""

    minute: float
    service: str
    share: float


@dataclass(frozen=True, slots=True)
class DeviceDown:
    """``device`` fails: its user takes a ticket; with none of its kind left its queue does too."""

    minute: float
    device: str


@dataclass(frozen=True, slots=True)
class DeviceUp:
    """``device`` works again."""

    minute: float
    device: str


@dataclass(frozen=True, slots=True)
class CallNext:
    """Idle ``counter`` calls the first ticket it can take, or customer number ``ticket``. Refused when it cannot."""

    minute: float
    counter: str
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class AddCustomers:
    """``count`` more customers of ``service`` come evenly at random within ``minutes`` from ``minute``."""

    minute: float
    service: str
    count: int
    minutes: float = 30.0
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class SetPriority:
    """Give a ``tier``, or one customer ``ticket``, another priority; queues are put in order anew."""

    minute: float
    priority: int
    tier: str | None = None
    ticket: int | None = None


@dataclass(frozen=True, slots=True)
class StartTask:
    """A task that takes two, such as filling a cash machine: ``person`` and ``partner`` leave their posts when free.

    It begins when both are there and takes ``minutes``. Refused when either is not on duty, or away soon already.
    """

    minute: float
    person: str
    partner: str
    minutes: float


@dataclass(frozen=True, slots=True)
class SetPace:
    """Turns that begin from now on at ``counter`` (``None``: at all) go ``factor`` times as fast as usual."""

    minute: float
    factor: float
    counter: str | None = None


@dataclass(frozen=True, slots=True)
class Dismiss:
    """Send home who has a ticket for ``service``; with ``None`` everybody who waits. Refused when nobody does.

    Who is being served, or fills in a form, goes on; who comes later may enter.
    """

    minute: float
    service: str | None = None


@dataclass(frozen=True, slots=True)
class SendToDevice:
    """Customer number ``ticket``, who waits for a counter, goes to the devices instead.

    Refused when no device that works can do it, for a tier that may not be diverted, and for somebody who was at a
    counter or a device already.
    """

    minute: float
    ticket: int


@dataclass(frozen=True, slots=True)
class EndShift:
    """``person`` goes home after the current customer; before a shift, it is left out. Refused with none left."""

    minute: float
    person: str


@dataclass(frozen=True, slots=True)
class EndBreak:
    """``person`` comes back from a break, or leaves a task of two to the other. Refused when not on break, or while
    the partner of the task is awaited."""

    minute: float
    person: str


Command = (
    OpenCounter | CloseCounter | MovePerson | StartBreak | MoveBreak | SetDiversion | DeviceDown | DeviceUp
    | CallNext | AddCustomers | SetPriority | StartTask | SetPace | Dismiss | SendToDevice | EndShift | EndBreak
)  # fmt: skip
_BY_CODE: dict[type, tuple[int, str]] = {
    OpenCounter: (lay.M_OPEN, "counter"),
    CloseCounter: (lay.M_CLOSE, "counter"),
    DeviceDown: (lay.M_DEVICE_DOWN, "device"),
    DeviceUp: (lay.M_DEVICE_UP, "device"),
}


def post_number(model: BranchModel, post: str | None) -> int:
    """Kernel number of a post: counter index, lobby, duty desk or nowhere."""
    if post is None:
        return lay.NOWHERE
    named = {LOBBY_POST: lay.LOBBY, DESK_POST: lay.DESK}
    return named[post] if post in named else model.index("counter", post)


def _row(command: Command, model: BranchModel, staffing: Staffing) -> tuple[int, int, int, float]:
    """Kind, a, b and value of a command."""
    match command:
        case OpenCounter() | CloseCounter() | DeviceDown() | DeviceUp():
            kind, what = _BY_CODE[type(command)]
            return kind, model.index(what, getattr(command, what)), -1, 0.0
        case SetPace(_, factor, counter):
            require(0 < factor < np.inf, f"A pace must be above 0, not {factor}.")
            return lay.M_PACE, -1 if counter is None else model.index("counter", counter), -1, factor
        case SetDiversion(_, service, share):
            require(0 <= share <= 1, f"A diversion share must lie in 0..1, not {share}.")
            return lay.M_DIVERSION, model.index("service", service), -1, share
        case MovePerson() | StartBreak() | EndBreak() | MoveBreak() | EndShift() | StartTask():
            return _row_of_person(command, model, staffing)
    return _row_of_customer(command, model)


def _row_of_person(
    command: MovePerson | StartBreak | EndBreak | MoveBreak | EndShift | StartTask,
    model: BranchModel,
    staffing: Staffing,
) -> tuple[int, int, int, float]:
    p = staffing.index(command.person)
    match command:
        case MovePerson(_, _, to) if to == BREAK_POST:
            return lay.M_START_BREAK, p, -1, 0.0
        case MovePerson(_, _, to):
            return lay.M_MOVE, p, post_number(model, to), 0.0
        case StartBreak(_, _, minutes):
            require(minutes is None or minutes > 0, "A break must last longer than 0 minutes.")
            return lay.M_START_BREAK, p, -1, minutes or 0.0
        case MoveBreak(_, _, to_minute):
            return lay.M_MOVE_BREAK, p, -1, to_minute
        case StartTask(_, _, partner, minutes):
            require(minutes > 0, "A task must last longer than 0 minutes.")
            return lay.M_TASK, p, staffing.index(partner), minutes
        case EndShift():
            return lay.M_END_SHIFT, p, -1, 0.0
    return lay.M_END_BREAK, p, -1, 0.0


def _row_of_customer(command: Command, model: BranchModel) -> tuple[int, int, int, float]:
    match command:
        case CallNext(_, counter, ticket):
            return lay.M_CALL, model.index("counter", counter), -1 if ticket is None else ticket, 0.0
        case SetPriority(_, priority, tier, ticket):
            require((tier is None) != (ticket is None), "SetPriority takes either a tier or a ticket.")
            if tier is not None:
                return lay.M_PRIORITY_TIER, model.index("tier", tier), priority, 0.0
            return lay.M_PRIORITY_TICKET, int(ticket or 0), priority, 0.0
        case SendToDevice(_, ticket):
            return lay.M_TO_DEVICE, ticket, -1, 0.0
        case Dismiss(_, service):
            return lay.M_DISMISS, -1 if service is None else model.index("service", service), -1, 0.0
        case AddCustomers(_, service, count, minutes):
            require(count >= 0 and minutes >= 0, "AddCustomers needs a count and minutes of 0 or more.")
            return lay.M_ADD, model.index("service", service), count, minutes
    raise ModelError(f"{type(command).__name__} is not a command of the twin.")


_DELAYED: dict[type, str] = {
    OpenCounter: "open_counter",
    CloseCounter: "close_counter",
    MovePerson: "move_person",
    StartBreak: "start_break",
    MoveBreak: "move_break",
    SetDiversion: "set_diversion",
    DeviceDown: "device_down",
    DeviceUp: "device_up",
    CallNext: "call_next",
    SetPriority: "set_priority",
    StartTask: "start_task",
    SetPace: "set_pace",
    Dismiss: "dismiss",
    SendToDevice: "send_to_device",
    EndShift: "end_shift",
    EndBreak: "end_break",
}


def due_minute(command: Command, model: BranchModel) -> float:
    """The minute at which an order takes effect: its own, and the model's delay for its kind."""
    kind = _DELAYED.get(type(command))
    return command.minute + (getattr(model.delays, kind) if kind else 0.0)


def encode_commands(commands: Sequence[Command], model: BranchModel, staffing: Staffing) -> FloatArray:
    """Commands as rows (minute of the effect, kind, a, b, value), in the order in which they take effect.

    At the same minute what was ordered earlier comes first, and what was ordered at the same minute as it was given.
    """
    ordered = sorted(commands, key=lambda command: (due_minute(command, model), command.minute))
    rows = [(due_minute(command, model), *_row(command, model, staffing)) for command in ordered]
    return np.array(rows, dtype=np.float64).reshape(len(rows), lay.CMD_WIDTH)


def encode_surges(commands: Sequence[Command], model: BranchModel, first: int = 0) -> FloatArray:
    """The AddCustomers of ``commands``: rows of service, start, minutes, count, surge number from ``first``, tier."""
    ordered = sorted((c for c in commands if isinstance(c, AddCustomers)), key=lambda command: command.minute)
    rows = [
        (
            model.index("service", c.service), c.minute, c.minutes, c.count, first + i,
            -1 if c.tier is None else model.index("tier", c.tier),
        )
        for i, c in enumerate(ordered)
    ]  # fmt: skip
    return np.array(rows, dtype=np.float64).reshape(len(rows), 6)
