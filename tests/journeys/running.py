"""One real demo: seeded, started as its process tree, stopped at the end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "branch-day-1030"
HISTORY_DAYS = 70
START_SECONDS, STOP_SECONDS = 240, 30


class Running:
    """`counterpoint demo` in a home of its own, on a free port; its clock stands still at 10:30."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "demo.log"
        self.environment = os.environ | {"COUNTERPOINT_HOME": str(home), "COUNTERPOINT_PROFILE": "demo"}
        for name in ("DJANGO_SETTINGS_MODULE", "COUNTERPOINT_DATABASE"):
            self.environment.pop(name, None)

    def seed(self) -> None:
        """Write the bank once."""
        self.home.mkdir(parents=True, exist_ok=True)
        seed = [sys.executable, str(Path(__file__).with_name("seed.py")), str(HISTORY_DAYS)]
        done = subprocess.run(seed, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-3000:]

    def start(self) -> int:
        """Start the process tree, wait until it answers, return its process id."""
        command = [sys.executable, "-m", "counterpoint.config.cli", "demo", "--no-open", "--speed", "0", "--port"]
        command.append(str(self.port))
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + START_SECONDS
        while not self.answers():
            assert process.poll() is None, f"the demo ended:\n{self.log.read_text()[-3000:]}"
            assert time.monotonic() < until, f"the demo does not answer:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.2)
        return process.pid

    def answers(self) -> bool:
        """Whether the sign-in page comes."""
        try:
            with urllib.request.urlopen(f"{self.url}/sign-in", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


def end(pid: int) -> None:
    """End the tree as Ctrl+C does; what does not end in time is killed. Another worker may have started it."""
    os.kill(pid, signal.SIGTERM)
    for _ in range(STOP_SECONDS * 5):
        if gone(pid):
            return
        time.sleep(0.2)
    os.killpg(pid, signal.SIGKILL)


def gone(pid: int) -> bool:
    """Whether the process ended, also when its end has not been noted by who started it."""
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
