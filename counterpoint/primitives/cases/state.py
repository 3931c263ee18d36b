"""The case machine, pure: what a case is, as a fold over what happened to it.

`evolve(type, state, event)` is the only place where a case changes. The stored row is a projection of the state;
folding the journal's entries gives the same state again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from counterpoint.primitives.cases.clocks import NEVER_ENDS, Spans, merged
from counterpoint.primitives.cases.types import ENDED, CaseType

RANK = {"open": 0, "doing": 1, "resolved": 2, "closed": 3, "dropped": 3}


@dataclass(frozen=True)
class Event:
    """Something that happened: kind without the prefix, when, who (id as text, "" for the house), with what."""

    kind: str
    at: datetime
    actor: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Pause:
    """A wait: it ends when somebody resumes, at the latest at its cap."""

    cycle: int
    since: str
    until: str
    cap: str
    reason: str

    def span(self) -> tuple[datetime, datetime]:
        """From when to when the clocks stood still, as far as it is known."""
        until = datetime.fromisoformat(self.until) if self.until else NEVER_ENDS
        cap = datetime.fromisoformat(self.cap) if self.cap else NEVER_ENDS
        return datetime.fromisoformat(self.since), min(until, cap)


@dataclass(frozen=True)
class Move:
    """Into which stage, when, in which cycle."""

    cycle: int
    at: str
    stage: str


@dataclass(frozen=True)
class State:
    """Everything that decides what may happen next and when it is due. People are ids as text; `levels` says in which
    cycle the case got which level when."""

    version: int
    level: str
    stage: str
    cycle: int
    starts: tuple[str, ...]
    moves: tuple[Move, ...]
    owner: str = ""
    involved: tuple[str, ...] = ()
    pauses: tuple[Pause, ...] = ()
    milestones: tuple[tuple[int, str, str], ...] = ()
    levels: tuple[tuple[int, str, str], ...] = ()
    due: tuple[tuple[str, str], ...] = ()
    fixed_by: str = ""
    verified_by: str = ""
    proposed_level: str = ""
    proposed_by: str = ""
    merged_into: str = ""
    carried: int = 0

    @property
    def start(self) -> datetime:
        """When the present cycle began."""
        return datetime.fromisoformat(self.starts[-1])

    @property
    def open_pause(self) -> Pause | None:
        """The pause nobody has ended."""
        last = self.pauses[-1] if self.pauses else None
        return last if last and last.cycle == self.cycle and not last.until else None

    def paused_at(self, now: datetime) -> bool:
        """Whether the clocks that may be paused stand still."""
        return self.open_pause is not None and now < self.open_pause.span()[1]

    def pause_spans(self, cycle: int) -> Spans:
        """All pauses of a cycle."""
        return merged(p.span() for p in self.pauses if p.cycle == cycle)

    def to_json(self) -> dict[str, Any]:
        """As plain data for the row."""
        return asdict(self)


def from_json(raw: Mapping[str, Any]) -> State:
    """What `to_json` gave, read back from the database."""
    known = {f.name for f in fields(State)}
    values = {key: value for key, value in raw.items() if key in known}
    values |= {
        "starts": tuple(raw["starts"]),
        "moves": tuple(Move(**row) for row in raw["moves"]),
        "involved": tuple(raw["involved"]),
        "pauses": tuple(Pause(**row) for row in raw["pauses"]),
        "milestones": tuple((row[0], row[1], row[2]) for row in raw["milestones"]),
        "levels": tuple((row[0], row[1], row[2]) for row in raw.get("levels", ())),
        "due": tuple((row[0], row[1]) for row in raw["due"]),
    }
    return State(**values)


def opened(kind: CaseType, event: Event) -> State:
    """The first state, from the event `opened`."""
    data, stage = event.data, kind.first("open").slug
    began = str(data.get("received") or event.at.isoformat())
    return State(
        version=int(data["version"]), level=str(data["level"]), stage=stage, cycle=1, starts=(began,),
        moves=(Move(1, began, stage),), levels=((1, began, str(data["level"])),), owner=str(data.get("owner") or ""),
        involved=tuple(data.get("involved") or ()), due=tuple(sorted((data.get("due") or {}).items())),
    )  # fmt: skip


def _moved(state: State, event: Event, stage: str) -> State:
    if stage == state.stage:
        return state
    move = Move(state.cycle, event.at.isoformat(), stage)
    return replace(state, stage=stage, moves=(*state.moves, move))


def _resumed(state: State, at: datetime) -> State:
    pause = state.open_pause
    if pause is None:
        return state
    ended = replace(pause, until=min(at, pause.span()[1]).isoformat())
    return replace(state, pauses=(*state.pauses[:-1], ended))


def _assigned(_kind: CaseType, state: State, event: Event) -> State:
    return replace(state, owner=str(event.data["owner"] or ""))


def _accepted(kind: CaseType, state: State, event: Event) -> State:
    state = replace(state, owner=event.actor)
    return _moved(state, event, kind.first("doing").slug) if kind.kind_of(state.stage) == "open" else state


def _to_stage(_kind: CaseType, state: State, event: Event) -> State:
    return _moved(state, event, str(event.data["stage"]))


def _milestone(_kind: CaseType, state: State, event: Event) -> State:
    return replace(state, milestones=(*state.milestones, (state.cycle, str(event.data["slug"]), event.at.isoformat())))


def _level(_kind: CaseType, state: State, event: Event) -> State:
    level = str(event.data["level"])
    if event.data.get("proposed"):
        return replace(state, proposed_level=level, proposed_by=event.actor)
    since = (state.cycle, event.at.isoformat(), level)
    return replace(
        state, level=level, levels=(*_levels(state, state.cycle), since), proposed_level="", proposed_by=""
    )  # fmt: skip


def _levels(state: State, cycle: int) -> tuple[tuple[int, str, str], ...]:
    """All levels so far; a case stored before they were kept has had its level since the cycle began."""
    if any(one[0] == cycle for one in state.levels):
        return state.levels
    return (*state.levels, (cycle, state.starts[cycle - 1], state.level))


def _paused(_kind: CaseType, state: State, event: Event) -> State:
    pause = Pause(
        state.cycle, event.at.isoformat(), "", str(event.data.get("cap") or ""), str(event.data.get("reason") or "")
    )
    return replace(_resumed(state, event.at), pauses=(*_resumed(state, event.at).pauses, pause))


def _resume(_kind: CaseType, state: State, event: Event) -> State:
    return _resumed(state, event.at)


def _resolved(_kind: CaseType, state: State, event: Event) -> State:
    state = replace(_resumed(state, event.at), fixed_by=event.actor, verified_by="")
    return _moved(state, event, str(event.data["stage"]))


def _verified(_kind: CaseType, state: State, event: Event) -> State:
    if event.data["passed"]:
        return replace(state, verified_by=event.actor)
    return _moved(replace(state, fixed_by="", verified_by=""), event, str(event.data["stage"]))


def _ended(_kind: CaseType, state: State, event: Event) -> State:
    state = replace(_resumed(state, event.at), proposed_level="", proposed_by="")
    return _moved(state, event, str(event.data["stage"]))


def _reopened(_kind: CaseType, state: State, event: Event) -> State:
    at, stage = event.at.isoformat(), str(event.data["stage"])
    cycle = state.cycle + 1
    return replace(
        state, cycle=cycle, stage=stage, starts=(*state.starts, at), moves=(*state.moves, Move(cycle, at, stage)),
        levels=(*state.levels, (cycle, at, state.level)), fixed_by="", verified_by="",
    )  # fmt: skip


def _merged(kind: CaseType, state: State, event: Event) -> State:
    """The case that goes up into another."""
    return replace(_ended(kind, state, event), merged_into=str(event.data["into"]))


def _took_in(kind: CaseType, state: State, event: Event) -> State:
    """The case that takes another in: the earlier start rules and every breach stays on record."""
    earlier = min(state.start, datetime.fromisoformat(str(event.data["started"])))
    state = replace(
        state, starts=(*state.starts[:-1], earlier.isoformat()), carried=state.carried + int(event.data["breaches"])
    )
    return _with_involved(kind, state, {*state.involved, *(event.data.get("involved") or ())})


def _extended(_kind: CaseType, state: State, event: Event) -> State:
    """A clock of the present cycle gets another deadline by decision."""
    mark = f"{event.data['clock']}@{state.cycle}"
    kept = tuple(pair for pair in state.due if pair[0] != mark)
    return replace(state, due=tuple(sorted((*kept, (mark, str(event.data["until"]))))))


def _version(_kind: CaseType, state: State, event: Event) -> State:
    return replace(state, version=int(event.data["version"]))


def _involved(kind: CaseType, state: State, event: Event) -> State:
    return _with_involved(kind, state, set(event.data["involved"]))


def _with_involved(kind: CaseType, state: State, people: set[str]) -> State:
    """An owner whom the case turns out to be about loses it."""
    owner = "" if kind.recuse_involved and state.owner in people else state.owner
    return replace(state, involved=tuple(sorted(people)), owner=owner)


STEPS: dict[str, Callable[[CaseType, State, Event], State]] = {
    "assigned": _assigned, "accepted": _accepted, "moved": _to_stage, "milestone": _milestone, "level": _level,
    "paused": _paused, "resumed": _resume, "resolved": _resolved, "verified": _verified, "closed": _ended,
    "dropped": _ended, "reopened": _reopened, "merged": _merged, "took_in": _took_in, "extended": _extended,
    "policy": _version,
    "involved": _involved,
}  # fmt: skip


def evolve(kind: CaseType, state: State, event: Event) -> State:
    """The state after an event; kinds that tell without changing (comments, warnings) leave it as it is."""
    step = STEPS.get(event.kind)
    return step(kind, state, event) if step else state


def fold(kind: CaseType, events: Iterable[Event]) -> State:
    """The state from the whole story, `opened` first."""
    story = iter(events)
    state = opened(kind, next(story))
    for event in story:
        state = evolve(kind, state, event)
    return state


def on_levels(state: State, cycle: int, levels: Collection[str]) -> tuple[datetime, Spans]:
    """When the case first had one of the levels in a cycle (the cycle's begin when it never had), and the times since
    then in which it had none of them: a clock of those levels neither starts anew nor runs meanwhile."""
    stays = [(datetime.fromisoformat(at), level) for c, at, level in _levels(state, cycle) if c == cycle]
    stays[0] = (datetime.fromisoformat(state.starts[cycle - 1]), stays[0][1])  # a merge or a late entry may move it
    begin: datetime | None = None
    away: list[tuple[datetime, datetime]] = []
    for (at, level), (until, _next) in zip(stays, [*stays[1:], (NEVER_ENDS, "")], strict=True):
        if level in levels:
            begin = begin or at
        elif begin is not None:
            away.append((at, until))
    return begin or stays[0][0], merged(away)


def waits(kind: CaseType, state: State, cycle: int, stops_at: str) -> tuple[Spans, datetime | None]:
    """For a clock that a stage kind or milestone stops: the times it had already stopped but was called back (a fix
    that was refused), and since when it stands, None while it runs."""
    if stops_at not in RANK:
        at = min((when for c, slug, when in state.milestones if c == cycle and slug == stops_at), default="")
        done = datetime.fromisoformat(at) if at else None
        ended = _stage_stops(kind, state, cycle, RANK["closed"])[1]
        return (), min((t for t in (done, ended) if t), default=None)
    return _stage_stops(kind, state, cycle, RANK[stops_at])


def _stage_stops(kind: CaseType, state: State, cycle: int, rank: int) -> tuple[Spans, datetime | None]:
    holes: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for move in state.moves:
        if move.cycle != cycle:
            continue
        at, beyond = datetime.fromisoformat(move.at), RANK[kind.kind_of(move.stage)] >= rank
        if beyond and since is None:
            since = at
        elif not beyond and since is not None:
            holes.append((since, at))
            since = None
    return merged(holes), since


def has_ended(kind: CaseType, state: State) -> bool:
    """Whether the case is closed or dropped."""
    return kind.kind_of(state.stage) in ENDED
