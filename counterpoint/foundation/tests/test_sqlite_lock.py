"""One writer at a time: first come first served among threads, exclusive and fair among processes, safe across fork."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from counterpoint.foundation.sqlite import lock as locks
from counterpoint.foundation.sqlite.lock import WriterBusy, WriterLock, writer_lock
from counterpoint.foundation.turns import Turns

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bank.writer"


def elsewhere(code, *arguments):
    """Start a process that has `lock` on the first argument; it speaks line by line."""
    prelude = (
        "import sys, os, time\nfrom pathlib import Path\n"
        "from counterpoint.foundation.sqlite.lock import WriterLock\nlock = WriterLock(Path(sys.argv[1]))\n"
        "say = lambda text: print(text, flush=True)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", prelude + code, *map(str, arguments)],
        cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip


HOLD = "lock.acquire(5)\nsay('held')\nsys.stdin.readline()\nlock.release()\nsay('free')\nsys.stdin.readline()"


@pytest.mark.parametrize("holder", ["thread", "process"])
def test_who_waits_for_the_lock_lets_others_compute_meanwhile(path, monkeypatch, holder):
    turns, asks = Turns(1, patience=5), threading.Event()
    monkeypatch.setattr(locks, "turns", turns)
    lock, other = WriterLock(path), None
    if holder == "thread":
        lock.acquire(1)
    else:
        other = elsewhere(HOLD, path)
        assert other.stdout.readline() == "held\n"

    def write():
        with turns.turn():
            asks.set()
            lock.acquire(30)
            lock.release()

    thread = threading.Thread(target=write, daemon=True)
    thread.start()
    assert asks.wait(30)
    with turns.turn():  # the only one there is
        assert turns._busy == 1 and thread.is_alive()
    if other is None:
        lock.release()
    else:
        other.communicate("\n\n", timeout=30)
    thread.join(30)
    assert not thread.is_alive() and turns._busy == 0


def test_waiting_threads_are_served_in_the_order_they_came(path):
    lock, served = WriterLock(path), []
    lock.acquire(1)

    def write(number):
        lock.acquire(30)
        served.append(number)
        lock.release()

    threads = []
    for number in range(12):
        thread = threading.Thread(target=write, args=(number,))
        thread.start()
        while len(lock._queue) <= number:
            threading.Event().wait(0.001)
        threads.append(thread)
    lock.release()
    for thread in threads:
        thread.join(30)
    assert served == list(range(12))


def test_a_second_process_is_kept_out_until_the_first_lets_go(path):
    other = elsewhere(HOLD, path)
    assert other.stdout.readline() == "held\n"
    lock = WriterLock(path)
    with pytest.raises(WriterBusy):
        lock.acquire(0.05)
    other.stdin.write("\n")
    other.stdin.flush()
    assert other.stdout.readline() == "free\n"
    lock.acquire(5)
    lock.release()
    other.communicate("\n")


def test_a_killed_process_leaves_the_lock_free(path):
    other = elsewhere(HOLD, path)
    assert other.stdout.readline() == "held\n"
    other.send_signal(signal.SIGKILL)
    other.communicate()
    lock = WriterLock(path)
    lock.acquire(5)
    lock.release()


def test_a_thread_that_gives_up_waiting_does_not_block_those_behind_it(path):
    lock = WriterLock(path)
    lock.acquire(1)
    with pytest.raises(WriterBusy):
        lock.acquire(0.01)
    lock.release()
    lock.acquire(1)
    lock.release()
    assert not lock._queue and not lock._held


GREEDY = """
count = 0
say('ready')
while not Path(sys.argv[2]).exists():
    lock.acquire(20)
    time.sleep(0.002)
    lock.release()
    count += 1
say(count)
"""


def turns(path, tmp_path, patient):
    """How often a greedy process had the lock while a patient one had it ten times."""
    stop = tmp_path / "stop"
    greedy = elsewhere(GREEDY, path, stop)
    greedy.stdout.readline()
    for _ in range(10):
        patient.acquire(20)
        patient.release()
    stop.touch()
    return int(greedy.communicate()[0])


def test_a_busy_process_cannot_starve_a_patient_one(path, tmp_path):
    """Between two turns of the patient process the greedy one has few: it cannot pass the turnstile."""
    assert turns(path, tmp_path, WriterLock(path)) < 200


LEAVES = """
import threading
lock.acquire(5)
child = os.fork()
if child == 0:
    sys.stdin.close()
    time.sleep(60)
    os._exit(0)
say(child)
time.sleep(60)
"""


@pytest.mark.parametrize("registered", [True, False], ids=["as shipped", "sabotaged"])
def test_a_forked_child_does_not_keep_the_lock_of_its_killed_parent(path, registered):
    """Teeth: with a lock that the fork hook does not know, the lock stays locked."""
    known = "from counterpoint.foundation.sqlite import lock as locks\nlocks._locks['x'] = lock\n" if registered else ""
    parent = elsewhere(known + LEAVES, path)
    child = int(parent.stdout.readline())
    try:
        parent.kill()
        parent.wait()
        lock = WriterLock(path)
        if registered:
            lock.acquire(5)
            lock.release()
        else:
            with pytest.raises(WriterBusy):
                lock.acquire(0.2)
    finally:
        os.kill(child, signal.SIGKILL)


def test_there_is_one_lock_per_database_and_process(tmp_path):
    name = str(tmp_path / "x.sqlite3")
    try:
        assert writer_lock(name) is writer_lock(name)
        assert writer_lock(name).path.name == "x.sqlite3.writer"
    finally:
        locks._locks.pop(name)


def test_an_interrupted_wait_leaves_no_turn_that_nobody_takes(path, monkeypatch):
    lock = WriterLock(path)
    lock.acquire(1)

    class Interrupted(threading.Event().__class__):
        def wait(self, timeout=None):
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(locks.threading, "Event", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            lock.acquire(1)
    lock.release()
    lock.acquire(1)
    lock.release()


def test_an_interrupt_just_as_the_turn_comes_passes_it_on(path, monkeypatch):
    lock = WriterLock(path)
    lock.acquire(1)

    class Served(threading.Event().__class__):
        def wait(self, timeout=None):
            lock.release()
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(locks.threading, "Event", Served)
        with pytest.raises(KeyboardInterrupt):
            lock.acquire(1)
    lock.acquire(1)
    lock.release()


RETURNING = """
import django, sqlite3
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x INTEGER)")
cursor = connection.cursor()
cursor.execute("INSERT INTO t (x) VALUES (1), (2), (3), (4) RETURNING id")
other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
other.execute("INSERT INTO t (x) VALUES (9)")
other.commit()
print(connection.writer_held, cursor.fetchone(), cursor.fetchmany(1), next(iter(cursor)))
print(cursor.fetchall(), cursor.fetchone())
cursor = connection.cursor()
cursor.execute("SELECT count(*) FROM t")
print(cursor.fetchone(), cursor.fetchone())
"""


def test_a_returning_insert_is_committed_before_the_lock_is_given_back(tmp_path):
    where = {"COUNTERPOINT_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "counterpoint.config.settings.demo"}
    where["COUNTERPOINT_DATABASE"] = ""  # the writer lock is of the embedded database, whatever this run is on
    done = subprocess.run(
        [sys.executable, "-c", RETURNING], cwd=ROOT, env=os.environ | where, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == ["False (1,) [(2,)] (3,)", "[(4,)] None", "(5,) None"]
