"""Time-of-day shapes and their noise: small cases by hand, planted truths found again, weights conserved."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.demand import DemandProblem, Params, daylevel, plain_days
from counterpoint.science.demand.forecast import default_profile
from counterpoint.science.demand.grid import build
from counterpoint.science.demand.profile import Evidence, normalised, shrunk_ratio, smoothed
from counterpoint.science.demand.total import fit_total, interval_noise, recency

MONDAY = date(2026, 1, 5)
SOME = settings(max_examples=40, deadline=None)


def evidence(count, mean, *, valid=None, weight=None, spread=0.0):
    count = np.asarray(count, dtype=float)
    mean = np.broadcast_to(np.asarray(mean, dtype=float), count.shape)
    flags = np.ones(count.shape, bool) if valid is None else np.asarray(valid)
    return Evidence(
        count,
        mean,
        flags,
        np.ones(len(count)) if weight is None else np.asarray(weight),
        np.full(count.shape[1], spread),
    )


class TestRatios:
    def test_a_common_rise_is_no_shape(self):
        """Twice as many in every interval is the level's business."""
        everyone = np.ones(40, bool)
        found = shrunk_ratio(evidence(np.full((40, 6), 100.0), 50.0), everyone)
        assert found == pytest.approx(np.ones(6), abs=1e-3)

    @SOME
    @given(st.floats(0.2, 5), st.lists(st.floats(0.5, 2.0), min_size=3, max_size=8))
    def test_the_level_of_the_expectation_hardly_moves_the_ratios(self, level, shape):
        count = 400.0 * np.array([shape] * 30)
        everyone = np.ones(30, bool)
        one = shrunk_ratio(evidence(count, 400.0), everyone)
        other = shrunk_ratio(evidence(count, 400.0 * level), everyone)
        assert np.log(other / other[0]) == pytest.approx(np.log(one / one[0]), abs=0.02)

    def test_only_the_chosen_days_speak_and_the_weighty_ones_louder(self):
        count = np.array([[200.0, 100.0]] * 20 + [[100.0, 200.0]] * 20)
        early = np.arange(40) < 20
        first = shrunk_ratio(evidence(count, 150.0), early)
        assert first[0] > 1.2 and first[1] < 0.8
        assert shrunk_ratio(evidence(count, 150.0), np.ones(40, bool)) == pytest.approx([1, 1], abs=1e-6)
        tilted = shrunk_ratio(evidence(count, 150.0, weight=np.where(early, 1.0, 0.1)), np.ones(40, bool))
        assert 1 < tilted[0] < first[0]

    def test_only_the_proportions_of_the_weights_matter(self):
        count = np.array([[140.0, 100.0, 80.0]] * 6)
        one, tenth = (shrunk_ratio(evidence(count, 100.0, weight=np.full(6, w)), np.ones(6, bool)) for w in (1.0, 0.1))
        assert tenth == pytest.approx(one, rel=0.02)
        assert one[0] > 1.1

    def test_noisy_intervals_are_pulled_further_to_one(self):
        count = 100.0 * np.array([[1.4, 1.0, 0.8]] * 5)
        calm, noisy = (shrunk_ratio(evidence(count, 100.0, spread=s), np.ones(5, bool)) for s in (0.0, 1.0))
        assert calm[0] > noisy[0] > 1
        assert calm[2] < noisy[2] < 1

    def test_invalid_cells_say_nothing_however_loud(self):
        count = np.array([[100.0, 100.0], [9e9, 100.0]])
        flags = np.array([[True, True], [False, True]])
        assert shrunk_ratio(evidence(count, 100.0, valid=flags), np.ones(2, bool)) == pytest.approx([1, 1], abs=0.01)


