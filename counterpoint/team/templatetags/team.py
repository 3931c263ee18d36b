"""Small words of the team's templates."""

from typing import Any

from django import template

from counterpoint.team import shown
from counterpoint.team.models import LeaveRequest
from counterpoint.ui import levels

register = template.Library()


@register.simple_tag
def clock(minute: int) -> str:
    """``540`` → ``09:00``."""
    return shown.clock(minute)


@register.simple_tag
def hours(minutes: int) -> str:
    """``2400`` → ``40``."""
    return f"{minutes / 60:g}"


@register.filter
def leave_days(row: LeaveRequest) -> str:
    """Its days, and the half or the hours when it is not whole days."""
    return shown.leave_days(row)


@register.filter
def leave_part(row: LeaveRequest) -> str:
    """The part of a day that it takes; empty for whole days."""
    return shown.leave_part(row)


@register.simple_tag
def wish_is(wishes: dict[int, str], weekday: int, kind: str) -> str:
    """The ``selected`` attribute of the wish that was kept."""
    return " selected" if wishes.get(weekday) == kind else ""


@register.inclusion_tag("ui/kit/badge.html")
def skill_badge(name: Any, level: int, until: str, loudness: str) -> dict[str, Any]:
    """A skill with its level and last valid day."""
    text = f"{name} L{level}" + (f" · {until}" if until else "")
    return {"text": text, "level": loudness, "symbol": levels.ICONS.get(loudness, "point")}


@register.simple_tag
def held(words: dict[str, str], key: str) -> str:
    """The word for a slug, the slug itself when there is none."""
    return words.get(key, key or "")
