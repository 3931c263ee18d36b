"""The live stream: an async view, served by the ASGI half of the server."""

import re
from typing import Any

from asgiref.sync import sync_to_async
from django.http import Http404, StreamingHttpResponse

from counterpoint.foundation.live import hub
from counterpoint.foundation.middleware import scope_again
from counterpoint.foundation.models import OrgUnit
from counterpoint.foundation.policy import device
from counterpoint.foundation.scope import Scope, scoped

ID = re.compile(r"^[0-9]{1,18}$")


def _path(scope: Scope, code: str) -> str | None:
    with scoped(scope):
        unit = OrgUnit.objects.filter(code=code).first()
        return unit.path if unit else None


@device("foundation.org.view")
async def live(request: Any, code: str) -> StreamingHttpResponse:
    """Server-sent events of an org unit and everything under it, inside the caller's scope."""
    path = await sync_to_async(_path)(request.scope, code)
    if path is None:
        raise Http404
    last = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    stream = hub.stream(
        request.scope, path, int(last) if ID.match(last) else None, renew=lambda: sync_to_async(scope_again)(request)
    )
    answer = StreamingHttpResponse(stream, content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer
