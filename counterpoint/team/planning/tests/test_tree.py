"""Rows of branch, region and bank add up to the customer, and the levels above are heard."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.demand import DayInfo
from counterpoint.team.planning import tree

FIRST, START = date(2026, 9, 28), date(2026, 11, 30)
DATES = [START + timedelta(days=n) for n in range(3)]


def leaf(path, daily, forecast, *, noise=1.0, seed=1):
    """A branch open every day with about so many customers; its own forecast of every asked day."""
    random = np.random.default_rng([seed, *map(ord, "".join(path))])
    count = (START - FIRST).days
    came = {FIRST + timedelta(days=n): max(1, round(daily + noise * random.normal())) for n in range(count)}
    mean = np.full(len(DATES), float(forecast))
    return tree.Leaf(tuple(path), came, mean, 0.8 * mean, 1.2 * mean)


def told(leaves):
    given = {FIRST + timedelta(days=n): DayInfo(FIRST + timedelta(days=n), ((540, 1020),)) for n in range(70)}
    return {n.path: n for n in tree.coherent(leaves, tree.whole_days(leaves, FIRST, DATES, given), DATES, seed=1)}


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(20, 400), st.integers(0, 500)), min_size=1, max_size=5))
def test_every_row_is_the_sum_of_the_rows_below(branches):
    leaves = [leaf(("bank", region, f"b{n}"), daily, guess) for n, (region, daily, guess) in enumerate(branches)]
    rows = told(leaves)
    for name in ("expected", "usual"):
        for path, row in rows.items():
            below = [getattr(r, name) for p, r in rows.items() if len(p) == len(path) + 1 and p[: len(path)] == path]
            if below:
                assert getattr(row, name) == tuple(map(sum, zip(*below, strict=True)))
    for row in rows.values():
        for low, expected, high in zip(row.low, row.expected, row.high, strict=True):
            assert 0 <= low <= expected <= high


def test_a_wild_branch_is_pulled_by_the_steady_sum_above_it():
    """The bank's own level is known well (240 a day), one branch's forecast says 60 too many."""
    random = np.random.default_rng(5)
    swing = [40 * random.normal() for _ in range((START - FIRST).days)]
    days = [FIRST + timedelta(days=n) for n in range(len(swing))]
    flat = np.full(len(DATES), 1.0)
    one = {day: round(120 + s) for day, s in zip(days, swing, strict=True)}
    other = {day: 240 - n for day, n in one.items()}
    leaves = [
        tree.Leaf(("bank", "a", "b1"), one, 180 * flat, 100 * flat, 260 * flat),
        tree.Leaf(("bank", "a", "b2"), other, 120 * flat, 60 * flat, 180 * flat),
    ]
    assert told(leaves)[("bank",)].expected[0] == pytest.approx(240, abs=8)


def test_without_common_days_branches_are_added_up():
    leaves = [
        tree.Leaf(("bank", "a", f"b{n}"), {}, np.full(3, 50.0), np.full(3, 40.0), np.full(3, 60.0)) for n in (1, 2)
    ]
    rows = told(leaves)
    assert rows[("bank",)].expected == (100, 100, 100) and rows[("bank",)].usual == (0, 0, 0)


def test_the_usual_number_is_the_mean_of_the_same_weekday():
    came = {START - timedelta(weeks=n): 100 + 10 * n for n in range(1, 9)}
    assert tree._usual(came, START) == 125
    assert tree._usual(came, START + timedelta(weeks=1)) == 125
    assert tree._usual(came, START + timedelta(days=1)) == 0
