"""Is it alive, is it ready? For load balancers and watchdogs; names and verdicts only, nothing about the business."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.functional import Promise

from counterpoint.foundation import clock
from counterpoint.foundation.models import Heartbeat, JobRun
from counterpoint.foundation.policy import public
from counterpoint.foundation.scope import unscoped

FRESH = {"tick": timedelta(seconds=30), "jobs": timedelta(seconds=60)}
LEAST_FREE = 0.05
NEVER, SILENT = "never seen", "no recent sign of life"
SETTLING = timedelta(minutes=2)  # after a start, in which a work may not have had its first turn
_watched: dict[str, tuple[timedelta, str | Promise]] = {}
_served: dict[str, datetime] = {}  # since when this process answers requests; empty in commands
MIGRATION_LOCK = 0x636F756E74  # any constant: PostgreSQL's advisory locks are numbers


@dataclass(frozen=True)
class Sign:
    """One thing that must be so for the product to serve."""

    name: str
    ok: bool
    detail: str
    since: datetime | None = None  # when it was last seen


def watch(name: str, limit: timedelta, label: str | Promise) -> None:
    """A room's tick work that must go on: silent for longer than `limit`, or failing, is not ready. `label` is what it
    does, for people."""
    _watched[name] = (limit, label)


def label_of(name: str) -> str:
    """What a watched work does, in words."""
    return str(_watched[name][1]) if name in _watched else name


def signs(now: datetime, up_since: datetime | None = None) -> list[Sign]:
    """Database reachable and migrated, disk not full, tick, workers and watched works alive; `now` is real time."""
    try:
        pending = pending_migrations()
        found = [Sign("database", not pending, ", ".join(pending[:3]))]
        alive = beats(now, up_since)
    except Error as failure:
        return [Sign("database", False, type(failure).__name__), disk()]
    return [*found, disk(), *alive]


def beats(now: datetime, up_since: datetime | None = None) -> list[Sign]:
    """Whether tick, workers and watched works show signs of life. A watched work that never ran is missed by whoever is
    up since `up_since` for long enough to have seen it."""
    rows = {beat.name: beat for beat in Heartbeat.objects.all()}
    found = []
    for name, limit in FRESH.items():
        last = rows[name].at if name in rows else None
        fresh = last is not None and now - last <= limit
        said = "" if fresh else SILENT
        found.append(Sign(name, fresh or (name == "jobs" and _busy(now)), said, last))
    for name, (limit, _label) in sorted(_watched.items()):
        if name in rows:
            found.append(_watch_sign(rows[name], now, limit))
        elif up_since is not None and now - up_since > limit + SETTLING:
            found.append(Sign(name, False, NEVER))
    return found


def _watch_sign(beat: Heartbeat, now: datetime, limit: timedelta) -> Sign:
    if now - beat.at > limit:
        return Sign(beat.name, False, SILENT, beat.at)
    error = str(beat.detail.get("error") or "")
    return Sign(beat.name, not error, error, beat.at)


def serve_from(now: datetime) -> None:
    """This process answers requests from now on (real time)."""
    _served.setdefault("since", now)


def watched() -> list[str]:
    """Names of the watched works."""
    return sorted(_watched)


def pending_migrations() -> list[str]:
    """Names of migrations that are not applied."""
    executor = MigrationExecutor(connection)
    return [f"{m.app_label}.{m.name}" for m, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def disk(folder: Path | None = None) -> Sign:
    """Whether the disk under HOME has at least a twentieth free."""
    place = folder or Path(settings.HOME)
    while not place.exists():
        place = place.parent
    usage = shutil.disk_usage(place)
    free = usage.free / usage.total
    return Sign("disk", free >= LEAST_FREE, f"{free:.0%} free")


def _busy(now: datetime) -> bool:
    """A worker inside a long job gives no beat of its own but keeps its lease."""
    with unscoped("readiness looks at all branches' jobs"):
        return JobRun.objects.filter(state=JobRun.State.RUNNING, lease_until__gt=now).exists()


@contextmanager
def migration_lock(folder: Path) -> Iterator[None]:
    """Held by the one process that migrates; the others wait. On PostgreSQL also across machines."""
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / "migrate.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
                cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        yield
    finally:
        connection.close()  # ends the advisory lock and the session's settings
        os.close(file)


@public("a load balancer asks whether the process answers")
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@public("a load balancer asks whether the product can serve")
def readyz(_request: HttpRequest) -> HttpResponse:
    """200 when everything that serving needs is there, else 503; which of them is named, not why."""
    found = signs(clock.SystemClock().now(), _served.get("since"))
    ready = all(sign.ok for sign in found)
    return JsonResponse({"ready": ready} | {s.name: s.ok for s in found}, status=200 if ready else 503)


urlpatterns = [path("healthz", healthz, name="healthz"), path("readyz", readyz, name="readyz")]
