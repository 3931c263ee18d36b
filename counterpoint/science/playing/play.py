"""The fold: a game and a log of orders make a day, in one go or in any pieces the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf

import numpy as np

from counterpoint.science import twin
from counterpoint.science.playing.game import Game, later
from counterpoint.science.playing.injects import Inject
from counterpoint.science.playing.loss import DayLoss, day_loss, waits_of
from counterpoint.science.playing.orders import ANSWER, Desk, Order, OrderError, commands_of, moved
from counterpoint.science.twin.commands import encode_commands
from counterpoint.science.twin.engine import Events
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.model import require

NO_EVENTS: Events = np.empty(0, dtype=twin.EVENT_DTYPE)
_PORTABLE = np.dtype([("kind", "<i4"), ("customer", "<i4"), ("place", "<i4"), ("person", "<i4"), ("minute", "<f8")])
Raised = tuple[str, float]
Answer = tuple[str, str, float]


@dataclass(frozen=True, eq=False)
class Played:
    """A day as it stands at ``state.now``. Never changed: :func:`play` returns another.

    ``events`` are the twin's (none when they were not kept). ``raised`` are injects with the minute at which they come
    (those with a minute from the start on), ``met`` conditions with the minute since which they count, ``answers``
    (inject, choice, minute), by default ones included. ``moves`` and ``points`` are parts of the loss. ``until`` is the
    minute up to which it was played, infinite for a day at its end.
    """

    game: Game
    orders: tuple[Order, ...]
    state: twin.State
    events: Events
    desk: Desk
    raised: tuple[Raised, ...] = ()
    met: tuple[Raised, ...] = ()
    answers: tuple[Answer, ...] = ()
    flags: frozenset[str] = frozenset()
    moves: int = 0
    points: float = 0.0
    until: float = 0.0

    @property
    def now(self) -> float:
        """Minute up to which (exclusive) everything has happened."""
        return self.state.now

    @property
    def loss(self) -> DayLoss:
        """What the day has cost so far; of a day at its end, what it cost."""
        return day_loss(self.state, self.game.loss, _manned(self.game, self.until), self.moves, self.points)

    @property
    def refused(self) -> int:
        """How many commands made no sense when they took effect, as far as events were kept."""
        return int(np.count_nonzero(self.events["kind"] == twin.KIND["refused"]))

    def open_questions(self) -> tuple[Raised, ...]:
        """Injects that wait for an answer, with the minute by which it must come."""
        answered = {key for key, _, _ in self.answers}
        found = []
        for key, minute in self.raised:
            inject = self.game.inject(key)
            if inject.choices and key not in answered and minute <= self.now < minute + inject.patience:
                found.append((key, minute + inject.patience))
        return tuple(found)

    @property
    def scores(self) -> dict[str, float]:
        """What the answers so far are worth, by dimension."""
        found: dict[str, float] = {}
        for key, choice, _ in self.answers:
            for name, worth in self.game.inject(key).choice(choice).scores:
                found[name] = found.get(name, 0.0) + worth
        return found

    def digest(self) -> str:
        """SHA-256 over the events, bit for bit, and over injects and answers; equal digests, equal days."""
        rows = np.empty(len(self.events), dtype=_PORTABLE)
        for name in _PORTABLE.names or ():
            rows[name] = self.events[name]
        told = json.dumps([self.raised, self.answers, self.moves, self.points], separators=(",", ":"))
        return hashlib.sha256(rows.tobytes() + told.encode()).hexdigest()

    def summary(self) -> dict[str, float]:
        """The parts of the loss by name."""
        return self.loss.summary()


def begun(game: Game) -> Played:
    """The game before its first event."""
    raised = tuple((i.key, i.minute) for i in game.injects if i.minute is not None)
    desk = Desk([], set(), set())
    desk.take_in(game.given)
    for inject in game.injects:
        if inject.minute is not None:
            desk.take_in(later(inject.commands, inject.minute))
    return Played(game, (), game.outset, NO_EVENTS, desk, raised)


def play(
    game: Game, orders: Sequence[Order] = (), until: float = inf, *, begin: Played | None = None, log: bool = True
) -> Played:
    """Take a game to minute ``until`` (exclusive), obeying the orders before it.

    ``begin`` goes on from a day as it stands; its events stay in front. Orders of one second count as given. Orders at
    ``until`` or after are not looked at. Playing in pieces gives the same day, bit for bit. ``log=False`` keeps no
    events. Raises OrderError when an order lies before ``begin`` or answers what is not asked.
    """
    now = begin.now if begin is not None else 0.0
    require(until >= now, f"The day stands at minute {now:g}; it cannot be played back to {until:g}.")
    due = sorted((order for order in orders if order.minute < until), key=lambda order: order.second)
    if due and due[0].minute < now:
        raise OrderError(f"An order at second {due[0].second} lies before minute {now:g}, at which the day stands.")
    fold = _Fold(begin if begin is not None else begun(game), log)
    fold.run(due, until)
    return fold.played(tuple(due))


class _Fold:
    """The day while it is being played."""

    def __init__(self, begin: Played, log: bool) -> None:
        self.begin, self.game, self.log = begin, begin.game, log
        self.state, self.desk = begin.state, begin.desk.copy()
        self.raised, self.met = dict(begin.raised), dict(begin.met)
        self.answers, self.flags = list(begin.answers), set(begin.flags)
        self.moves, self.points = begin.moves, begin.points
        self.events, self.until = [begin.events], begin.until

    def run(self, due: list[Order], until: float) -> None:
        """All minutes at which a condition is looked at, then the rest in one go."""
        ahead = list(reversed(due))
        stop = self.state.now
        while stop < until:
            check = self._next_check(self.state.now)
            if check == self.state.now:
                self._look(check)
                check = self._next_check(check + 1.0)
            stop = self._hand_over(ahead, min(check, until))
            self.state, events = twin.advance(self.state, stop, log=self.log)
            self.events.append(events)
        self.until = until

    def played(self, due: tuple[Order, ...]) -> Played:
        """What came of it."""
        return Played(
            self.game, (*self.begin.orders, *due), self.state, np.concatenate(self.events), self.desk,
            tuple(self.raised.items()), tuple(self.met.items()), tuple(self.answers), frozenset(self.flags),
            self.moves, self.points, self.until,
        )  # fmt: skip

    def _waits_for(self) -> list[Inject]:
        return [i for i in self.game.injects if i.when is not None and i.key not in self.raised]

    def _next_check(self, least: float) -> float:
        """The next whole minute of the day, not before ``least``, at which a condition is looked at; infinite when none
        is: an unraised flag and a minute that is not yet due are not looked at."""
        first = float(ceil(max(least, self.game.opens)))
        found = inf
        for inject in self._waits_for():
            when = inject.when
            if when is None:
                continue
            if inject.key in self.met:
                found = min(found, max(first, float(ceil(self.met[inject.key] + when.after))))
            elif when.measure != "flag" or when.flag in self.flags:
                found = min(found, first)
        return found if found <= self.game.closes else inf

    def _look(self, minute: float) -> None:
        for inject in self._waits_for():
            when = inject.when
            if when is not None and inject.key not in self.met and when.holds(self.state, frozenset(self.flags)):
                self.met[inject.key] = minute
            if when is not None and minute >= self.met.get(inject.key, inf) + when.after:
                self.raised[inject.key] = minute
                self._obey(later(inject.commands, minute))

    def _hand_over(self, ahead: list[Order], stop: float) -> float:
        """Orders and answers by default before minute ``stop``, in the order of their minutes; the minute up to which
        it came: an answer may let a condition hold sooner."""
        while True:
            key, deadline = self._deadline()
            minute = ahead[-1].minute if ahead else inf
            if min(deadline, minute) >= stop:
                return stop
            if deadline <= minute:
                self._answer(key, self.game.inject(key).default, deadline)
                stop = min(stop, self._next_check(floor(deadline) + 1.0))
                continue
            order = ahead.pop()
            if order.act == ANSWER:
                self._answered(order)
                stop = min(stop, self._next_check(floor(minute) + 1.0))
            else:
                ground = replace(self.game.ground, customers=self.state.customers)  # who was added meanwhile, too
                commands = commands_of(order, ground, self.desk)
                self.moves += moved(commands)
                self._obey(commands, known=True)

    def _deadline(self) -> Raised:
        """The inject whose answer by default comes next."""
        answered = {key for key, _, _ in self.answers}
        waiting = [self.game.inject(key) for key in self.raised if key not in answered]
        ends = [(self.raised[i.key] + i.patience, i.key) for i in waiting if i.choices]
        end, key = min(ends, default=(inf, ""))
        return key, end

    def _answered(self, order: Order) -> None:
        key, choice = str(order.get("inject")), str(order.get("choice"))
        asked = self.raised.get(key, inf) <= order.minute and key not in {k for k, _, _ in self.answers}
        if not asked or not self.game.inject(key).choices:
            raise OrderError(f"The answer to {key!r} at second {order.second} comes when nothing of that is asked.")
        self._answer(key, choice, order.minute)

    def _answer(self, key: str, choice: str, minute: float) -> None:
        chosen = self.game.inject(key).choice(choice)
        self.answers.append((key, choice, minute))
        self.points += chosen.points
        self.flags |= set(chosen.flag.split())
        self._obey(later(chosen.commands, minute))

    def _obey(self, commands: tuple[twin.Command, ...], *, known: bool = False) -> None:
        """Put commands behind those pending; one at a time, so that the cutting of a run shows nowhere."""
        if not commands:
            return
        if not known:
            self.desk.take_in(commands)
        if any(isinstance(c, twin.AddCustomers) for c in commands):
            self.state = twin.advance(self.state, self.state.now, commands, log=False)[0]
            return
        state = self.state
        done = int(state.st[lay.NEXT_COMMAND])
        fresh = encode_commands(commands, state.model, state.staffing)
        pending = np.concatenate([state.commands[done:], fresh])
        pending = pending[np.argsort(pending[:, lay.CMD_MINUTE], kind="stable")]
        self.state = replace(state, commands=np.ascontiguousarray(np.concatenate([state.commands[:done], pending])))


def _manned(game: Game, until: float) -> float:
    """Minutes that windows are manned up to ``until`` when nothing is ordered; kept for the whole day."""
    kept: dict[float, float] = game.__dict__.setdefault("_manned", {})
    if until not in kept:
        kept[until] = waits_of(play(game, (), until, log=False).state)[3]
    return kept[until]
