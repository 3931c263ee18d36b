"""Turns to compute: so many at once, first come first served, given away in a wait, and never longer than patience."""

import threading
import time

import pytest

from counterpoint.foundation.turns import Turns

LONG = 30  # seconds; nothing here waits so long unless it is broken


class Workers:
    """Threads that take a turn, tell it, and keep it until they are let go."""

    def __init__(self, turns):
        self.turns, self.inside = turns, []
        self.threads, self.go, self.guard = [], {}, threading.Lock()

    def start(self, number, work=None):
        """One more who asks for a turn; back when it has it or stands in the queue."""
        self.go[number] = threading.Event()
        thread = threading.Thread(target=self._run, args=(number, work), daemon=True)
        before = len(self.turns._queue)
        thread.start()
        self.threads.append(thread)
        until(lambda: number in self.inside or len(self.turns._queue) > before)

    def _run(self, number, work):
        with self.turns.turn():
            with self.guard:
                self.inside.append(number)
            if work:
                work()
            assert self.go[number].wait(LONG)

    def let(self, number):
        """This one is through."""
        self.go[number].set()

    def end(self):
        for event in self.go.values():
            event.set()
        for thread in self.threads:
            thread.join(LONG)
            assert not thread.is_alive()


def until(true):
    end = time.monotonic() + LONG
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


@pytest.fixture
def workers():
    made = Workers(Turns(2, patience=LONG))
    yield made
    made.end()
    assert (made.turns._busy, len(made.turns._queue)) == (0, 0)


def test_two_compute_and_the_others_follow_in_the_order_they_came(workers):
    for number in range(6):
        workers.start(number)
    assert workers.inside == [0, 1]
    for number in range(4):
        workers.let(number)
        until(lambda: len(workers.inside) == number + 3)  # noqa: B023
        assert workers.inside == list(range(number + 3))


def test_a_wait_gives_the_turn_to_another_and_goes_on_without_asking(workers):
    back, gone = threading.Event(), []

    def waits():
        with workers.turns.away():
            gone.append("away")
            assert back.wait(LONG)
        gone.append("back")

    workers.start(0)
    workers.start(1, waits)
    until(lambda: gone)
    workers.start(2)
    assert workers.inside == [0, 1, 2]
    workers.start(3)
    back.set()
    until(lambda: gone == ["away", "back"])  # though two compute
    assert workers.inside == [0, 1, 2] and workers.turns._busy == 3
    workers.let(0)
    until(lambda: workers.turns._busy == 2)
    assert workers.inside == [0, 1, 2]  # the debt is paid before the next
    workers.let(1)
    until(lambda: 3 in workers.inside)


def test_long_pages_delay_nobody_beyond_the_patience():
    made = Workers(Turns(1, patience=0.02))
    made.start(0)
    made.start(1)
    until(lambda: made.inside == [0, 1])
    made.end()
    assert (made.turns._busy, len(made.turns._queue)) == (0, 0)


def test_who_has_no_turn_waits_as_ever_and_an_error_gives_the_turn_back():
    turns = Turns(1)
    with turns.away():
        assert turns._busy == 0
    with pytest.raises(ZeroDivisionError), turns.turn(), turns.away():
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    assert turns._busy == 0
