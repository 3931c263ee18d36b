"""Background work: asked for in a transaction, once per key, with the rights its requester has today."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction

from counterpoint.foundation import access, actions, clock, jobs
from counterpoint.foundation.errors import Forbidden, Invalid
from counterpoint.foundation.models import Heartbeat, JobRun
from counterpoint.foundation.scope import scoped, unscoped


@pytest.fixture(autouse=True)
def handlers(monkeypatch):
    monkeypatch.setattr(jobs, "_handlers", {})

    @jobs.job("test.count")
    def count(payload, *, scope, report, now):
        report(0.5, "halfway")
        return {"roots": list(scope.roots), "actor": str(scope.actor), "upto": payload["upto"]}

    @jobs.job("test.refuse")
    def refuse(payload, *, scope, report, now):
        raise Invalid("Row 3 has no date. Add it and import again.")

    @jobs.job("test.break")
    def break_(payload, *, scope, report, now):
        raise ZeroDivisionError("by zero")

    @jobs.job("test.need")
    def need(payload, *, scope, report, now):
        scope.require("foundation.org.view", payload["path"])
        return {}


@pytest.fixture
def queue(settings, monkeypatch):
    """Jobs wait in a list instead of running at once."""
    settings.JOBS_INLINE = False
    asked = []
    monkeypatch.setattr(jobs, "async_task", lambda name, *args, **_: asked.append((name, *args)))
    return asked


def ask(bank, kind="test.count", key="k", person="Sun", **payload):
    scope = bank.scope(person)
    with scoped(scope):
        return jobs.enqueue(
            scope=scope, org_unit=bank.b01, kind=kind, key=key, payload={"upto": 3, **payload}, now=bank.now
        )


def run(row):
    """Run one job as a worker would, without its heartbeat thread."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "settings", SimpleNamespace(JOBS_INLINE=True))
        jobs.run(str(row.pk))
    with unscoped("test"):
        return JobRun.objects.get(pk=row.pk)


def test_a_job_runs_in_the_scope_of_its_requester_and_keeps_its_result(bank):
    row = ask(bank)
    assert row.state == "done" and row.progress == 1.0 and row.message == "halfway"
    assert row.result == {"roots": ["/hq/east/b01/"], "actor": str(bank.people["Sun"].pk), "upto": 3}


def test_the_same_key_twice_is_one_job(bank, queue):
    assert ask(bank).pk == ask(bank, upto=9).pk
    assert len(queue) == 1


def test_work_for_a_practice_world_that_is_over_ends_in_words_and_is_no_fault(bank, queue, monkeypatch, caplog):
    row = ask(bank)
    monkeypatch.setattr(jobs, "PRACTICE", "/hq/")  # the branch lies in a world that nobody keeps any more
    done = run(row)
    assert (done.state, bool(done.error), done.result) == ("failed", True, None) and caplog.records == []


def test_a_rolled_back_request_leaves_nothing(bank, queue):
    from django_q.models import OrmQ

    with pytest.raises(RuntimeError), transaction.atomic():
        ask(bank)
        raise RuntimeError
    with unscoped("test"):
        assert not JobRun.objects.exists()
    assert not OrmQ.objects.exists()


def test_the_real_queue_row_rolls_back_with_its_cause(bank, settings):
    from django_q.models import OrmQ

    settings.JOBS_INLINE = False
    with pytest.raises(RuntimeError), transaction.atomic():
        ask(bank)
        assert OrmQ.objects.count() == 1
        raise RuntimeError
    assert not OrmQ.objects.exists()


def test_an_unknown_kind_is_refused_at_once(bank):
    with pytest.raises(KeyError):
        ask(bank, kind="nobody.handles")


def test_an_anticipated_failure_keeps_its_message_and_an_unanticipated_one_its_kind(bank):
    assert ask(bank, kind="test.refuse").error == "Row 3 has no date. Add it and import again."
    broken = ask(bank, kind="test.break", key="other")
    assert broken.state == "failed" and broken.error == "ZeroDivisionError: by zero"


