"""How able a person is, from their answers to items whose numbers are known: mean and sd of the posterior (EAP)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import log_expit

from counterpoint.science.psychometrics.arrays import Counts, Floats
from counterpoint.science.psychometrics.items import Items

STEPS = np.linspace(-6.0, 6.0, 241)  # in standard deviations of the prior


@dataclass(frozen=True)
class Ability:
    """`mean` and `sd` in standard deviations of the people the items were fitted on."""

    mean: float = 0.0
    sd: float = 1.0

    def above(self, cut: float) -> float:
        """How likely the person is above `cut`, 0–1."""
        return 1.0 - NormalDist(self.mean, self.sd).cdf(cut)

    def limits(self, confidence: float = 0.95) -> tuple[float, float]:
        """Hold the ability in `confidence` of the cases."""
        reach = self.sd * NormalDist().inv_cdf(0.5 + confidence / 2)
        return self.mean - reach, self.mean + reach


EVERYBODY = Ability(0.0, 1.0)


def ability(known: Items, marks: Sequence[int] | Counts, before: Ability = EVERYBODY) -> Ability:
    """From marks (1 right, 0 wrong, -1 not answered), one an item; `before` is what was believed until now.

    The errors of the items are not carried into the sd: it is too small where items were fitted on few people.
    """
    means, sds = abilities(known, np.asarray(marks, dtype=int)[None, :], before)
    return Ability(float(means[0]), float(sds[0]))


def abilities(known: Items, marks: Counts, before: Ability = EVERYBODY) -> tuple[Floats, Floats]:
    """Means and sds of many people: marks is people × items. ValueError for another number of items."""
    rows = np.asarray(marks)
    if rows.ndim != 2 or rows.shape[1] != len(known):
        raise ValueError(f"marks of shape {rows.shape} do not fit {len(known)} items")
    grid = before.mean + before.sd * STEPS
    z = known.slope[:, None] * (grid - known.difficulty[:, None])
    joint = (rows == 1) @ z + (rows >= 0) @ log_expit(-z) - STEPS**2 / 2
    weight = np.exp(joint - joint.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    mean = weight @ grid
    return mean, np.sqrt(np.maximum(weight @ grid**2 - mean**2, 0.0))
