"""The single writer lock of the embedded mode.

SQLite's own busy handler is unfair: under load one writer can wait for seconds. Inside a process waiting writers stand
in a first-come queue; between processes an advisory file lock decides. Whoever checkpoints the WAL holds the same lock,
so that no two connections ever write or checkpoint at once (the precondition of the WAL-reset bug before 3.51.3).
"""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path

POLL_SECONDS = 0.001


class WriterBusy(Exception):
    """The lock was not had in time."""


class WriterLock:
    """Fair within the process, advisory between processes. Not re-entrant."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue: deque[threading.Event] = deque()
        self._guard = threading.Lock()
        self._held = False
        self._file: int | None = None
        self._pid = os.getpid()

    def acquire(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for both locks; raise `WriterBusy` otherwise."""
        self._after_fork()
        deadline = time.monotonic() + timeout
        turn = threading.Event()
        with self._guard:
            if not self._held and not self._queue:
                self._held = True
                turn.set()
            else:
                self._queue.append(turn)
        if not turn.wait(timeout):
            self._leave_queue(turn)
        try:
            self._lock_file(deadline)
        except BaseException:
            self._pass_on()
            raise

    def release(self) -> None:
        """Give the file lock back and wake the next in line."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._pass_on()

    def _leave_queue(self, turn: threading.Event) -> None:
        with self._guard:
            if turn.is_set():
                return
            self._queue.remove(turn)
        raise WriterBusy(f"another writer held {self.path.name} for too long")

    def _pass_on(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False

    def _lock_file(self, deadline: float) -> None:
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        pause = POLL_SECONDS
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise WriterBusy(f"another process held {self.path.name} for too long") from None
                time.sleep(pause)
                pause = min(pause * 1.5, 0.02)

    def _after_fork(self) -> None:
        """A forked child must not share the parent's open file description: flock would not exclude them."""
        if self._pid != os.getpid():
            self.__init__(self.path)  # type: ignore[misc]


_locks: dict[str, WriterLock] = {}
_locks_guard = threading.Lock()


def writer_lock(database: str) -> WriterLock:
    """The lock of a database file, one per process."""
    with _locks_guard:
        return _locks.setdefault(database, WriterLock(Path(f"{database}.writer")))
