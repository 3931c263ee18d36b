"""A server behind a bad network: `python -m tests.faults.rough_server PORT CHAOS`.

While the file CHAOS holds a number, requests below /rounds/ that are sent or asked for data are lost before they are
heard, lost after they took effect, heard by half, or answered by half, as a seeded chance says. With `early` after the
number the server is a sabotaged one: it acknowledges what phones send before it keeps it, and then does not.
"""

import io
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

ROUGH = ("/rounds/sync", "/rounds/photos/", "/rounds/work.json")
FATES = ("lost", "unheard", "unanswered", "cut", "half", "fine", "fine", "fine")


class Threads(ThreadingMixIn, WSGIServer):
    """A thread for each connection."""

    daemon_threads = True


class Silent(WSGIRequestHandler):
    """Nothing on stderr."""

    def log_message(self, format: str, *args: object) -> None:
        pass


class Rough:
    """The application behind the network."""

    def __init__(self, inner: Any, chaos: Path) -> None:
        self.inner, self.chaos = inner, chaos
        self.chance, self.seed, self.early = Random(0), "", False

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        fate = self._fate(environ["PATH_INFO"])
        if self.early and environ["PATH_INFO"] == "/rounds/sync":
            return self._acknowledged(environ, start)
        if fate in ("lost", "unheard"):
            return self._broken(start, b"")
        if fate == "cut" and environ["REQUEST_METHOD"] == "POST":
            whole = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(whole[: len(whole) // 2])
            environ["CONTENT_LENGTH"] = str(len(whole) // 2)
        if fate in ("unanswered", "half"):
            body = b"".join(self.inner(environ, lambda *_: None))
            return self._broken(start, body[: len(body) // 2] if fate == "half" else b"")
        return self.inner(environ, start)  # type: ignore[no-any-return]

    def _fate(self, path: str) -> str:
        seed = self.chaos.read_text() if self.chaos.is_file() else ""
        self.early = seed.endswith("early")
        if not seed or not path.startswith(ROUGH):
            return "fine"
        if seed != self.seed:
            self.chance, self.seed = Random(int(seed.split()[0])), seed
        return self.chance.choice(FATES)

    def _acknowledged(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """The receipts of a batch that nobody keeps."""
        items = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))["items"]
        receipts = [{"key": one["key"], "hash": one["hash"], "state": "applied", "reason": ""} for one in items]
        body = json.dumps({"receipts": receipts, "server_now": "2026-11-23T01:00:00Z"}).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def _broken(self, start: Callable[..., Any], body: bytes) -> Iterable[bytes]:
        """An answer that promises more than comes."""
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body) + 100))])
        return [body]


def main(port: int, chaos: Path) -> None:
    """Serve until killed."""
    from django.core.wsgi import get_wsgi_application

    app = Rough(get_wsgi_application(), chaos)
    with make_server("127.0.0.1", port, app, server_class=Threads, handler_class=Silent) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
