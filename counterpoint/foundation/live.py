"""Live updates: one poller per process follows the journal and hands new entries to open screens.

The journal is the outbox: an entry exists exactly when its change was committed. A screen that reconnects says the last
id it saw and gets what it missed, or `resync` when that was too much.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from counterpoint.foundation import facts
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import Scope, unscoped

log = logging.getLogger("counterpoint.live")

POLL_SECONDS = 0.25
RECHECK_SECONDS = 4.0  # a stream asks again this often who is listening, on its own clock so that news need not wait
CATCH_UP_LIMIT = 500
QUEUE_SIZE = 200  # batches that a stuck screen may owe before it is told to start afresh
PING = "event: ping\ndata: {}\n\n"
RESYNC = "event: resync\ndata: {}\n\n"
READ = "foundation.journal.view"
Renew = Callable[[], Awaitable[Scope | None]]
LOOK_BACK = 200  # on PostgreSQL a lower id may commit after a higher one; look again at this many


@dataclass(frozen=True)
class LiveEvent:
    """What a screen gets: the entry without anything personal (the journal holds nothing personal)."""

    id: int
    path: str
    kind: str
    subject: str
    at: str
    data: dict[str, Any]

    @cached_property
    def encoded(self) -> str:
        """As one server-sent event named by its kind, for readers of the journal; made once for all screens."""
        return self._as_event({"kind": self.kind, "subject": self.subject, "at": self.at, "data": self.data})

    @cached_property
    def bare(self) -> str:
        """That something of this kind happened, for every other screen: it fetches what it may see."""
        return self._as_event({"kind": self.kind, "at": self.at})

    @cached_property
    def dim(self) -> str:
        """The dimension outside the branch tree that the kind belongs to."""
        return facts.dim_of(self.kind)

    def _as_event(self, body: dict[str, Any]) -> str:
        return f"id: {self.id}\nevent: {self.kind}\ndata: {json.dumps(body)}\n\n"


@dataclass(eq=False)
class Subscriber:
    """An open screen: what it may see, and its queue."""

    scope: Scope
    path: str
    queue: "asyncio.Queue[tuple[LiveEvent, ...] | None]" = field(default_factory=lambda: asyncio.Queue(QUEUE_SIZE))

    def wants(self, event: LiveEvent) -> bool:
        """Inside the asked path, the caller's scope and its dimensions."""
        inside = event.path.startswith(self.path) and self.scope.covers(event.path)
        return inside and (not event.dim or event.dim in self.scope.dims)

    def told(self, events: Iterable[LiveEvent]) -> str:
        """The events as this caller may read them; a ping when none is left."""
        wanted = [e for e in events if self.wants(e)]
        return "".join(e.encoded if self.scope.may(READ, e.path) else e.bare for e in wanted) or PING


def _fresh_connection() -> None:
    """A stream outlives the request that would have closed an obsolete connection."""
    if not connection.in_atomic_block:
        close_old_connections()


def read_after(last: int, limit: int = CATCH_UP_LIMIT) -> list[LiveEvent]:
    """Entries with a higher id, oldest first; all branches (the hub filters per subscriber)."""
    _fresh_connection()
    with unscoped("the live hub reads once for all screens and filters by each screen's scope", practice=True):
        rows = JournalEntry.objects.filter(id__gt=last).order_by("id")[:limit]
        return [
            LiveEvent(r.id, r.org_path, r.kind, r.subject, r.at.isoformat(), {**r.data, "private": None}) for r in rows
        ]


def newest_id() -> int:
    """The id of the newest entry, 0 when there is none."""
    _fresh_connection()
    with unscoped("the live hub's starting point", practice=True):
        return JournalEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


class Hub:
    """Fans journal entries out to the screens of this process."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._seen: set[int] = set()
        self._last = 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the poller once; safe to call for every subscriber."""
        if self._task is None or self._task.done():
            started = asyncio.Event()
            self._task = asyncio.create_task(self._run(started))
            await started.wait()

    async def _run(self, started: asyncio.Event) -> None:
        try:
            self._last, self._seen = await sync_to_async(newest_id)(), set()
        finally:
            started.set()
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                if self._subscribers:
                    await self._poll()
                else:
                    self._last, self._seen = await sync_to_async(newest_id)(), set()
            except Exception:  # a database that is away for a moment must not end the news for every screen
                log.exception("the live hub could not read the journal")
                await asyncio.sleep(1)

    async def _poll(self) -> None:
        events = await sync_to_async(read_after)(max(0, self._last - LOOK_BACK), CATCH_UP_LIMIT + LOOK_BACK)
        floor = min(self._seen, default=self._last)
        fresh = [e for e in events if e.id > self._last or (floor < e.id and e.id not in self._seen)]
        self._seen = {e.id for e in events}
        self._last = max([self._last, *(e.id for e in events)])
        for subscriber in tuple(self._subscribers) if fresh else ():
            batch = tuple(filter(subscriber.wants, fresh))
            if batch:
                self._put(subscriber, batch)

    def _put(self, subscriber: Subscriber, batch: tuple[LiveEvent, ...]) -> None:
        try:
            subscriber.queue.put_nowait(batch)
        except asyncio.QueueFull:
            self._subscribers.discard(subscriber)
            while not subscriber.queue.empty():
                subscriber.queue.get_nowait()
            subscriber.queue.put_nowait(None)

    async def stream(self, scope: Scope, path: str, last: int | None, renew: Renew | None = None) -> AsyncIterator[str]:
        """Server-sent events for one screen: missed entries first, then live ones, with pings between.

        `renew` answers who is listening now, None when nobody is any more: the stream ends then, and a scope that
        shrank is followed within seconds.
        """
        await self.start()
        subscriber = Subscriber(scope, path)
        self._subscribers.add(subscriber)
        try:
            yield "retry: 2000\n\n"
            caught_up: frozenset[int] = frozenset()
            if last is not None:
                missed = await sync_to_async(read_after)(last, CATCH_UP_LIMIT + 1)
                if len(missed) > CATCH_UP_LIMIT:
                    yield RESYNC
                else:
                    caught_up = frozenset(e.id for e in missed)
                    yield subscriber.told(missed)
            clock = asyncio.get_running_loop().time
            due = clock() + RECHECK_SECONDS
            while True:
                batch = await _next(subscriber, due - clock())
                if clock() >= due:
                    allowed = await renew() if renew is not None else subscriber.scope
                    if allowed is None or not allowed.covers(path):
                        return
                    subscriber.scope, due = allowed, clock() + RECHECK_SECONDS
                if batch is None:
                    yield RESYNC
                    return
                yield subscriber.told(e for e in batch if e.id not in caught_up)
        finally:
            self._subscribers.discard(subscriber)


async def _next(subscriber: Subscriber, seconds: float) -> tuple[LiveEvent, ...] | None:
    """The next batch; an empty one when nothing came in time, None for a screen that fell too far behind."""
    try:
        return await asyncio.wait_for(subscriber.queue.get(), max(0.0, seconds))
    except TimeoutError:
        return ()


hub = Hub()
