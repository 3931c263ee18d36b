"""How likely a learner is to get the next item right, from what they answered before: what practice to offer.

A penalised logistic regression on how hard the item is, how much better or worse than expected the learner did of late
(overall, in this skill, on each of the last eight answers), how much they practised, and the skill. Nothing of a row
but its item and skill is used for its own chance.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit

from counterpoint.science.psychometrics.arrays import Floats
from counterpoint.science.psychometrics.attempts import Attempts

BACK, PLAIN, BY_SKILL = 8, 20, 3
SKILL_WEIGHT, ITEM_WEIGHT = 20.0, 6.0  # answers that the mean above counts for
PENALTY, SKILL_PENALTY = 0.1, 3.0
SLOW = 0.9  # what of the moving mean of residuals is left after an answer


@dataclass(frozen=True)
class Rates:
    """Right answers and answers of items and skills: shares of items drawn to their skill, skills to the whole."""

    items: Mapping[int, tuple[int, int]]
    skills: Mapping[int, tuple[int, int]]
    right: int
    answers: int

    @staticmethod
    def of(attempts: Attempts) -> Rates:
        """Counted."""
        return Rates(
            _counted(attempts.item, attempts.right),
            _counted(attempts.skill, attempts.right),
            int(attempts.right.sum()),
            len(attempts),
        )

    def easiness(self, item: int, skill: int, own: int | None = None) -> float:
        """Expected share of right answers; `own` is an answer that must not count (a row in its own training)."""
        right, answers = self.items.get(item, (0, 0))
        if own is not None:
            right, answers = right - own, answers - 1
        skill_right, skill_answers = self.skills.get(skill, (0, 0))
        whole = (self.right + 1) / (self.answers + 2)
        of_skill = (skill_right + SKILL_WEIGHT * whole) / (skill_answers + SKILL_WEIGHT)
        return (right + ITEM_WEIGHT * of_skill) / (answers + ITEM_WEIGHT)


def _counted(keys: Floats, right: Floats) -> dict[int, tuple[int, int]]:
    names, place, answers = np.unique(keys, return_inverse=True, return_counts=True)
    hits = np.bincount(place, weights=right, minlength=len(names)).astype(int)
    return {int(name): (int(hit), int(n)) for name, hit, n in zip(names, hits, answers, strict=True)}


@dataclass
class Memory:
    """What is kept of one learner while their answers pass by."""

    surplus: float = 0.0
    answers: int = 0
    late: float = 0.0
    by_skill: dict[int, tuple[float, int]] = field(default_factory=dict)
    seen: dict[int, int] = field(default_factory=dict)
    last: deque[float] = field(default_factory=lambda: deque(maxlen=BACK))
    last_skill: int | None = None

    def features(self, item: int, skill: int, easiness: float) -> tuple[list[float], list[float]]:
        """Those of every row, and those that each skill weighs by itself."""
        surplus, count = self.by_skill.get(skill, (0.0, 0))
        in_skill, practised = surplus / (count + 2), math.log1p(count)
        before = self.seen.get(item)
        recent = list(self.last)
        plain = [
            1.0,
            math.log(easiness / (1 - easiness)),
            self.surplus / (self.answers + 3),
            self.surplus / (self.answers + 15),
            self.late,
            in_skill,
            practised,
            math.log1p(self.answers),
            float(count > 0),
            0.0 if before is None else 2.0 * before - 1.0,
            float(before is not None),
            float(self.last_skill == skill),
        ]
        return plain + recent + [0.0] * (BACK - len(recent)), [1.0, in_skill, practised]

    def take(self, item: int, skill: int, right: int, easiness: float) -> None:
        """An answer was given."""
        over = right - easiness
        surplus, count = self.by_skill.get(skill, (0.0, 0))
        self.surplus, self.answers = self.surplus + over, self.answers + 1
        self.late = SLOW * self.late + (1 - SLOW) * 3 * over
        self.by_skill[skill] = (surplus + over, count + 1)
        self.seen[item] = right
        self.last.appendleft(over)
        self.last_skill = skill


@dataclass(frozen=True, eq=False)
class Learner:
    """A fitted model. `weights` are those of the plain features, then three a skill in the order of `skills`."""

    rates: Rates
    skills: tuple[int, ...]
    weights: Floats
    rows: int

    def chances(self, attempts: Attempts) -> Floats:
        """Of a right answer, for every row from the rows of the same student before it."""
        return np.asarray(expit(_design(attempts, self.rates, self.skills, train=False) @ self.weights))

    def outlook(self, past: Attempts, candidates: Sequence[tuple[int, int]]) -> Floats:
        """For one student with that past: the chance on each (item, skill) if it came next."""
        memory = Memory()
        for item, skill, right in zip(past.item, past.skill, past.right, strict=True):
            memory.take(int(item), int(skill), int(right), self.rates.easiness(int(item), int(skill)))
        builder = _Builder(self.skills)
        for item, skill in candidates:
            builder.add(*memory.features(item, skill, self.rates.easiness(item, skill)), skill)
        return np.asarray(expit(builder.matrix() @ self.weights))


def fit_learner(attempts: Attempts) -> Learner:
    """ValueError when all answers are alike. Cost: seconds for 100,000 rows."""
    if len(set(attempts.right.tolist())) < 2:
        raise ValueError("answers are all alike: nothing can be learned from them")
    rates = Rates.of(attempts)
    skills = tuple(sorted(rates.skills))
    design = _design(attempts, rates, skills, train=True)
    penalty = np.full(design.shape[1], SKILL_PENALTY)
    penalty[:PLAIN] = PENALTY
    sign = 2.0 * attempts.right - 1

    def loss(weights: Floats) -> tuple[float, Floats]:
        told = design @ weights
        value = np.logaddexp(0, -told * sign).sum() + (penalty * weights**2).sum() / 2
        return float(value), design.T @ (expit(told) - attempts.right) + penalty * weights

    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return Learner(rates, skills, found.x, len(attempts))


class _Builder:
    """Rows of plain features, and of those that belong to a skill, into one sparse matrix."""

    def __init__(self, skills: Sequence[int]) -> None:
        self.place = {skill: i for i, skill in enumerate(skills)}
        self.plain: list[list[float]] = []
        self.own: list[list[float]] = []
        self.skill: list[int] = []

    def add(self, plain: list[float], own: list[float], skill: int) -> None:
        self.plain.append(plain)
        self.own.append(own if skill in self.place else [0.0] * BY_SKILL)
        self.skill.append(self.place.get(skill, 0))

    def matrix(self) -> sparse.csr_matrix:
        count, width = len(self.plain), max(len(self.place), 1)
        rows = np.repeat(np.arange(count), BY_SKILL)
        columns = np.array(self.skill, dtype=int)[:, None] + width * np.arange(BY_SKILL)
        own = sparse.csr_matrix(
            (np.array(self.own, dtype=float).ravel(), (rows, columns.ravel())), shape=(count, BY_SKILL * width)
        )
        return sparse.hstack([sparse.csr_matrix(np.array(self.plain, dtype=float).reshape(count, PLAIN)), own], "csr")


def _design(attempts: Attempts, rates: Rates, skills: Sequence[int], *, train: bool) -> sparse.csr_matrix:
    builder, order = _Builder(skills), []
    item, skill, right = attempts.item.tolist(), attempts.skill.tolist(), attempts.right.tolist()
    for rows in attempts.of_each():
        memory = Memory()
        for i in rows.tolist():
            easiness = rates.easiness(item[i], skill[i], right[i] if train else None)
            builder.add(*memory.features(item[i], skill[i], easiness), skill[i])
            memory.take(item[i], skill[i], right[i], easiness)
            order.append(i)
    back = np.empty(len(order), dtype=int)
    back[order] = np.arange(len(order))
    return builder.matrix()[back]


def area(right: Floats, told: Floats) -> float:
    """Area under the ROC curve: how often a right answer was told a higher chance than a wrong one (ties half).

    ValueError when all answers are alike.
    """
    from scipy.stats import rankdata

    truth = np.asarray(right) == 1
    hits, misses = int(truth.sum()), int((~truth).sum())
    if not hits or not misses:
        raise ValueError("answers are all alike: nothing to tell apart")
    ranks = rankdata(told)
    return float((ranks[truth].sum() - hits * (hits + 1) / 2) / (hits * misses))
