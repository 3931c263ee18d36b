"""The war room."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from counterpoint.foundation.api import policy
from counterpoint.primitives.playbooks.verbs import VIEW


@policy.allow(VIEW)
def room(request: Any, play_id: UUID) -> HttpResponse:
    """One play, live."""
    return HttpResponse(str(play_id))
