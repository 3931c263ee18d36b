"""Bodies of scorings: how four dimensions weigh in the sheet of a drill, and what a point is worth in minutes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _

from counterpoint.academy.rules.talking import DIMENSIONS, Dimension
from counterpoint.academy.rules.words import Both
from counterpoint.primitives.content import Count, NotNegative

SCORING = "scoring"


@dataclass(frozen=True)
class ScoringBody:
    """`weights` of the four dimensions, which add up to 100; `minutes` of waiting that a point of each is worth in the
    loss of the day; `loss` are figures of that loss which differ from the branch's own."""

    names: Both
    weights: dict[Dimension, Count]
    minutes: dict[Dimension, NotNegative]
    loss: dict[Literal["walkout", "breach", "staff_minute", "move"], NotNegative] = field(default_factory=dict)


def wrong_scoring(body: ScoringBody) -> str:
    """What is wrong with a scoring; empty when nothing is."""
    if set(body.weights) != set(DIMENSIONS) or set(body.minutes) != set(DIMENSIONS):
        return _("A scoring weighs every dimension: %(names)s.") % {"names": ", ".join(DIMENSIONS)}
    return "" if sum(body.weights.values()) == 100 else _("The weights add up to 100.")


def total_of(body: ScoringBody, sheet: dict[str, float]) -> float:
    """The sheet's four figures, 0 to 100, as one."""
    return sum(body.weights[name] * sheet[name] for name in DIMENSIONS) / 100


def scoring_example(body: ScoringBody, example: dict[str, Any]) -> str:
    """A sheet with its total, or points of answers with their minutes."""
    if "total" in example:
        found = total_of(body, example["sheet"])
        return "" if abs(found - example["total"]) < 0.01 else _("is worth %(value)s") % {"value": f"{found:.2f}"}
    found = sum(body.minutes[name] * points for name, points in example["points"].items())
    return "" if abs(found - example["minutes"]) < 0.01 else _("is worth %(value)s") % {"value": f"{found:.2f}"}
