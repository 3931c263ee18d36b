"""Ability: against an integral done otherwise, within its stated error, and as its own rules say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from counterpoint.science import psychometrics as p
from counterpoint.science.psychometrics.tests.drawn import answered, drawn_items

MARKS = st.lists(st.sampled_from([p.RIGHT, p.WRONG, p.OPEN]), min_size=8, max_size=8)
EIGHT = drawn_items(8, 1)


@given(marks=MARKS, mean=st.floats(-2, 2), sd=st.floats(0.3, 2))
def test_mean_and_sd_are_those_of_the_integral(marks, mean, sd):
    def weight(theta):
        chance = EIGHT.chance(theta)
        likelihood = np.prod([c if m == 1 else 1 - c for c, m in zip(chance, marks, strict=True) if m >= 0])
        return likelihood * np.exp(-(((theta - mean) / sd) ** 2) / 2)

    ends = (mean - 8 * sd, mean + 8 * sd)
    whole = quad(weight, *ends, epsabs=0, epsrel=1e-10, limit=200)[0]
    first = quad(lambda t: t * weight(t), *ends, epsabs=1e-12, limit=200)[0] / whole
    second = quad(lambda t: (t - first) ** 2 * weight(t), *ends, epsabs=1e-12, limit=200)[0] / whole
    found = p.ability(EIGHT, marks, p.Ability(mean, sd))
    assert found.mean == pytest.approx(first, abs=1e-4)
    assert found.sd == pytest.approx(np.sqrt(second), abs=1e-4)


@given(marks=MARKS, j=st.integers(0, 7))
def test_a_right_answer_never_lowers_and_a_wrong_one_never_raises(marks, j):
    with_right, with_wrong, with_none = (p.ability(EIGHT, [*marks[:j], m, *marks[j + 1 :]]) for m in (1, 0, -1))
    assert with_wrong.mean < with_none.mean < with_right.mean


@given(marks=MARKS, order=st.permutations(range(8)))
def test_the_order_of_answers_does_not_matter(marks, order):
    there = p.ability(EIGHT.take(order), [marks[i] for i in order])
    assert there.mean == pytest.approx(p.ability(EIGHT, marks).mean, abs=1e-9)


@given(marks=MARKS)
def test_answering_in_two_sittings_is_as_in_one_but_for_the_shape_of_what_was_believed_between(marks):
    half = p.ability(EIGHT.take(range(4)), marks[:4])
    assert p.ability(EIGHT.take(range(4, 8)), marks[4:], half).mean == pytest.approx(
        p.ability(EIGHT, marks).mean, abs=0.15
    )


@given(marks=MARKS, shift=st.floats(-3, 3), factor=st.floats(0.5, 2))
def test_another_scale_changes_the_numbers_and_nothing_else(marks, shift, factor):
    moved = p.items(EIGHT.slope / factor, factor * EIGHT.difficulty + shift)
    here, there = p.ability(EIGHT, marks), p.ability(moved, marks, p.Ability(shift, factor))
    assert there.mean == pytest.approx(factor * here.mean + shift, abs=1e-8)
    assert there.sd == pytest.approx(factor * here.sd, abs=1e-8)


@given(theta=st.floats(-4, 4), step=st.floats(0.01, 1))
def test_chances_rise_with_ability_and_information_is_their_slope_squared_over_their_spread(theta, step):
    low, high = EIGHT.chance(theta), EIGHT.chance(theta + step)
    assert (high > low).all()
    h = 1e-5
    rise = (EIGHT.chance(theta + h) - EIGHT.chance(theta - h)) / (2 * h)
    assert EIGHT.information(theta) == pytest.approx(rise**2 / (low * (1 - low)), rel=1e-4)


def test_information_peaks_where_the_item_is_as_hard_as_the_person_is_able():
    one = p.items([1.5], [0.7])
    at = np.linspace(-3, 3, 601)
    assert at[one.information(at)[:, 0].argmax()] == pytest.approx(0.7, abs=0.01)
    assert one.information(0.7)[0] == pytest.approx(1.5**2 / 4)


def test_without_answers_what_was_believed_stays():
    assert p.ability(EIGHT, [p.OPEN] * 8, p.Ability(0.4, 0.8)).mean == pytest.approx(0.4, abs=1e-6)
    assert p.ability(EIGHT, [p.OPEN] * 8, p.Ability(0.4, 0.8)).sd == pytest.approx(0.8, abs=1e-4)


def test_stated_errors_hold_the_true_abilities():
    known = drawn_items(30, 2)
    truth = np.random.default_rng(3).normal(size=4000)
    mean, sd = p.abilities(known, answered(known, truth, 4))
    assert abs((mean - truth).mean()) < 0.03
    assert 0.94 < (np.abs(mean - truth) < 1.96 * sd).mean() < 0.96
    assert np.sqrt(((mean - truth) ** 2).mean()) == pytest.approx(np.sqrt((sd**2).mean()), rel=0.03)


def test_the_chance_to_be_above_a_cut_and_the_limits_are_those_of_a_bell():
    found = p.Ability(0.5, 0.25)
    assert found.above(0.5) == pytest.approx(0.5)
    assert found.above(0.5 - 1.959964 * 0.25) == pytest.approx(0.975, abs=1e-6)
    assert found.limits() == pytest.approx((0.5 - 0.49, 0.5 + 0.49), abs=1e-3)


@pytest.mark.parametrize("bad", [{"slope": [0.0]}, {"slope": [-1.0]}, {"slope": [11.0]}, {"difficulty": [np.nan]}])
def test_items_that_cannot_be_are_refused(bad):
    with pytest.raises(ValueError):
        p.items(**({"slope": [1.0], "difficulty": [0.0]} | bad))


def test_marks_of_another_number_of_items_are_refused():
    with pytest.raises(ValueError, match="8 items"):
        p.ability(EIGHT, [1, 0])
