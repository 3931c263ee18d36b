"""Job handlers and claims for the fault tests; the effect of a job is a line appended to a file."""

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from django.db import connection

from counterpoint.foundation import clock, jobs, signin
from counterpoint.foundation.errors import DomainError
from counterpoint.foundation.models import Counter, JobRun, OrgUnit
from counterpoint.foundation.ratelimit import TooMany
from counterpoint.foundation.scope import scoped, unscoped
from tests.faults import parts


@jobs.job("faults.append")
def append(payload: dict[str, Any], *, scope: Any, report: Any, now: Any) -> dict[str, Any]:
    """Not idempotent on purpose: running twice shows."""
    with Path(payload["file"]).open("a") as out:
        out.write(f"{payload['number']}\n")
    return {}


@jobs.job("faults.counter")
def counter(payload: dict[str, Any], *, scope: Any, report: Any, now: Any) -> dict[str, Any]:
    """An effect with a key, and two points to die at."""
    place = OrgUnit.objects.get(code="b01")
    point = payload["die"] if JobRun.objects.get(kind="faults.counter").attempt == 1 else ""
    if point == "before_effect":
        os.kill(os.getpid(), signal.SIGKILL)
    if not Counter.objects.filter(org_unit=place, number=7).exists():
        parts.write(7, place, scope)
    if point == "after_effect":
        os.kill(os.getpid(), signal.SIGKILL)
    if point == "pause":
        Path(payload["file"]).touch()
        time.sleep(1.5)
    return {"attempt": JobRun.objects.get(kind="faults.counter").attempt, "by": os.getpid()}


def enqueue(kind: str, number: int, **payload: Any) -> str:
    """Ask for a job as the command line would."""
    scope, place = parts.everything(), parts.the_branch()
    with scoped(scope):
        row = jobs.enqueue(
            scope=scope, org_unit=place, kind=kind, key=f"{kind}:{number}", payload={"number": number, **payload},
            now=clock.now(),
        )  # fmt: skip
    return str(row.pk)


def race(file: str, count: int, workers: int, sabotage: bool) -> dict[str, Any]:
    """F11: `workers` processes run the same jobs at once; how many effects, and how many jobs are done."""
    ids = [enqueue("faults.append", number, file=file) for number in range(count)]
    connection.close()
    gate_read, gate_write = os.pipe()

    def worker() -> None:
        os.close(gate_write)
        os.read(gate_read, 1)
        if sabotage:
            jobs._claim = careless_claim
        for job_id in ids:
            jobs.run(job_id)

    children = [parts.fork(worker) for _ in range(workers)]
    os.close(gate_write)
    for child in children:
        os.waitpid(child, 0)
    effects = len(Path(file).read_text().splitlines())
    with unscoped("fault test"):
        done = JobRun.objects.filter(state="done").count()
    return {"effects": effects, "done": done}


def careless_claim(job_id: str) -> JobRun | None:
    """Look, then act: what a claim must not do."""
    row = JobRun.objects.select_related("org_unit").get(pk=job_id)
    if row.state != JobRun.State.QUEUED:
        return None
    time.sleep(0.02)
    row.state, row.attempt = JobRun.State.RUNNING, row.attempt + 1
    row.save()
    return row


def short_leases() -> None:
    """Leases and beats of a test, not of a branch."""
    from datetime import timedelta

    jobs.LEASE, jobs.WAITING, jobs.BEAT_SECONDS = timedelta(seconds=0.4), timedelta(seconds=0.4), 0.1


def die_and_rescue(point: str) -> dict[str, Any]:
    """F10: the first worker is killed at a point of the job; the job is rescued and its effect is there once."""
    short_leases()
    job_id = enqueue("faults.counter", 1, die=point)
    connection.close()
    os.waitpid(parts.fork(lambda: jobs.run(job_id)), 0)
    with unscoped("fault test"):
        early = JobRun.objects.get(pk=job_id).state
    jobs.run(job_id)  # a second message while the lease lives changes nothing
    time.sleep(0.6)
    rescued = [jobs.rescue(), jobs.rescue()]
    jobs.run(job_id)
    with unscoped("fault test"):
        row = JobRun.objects.get(pk=job_id)
        return {
            "early": early, "rescued": rescued, "state": row.state, "attempt": row.attempt,
            "effects": Counter.objects.filter(number=7).count(), "broken": parts.state()["broken"],
        }  # fmt: skip


def pause_and_resume(file: str) -> dict[str, Any]:
    """F10: a worker that slept through its lease wakes up and must not overwrite its successor."""
    short_leases()
    job_id = enqueue("faults.counter", 1, die="pause", file=file)
    connection.close()
    sleeper = parts.fork(lambda: jobs.run(job_id))
    while not Path(file).exists():
        time.sleep(0.01)
    os.kill(sleeper, signal.SIGSTOP)
    time.sleep(0.6)
    rescued = jobs.rescue()
    connection.close()
    os.waitpid(parts.fork(lambda: jobs.run(job_id)), 0)
    with unscoped("fault test"):
        before = JobRun.objects.get(pk=job_id).result
    connection.close()
    os.kill(sleeper, signal.SIGCONT)
    os.waitpid(sleeper, 0)
    with unscoped("fault test"):
        row = JobRun.objects.get(pk=job_id)
    same = row.result == before
    return {"rescued": rescued, "attempt": row.attempt, "unchanged": same, "sleeper": row.result["by"] == sleeper}


def guess_in_parallel(tries: int, sabotage: bool) -> dict[str, Any]:
    """T13: many wrong passwords at once; how many were really compared."""
    compared = []
    lock = threading.Lock()
    if sabotage:
        signin.ratelimit.take = count_after_the_work(signin.ratelimit.take)

    def guess() -> None:
        try:
            signin.check_password(staff_no="sun", password="wrong", address="10.0.0.1", now=clock.now())
        except TooMany:
            pass
        except DomainError:
            with lock:
                compared.append(1)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess) for _ in range(tries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"compared": len(compared)}


def count_after_the_work(take: Any) -> Any:
    """Sabotage: look at the counter first and count later."""
    from counterpoint.foundation.models import RateBucket

    def late(*, key: str, limit: int, window: Any, now: Any) -> int:
        row = RateBucket.objects.filter(pk=key).first()
        if row is not None and row.count >= limit:
            raise TooMany("later")
        time.sleep(0.2)
        return take(key=key, limit=10**6, window=window, now=now)

    return late
