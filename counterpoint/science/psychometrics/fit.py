"""Slopes and difficulties from answers: marginal maximum likelihood (Bock and Aitkin 1981), with or without a prior.

EM brings the numbers near; Newton steps with the exact observed information finish, and its inverse gives the standard
errors. One slope for all items (``1pl``) is the same fit with the slopes tied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from counterpoint.science.psychometrics.arrays import Floats
from counterpoint.science.psychometrics.items import MOST_STEEP, Items
from counterpoint.science.psychometrics.marginal import (
    Likelihood,
    Prior,
    observed_information,
    slopes_and_scores,
)
from counterpoint.science.psychometrics.responses import OPEN, Responses

Model = Literal["1pl", "2pl"]
PRIOR = Prior()
NO_PRIOR = Prior(np.inf, np.inf)
NEAR, MOST_CYCLES, MOST_STEPS = 1e-3, 500, 50
SETTLED = 1e-6  # of the Newton decrement: far below a thousandth of a standard error


@dataclass(frozen=True, eq=False)
class Fit:
    """Items with errors. `covariance` is that of (log slopes, difficulties); with `1pl` of (one log slope,
    difficulties). `converged` is False when no maximum was reached: do not use the items then."""

    items: Items
    model: Model
    prior: Prior
    people: int
    log_likelihood: float
    covariance: Floats
    cycles: int
    converged: bool

    def summary(self) -> str:
        """One line and a line an item."""
        state = "converged" if self.converged else "NOT CONVERGED"
        head = f"{self.model}, {self.people} people, log likelihood {self.log_likelihood:.2f}, {state}"
        return f"{head}\n{self.items.to_frame().round(3).to_string()}"


@dataclass(frozen=True, eq=False)
class _Free:
    """How the free numbers make up u₁…u_J, b₁…b_J: `full = tie @ free`."""

    tie: Floats
    count: int

    @staticmethod
    def of(model: Model, count: int) -> _Free:
        if model == "2pl":
            return _Free(np.eye(2 * count), count)
        tie = np.zeros((2 * count, count + 1))
        tie[:count, 0] = 1
        tie[count:, 1:] = np.eye(count)
        return _Free(tie, count)

    def split(self, free: Floats) -> tuple[Floats, Floats]:
        full = self.tie @ free
        return full[: self.count], full[self.count :]


def fit(answers: Responses, model: Model = "2pl", prior: Prior = PRIOR) -> Fit:
    """ValueError for an item that nobody answered, or without a prior one that all had right or all wrong."""
    _refuse(answers, prior)
    likelihood = Likelihood.of(*answers.patterns())
    count = len(answers.names)
    form = _Free.of(model, count)
    belief = prior.precision(form.tie.shape[1] - count, count)
    free, cycles = _em(likelihood, form, belief, _start(answers, form))
    free, information, total, settled = _newton(likelihood, form, belief, free)
    u, b = form.split(free)
    settled = settled and bool((u <= np.log(MOST_STEEP)).all())
    covariance: Floats = np.linalg.pinv(information, hermitian=True).astype(float)
    errors = form.tie @ np.sqrt(np.maximum(np.diag(covariance), 0))
    slope = np.clip(np.exp(u), 1e-6, MOST_STEEP)
    found = Items(answers.names, slope, b, slope * errors[:count], errors[count:])
    return Fit(found, model, prior, answers.people, total, covariance, cycles, settled)


def _refuse(answers: Responses, prior: Prior) -> None:
    answered = answers.marks != OPEN
    for j, name in enumerate(answers.names):
        own = answers.marks[answered[:, j], j]
        if not len(own):
            raise ValueError(f"nobody answered item {name}: leave it out")
        if len(set(own.tolist())) == 1 and not np.isfinite(prior.difficulty_sd):
            raise ValueError(f"all answers to item {name} are alike: give a prior or leave it out")


def _start(answers: Responses, form: _Free) -> Floats:
    """All slopes 1, difficulties from the shares of right answers."""
    answered = (answers.marks != OPEN).sum(axis=0)
    share = ((answers.marks == 1).sum(axis=0) + 0.5) / (answered + 1)
    b = -np.log(share / (1 - share)) * 1.2
    return np.concatenate([np.zeros(form.tie.shape[1] - form.count), b])


def _em(likelihood: Likelihood, form: _Free, belief: Floats, free: Floats) -> tuple[Floats, int]:
    cycle = 0
    while cycle < MOST_CYCLES:
        cycle += 1
        before = free
        _, posterior = likelihood.posterior(*form.split(free))
        answered, right = likelihood.expected(posterior)
        for _ in range(2):
            free = free + _scoring_step(form, belief, free, answered, right)
        if np.abs(free - before).max() < NEAR:
            break
    return free, cycle


def _scoring_step(form: _Free, belief: Floats, free: Floats, answered: Floats, right: Floats) -> Floats:
    """One step of Fisher scoring on the expected answers, at most 1 long in each number."""
    u, b = form.split(free)
    z, chance, gradient = slopes_and_scores(u, b, answered, right)
    weight, a, count = answered * chance * (1 - chance), np.exp(u), form.count
    uu, bb = (weight * z**2).sum(axis=1), a**2 * weight.sum(axis=1)
    ub = -a * (weight * z).sum(axis=1)
    pull = form.tie.T @ gradient - belief * free
    if form.tie.shape[1] == 2 * count:
        uu, bb = uu + belief[:count] + 1e-9, bb + belief[count:] + 1e-9
        first, second = pull[:count], pull[count:]
        size = np.maximum(uu * bb - ub**2, 1e-12)
        step = np.concatenate([(bb * first - ub * second) / size, (uu * second - ub * first) / size])
    else:
        bb = bb + belief[1:] + 1e-9
        whole = uu.sum() + belief[0] - (ub**2 / bb).sum()
        shared = (pull[0] - (ub * pull[1:] / bb).sum()) / whole
        step = np.concatenate([[shared], (pull[1:] - ub * shared) / bb])
    return np.clip(step, -1, 1)


def _newton(likelihood: Likelihood, form: _Free, belief: Floats, free: Floats) -> tuple[Floats, Floats, float, bool]:
    """From near to the maximum; halves a step that would lead down."""

    def height(numbers: Floats) -> float:
        return likelihood.posterior(*form.split(numbers))[0] - float(belief @ numbers**2) / 2

    for _ in range(MOST_STEPS):
        full, gradient, total = observed_information(likelihood, *form.split(free))
        information = form.tie.T @ full @ form.tie + np.diag(belief)
        pull = form.tie.T @ gradient - belief * free
        values, vectors = np.linalg.eigh(information)
        step = vectors @ ((vectors.T @ pull) / np.maximum(np.abs(values), 1e-6))
        if float(pull @ step) < SETTLED**2:
            return free, information, total, bool(values[0] > 0)
        size, here = 1.0, height(free)
        while size > 1e-6 and height(free + size * step) < here - 1e-10 * abs(here):
            size /= 2
        free = free + size * step
    return free, information, total, False
