"""The width: the conformal rank by formula and by simulation, factors by days ahead, bands that lie in one another."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from counterpoint.science.demand import Params, forecast, nowcast
from counterpoint.science.demand.calibrate import (
    LATER,
    PRIOR_WEEKS,
    Calibration,
    _rest_factor,
    calibrate,
    conformal_scale,
)
from counterpoint.science.demand.replay import replay
from counterpoint.science.demand.result import quantiles
from counterpoint.science.demand.tests.test_replay import BRANCH, GRID, MODEL

PAST = replay(GRID, MODEL, 6, 35)
SOME = settings(max_examples=60, deadline=None)


@pytest.mark.parametrize(("size", "share"), [(9, 0.8), (19, 0.8), (30, 0.8), (49, 0.9), (24, 0.5)])
def test_a_new_score_lies_inside_as_often_as_the_rank_says(size, share):
    """Formula: ceil((n + 1) share) / (n + 1), whatever the distribution; simulation: heavy tails of unknown width."""
    rng = np.random.default_rng(size)
    score = np.abs(stats.t(3).rvs((20_000, size + 1), random_state=rng)) * 2.5
    reach = stats.norm.ppf((1 + share) / 2)
    inside = [new <= conformal_scale(past, share) * reach * (1 + 1e-12) for *past, new in map(list, score[:4000])]
    formula = np.ceil((size + 1) * share - 1e-9) / (size + 1)
    assert share <= formula <= share + 1 / (size + 1)
    assert np.mean(inside) == pytest.approx(formula, abs=0.02)


def test_scores_of_the_model_s_own_normal_need_no_factor():
    score = np.abs(np.random.default_rng(1).normal(size=50_000))
    assert conformal_scale(score) == pytest.approx(1.0, abs=0.01)
    assert conformal_scale(3 * score) == pytest.approx(3 * conformal_scale(score))


def test_too_few_scores_give_the_widest_seen():
    assert conformal_scale(np.array([0.5, 2.0])) == pytest.approx(2.0 / stats.norm.ppf(0.9))


@SOME
@given(st.lists(st.floats(0, 50), min_size=1, max_size=60), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_larger_share_never_narrows_the_band(score, one, other):
    small, large = sorted((one, other))
    reach = [conformal_scale(np.array(score), share) * stats.norm.ppf((1 + share) / 2) for share in (small, large)]
    assert reach[0] <= reach[1] + 1e-9


@SOME
@given(st.lists(st.floats(0.01, 0.49), min_size=2, max_size=6, unique=True), st.integers(0, 10**6))
def test_a_wider_range_holds_the_narrower_one(tails, seed):
    """Bands of one forecast at any levels: each lies in the next wider one, in every cell."""
    paths = np.random.default_rng(seed).poisson(np.exp(np.random.default_rng(seed + 1).normal(2, 1, 5)), (60, 5))
    ordered = sorted(tails, reverse=True)
    low, high = (quantiles(paths, tuple(levels)) for levels in (ordered, [1 - tail for tail in ordered]))
    assert (np.diff(low, axis=0) <= 0).all() and (np.diff(high, axis=0) >= 0).all()


def test_the_bands_of_a_calibrated_forecast_lie_in_one_another():
    found = forecast(BRANCH.problem(14), Params(quantiles=(0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98), paths=200), seed=3)
    assert (np.diff(found.total_quantile, axis=0) >= 0).all()
    assert (np.diff(found.day_quantile, axis=0) >= 0).all()


class TestCalibrate:
    def test_each_group_of_days_ahead_has_the_width_its_own_errors_ask_for(self):
        """Errors of the second to fourth week tripled: only that group's factor rises."""
        ahead, total = PAST.ahead, PAST.expected.sum(axis=1)
        spread = np.sqrt(total + total**2 * PAST.var)
        sign = np.where(np.arange(len(ahead)) % 2, 1.0, -1.0)
        size = np.where((ahead >= 8) & (ahead < 29), 3.0, 1.0) * stats.norm.ppf(0.9)
        came = total + sign * size * spread
        truth = replace(PAST, actual=PAST.expected * (came / total)[:, None])
        found = calibrate(truth)
        weeks = len(np.unique(PAST.row[(ahead >= 8) & (ahead < 29)] // 7))
        assert found.day == pytest.approx(1.0)
        assert dict(found.later)[8] == pytest.approx(min(3.0, 2.5) ** (weeks / (weeks + PRIOR_WEEKS)))
        assert dict(found.later)[29] == pytest.approx(1.0)

    def test_days_take_the_factor_of_their_group(self):
        factor = Calibration(1.5, 1.0, 7, 7, ((8, 2.0), (29, 3.0)))
        assert factor.width(np.array([1, 7, 8, 28, 29, 60])).tolist() == [1.5, 1.5, 2.0, 2.0, 3.0, 3.0]
        assert Calibration().width(np.array([1, 40])).tolist() == [1.0, 1.0]

    def test_a_forecast_two_weeks_ahead_is_as_wide_as_its_factors_say(self):
        params = Params(paths=50, calibrate_weeks=0)
        plain = forecast(BRANCH.problem(14), params, seed=1)
        wide = forecast(BRANCH.problem(14), replace(params, calibrate_weeks=6), seed=1)
        later = dict(wide.calibration.later)[LATER[0]]
        one, other = (np.flatnonzero(plain.latent.day == day) for day in (12, 13))
        across = [found.latent.cov[np.ix_(one, other)] for found in (plain, wide)]
        assert later != 1.0
        assert across[1] == pytest.approx(across[0] * later**2)  # days share no noise, only their uncertain effects
        first = np.ix_(np.flatnonzero(plain.latent.day == 0), other)
        assert wide.latent.cov[first] == pytest.approx(plain.latent.cov[first] * later * wide.calibration.day)


class TestRestOfTheDay:
    def test_it_is_conditioning_day_by_day_on_the_first_half(self):
        """The batch against a loop that inverts the block of the seen intervals only."""
        rows = np.flatnonzero(PAST.ahead < LATER[0])
        cov = PAST.noise(rows) * 0.5 + PAST.var[rows][:, None, None]
        scores = []
        for row, own in zip(rows, cov, strict=True):
            mean, came = PAST.expected[row], PAST.actual[row]
            part = np.cumsum(mean) / mean.sum()
            seen, rest = np.flatnonzero(PAST.use[row] & (part <= 0.5)), np.flatnonzero(PAST.use[row] & (part > 0.5))
            if not len(seen):
                continue
            gain = own[np.ix_(rest, seen)] @ np.linalg.inv(own[np.ix_(seen, seen)] + np.diag(1 / mean[seen]))
            later = mean[rest] * np.exp(gain @ ((came[seen] - mean[seen]) / mean[seen]))
            left = later @ (own[np.ix_(rest, rest)] - gain @ own[np.ix_(seen, rest)]) @ later
            scores.append(abs(came[rest].sum() - later.sum()) / np.sqrt(later.sum() + left))
        assert len(scores) >= 28
        assert _rest_factor(PAST, rows, cov) == pytest.approx(conformal_scale(np.array(scores)), rel=1e-3)

    def test_few_days_leave_the_rest_alone(self):
        rows = np.flatnonzero(PAST.ahead < LATER[0])[:10]
        assert _rest_factor(PAST, rows, PAST.noise(rows)) == 1.0

    def test_the_corrected_rest_is_wider_by_the_factor_and_other_days_are_not(self):
        found = forecast(BRANCH.problem(2), Params(paths=50), seed=1)
        day = found.dates[0]
        today = BRANCH.counts[BRANCH.counts["date"] == day].groupby("minute", as_index=False)["count"].sum()
        today = today.assign(service=found.services[0])
        one, two = (
            nowcast(replace(found, calibration=replace(found.calibration, rest=rest)), today, day=day, at=720, seed=1)
            for rest in (1.0, 2.0)
        )
        rest = (found.latent.day == 0) & ((found.latent.interval + 1) * 30 > 720)
        ahead = found.latent.day == 1
        assert two.latent.cov[np.ix_(rest, rest)] == pytest.approx(4 * one.latent.cov[np.ix_(rest, rest)])
        assert two.latent.cov[np.ix_(ahead, ahead)] == pytest.approx(one.latent.cov[np.ix_(ahead, ahead)])
