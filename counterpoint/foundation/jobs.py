"""Durable background work: a row per job, run by django-q2 workers, rescued by lease.

At-least-once: a handler may run again after a crash, so its effects carry keys. Every change of a running row is
guarded by its attempt, so that a worker that was thought dead cannot overwrite its successor.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from counterpoint.foundation import access, clock, roles
from counterpoint.foundation.errors import NotFound
from counterpoint.foundation.models import DeviceKey, Heartbeat, JobRun, OrgUnit, User
from counterpoint.foundation.scope import PRACTICE, Scope, scoped, unscoped

log = logging.getLogger("counterpoint.jobs")

LEASE = timedelta(seconds=30)
WAITING = timedelta(minutes=2)  # a queued job that no worker claimed in this time is handed over again
UNHEARD = timedelta(minutes=10)
BEAT_SECONDS = 10.0
MAX_ATTEMPTS = 3
ASKED = "jobs.asked"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

Report = Callable[[float, str], None]
Handler = Callable[..., dict[str, Any] | None]
_handlers: dict[str, Handler] = {}


def job(kind: str) -> Callable[[Handler], Handler]:
    """Register a handler ``fn(payload, scope, report, now) -> result`` under a key."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def ask_for_sign_of_life() -> bool:
    """Ask the workers to beat, unless an earlier request still waits. Proves queue, worker and database in one."""
    if settings.JOBS_INLINE:
        return False
    now, beats = _real_now(), dict(Heartbeat.objects.filter(name__in=("jobs", ASKED)).values_list("name", "at"))
    waiting = ASKED in beats and beats[ASKED] > beats.get("jobs", NEVER)
    if waiting and now - beats[ASKED] < UNHEARD:
        return False
    Heartbeat.objects.update_or_create(name=ASKED, defaults={"at": now})
    async_task("counterpoint.foundation.jobs.beat", save=False)
    return True


class WorldOver(NotFound):
    """The practice world that a job belongs to is closed."""


def beat() -> None:
    """Run by a worker: it is alive."""
    Heartbeat.objects.update_or_create(name="jobs", defaults={"at": _real_now(), "detail": {"ok": True}})


def enqueue(*, scope: Scope, org_unit: OrgUnit, kind: str, key: str, payload: dict[str, Any], now: datetime) -> JobRun:
    """Ask for work, in the caller's transaction. The same key again returns the existing row."""
    if kind not in _handlers:
        raise KeyError(f"No handler is registered for {kind}.")
    with transaction.atomic():
        existing = JobRun.objects.filter(key=key).first()
        if existing:
            return existing
        row = JobRun(
            org_unit=org_unit, key=key, kind=kind, payload=payload, requested_by=scope.actor, requested_at=now,
            lease_until=_real_now() + WAITING,
        )  # fmt: skip
        row.save(force_insert=True)
        _dispatch(row)
    if settings.JOBS_INLINE:
        row.refresh_from_db()
    return row


def _dispatch(row: JobRun) -> None:
    if settings.JOBS_INLINE:
        run(str(row.pk))
    else:
        async_task("counterpoint.foundation.jobs.run", str(row.pk))


def run(job_id: str) -> None:
    """Entry point of the worker: claim, run inside the requester's scope of today, close."""
    with unscoped("the worker claims a job before it knows whose it is", practice=True):
        row = _claim(job_id)
    if row is None:
        return
    stop = threading.Event()
    beat = None if settings.JOBS_INLINE else threading.Thread(target=_beat, args=(row, stop), daemon=True)
    if beat:
        beat.start()
    try:
        with _place_of(row) as scope, scoped(scope):
            result = _handlers[row.kind](row.payload, scope=scope, report=_reporter(row), now=clock.now())
        _finish(row, JobRun.State.DONE, result=result, progress=1.0)
    except WorldOver as over:  # nothing broke: whoever practised has left
        _finish(row, JobRun.State.FAILED, error=over.message)
    except Exception as failure:
        log.exception("job failed", extra={"job": str(row.pk), "kind": row.kind, "attempt": row.attempt})
        message = getattr(failure, "message", None) or f"{type(failure).__name__}: {failure}"
        _finish(row, JobRun.State.FAILED, error=str(message)[:2000])
    finally:
        stop.set()


