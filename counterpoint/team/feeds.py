"""A person's shifts as an iCalendar feed behind an unguessable address."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.foundation.api import User, calendar, unscoped
from counterpoint.team import shown
from counterpoint.team.models import Roster, ShiftRow
from counterpoint.ui.punctuation import listed

if TYPE_CHECKING:
    from icalendar import Event

BACK, AHEAD = timedelta(days=14), timedelta(days=60)
SHORTEST_TOKEN = 32


def feed(token: str, now: datetime) -> bytes | None:
    """The calendar of the token's owner; None when the token is unknown, revoked or its owner has left."""
    from icalendar import Calendar

    if len(token) < SHORTEST_TOKEN:
        return None
    with unscoped("a calendar app reads its owner's shifts by an unguessable token"):
        user = User.objects.filter(feed_token=token, is_active=True).first()
        if user is None:
            return None
        rows = list(
            ShiftRow.objects.filter(
                user=user,
                roster__state=Roster.State.PUBLISHED,
                date__gte=(now - BACK).date(),
                date__lte=(now + AHEAD).date(),
            )
            .select_related("org_unit", "roster")
            .order_by("date")
        )
    book = Calendar()
    book.add("prodid", "-//Counterpoint//shifts//EN")
    book.add("version", "2.0")
    book.add("x-wr-calname", _("My shifts"))
    for row in rows:
        book.add_component(_event(row, now))
    return bytes(book.to_ical())


def _event(row: ShiftRow, now: datetime) -> Event:
    from icalendar import Event

    zone = ZoneInfo(row.org_unit.time_zone)
    event = Event()
    event.add("uid", f"{row.user_id}-{row.date.isoformat()}-{row.org_unit.code}@counterpoint")
    event.add("dtstamp", now)
    event.add("last-modified", row.roster.published_at)
    event.add("sequence", row.roster.version)
    event.add("dtstart", calendar.local(row.date, row.start, zone))
    event.add("dtend", calendar.local(row.date, row.end, zone))
    event.add("summary", _("Shift at %(branch)s") % {"branch": row.org_unit.name})
    posts = [f"{shown.clock(s['start'])}–{shown.clock(s['end'])} {shown.skill(s['skill'])}" for s in row.segments]
    event.add("description", listed(posts))
    event.add("location", row.org_unit.address or row.org_unit.name)
    return event
