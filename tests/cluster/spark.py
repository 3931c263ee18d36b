"""A private Spark cluster of this machine: master, workers and Connect server, on loopback, with authentication on."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "var/cluster/server"
SPARK = SERVER / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages/pyspark"
LOOPBACK = "127.0.0.1"
PATIENCE = 90.0


class SparkCluster:
    """Started by :meth:`start`, ended by :meth:`stop`; every part is a process group of its own."""

    def __init__(self, place: Path, workers: int = 2) -> None:
        self.place, self.count = place, workers
        self.token = secrets.token_urlsafe(24)
        self.ports = {"master": free_port(), "connect": free_port()}
        self.parts: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def master(self) -> str:
        """Where workers and the Connect server meet."""
        return f"spark://{LOOPBACK}:{self.ports['master']}"

    @property
    def address(self) -> str:
        """Where clients connect; the token is in the environment, not in the address."""
        return f"sc://localhost:{self.ports['connect']}"

    def start(self) -> None:
        """Bring all parts up; RuntimeError with the end of the log of a part that does not come."""
        self.configure()
        self.launch(
            "master", "spark-class", "org.apache.spark.deploy.master.Master", "--host", LOOPBACK,
            "--port", str(self.ports["master"]), "--webui-port", "0",
        )  # fmt: skip
        self.wait("master", "I have been elected leader")
        self.start_workers(*range(self.count))
        self.launch(
            "connect", "spark-submit", "--class", "org.apache.spark.sql.connect.service.SparkConnectServer",
            "--name", "connect", "--master", self.master, "spark-internal",
        )  # fmt: skip
        self.wait("connect", "Spark Connect server started")

    def start_workers(self, *numbers: int) -> None:
        """Workers of one core each, new or in the place of a killed one."""
        for i in numbers:
            self.launch(
                f"worker-{i}", "spark-class", "org.apache.spark.deploy.worker.Worker", "--host", LOOPBACK,
                "--webui-port", "0", "-c", "1", "-m", "1g", "-d", str(self.place / f"work-{i}"), self.master,
            )  # fmt: skip
        for i in numbers:
            self.wait(f"worker-{i}", "Successfully registered with master")

    def configure(self) -> None:
        """One file that all parts read, for the owner's eyes only: it holds the secret that they share."""
        conf = self.place / "conf"
        conf.mkdir()
        lines = {
            "spark.authenticate": "true",
            "spark.authenticate.secret": secrets.token_urlsafe(24),
            "spark.network.crypto.enabled": "true",
            "spark.sql.session.timeZone": "UTC",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.executor.memory": "512m",
            "spark.executor.cores": "1",
            "spark.connect.grpc.binding.address": LOOPBACK,
            "spark.connect.grpc.binding.port": str(self.ports["connect"]),
            "spark.connect.progress.reportInterval": "200ms",
        }
        file = conf / "spark-defaults.conf"
        file.touch(mode=0o600)
        file.write_text("".join(f"{key} {value}\n" for key, value in lines.items()))
        (conf / "log4j2.properties").write_text(LOGGING)

    def launch(self, part: str, program: str, *words: str) -> None:
        """Start one part with its own log, its own process group and nothing of our environment but what it needs."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.place),
            "LANG": "C.UTF-8",
            "SPARK_HOME": str(SPARK),
            "SPARK_CONF_DIR": str(self.place / "conf"),
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_LOCAL_DIRS": str(self.place / "local"),
            "PYSPARK_PYTHON": str(SERVER / "bin/python"),
            "SPARK_CONNECT_AUTHENTICATE_TOKEN": self.token,
            "SPARK_DAEMON_MEMORY": "600m",
            "OPENBLAS_NUM_THREADS": "1",
        } | {k: v for k, v in os.environ.items() if k.startswith(("JAVA_HOME", "OPENBLAS_"))}
        with (self.place / f"{part}.log").open("wb") as log:
            self.parts[part] = subprocess.Popen(
                [str(SPARK / "bin" / program), *words], env=environment, cwd=self.place, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def log(self, part: str) -> str:
        """What a part has said."""
        return (self.place / f"{part}.log").read_text(errors="replace")

    def wait(self, part: str, sign: str) -> None:
        """Until the sign stands in the log of the part."""
        until = time.monotonic() + PATIENCE
        while sign not in self.log(part):
            if self.parts[part].poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{part} did not start:\n{self.log(part)[-3000:]}")
            time.sleep(0.1)

    def kill_worker(self, number: int) -> list[int]:
        """A machine lost: the worker, its executors and their Python end at once, without a word; who they were."""
        victims = self.pids(f"worker-{number}")
        for pid in victims:
            os.kill(pid, signal.SIGKILL)
        self.parts[f"worker-{number}"].wait()
        return victims

    def pids(self, part: str) -> list[int]:
        """Processes of a part: its group and everything that descends from it."""
        parents = {int(stat.parent.name): parent_of(stat) for stat in Path("/proc").glob("[0-9]*/stat")}
        top = self.parts[part].pid

        def below(pid: int) -> bool:
            while pid not in (top, 0, None):
                pid = parents.get(pid, 0)
            return pid == top

        return [pid for pid in parents if below(pid)]

    def listening(self) -> set[str]:
        """Addresses on which any process of the cluster listens, as the kernel prints them."""
        inodes = {
            os.readlink(fd).removeprefix("socket:[").removesuffix("]")
            for part in self.parts
            for pid in self.pids(part)
            for fd in descriptors(pid)
            if os.path.islink(fd) and os.readlink(fd).startswith("socket:[")
        }
        found = set()
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            for line in Path(table).read_text().splitlines()[1:]:
                columns = line.split()
                if columns[3] == "0A" and columns[9] in inodes:  # 0A: listening
                    found.add(columns[1].split(":")[0])
        return found

    def stop(self) -> None:
        """End every part and everything below it."""
        for part, process in reversed(self.parts.items()):
            for pid in [*self.pids(part), process.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            process.wait()


LOGGING = """\
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


def parent_of(stat: Path) -> int:
    """Parent of the process whose stat file this is; 0 when it has ended meanwhile."""
    try:
        return int(stat.read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def descriptors(pid: int) -> Iterator[Path]:
    """Open files of a process, as far as it still lives."""
    try:
        yield from Path(f"/proc/{pid}/fd").iterdir()
    except OSError:
        return


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as s:
        s.bind((LOOPBACK, 0))
        return int(s.getsockname()[1])
