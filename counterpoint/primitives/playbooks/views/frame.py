"""What every page of the playbooks needs: the branch, the play, refusals as messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from counterpoint.foundation.api import NotFound
from counterpoint.primitives.playbooks import shown
from counterpoint.primitives.playbooks.definition import Playbook, pinned
from counterpoint.primitives.playbooks.queries import names_of, play
from counterpoint.primitives.playbooks.shown import Room
from counterpoint.primitives.playbooks.values import PlayDetail, PlayView


def detail(request: Any, play_id: UUID, now: datetime) -> PlayDetail:
    """The play; 404 outside the caller's scope. The page gets its frame and its live stream."""
    try:
        found = play(scope=request.scope, play=play_id, now=now)
    except NotFound as absent:
        raise Http404 from absent
    framed(request, found)
    return found


def framed(request: Any, found: PlayView) -> None:
    """DRILL or live, and the stream of the play's own branch."""
    request.mode = "drill" if found.mode == "drill" else "live"
    request.live_url = reverse("foundation:live", args=[found.branch])


def book_of(found: PlayView) -> Playbook:
    """The plan in the version the play started with."""
    return pinned(found.playbook, found.version, found.pack)


def room_of(request: Any, found: PlayDetail, now: datetime) -> Room:
    """The play in words, as it stands at `now`."""
    people = {one.done_by for one in found.steps} | {one.acknowledged_by for one in found.steps}
    people |= {one.reacted_by for one in found.injects}
    return shown.room(found, book_of(found), names_of(people), request.LANGUAGE_CODE, now)


def back(request: Any, default: str) -> str:
    """Where the form asked to go on, within the product."""
    wished = str(request.POST.get("next", ""))
    return wished if url_has_allowed_host_and_scheme(wished, allowed_hosts=None) and wished[:1] == "/" else default


def moment_in(text: str, zone: str) -> datetime | None:
    """The instant that a form's date and time name at the branch; None when it names none."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Http404 from wrong
    if found is None or found.tzinfo is not None:
        return None
    return found.replace(tzinfo=ZoneInfo(zone))


def time_in(text: str, zone: str, since: datetime) -> datetime | None:
    """The instant that HH:MM on a sheet names: the first one not before `since` at the branch; None for no time."""
    hours, _colon, minutes = text.strip().partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        return None
    begun = since.astimezone(ZoneInfo(zone))
    at = begun.replace(hour=int(hours), minute=int(minutes), second=59, microsecond=0)
    return at if at >= begun else at + timedelta(days=1)


def values_in(request: Any, prefix: str = "value-") -> dict[str, str]:
    """The form's fields by slug."""
    return {name.removeprefix(prefix): text for name, text in request.POST.items() if name.startswith(prefix) and text}
