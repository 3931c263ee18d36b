"""What a player orders, in the words of the hall's own buttons, and the commands of the twin that it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from counterpoint.science import advice, twin
from counterpoint.science.twin.customers import CustomerTable
from counterpoint.science.twin.model import ModelError

PLACES = {"lobby": "lobby", "desk": "desk", "back_office": None}
GONE = "gone"
NOT_IN_DRILL = {
    "take": "People come by themselves.",
    "undo": "Tellers call and serve by themselves.",
    "start": "Tellers call and serve by themselves.",
    "hold": "Tellers call and serve by themselves.",
    "resume": "Tellers call and serve by themselves.",
    "hand-over": "Tellers call and serve by themselves.",
    "finish": "Tellers call and serve by themselves.",
    "no-show": "Tellers call and serve by themselves.",
    "abandon": "People leave by themselves.",
    "cancel": "People leave by themselves.",
    "device-fault": "Machines fail by the story of the day.",
    "device-restored": "A machine comes back when it has been repaired: answer what is asked about it.",
    "advice-ask": "Asking changes nothing in the hall; what is taken comes as the orders themselves.",
    "advice-take": "Asking changes nothing in the hall; what is taken comes as the orders themselves.",
    "advice-decline": "Asking changes nothing in the hall; what is taken comes as the orders themselves.",
    "day-open": "The day opens by the clock.",
    "day-close": "The day closes by the clock.",
}
ANSWER = "answer"
Value = str | int | None


class OrderError(ModelError):
    """An order that does not fit the game; the message says which value and what to do."""


@dataclass(frozen=True, slots=True)
class Order:
    """An accepted order: ``second`` since midnight, the ``act`` of the hall's button, its ``inputs`` by name.

    Counters, people and services go by the twin's codes, tickets by their number in the people's table, a share by the
    thousand: texts and whole numbers only, so that a log of orders has one canonical JSON. ``actor`` says who ordered.
    """

    second: int
    act: str
    inputs: tuple[tuple[str, Value], ...] = ()
    actor: str = ""

    @classmethod
    def of(cls, second: int, act: str, *, actor: str = "", **inputs: Value) -> Order:
        """The order with its inputs in the order of their names."""
        return cls(int(second), act, tuple(sorted(inputs.items())), actor)

    @property
    def minute(self) -> float:
        """Minute since midnight."""
        return self.second / 60

    def get(self, name: str) -> Value:
        """An input by name; None when it was left out."""
        return dict(self.inputs).get(name)

    def at(self, second: int) -> Order:
        """The same order at another second."""
        return replace(self, second=int(second))

    def to_json(self) -> list[object]:
        """As a list that JSON takes; :meth:`from_json` gives an equal order."""
        return [self.second, self.act, dict(self.inputs), self.actor]

    @classmethod
    def from_json(cls, row: list[object]) -> Order:
        """The order of :meth:`to_json`."""
        second, act, inputs, actor = row
        return cls.of(int(str(second)), str(act), actor=str(actor), **inputs)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Ground:
    """What an order is read against: the branch, its people and who comes."""

    model: twin.BranchModel
    staffing: twin.Staffing
    customers: CustomerTable

    def ceiling(self, service: str) -> float:
        """The largest share of a service's customers that may be guided to machines."""
        return self.model.services[self.model.index("service", service)].divertible


@dataclass
class Desk:
    """What was ordered so far, as far as later orders mean something else because of it.

    ``moves`` are (minute, person, post) in the order of handing over, ``first`` and ``care`` ticket numbers.
    """

    moves: list[tuple[float, str, str | None]]
    first: set[int]
    care: set[int]

    def copy(self) -> Desk:
        """A fork."""
        return Desk(list(self.moves), set(self.first), set(self.care))

    def posts(self, ground: Ground, minute: float) -> dict[str, str | None]:
        """Where everybody has been told to be at ``minute``."""
        found = {person.code: person.post for person in ground.staffing.people}
        for at, person, post in sorted(self.moves, key=lambda move: move[0]):
            if at <= minute:
                found[person] = post
        return found

    def take_in(self, commands: tuple[twin.Command, ...]) -> None:
        """Remember who was sent where."""
        self.moves += [(c.minute, c.person, c.to) for c in commands if isinstance(c, twin.MovePerson)]


def commands_of(order: Order, ground: Ground, desk: Desk) -> tuple[twin.Command, ...]:
    """The commands that an order stands for; ``desk`` takes it in.

    Raises OrderError for an act that no drill knows, a share above the service's, or an input that is missing;
    ModelError for an unknown code.
    """
    if order.act not in ACTS:
        why = NOT_IN_DRILL.get(order.act, "There is no such act.")
        raise OrderError(f"The act {order.act!r} is no order of a drill. {why}")
    commands = ACTS[order.act](order, ground, desk)
    desk.take_in(commands)
    return commands


def moved(commands: tuple[twin.Command, ...]) -> int:
    """How many people change place or break by these commands."""
    kinds = twin.MovePerson | twin.StartBreak | twin.MoveBreak | twin.EndBreak | twin.EndShift
    return sum(isinstance(c, kinds) for c in commands)


def _text(order: Order, name: str) -> str:
    value = order.get(name)
    if not isinstance(value, str):
        raise OrderError(f"The order {order.act!r} needs a code as {name!r}, not {value!r}.")
    return value


def _number(order: Order, name: str) -> int:
    value = order.get(name)
    if not isinstance(value, int):
        raise OrderError(f"The order {order.act!r} needs a whole number as {name!r}, not {value!r}.")
    return value


