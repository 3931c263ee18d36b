"""Charts as data: the script draws them, the table says the same to readers and to Excel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

Text = str | Promise
Value = float | int | None
KINDS = ("line", "steps", "bars", "ranking", "heat")
ROLES = ("actual", "forecast", "compare", "coverage", "bars", "limit")


class ChartFault(ValueError):
    """Series and labels do not fit each other, or kind or role is unknown."""


@dataclass(frozen=True)
class Series:
    """One line, step curve or set of bars; `low`/`high` draw the P10–P90 band around it. All as long as x."""

    name: Text
    values: Sequence[Value]
    role: str = "actual"
    low: Sequence[Value] | None = None
    high: Sequence[Value] | None = None


@dataclass(frozen=True)
class Limit:
    """A horizontal line that must not be crossed, such as a promise or a rule."""

    value: float
    label: Text


@dataclass(frozen=True)
class Chart:
    """A chart whose title states the finding. For kind "heat" give `rows` and `cells` (rows × x) instead of series."""

    key: str
    kind: str
    title: Text
    unit: Text
    source: Text
    x: Sequence[Text]
    x_label: Text
    series: Sequence[Series] = ()
    limits: Sequence[Limit] = ()
    now: Text = ""
    now_label: Text = ""
    stacked: bool = False
    rows: Sequence[Text] = ()
    cells: Sequence[Sequence[Value]] = ()
    size: str = ""  # "", "low" or "tall"
    excel_url: str = ""
    live: str = field(default="")

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ChartFault(f"Chart {self.key}: unknown kind {self.kind}; use one of {', '.join(KINDS)}.")
        for one in self.series:
            _check_series(self.key, one, len(self.x))
        if self.kind == "heat" and [len(row) for row in self.cells] != [len(self.x)] * len(self.rows):
            raise ChartFault(f"Chart {self.key}: cells must be {len(self.rows)} rows of {len(self.x)} values.")

    def payload(self) -> dict[str, Any]:
        """What the script draws: plain JSON."""
        return {
            "kind": self.kind,
            "unit": str(self.unit),
            "x": [str(label) for label in self.x],
            "series": [_series_json(one) for one in self.series],
            "limits": [{"value": one.value, "label": str(one.label)} for one in self.limits],
            "now": str(self.now),
            "nowLabel": str(self.now_label),
            "stacked": self.stacked,
            "rows": [str(row) for row in self.rows],
            "cells": [_known(row) for row in self.cells],
        }

    def table(self) -> tuple[list[str], list[list[Any]]]:
        """Headings and rows with the same numbers, bands included."""
        if self.kind == "heat":
            body = [[str(row), *_known(cells)] for row, cells in zip(self.rows, self.cells, strict=True)]
            return [str(self.x_label), *(str(label) for label in self.x)], body
        headings = [str(self.x_label)]
        columns: list[Sequence[Value]] = []
        for one in self.series:
            headings.append(str(one.name))
            columns.append(_known(one.values))
            if one.low is not None and one.high is not None:
                headings += [_("%(series)s, low") % {"series": one.name}, _("%(series)s, high") % {"series": one.name}]
                columns += [_known(one.low), _known(one.high)]
        return headings, [[str(label), *(column[i] for column in columns)] for i, label in enumerate(self.x)]


def _check_series(key: str, one: Series, length: int) -> None:
    if one.role not in ROLES:
        raise ChartFault(f"Chart {key}: unknown role {one.role}; use one of {', '.join(ROLES)}.")
    if (one.low is None) != (one.high is None):
        raise ChartFault(f"Chart {key}: series {one.name} needs both low and high, or neither.")
    for part in (one.values, one.low, one.high):
        if part is not None and len(part) != length:
            raise ChartFault(f"Chart {key}: series {one.name} has {len(part)} values for {length} labels.")


def _series_json(one: Series) -> dict[str, Any]:
    found: dict[str, Any] = {"name": str(one.name), "role": one.role, "values": _known(one.values)}
    if one.low is not None and one.high is not None:
        found |= {"low": _known(one.low), "high": _known(one.high)}
    return found


def _known(values: Sequence[Value]) -> list[Value]:
    """The values with a gap where a number is not finite: JSON, and so the script, knows no such numbers."""
    return [value if value is None or isfinite(value) else None for value in values]