class TestSmoothing:
    def test_a_certain_shape_is_kept_and_an_uncertain_one_blended_by_a_quarter(self):
        shape, flags = np.array([4.0, 8.0, 4.0, 0.0]), np.ones(4, bool)
        assert smoothed(shape, flags, np.zeros(4)) == pytest.approx(shape)
        blended = smoothed(shape, flags, np.full(4, 1e12))
        assert blended == pytest.approx([(4 * 0.5 + 8 * 0.25) / 0.75, 6.0, 4.0, (0 * 0.5 + 4 * 0.25) / 0.75])
        half = smoothed(shape, flags, np.full(4, 0.02))
        assert half == pytest.approx((shape + blended) / 2)

    def test_closed_intervals_stay_zero_and_lend_nothing(self):
        shape, flags = np.array([9.0, 4.0, 4.0, 4.0, 9.0]), np.array([False, True, True, True, False])
        assert smoothed(shape, flags, np.full(5, 1e12)) == pytest.approx([0, 4, 4, 4, 0])

    def test_two_intervals_are_too_few_to_blend(self):
        shape, flags = np.array([1.0, 9.0, 0.0]), np.array([True, True, False])
        assert smoothed(shape, flags, np.full(3, 1e12)).tolist() == shape.tolist()

    @SOME
    @given(st.lists(st.floats(0.01, 9), min_size=3, max_size=10), st.floats(0, 1))
    def test_blending_stays_between_the_least_and_the_most(self, shape, noise):
        found = smoothed(np.array(shape), np.ones(len(shape), bool), np.full(len(shape), noise))
        assert min(shape) - 1e-12 <= found.min() and found.max() <= max(shape) + 1e-12

    @SOME
    @given(st.lists(st.tuples(st.floats(0.01, 9), st.floats(0.01, 9), st.booleans()), min_size=1, max_size=10))
    def test_a_normalised_shape_carries_the_weight_of_its_reference(self, cells):
        shape, reference, support = (np.array(column) for column in zip(*cells, strict=True))
        found = normalised(shape, reference, support)
        assert found[support].sum() == pytest.approx(reference[support].sum())
        assert found * shape[0] == pytest.approx(shape * found[0])

    def test_a_shape_without_weight_is_left_alone(self):
        assert normalised(np.zeros(2), np.ones(2), np.ones(2, bool)).tolist() == [0, 0]


class TestNoise:
    def test_twenty_cells_are_the_least_that_are_listened_to(self):
        mean = np.full((19, 1), 10.0)
        assert interval_noise(mean * 3, mean, np.ones((19, 1), bool), np.ones(19)).tolist() == [0.02]
        mean = np.full((20, 1), 10.0)
        assert interval_noise(mean * 3, mean, np.ones((20, 1), bool), np.ones(20))[0] > 1

    def test_counts_that_scatter_less_than_poisson_have_the_least_noise(self):
        mean = np.full((50, 4), 30.0)
        spread = interval_noise(mean, mean, np.ones((50, 4), bool), np.ones(50))
        assert spread == pytest.approx(np.full(4, 0.3 * 0.002))

    @pytest.mark.parametrize(("memory", "expected"), [(0.0, 400.0), (0.6, 400.0), (0.6, 25.0)])
    def test_planted_spread_is_found(self, memory, expected):
        """At 25 customers half of the scatter is Poisson."""
        rng = np.random.default_rng(8)
        days, width, spread = 3000, 10, 0.04
        noise = np.zeros((days, width))
        noise[:, 0] = rng.normal(size=days)
        for k in range(1, width):
            noise[:, k] = memory * noise[:, k - 1] + np.sqrt(1 - memory**2) * rng.normal(size=days)
        mean = np.full((days, width), expected)
        count = rng.poisson(mean * (1 + np.sqrt(spread) * noise).clip(0))
        found = interval_noise(count, mean, np.ones(mean.shape, bool), np.ones(days))
        assert found == pytest.approx(np.full(width, spread), rel=0.13)

    def test_recency_halves_in_its_half_life(self):
        days = plain_days(MONDAY, 3, hours={})
        assert recency(days, (MONDAY + timedelta(days=4)).toordinal(), 2.0) == pytest.approx([0.25, 0.5**1.5, 0.5])