def _open(order: Order, ground: Ground, desk: Desk) -> tuple[twin.Command, ...]:
    """Somebody sits down at a window, which opens; whoever had it goes to the back office."""
    counter, user, minute = _text(order, "counter"), _text(order, "user"), order.minute
    ground.model.index("counter", counter)
    ground.staffing.index(user)
    posts = desk.posts(ground, minute)
    away = [twin.MovePerson(minute, p, None) for p, post in posts.items() if post == counter and p != user]
    return (twin.OpenCounter(minute, counter), *away, twin.MovePerson(minute, user, counter))


def _close(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    counter = _text(order, "counter")
    ground.model.index("counter", counter)
    return (twin.CloseCounter(order.minute, counter),)


def _move(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    user, place = _text(order, "user"), _text(order, "place")
    ground.staffing.index(user)
    if place == GONE:
        return (twin.EndShift(order.minute, user),)
    if place not in (*PLACES, "counter"):
        raise OrderError(f"The place {place!r} is unknown; use counter, {', '.join(PLACES)}, {GONE}.")
    to = _text(order, "counter") if place == "counter" else PLACES[place]
    if to is not None and place == "counter":
        ground.model.index("counter", to)
    return (twin.MovePerson(order.minute, user, to),)


def _break_start(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    user, minutes = _text(order, "user"), _number(order, "minutes")
    ground.staffing.index(user)
    if minutes <= 0:
        raise OrderError("A break must last longer than 0 minutes.")
    return (twin.StartBreak(order.minute, user, float(minutes)),)


def _break_move(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    user, to = _text(order, "user"), _number(order, "minute")
    ground.staffing.index(user)
    return (twin.MoveBreak(order.minute, user, float(to)),)


def _break_end(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    user = _text(order, "user")
    ground.staffing.index(user)
    return (twin.EndBreak(order.minute, user),)


def _divert(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    return (twin.SendToDevice(order.minute, _ticket(order, ground)),)


def _diversion(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    service, share = _text(order, "service"), _number(order, "share")
    most = ground.ceiling(service)
    if not 0 <= share <= round(1000 * most):
        raise OrderError(f"Of {service} at most {most:.0%} may be guided to machines, not {share / 1000:.1%}.")
    return (twin.SetDiversion(order.minute, service, min(share / 1000, most)),)


def _ticket(order: Order, ground: Ground) -> int:
    ticket = _number(order, "ticket")
    if not 0 <= ticket < len(ground.customers):
        raise OrderError(f"There is no ticket {ticket}; the day has {len(ground.customers)}.")
    return ticket


def _ranked(order: Order, ticket: int, ground: Ground, desk: Desk) -> tuple[twin.Command, ...]:
    """A ticket's rank: its tier's and service's, the first tier's when it needs care, one before when taken first."""
    tiers, who = ground.model.tiers, ground.customers.who[ticket]
    own = min(t.priority for t in tiers) if ticket in desk.care else tiers[who[1]].priority
    rank = own + ground.model.services[who[0]].priority - (ticket in desk.first)
    return (twin.SetPriority(order.minute, rank, ticket=ticket),)


def _first(order: Order, ground: Ground, desk: Desk) -> tuple[twin.Command, ...]:
    ticket = _ticket(order, ground)
    desk.first.add(ticket)
    return _ranked(order, ticket, ground, desk)


def _put_back(order: Order, ground: Ground, desk: Desk) -> tuple[twin.Command, ...]:
    ticket = _ticket(order, ground)
    desk.first.discard(ticket)
    return _ranked(order, ticket, ground, desk)


def _flag(order: Order, ground: Ground, desk: Desk) -> tuple[twin.Command, ...]:
    ticket = _ticket(order, ground)
    (desk.care.add if order.get("vulnerable") else desk.care.discard)(ticket)
    return _ranked(order, ticket, ground, desk)


def _call(order: Order, ground: Ground, _desk: Desk) -> tuple[twin.Command, ...]:
    counter = _text(order, "counter")
    ground.model.index("counter", counter)
    ticket = _ticket(order, ground) if order.act == "call" else None
    return (twin.CallNext(order.minute, counter, ticket),)


ACTS: Mapping[str, Callable[[Order, Ground, Desk], tuple[twin.Command, ...]]] = {
    "window-open": _open,
    "window-close": _close,
    "person-move": _move,
    "break-start": _break_start,
    "break-move": _break_move,
    "break-end": _break_end,
    "divert": _divert,
    "diversion": _diversion,
    "first": _first,
    "put-back": _put_back,
    "flag": _flag,
    "call": _call,
    "call-next": _call,
}


def orders_of(option: advice.Option, second: int) -> tuple[Order, ...]:
    """An option of the advisor as orders at ``second``; a surge plan is its steps. Raises OrderError for other kinds.

    Delays are left to the model (``twin.planned_delays``), so the minutes within the option's commands are not used.
    """
    if option.kind == "nothing":
        return ()
    if option.kind == "surge":
        return tuple(order for step in option.steps for order in orders_of(step, second))
    if option.kind in ("call", "from_lobby", "swap"):
        return (Order.of(second, "window-open", counter=option.counter, user=option.person),)
    if option.kind == "reorder":
        return (Order.of(second, "first", ticket=option.ticket),)
    if option.kind == "guide":
        return (Order.of(second, "diversion", service=option.service, share=int(1000 * option.amount)),)
    if option.kind == "delay_break":
        to = next(c.to for c in option.commands if isinstance(c, twin.MoveBreak))
        return (Order.of(second, "break-move", user=option.person, minute=round(to)),)
    raise OrderError(f"The advisor's {option.kind!r} is no order of a drill.")
