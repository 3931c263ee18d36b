"""What an item analysis page shows: how hard an item is, whether it tells people apart, who leaves it out, and which
wrong option tempts whom. Flags say where to look and are given only where chance alone is no explanation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from counterpoint.science.inference import share_limits
from counterpoint.science.psychometrics.arrays import Counts, Floats
from counterpoint.science.psychometrics.responses import OPEN, RIGHT, WRONG, Responses

FEW = 50  # answers, below which nothing but that is flagged
EASY, HARD, WEAK, SKIPPED = 0.95, 0.20, 0.10, 0.10
Limits = tuple[float, float]
_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True)
class Option:
    """Of those who chose it: how many, and their mean share of the other items right (None when nobody did)."""

    name: str
    chosen: int
    rest: float | None


@dataclass(frozen=True)
class ItemReport:
    """`difficulty` is the share of right answers. `separation` is the point-biserial correlation with the share of the
    other answered items right, None where one of both does not vary. `left_out`: it was asked, or later items were
    answered, and it was not; `not_reached`: it was not asked, or none after it was answered. `flags`: few, easy, hard,
    weak, backwards, skipped, tempting."""

    name: str
    answers: int
    difficulty: float | None
    difficulty_limits: Limits
    separation: float | None
    separation_limits: Limits
    left_out: int
    not_reached: int
    options: tuple[Option, ...]
    flags: tuple[str, ...]


def analyse(
    answers: Responses, chosen: Sequence[Sequence[str | None]] | None = None, keys: Sequence[str] | None = None,
    asked: Sequence[Sequence[bool]] | None = None,
) -> tuple[ItemReport, ...]:  # fmt: skip
    """A report an item. `chosen` are the options people took (people × items, None where open) and `keys` the right
    ones; without them nothing is said of options. `asked` says who was asked what (people × items), where not everybody
    was asked everything; without it the items stand in the order in which all of them were shown."""
    if (chosen is None) != (keys is None):
        raise ValueError("options need their keys, and keys need the options")
    answered = answers.marks != OPEN
    reached = _reached(answered) if asked is None else np.asarray(asked, dtype=bool)
    if reached.shape != answered.shape:
        raise ValueError("who was asked what is not as large as the answers")
    return tuple(
        _report(answers, j, answered, reached, [row[j] for row in chosen] if chosen else None, keys[j] if keys else "")
        for j in range(len(answers.names))
    )


def _reached(answered: Counts) -> Counts:
    """Up to the last item a person answered."""
    return np.asarray(np.flip(np.logical_or.accumulate(np.flip(answered, axis=1), axis=1), axis=1))


def rest_shares(answers: Responses, j: int) -> Floats:
    """Share of the other answered items that a person had right; nan for a person who answered no other."""
    others = np.delete(answers.marks, j, axis=1)
    of = (others != OPEN).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((others == RIGHT).sum(axis=1) / of)


def _report(
    answers: Responses, j: int, answered: Counts, reached: Counts, chosen: list[str | None] | None, key: str
) -> ItemReport:
    own, rest = answers.marks[:, j], rest_shares(answers, j)
    count, right = int(answered[:, j].sum()), int((own == RIGHT).sum())
    usable = answered[:, j] & np.isfinite(rest)
    separation, limits = correlation(own[usable], rest[usable])
    skipped = int((reached[:, j] & ~answered[:, j]).sum())
    options = _options(chosen, rest) if chosen is not None else ()
    share_bounds = share_limits(right, count) if count else (0.0, 1.0)
    flags = _flags(count, share_bounds, separation, limits, skipped) + (
        ("tempting",) if count >= FEW and chosen is not None and _tempting(chosen, key, rest) else ()
    )
    return ItemReport(
        answers.names[j],
        count,
        right / count if count else None,
        share_bounds,
        separation,
        limits,
        skipped,
        int((~reached[:, j]).sum()),
        options,
        flags,
    )


def correlation(one: Counts, other: Counts) -> tuple[float | None, Limits]:
    """Pearson's, with Fisher's 95 % limits; (None, (-1, 1)) where it is not defined."""
    if len(one) < 4 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None, (-1.0, 1.0)
    found = float(np.corrcoef(one, other)[0, 1])
    middle, reach = math.atanh(max(-0.999999, min(0.999999, found))), _Z / math.sqrt(len(one) - 3)
    return found, (math.tanh(middle - reach), math.tanh(middle + reach))


def _flags(count: int, share: Limits, separation: float | None, limits: Limits, skipped: int) -> tuple[str, ...]:
    if count < FEW:
        return ("few",)
    left_out = share_limits(skipped, count + skipped)[0]
    told = {
        "easy": share[0] > EASY,
        "hard": share[1] < HARD,
        "backwards": limits[1] < 0,
        "weak": separation is not None and 0 <= limits[1] < WEAK,
        "skipped": left_out > SKIPPED,
    }
    return tuple(name for name, true in told.items() if true)


def _options(chosen: list[str | None], rest: Floats) -> tuple[Option, ...]:
    told = []
    for name in sorted({option for option in chosen if option is not None}):
        own = rest[[option == name for option in chosen]]
        own_known = own[np.isfinite(own)]
        told.append(Option(name, len(own), float(own_known.mean()) if len(own_known) else None))
    return tuple(told)


def _tempting(chosen: list[str | None], key: str, rest: Floats) -> bool:
    """A wrong option draws abler people than the key: two means further apart than chance puts them."""
    taken = np.array([option or "" for option in chosen], dtype=object)
    sure = rest[(taken == key) & np.isfinite(rest)]
    for name in {option for option in chosen if option not in (None, key)}:
        own = rest[(taken == name) & np.isfinite(rest)]
        if min(len(own), len(sure)) >= 10:
            noise = math.sqrt(own.var(ddof=1) / len(own) + sure.var(ddof=1) / len(sure))
            if own.mean() - sure.mean() > _Z * noise:
                return True
    return False


@dataclass(frozen=True)
class Difference:
    """An item that is harder for one group than for equally able people of another: `delta` on the scale of ETS
    (-2.35 · log of the common odds ratio; negative: harder for the group), its error and class A, B or C."""

    name: str
    delta: float | None
    error: float | None
    grade: str


def differential(answers: Responses, group: Sequence[bool]) -> tuple[Difference, ...]:
    """Mantel and Haenszel (1959), people matched by the share of all items right, in tenths; error of Robins, Breslow
    and Greenland (1986). Grade "" where a table is too thin to say anything."""
    belongs = np.asarray(group, dtype=bool)
    if belongs.shape != (answers.people,):
        raise ValueError("group says of every person whether they belong to it")
    of = np.maximum((answers.marks != OPEN).sum(axis=1), 1)
    level = np.minimum((10 * (answers.marks == RIGHT).sum(axis=1) / of).astype(int), 9)
    return tuple(_difference(name, answers.marks[:, j], belongs, level) for j, name in enumerate(answers.names))


def _difference(name: str, own: Counts, belongs: Counts, level: Counts) -> Difference:
    tables = []
    for step in np.unique(level):
        here = level == step
        a, b = (int((here & ~belongs & (own == mark)).sum()) for mark in (RIGHT, WRONG))
        c, d = (int((here & belongs & (own == mark)).sum()) for mark in (RIGHT, WRONG))
        if a + b and c + d:
            tables.append((a, b, c, d))
    if not tables:
        return Difference(name, None, None, "")
    a, b, c, d = np.array(tables, dtype=float).T
    n = a + b + c + d
    r, s = a * d / n, b * c / n
    if not r.sum() or not s.sum():
        return Difference(name, None, None, "")
    p, q = (a + d) / n, (b + c) / n
    spread = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    delta, error = -2.35 * math.log(r.sum() / s.sum()), 2.35 * math.sqrt(spread)
    return Difference(name, delta, error, _grade(delta, error))


def _grade(delta: float, error: float) -> str:
    """A: small or chance. C: at least 1.5 and surely above 1. B: between."""
    if abs(delta) < 1 or abs(delta) <= _Z * error:
        return "A"
    return "C" if abs(delta) >= 1.5 and abs(delta) - 1 > 1.645 * error else "B"


FLAGS: Mapping[str, str] = {
    "few": "fewer than 50 answers: nothing else is said",
    "easy": "surely more than 95 % have it right",
    "hard": "surely fewer than 20 % have it right",
    "weak": "surely correlates less than 0.10 with the other items",
    "backwards": "abler people surely have it right less often",
    "skipped": "surely more than 10 % of those who saw it left it open and went on",
    "tempting": "a wrong option draws abler people than the key",
}
