"""Pages on threads behind an event loop: one crossing to a thread and back for each request.

The body is read on the loop before a thread is taken, so that a slow sender keeps none busy; the answer is handed over
whole, so what is long is made by a job and what goes on is a stream under `/live/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from a2wsgi.wsgi import build_environ

from counterpoint.foundation.turns import Turns

MEMORY = 1_000_000  # bytes of a body beyond which it waits on disk
MOST = 256_000_000  # bytes of a body that are taken at all
TOO_LARGE = (413, [(b"content-type", b"text/plain; charset=utf-8")], "文件过大 / 檔案過大 / too large".encode())

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


class Threads:
    """A WSGI application as an ASGI one, on `count` threads of which some compute at once, as `turns` says."""

    def __init__(self, application: Callable[..., Any], count: int, turns: Turns) -> None:
        self._application = application
        self._turns = turns
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="pages")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; one whose sender left before its end is dropped."""
        with SpooledTemporaryFile(MEMORY) as body:
            size = await _taken(receive, body)
            if size is None:
                return
            answer = TOO_LARGE
            if size <= MOST:
                body.seek(0)
                environ = build_environ(cast(Any, scope), cast(Any, body))
                in_context = partial(copy_context().run, self._answer, environ)
                answer = await asyncio.get_running_loop().run_in_executor(self._pool, in_context)
        status, headers, content = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, environ: Any) -> Answer:
        with self._turns.turn():
            return self._computed(environ)

    def _computed(self, environ: Any) -> Answer:
        started: list[Any] = []
        found = self._application(environ, lambda status, headers, _wrong=None: started.append((status, headers)))
        try:
            content = b"".join(found)
        finally:
            if hasattr(found, "close"):
                found.close()
        status, headers = started[-1]
        plain = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in headers]
        return int(status[:3]), plain, content


async def _taken(receive: Receive, body: IO[bytes]) -> int | None:
    """Bytes of the body, which is read until its end or its limit; None when the sender left."""
    size, more = 0, True
    while more and size <= MOST:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        piece = message.get("body", b"")
        size += len(piece)
        body.write(piece)
        more = message.get("more_body", False)
    return size
