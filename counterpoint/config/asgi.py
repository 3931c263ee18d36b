"""One port, two worlds: `/live/` streams run on Django's ASGI, everything else on WSGI threads, which is several
times faster for synchronous views."""

import sys
from typing import Any, cast

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.db import connection

from counterpoint.config.threads import Receive, Send, Threads
from counterpoint.foundation import clock, prefix
from counterpoint.foundation.turns import Turns, turns

THREADS = 8
# So long a thread that comes back from the database waits for one that computes. It may hold the turn to write, and it
# comes back twenty times in it.
sys.setswitchinterval(0.0005)
_streams = get_asgi_application()
_application = get_wsgi_application()
# A server's database is waited for outside the interpreter; there all threads have a turn.
_pages = Threads(_application, THREADS, turns if connection.vendor == "sqlite" else Turns(THREADS))

from counterpoint.foundation import lookout  # noqa: E402  (it reads tables, so the applications come first)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Dispatch by path, that of a practice world without its prefix; answer the server's lifespan questions."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                lookout.lookout.start(clock.SystemClock().now())
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    scope = prefix.strip(scope)
    if prefix.path_of(scope).startswith("/live/"):
        await _streams(scope, receive, cast(Any, send))
    else:
        await _pages(scope, receive, send)
