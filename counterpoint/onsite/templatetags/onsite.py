"""Small words for the hall's templates: {% load onsite %}."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template

from counterpoint.onsite.queries.snapshot import Queue
from counterpoint.onsite.rules.promise import LONGEST

register = template.Library()


@register.filter
def item(table: Mapping[str, Any], key: str) -> Any:
    """The entry of a mapping, the key itself when it is missing."""
    return table.get(key, key)


@register.filter
def percent(share: float | None) -> str:
    """0.876 → 88."""
    return "" if share is None else str(round(100 * share))


@register.filter
def minutes_until(since: datetime | None, now: datetime) -> int:
    """Whole minutes between two instants."""
    return 0 if since is None else max(0, int((now - since).total_seconds() // 60))


@register.filter
def clock_minute(minute: int) -> str:
    """640 → 10:40."""
    return f"{int(minute) // 60 % 24:02d}:{int(minute) % 60:02d}"


@register.filter
def span(low: float | None, high: float | None) -> str:
    """A range of minutes: 20–28; 240+ when it lies beyond what is told."""
    if low is None or high is None:
        return "–"
    return f"{LONGEST:.0f}+" if low >= LONGEST else f"{low:.0f}–{high:.0f}"


@register.filter
def queue_level(queue: Queue) -> str:
    """How loud a queue is."""
    if queue.late >= 3 or (queue.dots and not queue.windows):
        return "act"
    return "watch" if queue.late else "calm"


@register.filter
def moment(value: Any) -> str:
    """A table cell: an instant in short, nothing for a missing value."""
    if value is None or value != value:  # noqa: PLR0124  (NaT and NaN differ from themselves)
        return ""
    return f"{value:%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)


@register.inclusion_tag("onsite/parts/deed.html", takes_context=True)
def deed(context: Any, name: str, text: str, **more: Any) -> dict[str, Any]:
    """A button that does one thing once: ticket, counter, user or device say to whom; `press` is its key."""
    return {
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
        "name": name,
        "text": text,
    } | more
