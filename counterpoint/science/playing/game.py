"""A day to be played: the branch, its people, who comes with all their draws, and what the day throws at the player."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_args

import numpy as np

from counterpoint.science import advice, twin
from counterpoint.science.fanout import fingerprint
from counterpoint.science.playing.injects import Choice, Condition, Inject
from counterpoint.science.playing.orders import Ground
from counterpoint.science.twin.customers import CustomerTable, Rates, freeze, rate_paths
from counterpoint.science.twin.kernel.layout import D_WIDTH, FloatArray
from counterpoint.science.twin.model import require

MAGIC = b"game1"
WIDTH = 30.0  # minutes of an interval of the rates
COMMANDS: dict[str, type] = {kind.__name__: kind for kind in get_args(twin.Command)}


@cache
def engine() -> str:
    """A mark of the twin's sources: equal marks, equal engine."""
    return fingerprint(Path(str(twin.__file__)).parent)


@dataclass(frozen=True, eq=False)
class Game:
    """A day of which only the orders are open. Made by :meth:`of_plan`.

    ``people`` have all their draws in the table, those of ``surges`` too; ``given`` are commands that happen whatever
    is ordered, ``injects`` what comes at its minute or by a condition. ``rates`` (paths x services x half hours from
    minute ``start``) say who was expected: only what is judged before the event uses them. ``loss`` weighs the day;
    ``opens`` and ``closes`` bound, in minutes since midnight, when orders are judged.
    """

    model: twin.BranchModel
    staffing: twin.Staffing
    people: CustomerTable
    rates: FloatArray
    given: tuple[twin.Command, ...] = ()
    injects: tuple[Inject, ...] = ()
    loss: advice.Loss = field(default_factory=advice.Loss)
    opens: float = 540.0
    closes: float = 1020.0
    start: float = 540.0
    surges: tuple[twin.Command, ...] = ()

    def __post_init__(self) -> None:
        self.staffing.check(self.model)
        keys = [inject.key for inject in self.injects]
        require(len(set(keys)) == len(keys), "Two injects of a game have one key.")
        require(self.opens < self.closes, "A game must open before it closes.")

    @classmethod
    def of_plan(
        cls, model: twin.BranchModel, staffing: twin.Staffing, rates: Rates, *, seed: int,
        given: Sequence[twin.Command] = (), injects: Sequence[Inject] = (), loss: advice.Loss | None = None,
        start: float | None = None, opens: float | None = None, closes: float | None = None, number: int = 0,
    ) -> Game:  # fmt: skip
        """Day ``number`` of a plan, as :func:`twin.simulate` with this ``seed`` would draw it.

        ``rates`` as there, from minute ``start`` (default: opening). People of ``AddCustomers`` in ``given`` and in
        injects at a minute are drawn here, into the table, so that playing draws none of them again.
        """
        begin = model.open_minute if start is None else float(start)
        paths = rate_paths(model, rates)
        timed = [c for i in injects if i.minute is not None for c in later(i.commands, i.minute)]
        surges = tuple(c for c in (*given, *timed) if isinstance(c, twin.AddCustomers))
        people = _drawn(model, staffing, paths, begin, surges, seed, number)
        return cls(
            model, staffing, people, paths, _without_people(given),
            tuple(replace(i, commands=_without_people(i.commands)) if i.minute is not None else i for i in injects),
            loss or advice.Loss(), model.open_minute if opens is None else float(opens),
            model.close_minute if closes is None else float(closes), begin, surges,
        )  # fmt: skip

    def again(self, *, seed: int, number: int) -> Game:
        """The same plan on day ``number`` of ``seed``: other people, everything else as it is."""
        people = _drawn(self.model, self.staffing, self.rates, self.start, self.surges, seed, number)
        return replace(self, people=people)

    @cached_property
    def ground(self) -> Ground:
        """What orders are read against."""
        return Ground(self.model, self.staffing, self.people)

    @cached_property
    def outset(self) -> twin.State:
        """Midnight before the day, what is given and comes at its minute already pending.

        The draws are copied: the twin fills in those that a table left open.
        """
        table = self.people
        people = freeze(table.draws.copy(), table.who, table.seed)
        timed = [later(i.commands, i.minute) for i in self.injects if i.minute is not None]
        state = twin.initial_state(self.model, self.staffing, people)
        for commands in (self.given, *timed):
            state = twin.advance(state, state.now, commands, log=False)[0]
        return state

    def inject(self, key: str) -> Inject:
        """An inject by key; ModelError when unknown."""
        found = [inject for inject in self.injects if inject.key == key]
        require(bool(found), f"This game has no inject {key!r}.")
        return found[0]

    def head(self) -> dict[str, Any]:
        """All but the tables, as plain values."""
        return {
            "model": json.loads(self.model.to_json()),
            "staffing": json.loads(self.staffing.to_json()),
            "given": [_to_plain(c) for c in self.given],
            "injects": [_inject_to_plain(i) for i in self.injects],
            "surges": [_to_plain(c) for c in self.surges],
            "loss": asdict(self.loss),
            "times": [self.opens, self.closes, self.start],
            "seed": self.people.seed,
            "sizes": [len(self.people), *self.rates.shape],
        }

    def _tables(self) -> bytes:
        parts = (self.people.draws.astype("<f8"), self.people.who.astype("<i8"), self.rates.astype("<f8"))
        return b"".join(np.ascontiguousarray(part).tobytes() for part in parts)

    def hash(self) -> str:
        """SHA-256 of all that decides the day: canonical JSON, the bytes of the tables and the engine's mark."""
        text = json.dumps(self.head(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(b"\0".join((engine().encode(), text.encode(), self._tables()))).hexdigest()

    def to_bytes(self) -> bytes:
        """The whole game; :meth:`from_bytes` gives one with the same hash under the same engine."""
        head = json.dumps(self.head(), sort_keys=True, ensure_ascii=False).encode()
        return MAGIC + len(head).to_bytes(4, "little") + head + zlib.compress(self._tables(), 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> Game:
        """The game of :meth:`to_bytes`; raises ModelError on other bytes."""
        require(data[: len(MAGIC)] == MAGIC, "These bytes are no game of this version.")
        at = len(MAGIC) + 4
        end = at + int.from_bytes(data[len(MAGIC) : at], "little")
        head = json.loads(data[at:end])
        tables = zlib.decompress(data[end:])
        n, *shape = head["sizes"]
        first, second = 8 * n * D_WIDTH, 8 * n * (D_WIDTH + 4)
        require(len(tables) == second + 8 * int(np.prod(shape)), "The saved game is cut short.")
        draws = np.frombuffer(tables[:first], "<f8").reshape(n, D_WIDTH).copy()
        who = np.frombuffer(tables[first:second], "<i8").reshape(n, 4).copy()
        rates = np.frombuffer(tables[second:], "<f8").reshape(shape).copy()
        opens, closes, start = head["times"]
        return cls(
            twin.BranchModel.from_json(json.dumps(head["model"])),
            twin.Staffing.from_json(json.dumps(head["staffing"])),
            freeze(draws, who, head["seed"]), rates, tuple(_from_plain(c) for c in head["given"]),
            tuple(_inject_from_plain(i) for i in head["injects"]), advice.Loss(**head["loss"]), opens, closes, start,
            tuple(_from_plain(c) for c in head["surges"]),
        )  # fmt: skip


def _drawn(
    model: twin.BranchModel, staffing: twin.Staffing, rates: FloatArray, start: float,
    surges: Sequence[twin.Command], seed: int, number: int,
) -> CustomerTable:  # fmt: skip
    """Everybody who comes on one day, surges included."""
    people = twin.replication(model, rates, number, seed=seed, start_minute=start)
    return twin.advance(twin.initial_state(model, staffing, people), 0.0, surges, log=False)[0].customers


def later(commands: Sequence[twin.Command], minutes: float) -> tuple[twin.Command, ...]:
    """Commands whose minutes were counted from ``minutes``, that of a break's new start too."""
    moved: list[twin.Command] = []
    for command in commands:
        if isinstance(command, twin.MoveBreak):
            command = replace(command, to=command.to + minutes)  # noqa: PLW2901
        moved.append(replace(command, minute=command.minute + minutes))
    return tuple(moved)


def _without_people(commands: Sequence[twin.Command]) -> tuple[twin.Command, ...]:
    return tuple(c for c in commands if not isinstance(c, twin.AddCustomers))


def _to_plain(command: twin.Command) -> list[Any]:
    return [type(command).__name__, asdict(command)]


def _from_plain(row: list[Any]) -> twin.Command:
    command: twin.Command = COMMANDS[row[0]](**row[1])
    return command


def _inject_to_plain(inject: Inject) -> dict[str, Any]:
    choices = [_choice_to_plain(choice) for choice in inject.choices]
    return {**asdict(inject), "commands": [_to_plain(c) for c in inject.commands], "choices": choices}


def _choice_to_plain(choice: Choice) -> dict[str, Any]:
    """Without scores when it has none, so that a game from before there were any keeps its hash."""
    row = {**asdict(choice), "commands": [_to_plain(one) for one in choice.commands]}
    return row if choice.scores else {name: value for name, value in row.items() if name != "scores"}


def _inject_from_plain(row: dict[str, Any]) -> Inject:
    choices = tuple(
        Choice(
            **{
                **c,
                "commands": tuple(_from_plain(one) for one in c["commands"]),
                "scores": tuple((name, worth) for name, worth in c.get("scores", ())),
            }
        )
        for c in row["choices"]
    )
    when = Condition(**row["when"]) if row["when"] else None
    return Inject(
        **{**row, "when": when, "commands": tuple(_from_plain(c) for c in row["commands"]), "choices": choices}
    )
