"""Patience from censored waits: by hand, by brute force, and against patience that was planted."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.calibration import Params, kaplan_meier
from counterpoint.science.calibration.patience import FAMILIES, _fit, _group, _slopes, fit_patience


def waits(patience, called, tier="normal"):
    """Tickets as `tickets` gives them: who was called before patience ended is served, others walk out."""
    gone = patience < called
    waited = np.minimum(patience, called)
    outcome = np.where(gone, "abandoned", "served")
    return pd.DataFrame({"waited": waited, "outcome": outcome, "tier": tier})


def drawn(n, seed=1, median=6.0, sigma=0.8, hold=5.0):
    rng = np.random.default_rng(seed)
    return rng.lognormal(math.log(median), sigma, n), rng.exponential(hold, n)


def fitted(table, seed=0, **params):
    return fit_patience(table, Params(**params), np.random.default_rng(seed))


def test_kaplan_meier_by_hand():
    """Five customers: left at 1, called at 2, left and called at 3, left at 4: 4/5, then 2/3 of it, then nobody."""
    curve = kaplan_meier(np.array([1.0, 2, 3, 3, 4]), np.array([1.0, 0, 1, 0, 1]))
    assert list(curve.index) == [1, 3, 4]
    assert list(curve["at_risk"]) == [5, 3, 1]
    assert curve["survival"].tolist() == pytest.approx([4 / 5, 8 / 15, 0])
    half = 1.96 * math.sqrt(1 / 20) / abs(math.log(0.8))
    assert curve["low"].iloc[0] == pytest.approx(0.8 ** math.exp(half))
    assert curve["high"].iloc[0] == pytest.approx(0.8 ** math.exp(-half))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=1, max_size=40))
def test_kaplan_meier_customer_by_customer(rows):
    minutes = np.array([row[0] for row in rows], dtype=float)
    gone = np.array([row[1] for row in rows], dtype=float)
    curve = kaplan_meier(minutes, gone)
    share = 1.0
    for minute in sorted(set(minutes[gone == 1])):
        share *= 1 - sum((minutes == minute) & (gone == 1)) / sum(minutes >= minute)
        assert curve.loc[minute, "survival"] == pytest.approx(share, abs=1e-12)
    assert len(curve) == len(set(minutes[gone == 1]))


def test_without_censoring_it_is_the_share_that_waited_longer():
    minutes = np.random.default_rng(2).exponential(3, 200)
    curve = kaplan_meier(minutes, np.ones(200))
    assert curve["survival"].to_numpy() == pytest.approx(1 - np.arange(1, 201) / 200)


def test_counting_rows_or_weighing_them_is_the_same():
    minutes, gone = np.array([1.0, 2, 2, 5]), np.array([1.0, 1, 0, 1])
    many = kaplan_meier(np.repeat(minutes, 3), np.repeat(gone, 3))
    pd.testing.assert_frame_equal(many, kaplan_meier(minutes, gone, np.full(4, 3.0)))


@pytest.mark.parametrize("family", ["lognormal", "weibull"])
def test_slopes_are_those_of_the_likelihood(family):
    rng = np.random.default_rng(3)
    minutes, gone = rng.exponential(4, 30) + 0.01, (rng.random(30) < 0.5).astype(float)
    shape, scale, step = 0.9, np.full(30, 5.0), 1e-6
    _, by_shape, by_scale = _slopes(family, shape, minutes, scale, gone)

    def value(a, b):
        return _slopes(family, a, minutes, b, gone)[0]

    numeric = (value(shape * math.exp(step), scale) - value(shape * math.exp(-step), scale)) / (2 * step)
    assert by_shape == pytest.approx(numeric, abs=1e-5)
    numeric = (value(shape, scale * math.exp(step)) - value(shape, scale * math.exp(-step))) / (2 * step)
    assert by_scale == pytest.approx(numeric, abs=1e-5)


def test_exponential_patience_is_exposure_over_walkouts():
    patience, called = drawn(500)
    table = waits(patience, called)
    gone = (table["outcome"] == "abandoned").to_numpy(float)
    law, _ = _fit("exponential", _group(table["waited"].to_numpy(), gone, np.zeros(500)), 1)
    assert law.mean == pytest.approx(table["waited"].sum() / gone.sum(), rel=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_neighbour_is_more_likely(family):
    patience, called = drawn(800)
    table = waits(patience, called)
    gone = (table["outcome"] == "abandoned").to_numpy(float)
    data = _group(table["waited"].to_numpy(), gone, np.zeros(800))
    law, _ = _fit(family, data, 1)

    def likelihood(shape, scale):
        return (data.count * _slopes(family, shape, data.minutes, np.full(len(data.count), scale), data.gone)[0]).sum()

    best = likelihood(law.shape, law.scale)
    for a in (0.98, 1.0, 1.02):
        for b in (0.98, 1.0, 1.02):
            shape = law.shape if family == "exponential" else law.shape * a
            assert likelihood(shape, law.scale * b) <= best + 1e-6


def test_censoring_is_undone_where_the_naive_mean_is_far_too_low():
    """Planted: log-normal, median 6 minutes, mean 8.3; two thirds are called first."""
    found = fitted(waits(*drawn(6000)))
    planted = 6 * math.exp(0.32)
    assert found.law.family == "lognormal"
    assert found.law.mean == pytest.approx(planted, rel=0.1)
    assert found.law.shape == pytest.approx(0.8, rel=0.08)
    assert found.mean_interval[0] < planted < found.mean_interval[1]
    assert found.median_interval[0] < 6 < found.median_interval[1]
    assert found.naive_mean < 0.55 * planted


def test_the_right_law_is_close_to_kaplan_meier_and_has_the_smallest_aic():
    found = fitted(waits(*drawn(6000)))
    assert found.best == "lognormal"
    assert found.laws.loc["lognormal", "ks"] < 0.03
    assert found.laws.loc["lognormal", "ks"] < found.laws.loc["exponential", "ks"]


def test_exponential_patience_is_told_from_lognormal():
    rng = np.random.default_rng(4)
    found = fitted(waits(rng.exponential(7, 5000), rng.exponential(5, 5000)))
    assert found.law.family == "exponential"
    assert found.law.mean == pytest.approx(7, rel=0.08)


def test_a_tier_that_bears_twice_as_much_has_factor_two():
    patience, called = drawn(8000)
    vip = np.arange(8000) % 4 == 0
    table = waits(np.where(vip, 2 * patience, patience), called, np.where(vip, "vip", "normal"))
    found = fitted(table)
    assert found.reference == "normal"
    assert found.factors["normal"] == 1
    assert found.factors["vip"] == pytest.approx(2, rel=0.15)
    assert found.factor_intervals["vip"][0] < 2 < found.factor_intervals["vip"][1]
    assert found.tier_origin == {"normal": "fitted", "vip": "fitted"}


def test_a_tier_with_few_walkouts_borrows_the_patience_of_all():
    patience, called = drawn(2000)
    tier = np.where(np.arange(2000) < 15, "vip", "normal")
    found = fitted(waits(patience, called, tier))
    assert (found.factors["vip"], found.tier_origin["vip"]) == (1, "pooled")


def test_too_few_walkouts_leave_the_default():
    patience, called = drawn(40)
    found = fitted(waits(patience + 30, called))
    assert (found.origin, found.law, found.walkouts) == ("default", None, 0)
    assert found.curve.empty
    assert math.isnan(found.naive_mean)


def test_leaving_at_once_is_no_patience():
    table = waits(*drawn(3000))
    rush = pd.DataFrame({"waited": np.zeros(2000), "outcome": "abandoned", "tier": "normal"})
    alone, both = fitted(table), fitted(pd.concat([table, rush], ignore_index=True))
    assert both.law.mean == alone.law.mean
    assert both.walkouts == alone.walkouts


def test_four_times_the_tickets_halve_the_interval():
    small, large = (fitted(waits(*drawn(n))).median_interval for n in (1000, 16000))
    assert (large[1] - large[0]) < 0.5 * (small[1] - small[0])


def test_the_same_seed_gives_the_same_intervals_and_another_does_not():
    table = waits(*drawn(500))
    assert fitted(table, 1).mean_interval == fitted(table, 1).mean_interval
    assert fitted(table, 1).mean_interval != fitted(table, 2).mean_interval
