"""One port, two worlds: `/live/` streams run on Django's ASGI, everything else on WSGI threads, which is several
times faster for synchronous views."""

import sys
from typing import Any, cast

from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

from counterpoint.config.threads import Receive, Send, Threads
from counterpoint.foundation import clock, prefix
from counterpoint.foundation.turns import Turns, turns

THREADS = 8
# So long a thread that comes back from the database waits for one that computes. It may hold the turn to write, and it
# comes back twenty times in it.
sys.setswitchinterval(0.0005)
_streams = get_asgi_application()
_application = get_wsgi_application()

from django.db import connection  # noqa: E402  (reads the settings, as the next reads tables: the application is first)

from counterpoint.foundation import lookout  # noqa: E402

# A database of its own is waited for outside the interpreter; the embedded one computes with it.
_pages = Threads(_application, THREADS, turns if connection.vendor == "sqlite" else Turns(THREADS))


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
