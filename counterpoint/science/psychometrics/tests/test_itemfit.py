"""Fit of items: published values, counting all answers, and planted items that do not fit."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.special import expit

from counterpoint.science import psychometrics as p
from counterpoint.science.psychometrics.itemfit import sums
from counterpoint.science.psychometrics.tests import lsat
from counterpoint.science.psychometrics.tests.drawn import answered, drawn_items


def test_section_six_with_one_slope_gives_the_published_statistics():
    """`itemfit` of the R package mirt, as its own documentation prints it."""
    answers = lsat.answers(lsat.SECTION_6)
    found = p.fit_of_items(p.fit(answers, "1pl", p.NO_PRIOR), answers)
    assert [one.statistic for one in found] == pytest.approx([0.436, 1.576, 0.871, 0.190, 0.190], abs=2e-3)
    assert [one.degrees for one in found] == [3, 3, 2, 3, 3]


def test_chances_of_sums_are_those_of_counting_every_way():
    chance = np.array([[0.2, 0.9], [0.5, 0.4], [0.7, 0.1]])
    counted = np.zeros((4, 2))
    for marks in product((0, 1), repeat=3):
        counted[sum(marks)] += np.prod([c if m else 1 - c for c, m in zip(chance, marks, strict=True)], axis=0)
    assert sums(chance) == pytest.approx(counted)
    assert sums(chance).sum(axis=0) == pytest.approx(1)


def test_items_that_fit_are_rarely_doubted_and_one_that_does_not_is_found():
    known = drawn_items(20, 1)
    ability = np.random.default_rng(2).normal(size=1500)
    rows = answered(known, ability, 3)
    odd = 0.15 + 0.7 * expit(8 * (np.abs(ability) - 1))  # right at both ends, wrong in the middle
    rows[:, 7] = np.random.default_rng(4).random(1500) < odd
    answers = p.responses(rows)
    found = p.fit_of_items(p.fit(answers), answers)
    assert found[7].chance < 1e-6
    assert sum(one.chance < 0.01 for one in found) <= 2


@pytest.mark.slow
def test_chances_of_items_that_fit_are_even():
    below = []
    for seed in range(20):
        answers = p.responses(answered(drawn_items(15, seed), np.random.default_rng(seed).normal(size=800), seed + 99))
        below += [one.chance < 0.05 for one in p.fit_of_items(p.fit(answers, prior=p.NO_PRIOR), answers)]
    assert 0.02 < np.mean(below) < 0.09  # of 300


def test_rows_with_gaps_do_not_count_and_without_whole_rows_nothing_is_said():
    answers = lsat.answers(lsat.SECTION_7)
    marks = answers.marks.copy()
    marks[:300, 4] = p.OPEN
    found = p.fit(answers)
    whole = p.fit_of_items(found, p.responses(marks[300:]))
    assert p.fit_of_items(found, p.responses(marks)) == whole
    marks[:, 4] = p.OPEN
    with pytest.raises(ValueError, match="whole rows"):
        p.fit_of_items(found, p.responses(marks))
    with pytest.raises(ValueError, match="other items"):
        p.fit_of_items(found, p.responses(marks, ("a", "b", "c", "d", "e")))


def test_where_groups_are_too_few_no_chance_is_given():
    answers = p.responses([[1, 0], [0, 1], [1, 1], [0, 0], [1, 0], [0, 1]])
    assert all(one.chance is None for one in p.fit_of_items(p.fit(answers), answers))
