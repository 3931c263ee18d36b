"""Each part against an independent answer: closed form, finite differences, brute force."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from counterpoint.science.demand import DayInfo, DemandProblem, counts_from_log, daylevel, plain_days
from counterpoint.science.demand.calibrate import Calibration, calibrate
from counterpoint.science.demand.grid import build, exposure_of
from counterpoint.science.demand.nowcast import laplace
from counterpoint.science.demand.profile import Evidence, shrunk_ratio
from counterpoint.science.demand.replay import replay
from counterpoint.science.demand.result import Latent, draw, quantiles
from counterpoint.science.demand.shares import ShareModel
from counterpoint.science.demand.total import interval_noise
from counterpoint.science.history import Mapping, normalise


def one_cell(mean, cov):
    size = len(mean)
    share = ShareModel(np.zeros((1, size, 1)), np.zeros((1, size)), np.zeros((1, size, size)), np.zeros(1))
    cells = np.arange(size)
    return Latent(cells, np.zeros(size, dtype=int), np.array(mean), np.array(cov), share, np.full((1, size), np.nan))


class TestSampling:
    def test_moments_match_the_poisson_log_normal(self):
        mu, s2 = 20.0, 0.09
        paths = draw(one_cell([np.log(mu) - s2 / 2], [[s2]]), 200_000, seed=1)[:, 0, 0]
        assert paths.mean() == pytest.approx(mu, rel=0.005)
        assert paths.var() == pytest.approx(mu + mu**2 * (np.exp(s2) - 1), rel=0.02)

    def test_without_noise_it_is_exactly_poisson(self):
        paths = draw(one_cell([np.log(3.0)], [[0.0]]), 100_000, seed=2)[:, 0, 0]
        expected = stats.poisson.pmf(np.arange(8), 3.0)
        assert np.bincount(paths, minlength=8)[:8] / 1e5 == pytest.approx(expected, abs=0.005)

    def test_cells_are_correlated_as_the_covariance_says(self):
        cov = [[0.2, 0.15], [0.15, 0.2]]
        paths = np.log(draw(one_cell([9.0, 9.0], cov), 20_000, seed=3)[:, 0])
        assert np.corrcoef(paths.T)[0, 1] == pytest.approx(0.75, abs=0.02)

    def test_quantiles_are_whole_customers_with_enough_paths_below(self):
        paths = np.arange(10)[::-1].reshape(10, 1)
        assert quantiles(paths, (0.1, 0.5, 0.9)).ravel().tolist() == [0, 4, 8]


class TestDayEffects:
    days = plain_days(date(2026, 1, 5), 60, hours=dict.fromkeys(range(7), ((540, 1020),)))

    def test_gradient_agrees_with_finite_differences(self):
        rng = np.random.default_rng(0)
        terms = daylevel.kernels(self.days[:20])
        response, weight, noise = rng.normal(0, 0.2, (2, 20)), np.ones((2, 20)), np.full((2, 20), 0.01)
        noise[0, 3] = np.inf
        theta = np.log(daylevel.PRIOR_TOTAL) + 0.3
        args = (terms, response, weight, noise, daylevel.PRIOR_TOTAL)
        _, slope = daylevel._objective(theta, *args)
        for k in range(len(theta)):
            step = np.zeros_like(theta)
            step[k] = 1e-5
            numeric = (daylevel._objective(theta + step, *args)[0] - daylevel._objective(theta - step, *args)[0]) / 2e-5
            assert slope[k] == pytest.approx(numeric, rel=1e-4, abs=1e-5)

    def test_pure_noise_reduces_to_the_closed_form_mean(self):
        variances = np.full(len(daylevel.TERMS), 1e-12)
        variances[-1] = 0.01
        count = 1e6 * np.exp(np.random.default_rng(1).normal(0, 0.05, 30))
        data = daylevel.DayData(count, np.full(30, 1e6))
        days = (*self.days[:30], self.days[40])
        found = daylevel.fit(daylevel.kernels(days), data, centre=0.0, prior=daylevel.PRIOR_TOTAL, variances=variances)
        shrink = 30 / (30 + 0.01 / daylevel.CONSTANT)
        assert found.mean[0] == pytest.approx(np.log(count / 1e6).mean() * shrink, abs=0.005)
        assert found.cov[0, 0] == pytest.approx(0.01 * (1 + 1 / 30), rel=0.2)

    def test_a_makeup_day_borrows_the_level_of_workdays(self):
        rng = np.random.default_rng(2)
        weekend = np.array([d.kind == "weekend" for d in self.days])
        count = rng.poisson(np.where(weekend, 100.0, 300.0))
        extra = DayInfo(date(2026, 3, 7), ((540, 1020),), "makeup")
        usual = replace(extra, kind="weekend")
        ahead = []
        for last in (extra, usual):
            terms = daylevel.kernels((*self.days, last))
            data = daylevel.DayData(count.astype(float), np.ones(60))
            found = daylevel.fit(terms, data, centre=daylevel.centre_of(data), prior=daylevel.PRIOR_TOTAL)
            ahead.append(np.exp(found.mean[0]))
        assert ahead[0] > 220
        assert ahead[1] == pytest.approx(100, rel=0.12)

    def test_days_of_one_horizon_are_positively_correlated(self):
        data = daylevel.DayData(np.full(50, 200.0), np.ones(50))
        found = daylevel.fit(daylevel.kernels(self.days[:52]), data, centre=5.3, prior=daylevel.PRIOR_TOTAL)
        assert found.cov[0, 1] > 0


class TestProfiles:
    def test_much_evidence_is_believed_and_little_is_not(self):
        mean = np.full((50, 4), 200.0)
        count = mean * np.array([1.5, 0.9, 0.8, 0.8])
        flags = np.ones((50, 4), bool)
        rich = shrunk_ratio(Evidence(count, mean, flags, np.ones(50), np.zeros(4)), np.ones(50, bool))
        assert rich[0] / rich[1] == pytest.approx(1.5 / 0.9, rel=0.02)
        poor = shrunk_ratio(
            Evidence(count[:1] / 400, mean[:1] / 400, flags[:1], np.ones(1), np.zeros(4)), np.ones(1, bool)
        )
        assert np.abs(poor - 1).max() < 0.05

    def test_intervals_without_evidence_stay_at_one(self):
        flags = np.zeros((3, 2), bool)
        evidence = Evidence(np.ones((3, 2)), np.ones((3, 2)), flags, np.ones(3), np.zeros(2))
        assert shrunk_ratio(evidence, np.ones(3, bool)).tolist() == [1, 1]

    def test_a_service_never_seen_keeps_the_common_shape(self):
        flags = np.ones((3, 2), bool)
        evidence = Evidence(np.zeros((3, 2)), np.ones((3, 2)), flags, np.ones(3), np.zeros(2))
        assert shrunk_ratio(evidence, np.ones(3, bool)).tolist() == [1, 1]

    def test_interval_noise_finds_the_negative_binomial_dispersion(self):
        rng = np.random.default_rng(3)
        mean = np.full((4000, 6), 50.0)
        gamma = rng.gamma(1 / 0.05, 0.05, mean.shape)
        spread = interval_noise(rng.poisson(mean * gamma), mean, np.ones(mean.shape, bool), np.ones(4000))
        assert spread == pytest.approx(np.full(6, 0.05), rel=0.12)


class TestLaplace:
    def test_one_cell_agrees_with_brute_force_integration(self):
        grid = np.linspace(-1, 5, 20001)
        weight = stats.norm.pdf(grid, 2.0, 0.4) * stats.poisson.pmf(14, np.exp(grid))
        weight /= weight.sum()
        centre = (grid * weight).sum()
        spread = ((grid - centre) ** 2 * weight).sum()
        mean, cov = laplace(np.array([2.0]), np.array([[0.16]]), np.array([0]), np.array([14.0]))
        assert mean[0] == pytest.approx(centre, abs=0.03)
        assert cov[0, 0] == pytest.approx(spread, rel=0.05)

    def test_a_perfectly_tied_cell_moves_along(self):
        cov = np.full((2, 2), 0.2)
        mean, after = laplace(np.array([3.0, 1.0]), cov, np.array([0]), np.array([40.0]))
        assert mean[1] - 1.0 == pytest.approx(mean[0] - 3.0, rel=1e-6)
        assert after[1, 1] < 0.2


class TestGrid:
    def test_exposure_is_the_open_share_of_each_interval(self):
        day = DayInfo(date(2026, 1, 5), ((555, 720), (780, 1020)))
        row = exposure_of((day,), 30)[0]
        assert row[18] == 0.5
        assert row[24:26].tolist() == [0, 0]
        assert row.sum() * 30 == 165 + 240

    def test_abandoned_tickets_count_as_demand(self):
        frame = pd.DataFrame(
            {"t": ["2026-01-05 09:10:00"] * 3, "id": [1, 2, 3], "how": ["served", "abandoned", "test"], "s": ["a"] * 3}
        )
        mapping = Mapping.from_dict(
            {"arrived": "t", "ticket": "id", "service": "s", "outcome": "how", "outcomes": {"test": "ignore"}}
        )
        log = normalise(frame, mapping)
        assert counts_from_log(log)["count"].tolist() == [2]
        days = plain_days(date(2026, 1, 5), 2, hours={0: ((540, 1020),), 1: ((540, 1020),)})
        grid = build(DemandProblem(log, days, (date(2026, 1, 6),)), 30)
        assert grid.total[0, 18] == 2
        assert grid.services == ("a",)

    def test_balk_share_may_differ_by_interval(self):
        days = plain_days(date(2026, 1, 5), 2, hours={0: ((540, 1020),), 1: ((540, 1020),)})
        history = pd.DataFrame({"date": [days[0].date] * 2, "minute": [540, 570], "count": [10, 10]})
        balk = pd.DataFrame({"date": [days[0].date], "minute": [570], "balk_share": [0.5]})
        grid = build(DemandProblem(history, days, (days[1].date,), balk_share=balk), 30)
        assert grid.total[0, 18:20].tolist() == [10, 20]


class TestCalibration:
    def test_too_little_history_leaves_the_width_alone(self):
        assert Calibration() == Calibration(1.0, 1.0, 0, 0)
        days = plain_days(date(2026, 1, 5), 12, hours={0: ((540, 1020),)})
        history = pd.DataFrame({"date": [days[0].date], "minute": [540], "count": [10]})
        grid = build(DemandProblem(history, days, (days[-1].date,)), 30)
        assert replay(grid, None, 4, 7) is None
        assert calibrate(None) == Calibration()
