"""Marks and packs of definitions as pages show them."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from counterpoint.primitives.content import labels
from counterpoint.primitives.content.loader import Item
from counterpoint.ui import levels, reader
from counterpoint.ui.leftovers import CHINESE

register = template.Library()


@register.inclusion_tag("ui/kit/badge.html")
def mark(key: str, long: bool = False) -> dict[str, Any]:
    """How far a rule may be relied on: verified, or what is still needed."""
    words, level = labels.MARKS.get(key, (key, "watch"))
    text = words if long else labels.SHORT_MARKS.get(key, key)
    return {"text": text, "level": level if long or level == "fine" else "calm", "symbol": levels.ICONS[level]}


@register.simple_tag
def source(of: Item | str) -> SafeString:
    """Where a definition comes from; words of another language are marked as such, for readers and translators, and
    sources with names of laws as they are written stay as they are."""
    language = reader.language()
    told = labels.source_of(of, language) if isinstance(of, Item) else labels.source_as_written(of, language)
    if told.lang:
        return format_html('<span lang="{}" translate="no">{}</span>', told.lang, told.text)
    if language == "en" and CHINESE.search(told.text):
        return format_html('<span translate="no">{}</span>', told.text)
    return format_html("<span>{}</span>", told.text)


@register.filter
def pack_name(pack: str) -> str:
    """What a rule pack is called."""
    return labels.pack_name(pack)