def test_rights_are_those_of_the_day_of_running(bank, queue):
    row = ask(bank, kind="test.need", path=bank.b01.path)
    scope = access.system_scope(("foundation.people.edit",))
    with scoped(scope):
        post = bank.people["Sun"].posts.get()
        actions.post_end(scope=scope, now=bank.now, post=post, until=bank.now.date())
    done = run(row)
    assert done.state == "failed" and "foundation.org.view" in done.error


def test_a_requester_who_is_gone_has_no_rights_at_all(bank, queue):
    row = ask(bank, kind="test.need", path=bank.b01.path)
    sun = bank.people["Sun"]
    sun.is_active = False
    sun.save()
    assert run(row).state == "failed"


def test_a_job_of_the_system_has_the_verbs_of_the_house_at_its_branch_only(bank, queue):
    scope = access.system_scope(("foundation.org.view",))
    with scoped(scope):
        kept = {"scope": scope, "org_unit": bank.b01, "kind": "test.need", "now": bank.now}
        here = jobs.enqueue(key="here", payload={"path": bank.b01.path}, **kept)
        there = jobs.enqueue(key="there", payload={"path": bank.b03.path}, **kept)
    assert run(here).state == "done"
    assert run(there).state == "failed"


def test_a_job_of_a_device_has_that_devices_verbs(bank, queue):
    scope = bank.scope("Sun")
    with scoped(scope):
        _key, token = actions.device_enrol(
            scope=scope, now=bank.now, branch=bank.b01, name="Kiosk", verbs=("foundation.org.view",)
        )
        _row, device = access.device_scope(token, bank.now)
    with scoped(device):
        row = jobs.enqueue(
            scope=device, org_unit=bank.b01, kind="test.need", key="d", payload={"path": bank.b01.path}, now=bank.now
        )
    assert run(row).state == "done"
    with scoped(device), pytest.raises(Forbidden):
        device.require("foundation.org.edit", bank.b01.path)


def test_a_finished_job_is_not_run_again(bank, queue):
    row = ask(bank)
    first = run(row)
    assert run(row).attempt == first.attempt == 1


def lapse(row, state="running", attempt=1):
    with unscoped("test"):
        past = clock.SystemClock().now() - timedelta(minutes=1)
        JobRun.objects.filter(pk=row.pk).update(state=state, attempt=attempt, lease_until=past)


def test_a_job_whose_worker_is_silent_is_handed_over_once(bank, queue):
    row = ask(bank)
    lapse(row)
    assert [jobs.rescue(), jobs.rescue()] == [1, 0]
    assert queue.count(("counterpoint.foundation.jobs.run", str(row.pk))) == 2
    assert run(row).attempt == 2


def test_a_job_whose_message_was_lost_is_asked_for_again(bank, queue):
    row = ask(bank)
    lapse(row, state="queued", attempt=0)
    assert jobs.rescue() == 1
    assert run(row).attempt == 1


def test_a_job_that_killed_three_workers_is_given_up(bank, queue):
    row = ask(bank)
    lapse(row, attempt=3)
    assert jobs.rescue() == 0
    with unscoped("test"):
        row.refresh_from_db()
    assert row.state == "failed" and "three times" in row.error


def test_a_superseded_worker_cannot_write_over_its_successor(bank, queue):
    row = ask(bank)
    lapse(row, attempt=2)
    with unscoped("test"):
        stale = JobRun.objects.get(pk=row.pk)
        JobRun.objects.filter(pk=row.pk).update(attempt=3, result={"by": "successor"})
    assert not jobs._guarded(stale, state="done", result={"by": "sleeper"})
    with unscoped("test"):
        row.refresh_from_db()
    assert row.result == {"by": "successor"} and row.state == "running"


def test_progress_stays_between_zero_and_one(bank, queue):
    row = ask(bank)
    lapse(row)
    with unscoped("test"):
        report = jobs._reporter(JobRun.objects.get(pk=row.pk))
    report(7, "x" * 500)
    with unscoped("test"):
        row.refresh_from_db()
    assert row.progress == 1.0 and len(row.message) == 200


def test_one_sign_of_life_is_asked_for_at_a_time(db, queue):
    assert jobs.ask_for_sign_of_life()
    assert not jobs.ask_for_sign_of_life()
    jobs.beat()
    assert jobs.ask_for_sign_of_life()
    assert len(queue) == 2 and Heartbeat.objects.get(name="jobs").detail == {"ok": True}
