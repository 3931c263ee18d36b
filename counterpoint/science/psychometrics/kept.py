"""Items and a learner model in plain values: JSON, kept between the night that fits them and the day that asks them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from counterpoint.science.psychometrics.items import Items
from counterpoint.science.psychometrics.learners import BY_SKILL, PLAIN, Learner, Rates

NUMBERS = ("slope", "difficulty", "slope_error", "difficulty_error")


def keep_items(known: Items) -> dict[str, Any]:
    """By name; what is not known is None."""
    return {
        "names": list(known.names),
        **{name: [None if math.isnan(v) else float(v) for v in getattr(known, name)] for name in NUMBERS},
    }


def restore_items(kept: Mapping[str, Any]) -> Items:
    """The same items. ValueError as for `Items`."""
    columns = {name: np.array([math.nan if v is None else v for v in kept[name]], dtype=float) for name in NUMBERS}
    return Items(tuple(kept["names"]), **columns)


def keep_learner(model: Learner) -> dict[str, Any]:
    """Rates as lists of (number, right, answers), weights in full."""
    return {
        "items": [[key, *counts] for key, counts in model.rates.items.items()],
        "skills": [[key, *counts] for key, counts in model.rates.skills.items()],
        "right": model.rates.right,
        "answers": model.rates.answers,
        "weights": model.weights.tolist(),
        "rows": model.rows,
    }


def restore_learner(kept: Mapping[str, Any]) -> Learner:
    """The same model. ValueError when it was kept by a version with other features."""
    items, skills = ({key: (right, answers) for key, right, answers in kept[name]} for name in ("items", "skills"))
    weights = np.array(kept["weights"], dtype=float)
    if len(weights) != PLAIN + BY_SKILL * len(skills):
        raise ValueError("this learner model has other features than this version knows: fit it again")
    rates = Rates(items, skills, kept["right"], kept["answers"])
    return Learner(rates, tuple(sorted(skills)), weights, kept["rows"])
