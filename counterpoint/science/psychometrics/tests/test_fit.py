"""Items against published values, against another way to the same maximum, and against what answers were drawn from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize

from counterpoint.science import psychometrics as p
from counterpoint.science.psychometrics.marginal import Likelihood, observed_information
from counterpoint.science.psychometrics.tests import lsat
from counterpoint.science.psychometrics.tests.drawn import answered, drawn_items

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(61)
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def log_likelihood(answers, slope, intercept):
    """Written anew: Gauss and Hermite's nodes, slopes and intercepts, nothing of the product."""
    rows, counts = answers.patterns()
    z = np.outer(NODES, slope) + intercept
    right, wrong = -np.logaddexp(0, -z), -np.logaddexp(0, z)
    return float(counts @ np.log(np.exp((rows == 1) @ right.T + (rows == 0) @ wrong.T) @ WEIGHTS))


def maximised(answers, tied=False):
    """By a general optimiser with numerical gradients."""
    count = len(answers.names)

    def slopes(numbers):
        return np.full(count, abs(numbers[0])) if tied else numbers[:count]

    found = minimize(
        lambda numbers: -log_likelihood(answers, slopes(numbers), numbers[-count:]),
        np.concatenate([np.ones(1 if tied else count), np.zeros(count)]),
        method="BFGS",
        options={"gtol": 1e-4},
    )
    return slopes(found.x), -found.x[-count:] / slopes(found.x), -found.fun


def test_section_six_gives_the_published_slopes_and_difficulties():
    found = p.fit(lsat.answers(lsat.SECTION_6), "2pl", p.NO_PRIOR)
    assert found.converged
    assert found.items.slope == pytest.approx(lsat.LTM_SLOPES, abs=0.01)
    assert found.items.difficulty == pytest.approx(lsat.LTM_DIFFICULTIES, abs=0.01)
    assert found.log_likelihood == pytest.approx(lsat.LTM_LIKELIHOOD, abs=1e-3)


def test_section_six_gives_the_published_standard_errors():
    found = p.fit(lsat.answers(lsat.SECTION_6), "2pl", p.NO_PRIOR).items
    assert found.slope_error == pytest.approx(lsat.LTM_SLOPE_ERRORS, abs=0.005)
    assert found.difficulty_error == pytest.approx(lsat.LTM_DIFFICULTY_ERRORS, abs=0.005)


def test_section_seven_gives_the_published_slopes_and_intercepts():
    found = p.fit(lsat.answers(lsat.SECTION_7), "2pl", p.NO_PRIOR)
    assert found.items.slope == pytest.approx(lsat.MIRT_SLOPES, abs=0.01)
    assert -found.items.slope * found.items.difficulty == pytest.approx(lsat.MIRT_INTERCEPTS, abs=0.01)
    assert found.log_likelihood == pytest.approx(lsat.MIRT_LIKELIHOOD, abs=1e-3)


@pytest.mark.parametrize("counts", [lsat.SECTION_6, lsat.SECTION_7])
@pytest.mark.parametrize("model", ["1pl", "2pl"])
def test_a_general_optimiser_ends_at_the_same_maximum(counts, model):
    answers = lsat.answers(counts)
    found = p.fit(answers, model, p.NO_PRIOR)
    slope, difficulty, height = maximised(answers, tied=model == "1pl")
    assert found.items.slope == pytest.approx(slope, abs=3e-3)
    assert found.items.difficulty == pytest.approx(difficulty, abs=6e-3)
    assert found.log_likelihood == pytest.approx(height, abs=1e-4)
    assert found.log_likelihood >= height - 1e-6


def test_the_information_is_the_curvature_of_the_likelihood():
    """The formula of Louis against differences of the gradient, and the gradient against differences of the height."""
    known = drawn_items(4, 3)
    marks = answered(known, np.random.default_rng(4).normal(size=150), 5)
    marks[np.random.default_rng(6).random(marks.shape) < 0.2] = p.OPEN
    likelihood = Likelihood.of(*p.responses(marks).patterns())
    at = np.concatenate([np.log(known.slope) + 0.1, known.difficulty - 0.2])

    def gradient(numbers):
        return observed_information(likelihood, numbers[:4], numbers[4:])[1]

    def height(numbers):
        return likelihood.posterior(numbers[:4], numbers[4:])[0]

    information = observed_information(likelihood, at[:4], at[4:])[0]
    assert gradient(at) == pytest.approx(approx_fprime(at, height, 1e-6), abs=1e-2)
    assert information == pytest.approx(-approx_fprime(at, gradient, 1e-6), abs=1e-2)


def test_drawn_items_are_found_again_within_their_errors():
    known = drawn_items(20, 1)
    answers = p.responses(answered(known, np.random.default_rng(2).normal(size=1500), 3))
    found = p.fit(answers, prior=p.NO_PRIOR).items
    for truth, value, error in (
        (known.slope, found.slope, found.slope_error),
        (known.difficulty, found.difficulty, found.difficulty_error),
    ):
        off = (value - truth) / error
        assert np.abs(off).max() < 4
        assert 0.6 < np.sqrt((off**2).mean()) < 1.4


@pytest.mark.slow
def test_stated_errors_hold_the_truth_in_ninety_five_of_a_hundred():
    """60 draws of 20 items; not one sample that happened to be kind."""
    held = []
    for seed in range(60):
        known = drawn_items(20, seed)
        answers = p.responses(answered(known, np.random.default_rng(1000 + seed).normal(size=800), 2000 + seed))
        found = p.fit(answers, prior=p.NO_PRIOR).items
        held += list(np.abs(found.slope - known.slope) < 1.96 * found.slope_error)
        held += list(np.abs(found.difficulty - known.difficulty) < 1.96 * found.difficulty_error)
    assert 0.93 < np.mean(held) < 0.97


