"""One process tree: children in their own sessions, restarted when they die, all gone when the parent stops."""

import fcntl
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

POLL_SECONDS = 0.2
GRACE_SECONDS = 3.5
STEADY_SECONDS = 10.0
GONE_SECONDS = 1.0
MAX_PAUSE = 30.0
MARK = "COUNTERPOINT_RUN"


class UpFailed(RuntimeError):
    """The tree cannot start; the message says what is in the way."""


@dataclass
class Child:
    """A command that must be running. `port` is what it listens on, if anything."""

    name: str
    command: Sequence[str]
    port: int | None = None
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    start_after: float = 0.0
    falls: int = field(default=0)


class Supervisor:
    """Starts the children and keeps them running until SIGTERM, SIGINT or `stop()`."""

    def __init__(self, children: Sequence[Child], folder: Path, say: Callable[[str], object] = click.echo) -> None:
        self.children = list(children)
        self.folder = folder
        self.say = say
        self._stop = threading.Event()
        self._lock_file: int | None = None

    def stop(self, *_signal: object) -> None:
        """Ask the loop to end; safe in a signal handler."""
        self._stop.set()

    def run(self, ready: Callable[[], object] = lambda: None) -> None:
        """Run until stopped. `ready` is called once, when every port answers. Raises `UpFailed`."""
        self._claim()
        self.sweep()
        for child in self.children:
            if child.port and listening(child.port):
                raise UpFailed(
                    f"Port {child.port} is in use by another program. Stop it, or choose another port with --port."
                )
        previous = {s: signal.signal(s, self.stop) for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        announced = False
        try:
            while not self._stop.is_set():
                for child in self.children:
                    self._tend(child)
                if not announced and all(listening(c.port) for c in self.children if c.port):
                    announced = True
                    ready()
                self._stop.wait(POLL_SECONDS)
        finally:
            self._end_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _claim(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock_file = os.open(self.folder / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UpFailed(f"Counterpoint already runs on {self.folder.parent}. Stop it first.") from None

    def sweep(self) -> None:
        """End what a killed supervisor left behind: processes that carry this folder's mark."""
        for pid_file in self.folder.glob("*.pid"):
            noted = pid_file.read_bytes().strip()
            group = int(noted) if noted.isdigit() else 0  # a power cut may leave an empty or zeroed file
            if group and any(_carries_mark(member, self.folder) for member in members(group)):
                self.say(f"ending what an earlier run left behind: {pid_file.stem}")
                _kill_group(group)
            pid_file.unlink()

    def _tend(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            code = child.process.returncode
            _kill_group(child.process.pid)  # a killed leader may leave a worker on the port
            child.falls = 0 if now - child.started > STEADY_SECONDS else child.falls + 1
            pause = 0.0 if child.falls <= 1 else min(MAX_PAUSE, 2.0 ** (child.falls - 1))
            child.start_after = now + pause
            child.process = None
            self.say(f"{child.name} ended with {code}; starting it again" + (f" in {pause:.0f} s" if pause else ""))
        if child.process is None and now >= child.start_after:
            self._start(child)

    def _start(self, child: Child) -> None:
        env = os.environ | {MARK: str(self.folder)}
        child.process = subprocess.Popen(list(child.command), start_new_session=True, env=env)  # noqa: S603
        child.started = time.monotonic()
        (self.folder / f"{child.name}.pid").write_text(str(child.process.pid))

    def _end_all(self) -> None:
        running = [c for c in self.children if c.process is not None]
        for child in running:
            child.process.terminate()  # type: ignore[union-attr]
        deadline = time.monotonic() + GRACE_SECONDS
        for child in running:
            assert child.process is not None
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{child.name} did not end in time and was killed; unfinished jobs are taken up again")
            _kill_group(child.process.pid)
            child.process.wait()
            (self.folder / f"{child.name}.pid").unlink(missing_ok=True)
        if self._lock_file is not None:
            os.close(self._lock_file)


def listening(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def members(group: int) -> list[int]:
    """Process ids of a process group, from /proc."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[2]) == group and after_name[0] != "Z":
            found.append(int(entry.name))
    return found


def _carries_mark(pid: int, folder: Path) -> bool:
    try:
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return f"{MARK}={folder}".encode() in environment


def _kill_group(group: int) -> None:
    """Kill what is left of a group and wait until it is gone, so that its port is free."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
    deadline = time.monotonic() + GONE_SECONDS
    while members(group) and time.monotonic() < deadline:
        time.sleep(0.01)
