"""Components for templates: {% load ui %}. Each renders one partial in templates/ui/kit."""

import json
from collections.abc import Sequence
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterpoint.foundation.api import new_id, prefix
from counterpoint.ui import drawing, levels, punctuation
from counterpoint.ui import links as added
from counterpoint.ui.charts import Chart
from counterpoint.ui.dayline import DayLine
from counterpoint.ui.tables import Table
from counterpoint.ui.words import PHASE_NAMES

register = template.Library()
register.simple_tag(punctuation.sign, name="sign")
register.filter("listed", punctuation.listed)


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """An icon of the sprite; decoration only, so hidden from screen readers."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>', kind, static("icons.svg"), name
    )


@register.inclusion_tag("ui/kit/badge.html")
def badge(text: Any, level: str = "calm", symbol: str = "") -> dict[str, Any]:
    """A level with its icon and words."""
    return {"text": text, "level": level, "symbol": symbol or levels.ICONS.get(level, "point")}


@register.inclusion_tag("ui/kit/stat.html")
def stat(
    label: Any,
    value: Any,
    unit: Any = "",
    compare: Any = "",
    level: str = "calm",
    trend: Sequence[float | None] = (),
    target: float | None = None,
    url: str = "",
) -> dict[str, Any]:
    """A number with unit, comparison in words and spark-line; stands inside <div class="stats">."""
    symbol = levels.ICONS[level] if level in {"act", "watch"} else ""
    return {
        "label": label,
        "value": value,
        "unit": unit,
        "compare": compare,
        "level": level,
        "level_name": levels.NAMES.get(level, ""),
        "symbol": symbol,
        "spark": drawing.spark(trend, target=target),
        "url": url,
    }


@register.inclusion_tag("ui/kit/spark.html")
def spark(values: Sequence[float | None], target: float | None = None) -> dict[str, Any]:
    """A spark-line alone."""
    return {"spark": drawing.spark(values, target=target)}


@register.inclusion_tag("ui/kit/chart.html")
def chart(one: Chart) -> dict[str, Any]:
    """A chart with title, source, table view, picture and Excel."""
    headings, rows = one.table()
    return {"chart": one, "payload": json.dumps(one.payload(), ensure_ascii=False), "headings": headings, "rows": rows}


@register.inclusion_tag("ui/kit/table.html")
def data_table(one: Table) -> dict[str, Any]:
    """A table with search, sorting, Excel and print."""
    return {"table": one, "lines": one.lines()}


@register.inclusion_tag("ui/kit/state.html")
def empty(title: Any, todo: Any = "", symbol: str = "inbox", url: str = "", verb: Any = "") -> dict[str, Any]:
    """Nothing to show: say why, and offer the next step."""
    return {"title": title, "todo": todo, "symbol": symbol, "url": url, "verb": verb, "level": "calm"}


@register.inclusion_tag("ui/kit/state.html")
def failed(title: Any, todo: Any = "", url: str = "", verb: Any = "") -> dict[str, Any]:
    """A part of the page that could not be made."""
    return {"title": title, "todo": todo, "symbol": "alert-triangle", "url": url, "verb": verb, "level": "act"}


@register.inclusion_tag("ui/kit/loading.html")
def loading(text: Any = "") -> dict[str, Any]:
    """A part that is on its way."""
    return {"text": text}


@register.inclusion_tag("ui/kit/note.html")
def note(text: Any, todo: Any = "", level: str = "info") -> dict[str, Any]:
    """A sentence that the reader should not miss, with what to do."""
    return {"text": text, "todo": todo, "level": level, "symbol": levels.ICONS.get(level, "info-circle")}


@register.inclusion_tag("ui/kit/day_line.html")
def day_line(line: DayLine) -> dict[str, Any]:
    """The day with its phases and now."""
    return {"line": line, "spans": [(span, PHASE_NAMES[span.key]) for span in line.spans]}


@register.inclusion_tag("ui/kit/pages.html", takes_context=True)
def pages(context: dict[str, Any], page: Page[Any]) -> dict[str, Any]:
    """Earlier and later pages of a long list; other parameters of the address stay."""
    return {"page": page, "request": context.get("request")}


@register.inclusion_tag("ui/kit/search.html", takes_context=True)
def search(context: dict[str, Any], label: Any, name: str = "q") -> dict[str, Any]:
    """A search box that asks the server with ?q=."""
    request = context.get("request")
    return {"label": label, "name": name, "value": request.GET.get(name, "") if request else ""}


@register.inclusion_tag("ui/kit/links.html", takes_context=True)
def links(context: dict[str, Any], place: str, subject: Any = None) -> dict[str, Any]:
    """Links that higher rooms add at a place of this page."""
    return {"found": added.at(place, context["request"], subject)}


@register.inclusion_tag("ui/kit/tabs.html")
def tabs(links: Sequence[tuple[Any, ...]], current: str) -> dict[str, Any]:
    """Tabs are links: (key, label, url) or (key, label, url, count)."""
    return {"links": [(*link, "") if len(link) == 3 else link for link in links], "current": current}


@register.inclusion_tag("ui/kit/timeline.html")
def timeline(entries: Sequence[Any]) -> dict[str, Any]:
    """What happened, newest first. Entries have when, text and optionally who, level, symbol, detail."""
    return {"entries": entries}


@register.inclusion_tag("ui/kit/job.html")
def job(url: str, text: Any, result: Any = "") -> dict[str, Any]:
    """Progress of a background job; the address answers {"state", "done", "total", "text", "url"}."""
    return {"url": url, "text": text, "result": result}


@register.inclusion_tag("ui/kit/fields.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """All fields of a form with labels, help and errors; write <form> and buttons around it."""
    return {"form": form}


@register.inclusion_tag("ui/kit/field.html")
def field(bound: Any) -> dict[str, Any]:
    """One field with label, help and errors."""
    return {"bound": bound, "grouped": bound.use_fieldset}


@register.simple_tag
def inside(link: str) -> str:
    """A stored address, such as that of a message, for whoever reads it here: in a practice world it stays there."""
    return prefix.inside(link)


@register.simple_tag
def once(key: str = "") -> SafeString:
    """A hidden key so that one form sent twice acts once; pass the old key when a refused form is shown again."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', key or new_id())
