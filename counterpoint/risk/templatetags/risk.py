"""Small words of the risk templates."""

from typing import Any

from django import template

register = template.Library()


@register.filter
def of(words: Any, key: Any) -> Any:
    """The word for a slug, the slug itself when there is none."""
    return words.get(key, key or "")


@register.filter
def percent(share: float | None) -> str:
    """0.45 → 45 %."""
    return "–" if share is None else f"{share * 100:.0f} %"


@register.filter
def dot(number: float) -> str:
    """A number for SVG geometry: a point before the decimals, in every language."""
    return f"{number:g}"
