"""Dated numbers that rosters are judged by, as content: legal limits and branch practice, each with mark and source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counterpoint.primitives.content import Count, Kind, Names, declare, items
from counterpoint.team.errors import NotNow

if TYPE_CHECKING:
    from counterpoint.science.rostering import Rule

PREFIX = "roster."


@dataclass(frozen=True)
class Parameter:
    """One number with its unit. `hard` rules may not be broken; others cost `weight` points per unit of excess."""

    key: str
    value: Count
    unit: Literal["minutes", "days", "flag"]
    hard: bool = False
    weight: Count = 0
    names: Names | None = None


def _parameter(found: Parameter) -> str:
    if not found.hard and found.weight <= 0:
        return _("a soft rule needs a weight above 0")
    return ""


def _example(found: Parameter, example: dict[str, Any]) -> str:
    """`{given: 500, excess: 20}`: what is beyond the value; for a minimum, `missing` says what is short of it."""
    if "missing" in example:
        short = max(0, found.value - example["given"])
        words = {"got": short, "expected": example["missing"]}
        return "" if short == example["missing"] else _("%(got)s are missing, not %(expected)s") % words
    over = max(0, example["given"] - found.value)
    words = {"got": over, "expected": example["excess"]}
    return "" if over == example["excess"] else _("the excess is %(got)s, not %(expected)s") % words


declare(
    Kind(
        "parameters",
        type=Parameter,
        check=_parameter,
        check_example=_example,
        title=gettext_lazy("Working-time rules"),
        labels={
            "unit=minutes": pgettext_lazy("field", "Minutes"),
            "unit=days": pgettext_lazy("field", "Days"),
            "unit=flag": pgettext_lazy("field", "Yes (1) or no (0)"),
        },
        pages=((gettext_lazy("Roster"), "team:roster"),),
    )
)


def rules_of(pack: str, on: date) -> tuple[Rule, ...]:
    """The roster rules in force, as the solver and the judge take them. Only verified (V) rules are hard."""
    from counterpoint.science.rostering import Rule

    found = []
    for item in items("parameters", on, pack).values():
        if not item.key.startswith(PREFIX):
            continue
        one: Parameter = item.value
        last = (item.effective_to - timedelta(days=1)).isoformat() if item.effective_to else None
        hard = one.hard and item.may_stop
        found.append(
            Rule(
                one.key.removeprefix(PREFIX), one.value, one.unit, item.source, item.mark, hard,
                one.weight, item.effective_from.isoformat(), last,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda rule: rule.key))


def floating(on: date, pack: str = "cn") -> tuple[Parameter, Parameter]:
    """What helping at a near branch costs: travel (minutes, points an hour) and days away (most, points a day)."""
    found = items("parameters", on, pack)
    if not {"floating.travel", "floating.days"} <= set(found):
        raise NotNow(_("No rule for help between branches is in force in this week. Choose another week."))
    return found["floating.travel"].value, found["floating.days"].value
