"""What the clocks of a case say: the one function behind list, page, badge, report and API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from counterpoint.primitives.cases import clocks
from counterpoint.primitives.cases.clocks import Hours, Spans
from counterpoint.primitives.cases.state import State, on_levels, waits
from counterpoint.primitives.cases.types import CaseType, ClockType

DUE = "due"


@dataclass(frozen=True)
class Step:
    """Something to do about a clock: a warning, the breach itself, a rung of the ladder. `number` counts rungs."""

    slug: str
    at: datetime
    to: str = ""
    channel: bool = False
    any_hour: bool = False


@dataclass(frozen=True)
class Reading:
    """A clock at work. `due_at` is None while a pause without end holds it."""

    clock: str
    cycle: int
    runs: str
    start: datetime
    allowed: timedelta
    holes: Spans
    due_at: datetime | None
    stopped_at: datetime | None
    steps: tuple[Step, ...]

    def breached(self, now: datetime) -> bool:
        """Whether the deadline passed before the clock stopped; at the deadline is late."""
        return self.due_at is not None and (self.stopped_at or now) >= self.due_at

    def running(self, now: datetime) -> bool:
        """Neither stopped nor paused."""
        return self.stopped_at is None and not any(a <= now < b for a, b in self.holes)


def read(kind: CaseType, state: State, hours: Hours, cycle: int | None = None) -> list[Reading]:
    """Every clock of the case's level, in the type's order."""
    number = cycle or state.cycle
    return [_read(kind, state, hours, clock, number) for clock in kind.clocks if state.level in clock.within]


def by_hand(state: State, clock: str, cycle: int) -> str:
    """The deadline that a person set, as text: by extension in this cycle, or at opening; "" when the type rules."""
    due = dict(state.due)
    return due.get(f"{clock}@{cycle}") or (due.get(clock, "") if cycle == 1 else "")


def _read(kind: CaseType, state: State, hours: Hours, clock: ClockType, cycle: int) -> Reading:
    start, away = datetime.fromisoformat(state.starts[cycle - 1]), Spans()
    if clock.starts_at == "level":
        start, away = on_levels(state, cycle, clock.within)
    called_back, stopped = waits(kind, state, cycle, clock.stops_at)
    holes = clocks.merged([*called_back, *away, *(state.pause_spans(cycle) if clock.pausable else ())])
    set_by_hand = by_hand(state, clock.slug, cycle)
    runs = "always" if set_by_hand else clock.runs
    if set_by_hand:
        allowed = max(datetime.fromisoformat(set_by_hand) - start, clocks.ZERO)
    else:
        allowed = clocks.allowance(hours, runs, clock.within[state.level], start)
    due = clocks.deadline(hours, runs, start, allowed, holes)
    steps = tuple(_steps(clock, hours, runs, start, allowed, due, holes))
    return Reading(clock.slug, cycle, runs, start, allowed, holes, due, stopped, steps)


def _steps(
    clock: ClockType, hours: Hours, runs: str, start: datetime, allowed: timedelta, due: datetime | None, holes: Spans
) -> Iterator[Step]:
    """In the order in which they come, no rung before the one below it; a warning that people would only read after
    the deadline is left out, and a step behind a pause without end is not known yet."""
    for part in clock.warn:
        at = clocks.deadline(hours, runs, start, allowed * part, holes)
        fires = None if at is None else clocks.service_time(hours, at)
        if fires is not None and (due is None or fires < due):
            yield Step(f"warn{round(part * 100)}", fires)
    if due is None:
        return
    yield Step(DUE, due)
    earliest = due
    for number, rung in enumerate(clock.ladder, 1):
        more = clocks.allowance(hours, runs, rung.after, due)
        at = clocks.deadline(hours, runs, due, more, holes) if more else due
        if at is None:
            return
        earliest = max(earliest, at if rung.any_hour else clocks.service_time(hours, at))
        yield Step(f"rung{number}", earliest, rung.to, rung.channel, rung.any_hour)


def next_step(reading: Reading, fired: frozenset[str] | set[str]) -> Step | None:
    """The first step that has not happened and will not be overtaken by the clock's stop."""
    for step in reading.steps:
        if step.slug in fired:
            continue
        return step if reading.stopped_at is None else None
    return None
