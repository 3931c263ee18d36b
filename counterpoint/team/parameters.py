"""Dated numbers that rosters are judged by, as content: legal limits and branch practice, each with mark and source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from counterpoint.primitives.content import Kind, declare, items

if TYPE_CHECKING:
    from counterpoint.science.rostering import Rule

PREFIX = "roster."


@dataclass(frozen=True)
class Parameter:
    """One number with its unit. `hard` rules may not be broken; others cost `weight` points per unit of excess."""

    key: str
    value: int
    unit: str
    hard: bool = False
    weight: int = 0


def _parameter(body: dict[str, Any]) -> Parameter:
    found = Parameter(**body)
    if not isinstance(found.value, int) or found.value < 0:
        raise ValueError("value must be a whole number, 0 or more")
    if not found.hard and found.weight <= 0:
        raise ValueError("a soft rule needs a weight above 0")
    return found


def _example(found: Parameter, example: dict[str, Any]) -> str:
    """`{given: 500, excess: 20}`: what is beyond the value; for a minimum, `missing` says what is short of it."""
    if "missing" in example:
        short = max(0, found.value - example["given"])
        return "" if short == example["missing"] else f"{short} are missing, not {example['missing']}"
    over = max(0, example["given"] - found.value)
    return "" if over == example["excess"] else f"the excess is {over}, not {example['excess']}"


declare(Kind("parameters", _parameter, _example))


def rules_of(pack: str, on: date) -> tuple[Rule, ...]:
    """The roster rules in force, as the solver and the judge take them. Only verified (V) rules are hard."""
    from counterpoint.science.rostering import Rule

    found = []
    for item in items("parameters", on, pack).values():
        if not item.key.startswith(PREFIX):
            continue
        one: Parameter = item.value
        last = (item.effective_to - timedelta(days=1)).isoformat() if item.effective_to else None
        hard = one.hard and item.mark == "V"
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
    return found["floating.travel"].value, found["floating.days"].value
