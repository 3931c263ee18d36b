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
def clock_floor(minute: float) -> int:
    """640.7 → 640."""
    return int(minute)


@register.filter
def unlocalized(value: float) -> str:
    """A number as drawings and forms take it, whatever the language."""
    return f"{value:g}"


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


@register.tag(name="try_form")
def try_form(parser: Any, token: Any) -> template.Node:
    """{% try_form found "open" text %} fields {% end_try %}: a decision to be tried, in a form that opens in place."""
    _name, found, kind, text = token.split_contents()
    fields = parser.parse(("end_try",))
    parser.delete_first_token()
    return TryForm(
        parser.compile_filter(found), parser.compile_filter(kind), parser.compile_filter(text), fields
    )  # fmt: skip


class TryForm(template.Node):
    """The form around the fields of one kind of decision."""

    def __init__(self, found: Any, kind: Any, text: Any, fields: Any) -> None:
        self.found, self.kind, self.text, self.fields = found, kind, text, fields

    def render(self, context: Any) -> str:
        """The part with the fields inside."""
        part = context.template.engine.get_template("onsite/parts/try_form.html")
        given = {
            "day": self.found.resolve(context).on.isoformat(), "kind": self.kind.resolve(context),
            "text": self.text.resolve(context), "fields": self.fields.render(context),
        }  # fmt: skip
        with context.push(**given):
            return str(part.render(context))
