"""The single writer lock of the embedded mode.

SQLite's own busy handler is unfair: under load one writer can wait for seconds. Inside a process waiting writers stand
in a first-come queue. Between processes an advisory file lock decides, with a turnstile before it: who waits stands in
the turnstile, so that a busy process cannot take the lock again and again past the waiting one. Whoever checkpoints the
WAL holds the same lock, so that no two connections ever write or checkpoint at once (the precondition of the WAL-reset
bug before 3.51.3).
"""

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path

from counterpoint.foundation.turns import turns

POLL_SECONDS = 0.0005
LONGEST_POLL = 0.001


class WriterBusy(Exception):
    """The lock was not had in time."""


class WriterLock:
    """Fair within the process, advisory between processes. Not re-entrant."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue: deque[threading.Event] = deque()
        self._guard = threading.Lock()
        self._held = False
        self._files: tuple[int, int] | None = None

    def acquire(self, timeout: float) -> None:
        """Wait at most `timeout` seconds for both locks; raise `WriterBusy` otherwise."""
        deadline = time.monotonic() + timeout
        turn = threading.Event()
        with self._guard:
            if not self._held and not self._queue:
                self._held = True
                turn.set()
            else:
                self._queue.append(turn)
        try:
            if not turn.is_set():
                with turns.away():
                    had = turn.wait(timeout)
                if not had:
                    self._leave_queue(turn)
        except WriterBusy:
            raise
        except BaseException:  # an interrupt (a signal's exception) must not leave a turn that nobody will take
            self._abandon(turn)
            raise
        try:
            self._lock_file(deadline)
        except BaseException:
            self._pass_on()
            raise

    def release(self) -> None:
        """Give the file lock back and wake the next in line."""
        if self._files is not None:
            fcntl.flock(self._files[1], fcntl.LOCK_UN)
        self._pass_on()

    def _leave_queue(self, turn: threading.Event) -> None:
        with self._guard:
            if turn.is_set():
                return
            self._queue.remove(turn)
        raise WriterBusy(f"another writer held {self.path.name} for too long")

    def _abandon(self, turn: threading.Event) -> None:
        with self._guard:
            waiting = not turn.is_set()
            if waiting:
                self._queue.remove(turn)
        if not waiting:
            self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._held = False

    def _lock_file(self, deadline: float) -> None:
        if self._files is None:
            self._files = (_open(self.path.with_name(f"{self.path.name}.turn")), _open(self.path))
        turnstile, file = self._files
        self._wait_for(turnstile, deadline)
        try:
            self._wait_for(file, deadline)
        finally:
            fcntl.flock(turnstile, fcntl.LOCK_UN)

    def _wait_for(self, file: int, deadline: float) -> None:
        if _locked(file):
            return
        pause = POLL_SECONDS
        with turns.away():
            while not _locked(file):
                if time.monotonic() > deadline:
                    raise WriterBusy(f"another process held {self.path.name} for too long")
                time.sleep(pause)
                pause = min(pause * 1.5, LONGEST_POLL)

    def after_fork(self) -> None:
        """Called in a forked child. The inherited descriptors are closed: as long as the child had them open, a lock
        that the parent held when it was killed would stay locked for everyone."""
        if self._files is not None:
            for file in self._files:
                os.close(file)
        self.__init__(self.path)  # type: ignore[misc]


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)


_locks: dict[str, WriterLock] = {}


def writer_lock(database: str) -> WriterLock:
    """The lock of a database file, one per process."""
    return _locks.get(database) or _locks.setdefault(database, WriterLock(Path(f"{database}.writer")))


def _in_forked_child() -> None:
    for lock in _locks.values():
        lock.after_fork()


os.register_at_fork(after_in_child=_in_forked_child)
