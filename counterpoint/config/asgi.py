"""One port, two worlds: `/live/` streams run on Django's ASGI, everything else on WSGI threads, which is several
times faster for synchronous views."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application

_streams = get_asgi_application()
_pages = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=8)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


def _coroutine(call: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
    """The server hands out awaitables; the WSGI bridge insists on coroutines."""

    async def awaited(*args: Any) -> Any:
        return await call(*args)

    return awaited


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Dispatch by path; answer the server's lifespan questions."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["path"].startswith("/live/"):
        await _streams(scope, receive, cast(Any, send))
    else:
        await _pages(scope, _coroutine(receive), _coroutine(send))  # type: ignore[arg-type]
