"""How many requests compute at once. The threads of a process share one interpreter: eight at work end no sooner
than two, but each takes four times as long, and the one that holds the turn to write keeps all other writers waiting.

Whoever waits for the writer's lock gives its turn to others meanwhile. A long page delays the others only by PATIENCE.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 0.05  # seconds after which somebody goes without a turn


class Turns:
    """First come, first served; nobody waits longer than `patience` seconds."""

    def __init__(self, count: int, patience: float = PATIENCE) -> None:
        self._count, self._patience = count, patience
        self._busy = 0
        self._queue: deque[threading.Event] = deque()
        self._guard = threading.Lock()
        self._mine = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Compute now, or as soon as it is one's turn."""
        self._begin()
        self._mine.held = True
        try:
            yield
        finally:
            self._mine.held = False
            self._end()

    @contextmanager
    def away(self) -> Iterator[None]:
        """A wait in which others may compute; afterwards one goes on at once. Nothing for threads without a turn."""
        held = getattr(self._mine, "held", False)
        if held:
            self._end()
        try:
            yield
        finally:
            if held:
                with self._guard:
                    self._busy += 1

    def _begin(self) -> None:
        with self._guard:
            if self._busy < self._count:
                self._busy += 1
                return
            turn = threading.Event()
            self._queue.append(turn)
        if not turn.wait(self._patience):
            with self._guard:
                if not turn.is_set():
                    self._queue.remove(turn)
                    self._busy += 1

    def _end(self) -> None:
        with self._guard:
            self._busy -= 1
            if self._queue and self._busy < self._count:
                self._busy += 1
                self._queue.popleft().set()


turns = Turns(2)
