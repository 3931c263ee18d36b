"""Other people's learning systems: a run-time for packages in a browser, a record store; see install.sh."""

import base64
import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest

PLACE = Path(__file__).resolve().parents[2] / "var" / "connect"
USER, PASSWORD = "counterpoint", "statements"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Store:
    """A running record store."""

    url: str

    def statements(self) -> list[dict]:
        """All that it holds, oldest first."""
        asked = Request(f"{self.url}/xAPI/statements?ascending=true&limit=500", headers={
            "Authorization": f"Basic {BASIC}", "X-Experience-API-Version": "1.0.3",
        })  # fmt: skip
        with urlopen(asked, timeout=10) as answer:
            told = json.load(answer)["statements"]
        return sorted(reversed(told), key=lambda one: one["timestamp"])  # noqa: C414  (it gives the newest first)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Ralph with files behind it."""
    command, port, home = PLACE / "bin" / "ralph", free_port(), tmp_path / "ralph"
    if not command.exists():
        pytest.skip("make test-connect installs the record store")
    home.mkdir()
    env = os.environ | {
        "RALPH_APP_DIR": str(home), "RALPH_AUTH_FILE": str(home / "auth.json"),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(home / "kept"),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_LRS_FILE": "statements.jsonl",
        "RALPH_RUNSERVER_BACKEND": "fs", "PYTHONPATH": "",
    }  # fmt: skip
    (home / "kept").mkdir()
    subprocess.run(
        [command, "auth", "-u", USER, "-p", PASSWORD, "-s", "all", "-N", "Counterpoint",
         "-M", "mailto:lms@bank.example", "-w"],
        env=env, check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        [PLACE / "bin" / "python", Path(__file__).with_name("record_store.py"), str(port)],
        cwd=home, env=env, stdout=subprocess.DEVNULL, stderr=(home / "log").open("w"), start_new_session=True,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        for _attempt in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Store(url)
    finally:
        os.killpg(server.pid, 15)
        server.wait(20)


@dataclass
class Site:
    """The learning system's own pages, and for cmi5 its launch: token, state and statements passed on to the store."""

    root: Path
    url: str = ""
    store: Store | None = None
    kept: dict[str, str] = field(default_factory=dict)


class _Pages(SimpleHTTPRequestHandler):
    def __init__(self, site: Site, *given, **more):
        self.site = site
        super().__init__(*given, directory=str(site.root), **more)

    def log_message(self, *_given):
        """Quiet."""

    def _say(self, status: int, body: str = "", kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def do_POST(self):
        body = self._body()
        if self.path == "/fetch":
            return self._say(200, json.dumps({"auth-token": BASIC}))
        if self.path.startswith("/lrs/statements"):
            assert self.site.store is not None
            headers = {
                name: self.headers[name] for name in ("Authorization", "Content-Type", "X-Experience-API-Version")
            }
            asked = Request(f"{self.site.store.url}/xAPI/statements", body.encode(), headers, method="POST")
            with urlopen(asked, timeout=10) as answer:
                return self._say(answer.status, answer.read().decode())
        return self._say(404)

    def do_PUT(self):
        self.site.kept[parse_qs(urlsplit(self.path).query)["stateId"][0]] = self._body()
        self._say(204)

    def do_GET(self):
        asked = urlsplit(self.path)
        if asked.path == "/lrs/agents/profile":
            return self._say(404)
        if asked.path == "/lrs/activities/state":
            kept = self.site.kept.get(parse_qs(asked.query)["stateId"][0])
            return self._say(200, kept) if kept is not None else self._say(404)
        return super().do_GET()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A web server for the learning system's pages."""
    made = Site(tmp_path / "site")
    made.root.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
