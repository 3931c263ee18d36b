"""The tick: every work in its turn, a failure alone, a heartbeat for each."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from counterpoint.foundation import tick
from counterpoint.foundation.models import Heartbeat, RateBucket
from counterpoint.foundation.tick import Ticker, Work


class Seconds:
    """A hand-moved stopwatch."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def seconds():
    return Seconds()


def test_work_gets_now_and_leaves_a_heartbeat_with_its_count(db, clock, seconds):
    given = []
    ticker = Ticker([Work("room.count", 5, lambda now: given.append(now) or 3)], seconds)
    outcome = ticker.step()[0]
    assert given == [clock.now()] and outcome.ok and outcome.count == 3
    assert Heartbeat.objects.get(name="room.count").detail["count"] == 3
    assert Heartbeat.objects.get(name="tick").detail == {"ok": True}


def test_work_runs_as_often_as_it_asked(db, clock, seconds):
    runs = []
    ticker = Ticker(
        [Work("fast", 5, lambda now: runs.append("f")), Work("slow", 60, lambda now: runs.append("s"))], seconds
    )
    for _ in range(24):  # two minutes
        ticker.step()
        seconds.now += 5
    assert runs.count("f") == 24 and runs.count("s") == 2


def test_quick_work_does_not_wait_for_the_end_of_a_long_round(db, clock, seconds):
    begun, beaten = [], []

    def long(now):
        seconds.now += 16

    def quick(now):
        begun.append(seconds.now)
        beaten.append(Heartbeat.objects.filter(name="tick").exists())

    def fail(now):
        raise ValueError

    slow = [Work(f"slow{n}", 600, long, atomic=False) for n in range(4)]
    outcomes = Ticker([Work("bad", 600, fail), Work("quick", 5, quick), *slow], seconds).step()
    assert Heartbeat.objects.get(name="tick").detail == {"ok": False}  # what came later does not hide it
    assert begun == [begun[0] + 16 * n for n in range(5)]
    assert [o.name for o in outcomes].count("quick") == 5 and [o.name for o in outcomes if not o.ok] == ["bad"]
    assert beaten == [False, False, True, True, True]


def test_a_failing_work_does_not_stop_the_others_and_is_named(db, clock, seconds):
    def fail(now):
        raise ValueError("13800000000")

    outcomes = Ticker([Work("bad", 5, fail), Work("good", 5, lambda now: 1)], seconds).step()
    assert [o.ok for o in outcomes] == [False, True]
    assert Heartbeat.objects.get(name="bad").detail["error"] == "ValueError"
    assert Heartbeat.objects.get(name="tick").detail == {"ok": False}


def test_one_thing_that_fails_stops_no_other_writes_nothing_and_makes_the_work_a_failed_one(db, clock, seconds):
    def write(thing):
        RateBucket.objects.create(key=thing, window_start=clock.now())
        if thing == "bad":
            raise ValueError(thing)
        return True

    def work(now):
        return tick.each("thing not done", ["first", "bad", "last"], write)

    outcome, plain = Ticker([Work("things", 5, work, atomic=False), Work("plain", 5, lambda now: 1)], seconds).step()
    assert (outcome.ok, outcome.count, outcome.error, plain.ok) == (False, 2, "ValueError", True)
    assert set(RateBucket.objects.values_list("key", flat=True)) == {"first", "last"}
    assert tick.each("thing not done", ["other", "bad"], write) == 1  # outside of the tick it only logs


def test_what_a_failing_work_wrote_is_undone(db, clock, seconds):
    def half(now):
        RateBucket.objects.create(key="half", window_start=now)
        raise ValueError

    Ticker([Work("half", 5, half)], seconds).step()
    assert not RateBucket.objects.filter(key="half").exists()


def test_after_a_database_error_the_next_work_still_runs(db, clock, seconds):
    def broken(now):
        with transaction.atomic():
            raise DatabaseError("away")

    def reads(now):
        return RateBucket.objects.count()

    outcomes = Ticker([Work("broken", 5, broken), Work("reads", 5, reads)], seconds).step()
    assert [o.ok for o in outcomes] == [False, True]


def test_work_that_waits_for_the_network_is_not_in_a_transaction(db, clock, seconds):
    inside = []
    depth = len(connection.savepoint_ids)
    works = [
        Work("in", 5, lambda now: inside.append(len(connection.savepoint_ids) - depth)),
        Work("out", 5, lambda now: inside.append(len(connection.savepoint_ids) - depth), atomic=False),
    ]
    Ticker(works, seconds).step()
    assert inside == [1, 0]


def test_a_name_is_registered_once(monkeypatch):
    monkeypatch.setattr(tick, "_registry", {})

    @tick.every("room.work", 5)
    def first(now):
        return 1

    with pytest.raises(ValueError, match="twice"):

        @tick.every("room.work", 5)
        def second(now):
            return 2

    assert [work.name for work in tick.works()] == ["room.work"]


def test_the_house_brings_its_own_work():
    names = {work.name for work in tick.works()}
    assert names >= {
        "foundation.messages", "foundation.rescue", "foundation.checkpoint", "foundation.anchor", "foundation.tidy",
    }  # fmt: skip


def test_the_loop_ends_when_it_is_told_to(db):
    stop, steps = threading.Event(), []

    class Once:
        def step(self):
            steps.append(1)
            stop.set()

    tick.loop(stop, Once())
    assert steps == [1]
