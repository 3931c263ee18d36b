"""Filters of the sheets: whole minutes, shares, names, and the little bar chart that also prints."""

from dataclasses import dataclass
from typing import Any

from django import template

from counterpoint.role.printing import Words
from counterpoint.role.sheets import HalfHour, Plan

register = template.Library()
WIDTH, TOP, FLOOR = 400.0, 16.0, 126.0


@dataclass(frozen=True)
class Bar:
    """Geometry of one half hour in a 400 × 150 picture."""

    x: float
    y: float
    width: float
    height: float
    came_y: float | None
    label: str
    labelled: bool
    value: str
    peak: bool

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def right(self) -> float:
        return round(self.x + self.width, 1)

    @property
    def text_y(self) -> float:
        return round(min(self.y, self.came_y or self.y) - 4, 1)


@register.filter
def bars(plan: Plan) -> list[Bar]:
    """The half hours as bars; the peak is darker, full hours carry their label."""
    step = WIDTH / max(1, len(plan.hours))
    scale = (FLOOR - TOP) / plan.ceiling
    peak = plan.peak
    every = 60 if len(plan.hours) <= 10 else 120
    found = []
    for place, hour in enumerate(plan.hours):
        height = (hour.expected or 0.0) * scale
        came = None if hour.came is None else round(FLOOR - hour.came * scale, 1)
        found.append(
            Bar(
                round(place * step + 2, 1), round(FLOOR - height, 1), round(step - 4, 1), round(height, 1),
                came, hour.clock, hour.minute % every == 0,
                _value(hour), peak is not None and hour.minute == peak.minute,
            )
        )  # fmt: skip
    return found


def _value(hour: HalfHour) -> str:
    """What came once the half hour has begun, else what is expected."""
    shown = hour.expected if hour.came is None else float(hour.came)
    return f"{shown:.0f}" if shown else ""


@register.filter
def whole(value: float | None) -> str:
    """A number without decimals; a dash when unknown."""
    return "–" if value is None else f"{value:.0f}"


@register.filter
def percent(share: float | None) -> str:
    """A share 0–1 in per cent; a dash when unknown."""
    return "–" if share is None else f"{share:.0%}"


@register.filter
def tier_name(key: str, words: Words) -> str:
    """The tier in the reader's language."""
    return words.tier(key)


@register.filter
def service_name(key: str, words: Words) -> str:
    """The service in the reader's language."""
    return words.service(key)


@register.filter
def post_names(keys: Any, words: Words) -> str:
    """Posts in the reader's language."""
    return words.posts(tuple(keys))


@register.filter
def words_for(table: Any, key: str) -> str:
    """What a table of words has for a key; the key without one."""
    return str(table.get(key, key)) if table else key