def _real_now() -> datetime:
    """Leases run on the host's clock: demo time may stand still or race."""
    return clock.SystemClock().now().astimezone(UTC)


def _claim(job_id: str) -> JobRun | None:
    with transaction.atomic():
        row = JobRun.objects.select_for_update().select_related("org_unit").filter(pk=job_id).first()
        now = _real_now()
        waiting = row is not None and row.state == JobRun.State.QUEUED
        dead = row is not None and row.state == JobRun.State.RUNNING and (row.lease_until or now) <= now
        if row is None or not (waiting or dead):
            return None
        row.state, row.attempt, row.lease_until = JobRun.State.RUNNING, row.attempt + 1, now + LEASE
        row.save(update_fields=["state", "attempt", "lease_until", "org_path"])
        return row


@contextmanager
def _place_of(row: JobRun) -> Iterator[Scope]:
    """The scope of a job; one of a practice world runs at the world's time, under the world only."""
    if not row.org_path.startswith(PRACTICE):
        yield _scope_for(row)
        return
    real, code = clock.SystemClock().now(), row.org_path.split("/")[1]
    world = access.practice_world(code)
    user = User.objects.filter(pk=row.requested_by, is_active=True).first() if row.requested_by else None
    if world is None:
        raise WorldOver(_("This practice world is over."))
    found = access.practice_scope(user, code, real) if user is not None else None
    with clock.at(world.now(real)), access.keeping((world.org_path,)):
        yield found[1] if found else _scope_for(row)


def _scope_for(row: JobRun) -> Scope:
    """The requester's rights of today, not of the day of asking; a requester who is gone has none."""
    if row.requested_by is None:
        return access.system_scope(tuple(roles.table()), (row.org_path,))
    user = User.objects.filter(pk=row.requested_by, is_active=True).first()
    if user is not None:
        return access.scope_of(user, clock.now())
    with unscoped("a job asked for by a device runs with that device's verbs"):
        device = DeviceKey.objects.filter(pk=row.requested_by, revoked_at=None).first()
    if device is not None:
        return Scope(device.pk, (device.org_path,), dict.fromkeys(device.verbs, (device.org_path,)))
    return Scope(row.requested_by, ())


def _guarded(row: JobRun, **changes: Any) -> bool:
    """Apply changes only while this attempt still owns the row."""
    with unscoped("the worker writes its own job row", practice=True):
        mine = JobRun.objects.filter(pk=row.pk, attempt=row.attempt, state=JobRun.State.RUNNING)
        return bool(mine.update(**changes))


def _reporter(row: JobRun) -> Report:
    def report(progress: float, message: str = "") -> None:
        _guarded(row, progress=max(0.0, min(1.0, progress)), message=str(message)[:200])

    return report


def _finish(row: JobRun, state: str, **changes: Any) -> None:
    if not _guarded(row, state=state, finished_at=_real_now(), lease_until=None, **changes):
        log.warning("a superseded attempt was fenced", extra={"job": str(row.pk), "attempt": row.attempt})


def _beat(row: JobRun, stop: threading.Event) -> None:
    while not stop.wait(BEAT_SECONDS):
        _guarded(row, lease_until=_real_now() + LEASE)
    connection.close()


def rescue() -> int:
    """Called by the tick: hand jobs with a dead lease, and jobs that nobody claimed, to a worker again; give up after
    three attempts. Returns how many were handed over."""
    now, count = _real_now(), 0
    with unscoped("the tick serves all branches", practice=True):
        stale = JobRun.objects.filter(state__in=(JobRun.State.RUNNING, JobRun.State.QUEUED), lease_until__lt=now)
        for row in stale.order_by("requested_at")[:100]:
            if row.state == JobRun.State.RUNNING and row.attempt >= MAX_ATTEMPTS:
                _guarded(row, state=JobRun.State.FAILED, error="The worker died three times.", finished_at=now)
            else:
                count += _hand_over(row, now)
    return count


def _hand_over(row: JobRun, now: datetime) -> bool:
    """Back into the queue, guarded by what was read: of two rescuers one succeeds, a late heartbeat wins over both."""
    with transaction.atomic():
        seen = JobRun.objects.filter(pk=row.pk, state=row.state, attempt=row.attempt, lease_until=row.lease_until)
        if not seen.update(state=JobRun.State.QUEUED, lease_until=now + WAITING):
            return False
        _dispatch(row)
    return True
