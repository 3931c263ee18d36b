"""Jobs, messages and attempts under any order of events: never lost, never done twice, never more than allowed."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from counterpoint.foundation import jobs, notify, ratelimit
from counterpoint.foundation.models import Channel, JobRun, Message, RateBucket
from counterpoint.foundation.ratelimit import TooMany
from counterpoint.foundation.scope import scoped, unscoped

QUIET = settings(max_examples=12, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))
OVER = (JobRun.State.DONE, JobRun.State.FAILED)


class Story(RuleBasedStateMachine):
    """Each example in a savepoint of its own, on a clock that only the story moves."""

    start: datetime

    def __init__(self):
        super().__init__()
        self.now = self.start
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @rule(seconds=st.sampled_from([1, 30, 31, 121]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)


def job_machine(bank, asked):
    """One job, workers that claim it, beat, die, finish late; and the tick that rescues."""

    class Job(Story):
        start = bank.now

        def __init__(self):
            super().__init__()
            jobs._real_now = lambda: self.now
            asked.clear()
            scope = bank.scope("Sun")
            with scoped(scope):
                self.row = jobs.enqueue(
                    scope=scope, org_unit=bank.b01, kind="test.x", key="k", payload={}, now=bank.now
                )
            self.workers, self.finished = [], []

        def stored(self):
            with unscoped("test"):
                return JobRun.objects.get(pk=self.row.pk)

        @precondition(lambda self: asked)
        @rule()
        def a_worker_takes_the_message(self):
            asked.pop()
            before = self.stored()
            with unscoped("test"):
                mine = jobs._claim(str(self.row.pk))
            dead = before.state == "running" and before.lease_until <= self.now
            assert (mine is not None) is (before.state == "queued" or dead)
            if mine is not None:
                assert mine.attempt == before.attempt + 1
                self.workers.append(mine)

        @precondition(lambda self: self.workers)
        @rule(data=st.data())
        def a_worker_beats(self, data):
            worker = data.draw(st.sampled_from(self.workers))
            alive = self.stored()
            beat = jobs._guarded(worker, lease_until=self.now + jobs.LEASE)
            assert beat is (alive.state == "running" and alive.attempt == worker.attempt)

        @precondition(lambda self: self.workers)
        @rule(data=st.data(), well=st.booleans())
        def a_worker_finishes(self, data, well):
            worker = data.draw(st.sampled_from(self.workers))
            self.workers.remove(worker)
            before = self.stored()
            result = {"attempt": worker.attempt}
            jobs._finish(worker, "done" if well else "failed", result=result)
            if before.state == "running" and before.attempt == worker.attempt:
                self.finished.append(worker.attempt)
                assert self.stored().result == result and self.stored().lease_until is None
            else:
                assert self.stored().state == before.state and self.stored().result == before.result

        @precondition(lambda self: self.workers)
        @rule(data=st.data())
        def a_worker_dies(self, data):
            self.workers.remove(data.draw(st.sampled_from(self.workers)))

        @precondition(lambda self: asked)
        @rule()
        def a_message_is_lost(self):
            asked.pop()

        @rule()
        def a_message_comes_twice(self):
            asked.append((str(self.row.pk),))

        @rule()
        def the_tick_rescues(self):
            before, waiting = self.stored(), len(asked)
            count = jobs.rescue()
            assert len(asked) == waiting + count
            late = before.state not in OVER and before.lease_until < self.now
            spent = before.state == "running" and before.attempt >= jobs.MAX_ATTEMPTS
            assert count == (late and not spent)
            assert (self.stored().state == "failed") is (before.state == "failed" or (late and spent))

        @invariant()
        def it_finishes_at_most_once(self):
            assert len(self.finished) <= 1
            if self.finished:
                assert self.stored().state in OVER and self.stored().result == {"attempt": self.finished[0]}

        @invariant()
        def it_is_never_forgotten(self):
            row = self.stored()
            assert row.state in OVER or row.lease_until is not None

    return Job


@pytest.fixture
def asked(settings, monkeypatch):
    """The queue: what workers would be handed."""
    settings.JOBS_INLINE = False
    handed = []
    monkeypatch.setattr(jobs, "_handlers", {"test.x": lambda *_a, **_k: {}})
    monkeypatch.setattr(jobs, "async_task", lambda _name, *arguments, **_more: handed.append(arguments))
    monkeypatch.setattr(jobs, "_real_now", jobs._real_now)
    return handed


def test_a_job_is_never_lost_and_never_finished_twice(bank, asked):
    run_state_machine_as_test(job_machine(bank, asked), settings=settings(QUIET, max_examples=30))


@pytest.mark.parametrize(
    ("state", "late", "handed"),
    [("queued", True, 1), ("queued", False, 0), ("running", True, 1), ("running", False, 0), ("done", True, 0),
     ("failed", True, 0)],
)  # fmt: skip
def test_the_tick_hands_over_only_what_is_late_and_unfinished(bank, asked, monkeypatch, state, late, handed):
    monkeypatch.setattr(jobs, "_real_now", lambda: bank.now)
    with unscoped("test"):
        lease = bank.now - timedelta(microseconds=1) if late else bank.now
        JobRun(org_unit=bank.b01, key="k", kind="test.x", state=state, requested_at=bank.now, lease_until=lease).save()
    assert jobs.rescue() == handed == len(asked)


@pytest.mark.parametrize(("attempt", "state"), [(1, "queued"), (2, "queued"), (3, "failed"), (4, "failed")])
def test_a_job_has_three_tries(bank, asked, monkeypatch, attempt, state):
    monkeypatch.setattr(jobs, "_real_now", lambda: bank.now)
    with unscoped("test"):
        row = JobRun(
            org_unit=bank.b01, key="k", kind="test.x", state="running", attempt=attempt, requested_at=bank.now,
            lease_until=bank.now - timedelta(seconds=1),
        )  # fmt: skip
        row.save()
        assert jobs.rescue() == len(asked) == (state == "queued")
        row.refresh_from_db()
    assert row.state == state and bool(row.error) is (state == "failed")


def test_a_hundred_late_jobs_are_handed_over_at_a_time_the_oldest_first(bank, asked, monkeypatch):
    monkeypatch.setattr(jobs, "_real_now", lambda: bank.now)
    with unscoped("test"):
        rows = [
            JobRun(
                org_unit=bank.b01, key=f"k{number}", kind="test.x", requested_at=bank.now - timedelta(minutes=number),
                lease_until=bank.now - timedelta(seconds=1),
            )
            for number in range(130)
        ]  # fmt: skip
        JobRun.objects.bulk_create(rows)
    assert [jobs.rescue(), jobs.rescue(), jobs.rescue()] == [100, 30, 0]
    assert asked[0] == (str(rows[-1].pk),) and len({job for (job,) in asked}) == 130


def test_a_job_of_a_kind_that_no_room_handles_any_more_fails_in_words(bank, asked, settings, monkeypatch):
    with unscoped("test"):
        row = JobRun(org_unit=bank.b01, key="k", kind="test.gone", requested_at=bank.now)
        row.save()
    settings.JOBS_INLINE = True
    jobs.run(str(row.pk))
    with unscoped("test"):
        row.refresh_from_db()
    assert row.state == "failed" and "test.gone" in row.error


@pytest.mark.parametrize("result", [None, {}, {"url": "/x", "rows": [1, "\u4e8c", None]}])
def test_what_a_handler_returns_is_kept(bank, asked, settings, monkeypatch, result):
    settings.JOBS_INLINE = True
    monkeypatch.setitem(jobs._handlers, "test.x", lambda *_a, **_k: result)
    scope = bank.scope("Sun")
    with scoped(scope):
        row = jobs.enqueue(scope=scope, org_unit=bank.b01, kind="test.x", key="k", payload={}, now=bank.now)
    assert (row.state, row.result, row.progress) == ("done", result, 1.0) and row.finished_at is not None


def test_a_job_that_is_gone_is_nobodys_work(bank, asked):
    jobs.run("0199a1b2-1111-7222-8333-123456789012")
    with unscoped("test"):
        assert not JobRun.objects.exists()


@pytest.mark.parametrize(
    ("sentence", "kept"), [("x" * 3000, 2000), ("\u9519" * 2001, 2000), ("short", 5)], ids=["long", "Chinese", "short"]
)
def test_a_long_error_is_kept_as_far_as_it_helps(bank, asked, settings, monkeypatch, sentence, kept):
    def fail(*_arguments, **_more):
        raise ratelimit.TooMany(sentence)

    settings.JOBS_INLINE = True
    monkeypatch.setitem(jobs._handlers, "test.x", fail)
    scope = bank.scope("Sun")
    with scoped(scope):
        row = jobs.enqueue(scope=scope, org_unit=bank.b01, kind="test.x", key="k", payload={}, now=bank.now)
    assert len(row.error) == kept and row.error == sentence[:kept]


def message_machine(bank, line):
    """One message, a channel that fails or not, ticks that come, overlap and die."""

    class Outbox(Story):
        start = bank.now

        def __init__(self):
            super().__init__()
            with unscoped("test"):
                Channel(org_unit=bank.b01, name="x", url="x").save()
                self.message = notify.send(org_unit=bank.b01, dedupe="d", title="t", body="b", now=self.now)
            line.sent, line.tried, self.died = [], 0, 0

        def stored(self):
            with unscoped("test"):
                return Message.objects.get(pk=self.message.pk)

        @rule(works=st.booleans())
        def the_tick_delivers(self, works):
            before, line.works, tried = self.stored(), works, line.tried
            due = before.next_due_at is not None and before.next_due_at <= self.now
            assert notify.deliver_due(now=self.now) == (due and works)
            assert line.tried == tried + due

        @rule()
        def a_tick_dies_after_claiming(self):
            row = self.stored()
            if row.next_due_at is not None and row.next_due_at <= self.now:
                with unscoped("test"):
                    assert notify._claim(row, self.now)
                self.died += 1

        @rule()
        def the_same_cause_happens_again(self):
            with unscoped("test"):
                again = notify.send(org_unit=bank.b01, dedupe="d", title="other", body="b", now=self.now)
                assert again.pk == self.message.pk and Message.objects.filter(dedupe="d").count() == 1

        @invariant()
        def it_is_sent_once_or_given_up_or_due(self):
            row = self.stored()
            assert len(line.sent) <= 1 and bool(line.sent) is (row.sent_at is not None)
            assert row.tries == line.tried + self.died
            given_up = row.sent_at is None and row.next_due_at is None
            assert (notify.given_up() == 1) is given_up
            if given_up:
                assert row.tries >= notify.MAX_TRIES and row.error

    return Outbox


@pytest.fixture
def line(monkeypatch):
    """The wire to the channel."""

    class Line:
        works, sent, tried = True, [], 0

        def deliver(self, message):
            self.tried += 1
            if self.works:
                self.sent.append(message.pk)
                return ""
            return "Not delivered."

    wire = Line()
    monkeypatch.setattr(notify, "_deliver", wire.deliver)
    return wire


def test_a_message_is_sent_once_given_up_or_due(bank, line):
    run_state_machine_as_test(message_machine(bank, line), settings=QUIET)


def test_the_tick_sends_the_longest_due_first_and_at_most_its_share(bank, line):
    with unscoped("test"):
        Channel(org_unit=bank.b01, name="x", url="x").save()
        waiting = [
            notify.send(
                org_unit=bank.b01, dedupe=f"d{number}", title="t", body="b", now=bank.now - timedelta(minutes=number)
            )
            for number in range(5)
        ]
    assert notify.deliver_due(now=bank.now, limit=2) == 2
    assert line.sent == [waiting[4].pk, waiting[3].pk]
    assert notify.deliver_due(now=bank.now) == 3


@pytest.mark.parametrize(
    ("channels", "chosen"),
    [([], None), (["hq"], "hq"), (["hq", "east"], "east"), (["hq", "b01"], "b01"), (["west", "b02"], None)],
)
def test_a_branch_speaks_through_the_nearest_active_channel(bank, line, channels, chosen):
    with unscoped("test"):
        for code in [*channels, "b01"]:
            Channel(org_unit=bank.units[code], name=code, url="x", active=code in channels).save()
        message = notify.send(org_unit=bank.b01, dedupe="d", title="t", body="b", now=bank.now)
        assert (message.channel.name if message.channel else None) == chosen
        assert (message.sent_at is None) is (message.next_due_at is not None) is (chosen is not None)


def rate_machine(bank):
    """The counter against the list of all attempts of the window that its first attempt opened."""

    class Rate(Story):
        start = bank.now
        limit, window = 3, timedelta(minutes=2)

        def __init__(self):
            super().__init__()
            self.opened, self.count = None, 0

        @rule()
        def someone_tries(self):
            if self.opened is None or self.now - self.opened >= self.window:
                self.opened, self.count = self.now, 0
            self.count += 1
            try:
                left = ratelimit.take(key="k", limit=self.limit, window=self.window, now=self.now)
            except TooMany as refused:
                assert self.count > self.limit
                wait = refused.details["retry_after"]
                assert 1 <= wait <= 120 and self.now + timedelta(seconds=wait) >= self.opened + self.window - timedelta(
                    seconds=1
                )
            else:
                assert left == self.limit - self.count >= 0

        @rule()
        def it_succeeds(self):
            ratelimit.clear("k")
            self.opened = None

        @invariant()
        def there_is_one_row_at_most(self):
            assert RateBucket.objects.count() == (self.opened is not None)

    return Rate


def test_attempts_are_counted_like_a_list_of_them(bank):
    run_state_machine_as_test(rate_machine(bank), settings=QUIET)