def grid_of(counts, days):
    """A grid of half hours from 9:00 for these counts (days × intervals)."""
    rows = [(d.date, 540 + 30 * k, n) for d, row in zip(days, counts, strict=False) for k, n in enumerate(row)]
    history = pd.DataFrame(rows, columns=["date", "minute", "count"])
    return build(DemandProblem(history, days, (days[-1].date,)), 400)


class TestTotal:
    days = plain_days(MONDAY, 57, hours=dict.fromkeys(range(7), ((540, 660),)))
    shape = np.array([40.0, 80.0, 120.0, 60.0])
    even = np.where((np.arange(48) >= 18) & (np.arange(48) < 22), 0.25, 1e-7)

    def fit(self, counts, asked=None):
        grid = grid_of(counts, self.days)
        return fit_total(grid, asked or self.days[56:], Params(), fallback=self.even, centre=None)

    def test_a_day_like_all_others_is_forecast_like_all_others(self):
        found = self.fit([self.shape] * 56)
        assert np.exp(found.mean[0]) * found.profile[0, 18:22] == pytest.approx(self.shape, rel=0.04)
        assert found.profile[0, :18].sum() == found.profile[0, 22:].sum() == 0.0
        assert (found.suspected, found.pulled) == (0, 0)

    def test_a_wild_interval_is_pulled_in_and_a_silence_taken_as_missing(self):
        counts = np.array([self.shape] * 56)
        counts[40, 1], counts[50, 2] = 900.0, 0.0
        found = self.fit(counts)
        assert (found.suspected, found.pulled) == (1, 1)
        assert found.cleaned[40, 19] < 200
        assert not found.valid[50, 20]
        assert np.exp(found.mean[0]) * found.profile[0, 18:22] == pytest.approx(self.shape, rel=0.05)

    def test_a_shorter_day_has_the_open_part_of_its_customers(self):
        half = plain_days(self.days[56].date, 1, hours=dict.fromkeys(range(7), ((555, 630),)))
        found = self.fit([self.shape] * 56, half)
        whole = self.fit([self.shape] * 56)
        assert found.profile[0, 18] == pytest.approx(whole.profile[0, 18] / 2)
        assert found.profile[0, 19:21] == pytest.approx(whole.profile[0, 19:21])
        assert found.profile[0, 21] == 0.0

    def test_without_history_the_given_level_and_shape_stand(self):
        grid = grid_of([], self.days)
        empty = grid.between(0, 0)
        found = fit_total(empty, self.days[56:], Params(), fallback=self.even, centre=np.log(300.0))
        assert found.mean == pytest.approx([np.log(300.0)])
        assert found.profile[0, 18:22] == pytest.approx(np.full(4, 0.25))
        assert found.variances == pytest.approx(daylevel.PRIOR_TOTAL)


@pytest.mark.parametrize(
    ("given_profile", "expected"),
    [
        ({}, {18: 0.25, 19: 0.25, 26: 0.25, 27: 0.25}),  # every hour that is ever open, alike
        ({540: 3.0, 555: 1.0, 600: 4.0}, {18: 0.5, 20: 0.5}),  # minutes of one interval add up
        ({540: 0.0}, {18: 0.25, 19: 0.25, 26: 0.25, 27: 0.25}),  # weights of nothing say nothing
    ],
)
def test_the_shape_before_any_ticket(given_profile, expected):
    days = plain_days(MONDAY, 2, hours={0: ((540, 600),), 1: ((780, 831),)})
    problem = DemandProblem(pd.DataFrame(), days, (MONDAY,), default_profile=given_profile)
    found = default_profile(problem)
    assert found.sum() == pytest.approx(1.0)
    assert {k: round(float(found[k]), 4) for k in np.flatnonzero(found > 1e-4)} == expected
