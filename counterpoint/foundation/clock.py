"""The only reader of the wall clock.

Views and commands call `now()` once and pass the value down. In the demo the clock is a line through two points
(`DemoClock`), so that every process agrees that it is 10:30 of a payday and how fast time runs.
"""

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

CACHE_SECONDS = 0.5


class Clock(Protocol):
    """Anything that tells the time in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The host's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Pace:
    """Demo time = `base_demo` + (real − `base_real`) × `speed`; both bases in UTC, speed 0 is a pause."""

    base_real: datetime
    base_demo: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        """Demo time for a real instant."""
        return self.base_demo + timedelta(seconds=(real - self.base_real).total_seconds() * self.speed)

    def changed(self, real: datetime, speed: float) -> "Pace":
        """The same demo instant, running on at another speed."""
        return Pace(real, self.at(real), speed)

    def to_json(self) -> str:
        """Serialise for the pace file."""
        return json.dumps({k: v.isoformat() if isinstance(v, datetime) else v for k, v in asdict(self).items()})

    @classmethod
    def from_json(cls, text: str) -> "Pace":
        """Read what `to_json` wrote."""
        raw = json.loads(text)
        return cls(
            datetime.fromisoformat(raw["base_real"]), datetime.fromisoformat(raw["base_demo"]), float(raw["speed"])
        )


class DemoClock:
    """Reads the pace from a file shared by all processes of the demo; falls back to the host's clock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._system = SystemClock()
        self._lock = threading.Lock()
        self._pace: Pace | None = None
        self._read_at: datetime | None = None

    def now(self) -> datetime:
        real = self._system.now()
        pace = self.pace(real)
        return pace.at(real) if pace else real

    def pace(self, real: datetime) -> Pace | None:
        """The pace in force, re-read at most every half second."""
        with self._lock:
            if self._read_at is None or abs((real - self._read_at).total_seconds()) > CACHE_SECONDS:
                self._pace = Pace.from_json(self.path.read_text()) if self.path.is_file() else None
                self._read_at = real
            return self._pace

    def set_pace(self, pace: Pace) -> None:
        """Write atomically; other processes follow within half a second."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(f".{os.getpid()}")
        draft.write_text(pace.to_json())
        draft.replace(self.path)
        with self._lock:
            self._read_at = None


class FixedClock:
    """A clock for tests: stands still until moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> datetime:
        """Move by `timedelta(**delta)` and return the new time."""
        self.at += timedelta(**delta)
        return self.at


_clock: Clock = SystemClock()
_moment: ContextVar[datetime | None] = ContextVar("counterpoint-moment", default=None)


def use(clock: Clock) -> Clock:
    """Install a clock for this process; returns the one it replaces."""
    global _clock
    previous, _clock = _clock, clock
    return previous


def current() -> Clock:
    """The installed clock; inside `at` one that stands at its moment."""
    moment = _moment.get()
    return _clock if moment is None else FixedClock(moment)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """For the block, and for nobody else, it is `moment`: the time of a practice world."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def now() -> datetime:
    """UTC now. Call it in a view or command, once, and pass the value down."""
    return _moment.get() or _clock.now()
