"""Laws of durations: against scipy's own fits, against planted parameters, and told apart."""

import math

import numpy as np
import pytest
from scipy import stats

from counterpoint.science.calibration import laws

PLANTED = {
    "lognormal": stats.lognorm(0.7, scale=4.0),
    "exponential": stats.expon(scale=5.0),
    "gamma": stats.gamma(3.0, scale=2.0),
    "weibull": stats.weibull_min(2.2, scale=6.0),
}
SCIPY = {"lognormal": stats.lognorm, "gamma": stats.gamma, "weibull": stats.weibull_min}


def drawn(family, size=4000, seed=1):
    return PLANTED[family].rvs(size, random_state=np.random.default_rng(seed))


@pytest.mark.parametrize("family", laws.FAMILIES)
def test_planted_parameters_come_back(family):
    law = laws.fit(family, drawn(family))
    assert law.mean == pytest.approx(PLANTED[family].mean(), rel=0.05)
    assert law.cv == pytest.approx(PLANTED[family].std() / PLANTED[family].mean(), rel=0.06)


@pytest.mark.parametrize("family", sorted(SCIPY))
def test_the_fit_is_as_likely_as_scipys(family):
    minutes = drawn(family, 600)
    shape, _, scale = SCIPY[family].fit(minutes, floc=0)
    law = laws.fit(family, minutes)
    assert law.loglik >= SCIPY[family].logpdf(minutes, shape, 0, scale).sum() - 1e-6
    assert law.shape == pytest.approx(shape, rel=1e-3)
    assert law.scale == pytest.approx(scale, rel=1e-3)


@pytest.mark.parametrize("family", laws.FAMILIES)
def test_the_smallest_aic_and_distance_name_the_planted_family(family):
    minutes = drawn(family)
    aic = {name: laws.fit(name, minutes).aic for name in laws.FAMILIES}
    if (
        family == "exponential"
    ):  # gamma and Weibull contain it: they may win by less than their one more parameter costs
        assert aic["exponential"] <= min(aic.values()) + 2
    else:
        assert min(aic, key=aic.get) == family
    assert laws.held_out_distance(family, minutes) < 0.04


def test_a_wrong_law_is_far_from_durations_it_did_not_see():
    minutes = drawn("lognormal")
    assert laws.held_out_distance("exponential", minutes) > 3 * laws.held_out_distance("lognormal", minutes)


def test_distance_is_the_largest_gap_between_the_curves():
    law = laws.Law("exponential", 1.0, 1.0, 0.0)
    assert laws.distance(law, np.array([math.log(2)])) == pytest.approx(0.5)
    assert math.isnan(laws.distance(law, np.empty(0)))


@pytest.mark.parametrize(("family", "cv"), [("lognormal", 0.4), ("lognormal", 1.5), ("exponential", 1.0)])
def test_a_law_by_moments_has_them(family, cv):
    law = laws.by_moments(family, 7.0, cv)
    assert (law.mean, law.cv) == (pytest.approx(7.0), pytest.approx(cv))


def test_survival_starts_at_one_and_ends_at_nothing():
    share = laws.fit("gamma", drawn("gamma")).survival(np.array([0.0, 6.0, 1000.0]))
    assert share[0] == 1
    assert 0.3 < share[1] < 0.5
    assert share[2] < 1e-9


def test_nearly_equal_durations_stay_finite():
    minutes = np.full(50, 3.0) + np.linspace(0, 1e-4, 50)
    for family in laws.FAMILIES:
        law = laws.fit(family, minutes)
        assert np.isfinite([law.mean, law.aic]).all()
        assert law.mean == pytest.approx(3.0, rel=0.01)


def test_halves_without_two_different_durations_have_no_distance():
    assert math.isnan(laws.held_out_distance("lognormal", np.array([1.0, 2.0])))


def test_an_unknown_family_is_named():
    with pytest.raises(ValueError, match="pareto"):
        laws.fit("pareto", np.array([1.0, 2.0]))
