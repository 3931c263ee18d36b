"""The marginal likelihood of items: ability is integrated out over a standard normal population.

Working numbers of an item are u = log(slope) and b = difficulty, laid out as u₁…u_J, b₁…b_J. The integral is a sum over
an even grid from -6 to 6; on smooth bells that rule is exact to rounding as long as a step is not wider than the
narrowest posterior, which here takes more than 300 good items.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit, logsumexp

from counterpoint.science.psychometrics.arrays import Counts, Floats

GRID = np.linspace(-6.0, 6.0, 121)
_DENSITY = np.exp(-(GRID**2) / 2)
LOG_WEIGHTS = np.log(_DENSITY / _DENSITY.sum())
BLOCK, NOWHERE = 4_000_000, 1e-10  # numbers worked on at once; a share of a person not looked at


@dataclass(frozen=True)
class Prior:
    """What is believed of items before any answer: log(slope) ~ N(0, `log_slope_sd`²), difficulty ~ N(0,
    `difficulty_sd`²). An infinite sd believes nothing, and the fit is then plain maximum likelihood."""

    log_slope_sd: float = 0.5
    difficulty_sd: float = 2.0

    def precision(self, slopes: int, difficulties: int) -> Floats:
        """Of so many log slopes and so many difficulties."""
        return np.repeat([self.log_slope_sd**-2.0, self.difficulty_sd**-2.0], [slopes, difficulties])


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Answers as patterns with counts; `right` and `answered` are patterns × items of 0.0 and 1.0."""

    right: Floats
    answered: Floats
    counts: Floats

    @staticmethod
    def of(rows: Counts, counts: Floats) -> Likelihood:
        """From marks 1, 0, -1."""
        return Likelihood((rows == 1).astype(float), (rows >= 0).astype(float), counts)

    def posterior(self, u: Floats, b: Floats) -> tuple[float, Floats]:
        """Log likelihood, and for every pattern where on the grid its people stand (rows sum to 1)."""
        z = np.exp(u)[:, None] * (GRID - b[:, None])
        joint = self.right @ z + self.answered @ log_expit(-z) + LOG_WEIGHTS
        whole = logsumexp(joint, axis=1)
        return float(self.counts @ whole), np.exp(joint - whole[:, None])

    def expected(self, posterior: Floats) -> tuple[Floats, Floats]:
        """Items × grid: how many people answered there, and how many of them rightly."""
        weighted = posterior * self.counts[:, None]
        return self.answered.T @ weighted, self.right.T @ weighted


def slopes_and_scores(u: Floats, b: Floats, answered: Floats, right: Floats) -> tuple[Floats, Floats, Floats]:
    """z, chance (items × grid) and the gradient of the expected log likelihood, as u then b."""
    a = np.exp(u)[:, None]
    z = a * (GRID - b[:, None])
    chance = expit(z)
    over = right - answered * chance
    return z, chance, np.concatenate([(over * z).sum(axis=1), -(a * over).sum(axis=1)])


def observed_information(likelihood: Likelihood, u: Floats, b: Floats) -> tuple[Floats, Floats, float]:
    """Exact negative Hessian of the marginal log likelihood (Louis 1982), its gradient, and the log likelihood.

    Information of the complete data less the covariance of the complete data's score given the answers.
    """
    total, posterior = likelihood.posterior(u, b)
    answered, right = likelihood.expected(posterior)
    z, chance, gradient = slopes_and_scores(u, b, answered, right)
    a, count = np.exp(u), len(u)
    weight, over = answered * chance * (1 - chance), right - answered * chance
    found = np.zeros((2 * count, 2 * count))
    at = np.arange(count)
    found[at, at] = (weight * z**2 - over * z).sum(axis=1)
    found[at + count, at + count] = a**2 * weight.sum(axis=1)
    found[at, at + count] = found[at + count, at] = (-(weight * z) + over).sum(axis=1) * a
    for people, nodes in _blocks(posterior, count):
        way = np.concatenate([z[:, nodes], np.tile(-a[:, None], len(nodes))])
        rest = likelihood.right[people][:, None] - likelihood.answered[people][:, None] * chance[:, nodes].T
        weights = posterior[np.ix_(people, nodes)] * likelihood.counts[people][:, None]
        scores = np.tile(rest, 2) * way.T * np.sqrt(weights)[:, :, None]
        flat = scores.reshape(-1, 2 * count)
        found -= flat.T @ flat
    mean = np.hstack(
        [
            likelihood.right * (posterior @ z.T) - likelihood.answered * (posterior @ (chance * z).T),
            -a * (likelihood.right - likelihood.answered * (posterior @ chance.T)),
        ]
    )
    found += (mean * likelihood.counts[:, None]).T @ mean
    return found, gradient, total


def _blocks(posterior: Floats, items: int) -> Iterator[tuple[Counts, Counts]]:
    """Like people together, with the nodes where any of them may stand: few large products instead of many small."""
    order = np.argsort(posterior @ GRID, kind="stable")
    size = max(1, BLOCK // (2 * items * len(GRID)))
    for first in range(0, len(order), size):
        people = order[first : first + size]
        yield people, np.flatnonzero((posterior[people] > NOWHERE).any(axis=0))
