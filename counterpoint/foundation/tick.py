"""The tick: one loop that finds due work by looking at the database, for all rooms and branches.

A room adds its own work with `@every("onsite.escalate", 5)`; the function gets `now` and does what is due then. Nothing
is remembered between rounds but when a work ran last, so a restart loses nothing. A failure is logged, shown by
`doctor` and /readyz, and does not stop the others.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from django.db import connections, transaction
from django.db.utils import DatabaseError, InterfaceError

from counterpoint.foundation import access, anchor, clock, files, jobs, notify, ping
from counterpoint.foundation.models import Heartbeat, RateBucket
from counterpoint.foundation.sqlite.checkpoint import checkpoint

log = logging.getLogger("counterpoint.tick")

PAUSE_SECONDS = 5.0
SELF = "tick"

T = TypeVar("T")
Task = Callable[[datetime], object]


@dataclass(frozen=True)
class Work:
    """What to call how often. `atomic` wraps it in one transaction; work that waits for the network must not be."""

    name: str
    seconds: float
    run: Task
    atomic: bool = True
    practice: bool = False


@dataclass(frozen=True)
class Outcome:
    """How one work ended: its return value when it is a number, the kind of error otherwise."""

    name: str
    ok: bool
    count: int | None
    error: str
    milliseconds: int


_registry: dict[str, Work] = {}
_missed: ContextVar[list[str] | None] = ContextVar("missed", default=None)  # kinds of failures in the running work


def every(name: str, seconds: float, *, atomic: bool = True, practice: bool = False) -> Callable[[Task], Task]:
    """Register ``fn(now)`` under ``room.what``, to be called every `seconds` of real time (at most every 5 s). Work
    named `practice` is done for practice worlds too, when somebody is there: it takes its scope from `system_scope`."""

    def register(run: Task) -> Task:
        known = _registry.get(name)
        if known is not None and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"Tick work {name} is registered twice.")
        _registry[name] = Work(name, seconds, run, atomic, practice)
        return run

    return register


def each(what: str, things: Iterable[T], work: Callable[[T], object], *, atomic: bool = True) -> int:
    """Do the work on every thing; the sum of the numbers that it returns, one for each that returns something else. One
    that fails is logged as `what` and stops no other; the running work then counts as failed. `atomic`: each is one
    transaction, as of `Work`."""
    done = 0
    for thing in things:
        try:
            with transaction.atomic() if atomic else nullcontext():
                found = work(thing)
        except Exception as failure:
            log.exception(what, extra={"subject": str(getattr(thing, "pk", thing)), "kind": type(failure).__name__})
            _heal(failure)
            if (missed := _missed.get()) is not None:
                missed.append(type(failure).__name__)
        else:
            done += found if isinstance(found, int) else 1
    return done


def works() -> list[Work]:
    """All registered work, in the order of registration."""
    return list(_registry.values())


class Ticker:
    """Runs what is due. `monotonic` is injected for tests."""

    def __init__(self, of: Iterable[Work] | None = None, seconds: Callable[[], float] = monotonic) -> None:
        self._works = None if of is None else list(of)
        self._seconds = seconds
        self._last: dict[str, float] = {}

    def step(self) -> list[Outcome]:
        """One round: every due work, with the heartbeats of those that ran. What is due every few seconds does not wait
        for a long round's end: it is done again after each work that took so long."""
        found = works() if self._works is None else self._works
        quick = [work for work in found if work.seconds <= PAUSE_SECONDS]
        outcomes: list[Outcome] = []
        beaten = self._seconds()
        for work in found:
            if self._due(work):
                outcomes.append(self._run(work))
                outcomes += [self._run(one) for one in quick if one.name in self._last and self._due(one)]
            if self._seconds() - beaten >= PAUSE_SECONDS:
                _beat(outcomes)
                beaten = self._seconds()
        _beat(outcomes)
        return outcomes

    def _due(self, work: Work) -> bool:
        last = self._last.get(work.name)
        return last is None or self._seconds() - last >= work.seconds - PAUSE_SECONDS / 2

    def _run(self, work: Work) -> Outcome:
        self._last[work.name] = self._seconds()
        return _outcome(work, clock.now(), self._seconds)


