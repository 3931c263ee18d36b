"""Marks and packs of definitions as pages show them."""

from typing import Any

from django import template

from counterpoint.primitives.content import labels
from counterpoint.ui import levels

register = template.Library()


@register.inclusion_tag("ui/kit/badge.html")
def mark(key: str, long: bool = False) -> dict[str, Any]:
    """How far a rule may be relied on: verified, or what is still needed."""
    words, level = labels.MARKS.get(key, (key, "watch"))
    text = words if long else labels.SHORT_MARKS.get(key, key)
    return {"text": text, "level": level if long or level == "fine" else "calm", "symbol": levels.ICONS[level]}


@register.filter
def pack_name(pack: str) -> str:
    """What a rule pack is called."""
    return labels.pack_name(pack)
