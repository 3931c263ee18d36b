"""Small helps of the numbers' templates."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(found: Mapping[str, Any], key: str) -> Any:
    """The entry of a mapping under a key that the template knows only at run time; empty when there is none."""
    return found.get(key, "")