def run_for(roots: tuple[str, ...], now: datetime) -> list[Outcome]:
    """One round of the works of practice worlds, under these roots and at this time only; no heartbeat tells of it."""
    with clock.at(now), access.keeping(roots):
        return [_outcome(work, now, monotonic) for work in works() if work.practice]


def _outcome(work: Work, now: datetime, seconds: Callable[[], float]) -> Outcome:
    began, missed = seconds(), list[str]()
    token = _missed.set(missed)
    try:
        if work.atomic:
            with transaction.atomic():
                result = work.run(now)
        else:
            result = work.run(now)
    except Exception as failure:  # one room's failure must not stop the others
        log.exception("tick work failed", extra={"event": work.name, "kind": type(failure).__name__})
        _heal(failure)
        return Outcome(work.name, False, None, type(failure).__name__, int((seconds() - began) * 1000))
    finally:
        _missed.reset(token)
    count = result if isinstance(result, int) and not isinstance(result, bool) else None
    return Outcome(work.name, not missed, count, next(iter(missed), ""), int((seconds() - began) * 1000))


def _heal(failure: Exception) -> None:
    """A broken connection is dropped, so that the next work gets a fresh one."""
    if isinstance(failure, DatabaseError | InterfaceError):
        for connection in connections.all(initialized_only=True):
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()


def _beat(outcomes: list[Outcome]) -> None:
    """Write who ran: `at` is real time of the last round, kept also when the work failed (`detail` says so)."""
    at = clock.SystemClock().now()
    rows = [
        Heartbeat(name=o.name, at=at, detail={"ok": o.ok, "count": o.count, "error": o.error, "ms": o.milliseconds})
        for o in {o.name: o for o in outcomes}.values()
    ]
    rows.append(Heartbeat(name=SELF, at=at, detail={"ok": all(o.ok for o in outcomes)}))
    try:
        with transaction.atomic():
            Heartbeat.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["name"], update_fields=["at", "detail"]
            )
    except DatabaseError as failure:
        log.exception("heartbeat not written", extra={"kind": type(failure).__name__})
        _heal(failure)


def loop(stop: threading.Event, ticker: Ticker | None = None) -> None:
    """Tick until `stop` is set."""
    ticker = ticker or Ticker()
    while not stop.is_set():
        ticker.step()
        stop.wait(PAUSE_SECONDS)


@every("foundation.messages", 5, atomic=False)
def _messages(now: datetime) -> int:
    return notify.deliver_due(now=now)


@every("foundation.rescue", 5, atomic=False)
def _rescue(_now: datetime) -> int:
    return jobs.rescue()


@every("foundation.checkpoint", 5, atomic=False)
def _checkpoint(_now: datetime) -> int:
    moved = checkpoint()
    return moved[1] if moved else 0


@every("foundation.workers", 15)
def _workers(_now: datetime) -> None:
    jobs.ask_for_sign_of_life()


@every("foundation.anchor", 60, atomic=False)
def _anchor(_now: datetime) -> int:
    return anchor.write(clock.SystemClock().now())


@every("foundation.ping", 60, atomic=False)
def _ping(_now: datetime) -> int:
    return int(ping.pinger.ping(clock.SystemClock().now()))


@every("foundation.orphans", 6 * 3600, atomic=False)
def _orphans(_now: datetime) -> int:
    return files.sweep(clock.SystemClock().now())


@every("foundation.tidy", 3600)
def _tidy(now: datetime) -> int:
    """Expired sessions, and counters of attempts whose window is long over."""
    from django.contrib.sessions.models import Session

    real = clock.SystemClock().now()
    Session.objects.filter(expire_date__lt=real).delete()
    return RateBucket.objects.filter(window_start__lt=min(now, real) - timedelta(days=1)).delete()[0]