def test_items_that_few_saw_are_fitted_on_those_who_saw_them():
    """Two forms with common items: everybody's items land on one scale."""
    known = drawn_items(24, 7)
    ability = np.random.default_rng(8).normal(size=3000)
    marks = answered(known, ability, 9)
    marks[:1500, 16:] = p.OPEN
    marks[1500:, :8] = p.OPEN
    found = p.fit(p.responses(marks)).items
    off = (found.difficulty - known.difficulty) / found.difficulty_error
    assert np.abs(off).max() < 4


def test_one_slope_is_found_for_all_items_with_its_error():
    known = p.items([1.3] * 12, np.linspace(-2, 2, 12))
    answers = p.responses(answered(known, np.random.default_rng(1).normal(size=1500), 2))
    found = p.fit(answers, "1pl", p.NO_PRIOR).items
    assert len(set(found.slope)) == 1
    assert abs(found.slope[0] - 1.3) < 3 * found.slope_error[0]
    assert found.slope_error[0] < p.fit(answers, "2pl", p.NO_PRIOR).items.slope_error.min()


def test_a_prior_keeps_an_item_that_all_have_right_and_tells_how_little_is_known():
    rows = np.array(answered(drawn_items(6, 1), np.random.default_rng(2).normal(size=40), 3))
    rows[:, 2] = 1
    answers = p.responses(rows)
    with pytest.raises(ValueError, match="item 3"):
        p.fit(answers, prior=p.NO_PRIOR)
    found = p.fit(answers)
    assert found.converged
    assert found.items.difficulty[2] == min(found.items.difficulty)
    assert found.items.difficulty_error[2] == max(found.items.difficulty_error)


def test_where_answers_are_many_the_prior_hardly_matters():
    answers = p.responses(answered(drawn_items(10, 1), np.random.default_rng(2).normal(size=4000), 3))
    with_prior, without = p.fit(answers).items, p.fit(answers, prior=p.NO_PRIOR).items
    assert with_prior.difficulty == pytest.approx(without.difficulty, abs=0.05)
    assert with_prior.slope == pytest.approx(without.slope, abs=0.05)


def test_an_item_that_works_backwards_gets_almost_no_slope_and_no_crash():
    rows = answered(drawn_items(8, 1), np.random.default_rng(2).normal(size=800), 3)
    rows[:, 0] = 1 - rows[:, 0]
    found = p.fit(p.responses(rows)).items
    assert found.slope[0] == min(found.slope)
    assert found.slope[0] < 0.25


@given(order=st.permutations(range(5)))
@settings(max_examples=5)
def test_the_order_of_items_and_people_does_not_matter(order):
    answers = lsat.answers(lsat.SECTION_7)
    rows = answers.marks[np.random.default_rng(order).permutation(1000)][:, order]
    found = p.fit(p.responses(rows), prior=p.NO_PRIOR).items
    assert found.slope == pytest.approx(p.fit(answers, prior=p.NO_PRIOR).items.slope[list(order)], abs=1e-5)


def test_right_and_wrong_exchanged_mirror_the_items_of_the_opposite_trait():
    """1 - chance of ability is the chance of its negative: exchanged marks of mirrored people."""
    known = drawn_items(6, 1)
    ability = np.random.default_rng(2).normal(size=2000)
    rows = answered(known, ability, 3)
    found = p.fit(p.responses(rows), prior=p.NO_PRIOR).items
    mirrored = p.fit(p.responses(1 - rows), prior=p.NO_PRIOR).items
    assert mirrored.slope == pytest.approx(found.slope, abs=1e-4)
    assert mirrored.difficulty == pytest.approx(-found.difficulty, abs=1e-4)


@given(
    seed=st.integers(0, 10**6),
    people=st.integers(1, 60),
    count=st.integers(1, 8),
    model=st.sampled_from(["1pl", "2pl"]),
)
@settings(max_examples=60)
def test_with_the_prior_any_table_of_answers_has_a_fit(seed, people, count, model):
    """Few people, gaps, items that all have right, people who answered nothing."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 2, (people, count))
    rows[rng.random(rows.shape) < rng.choice([0, 0.3, 0.8])] = p.OPEN
    rows[0] = 1
    found = p.fit(p.responses(rows), model)
    assert found.converged
    assert np.isfinite(found.items.to_frame().to_numpy()).all()


def test_coin_tosses_have_no_items_and_the_fit_without_a_prior_says_so():
    rows = np.random.default_rng(1).integers(0, 2, (60, 5))
    found = p.fit(p.responses(rows), prior=p.NO_PRIOR)
    assert not found.converged
    assert "NOT CONVERGED" in found.summary()


@pytest.mark.parametrize(
    ("rows", "names", "why"),
    [
        ([[1, 0], [2, 1]], None, "mark"),
        ([[1, 0]], ("a",), "fit"),
        ([[1, 0]], ("a", "a"), "same name"),
        ([[1, -1], [0, -1]], None, "nobody answered item 2"),
    ],
)
def test_what_is_no_table_of_answers_is_refused(rows, names, why):
    with pytest.raises(ValueError, match=why):
        p.fit(p.responses(rows, names))


def test_a_summary_says_when_a_fit_is_not_to_be_used():
    found = p.fit(lsat.answers(lsat.SECTION_6))
    assert "1000 people" in found.summary() and "NOT" not in found.summary()
    assert list(found.items.to_frame().columns) == ["slope", "slope_error", "difficulty", "difficulty_error"]
