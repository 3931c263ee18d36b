"""Day effects: which days are alike, worked out by hand, and the posterior against a search for its own peak."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from counterpoint.science.demand import DayInfo, daylevel, near_festivals, plain_days

MONDAY = date(2026, 1, 5)
HOURS = ((540, 1020),)
DAYS = plain_days(MONDAY, 40, hours=dict.fromkeys(range(7), HOURS))
TERM = {name: k for k, name in enumerate(daylevel.TERMS)}


def alike(one, two):
    """Unit covariance of each term between two days."""
    return dict(zip(daylevel.TERMS, daylevel.kernels((one, two))[:, 0, 1], strict=False))


@pytest.mark.parametrize(
    ("kind", "offset", "expected"),
    [
        ("workday", 0, "workday:0"),
        ("workday", 6, "workday:6"),
        ("weekend", 5, "weekend:5"),
        ("makeup", 5, "makeup"),  # a Saturday worked for a holiday is like no Saturday
        ("holiday", 0, "holiday"),
        ("closed", 0, "closed"),
    ],
)
def test_days_with_one_label_share_their_shape(kind, offset, expected):
    assert daylevel.label(DayInfo(MONDAY + timedelta(days=offset), HOURS, kind)) == expected


class TestKernels:
    def test_a_monday_and_the_next_share_weekday_kind_and_a_fading_memory(self):
        found = alike(DAYS[0], DAYS[7])
        assert (found["kind"], found["weekday"]) == (1.0, 1.0)
        assert found["drift"] == pytest.approx(np.exp(-7 / 60))
        assert found["level"] == pytest.approx(np.exp(-7 / 40))
        assert found["short"] == pytest.approx(np.exp(-7 / 4))

    def test_a_monday_and_a_tuesday_share_the_kind_only(self):
        found = alike(DAYS[0], DAYS[1])
        assert (found["kind"], found["weekday"], found["drift"]) == (1.0, 0.0, 0.0)
        assert alike(DAYS[0], DAYS[5])["kind"] == 0.0  # Monday and Saturday

    def test_a_makeup_day_is_a_workday_by_kind_and_its_own_by_shape(self):
        makeup = replace(DAYS[5], kind="makeup")
        assert alike(DAYS[0], makeup)["kind"] == 1.0
        assert alike(DAYS[0], makeup)["weekday"] == 0.0
        assert (alike(DAYS[12], makeup)["kind"], alike(DAYS[12], makeup)["weekday"]) == (0.0, 0.0)  # a plain Saturday

    def test_each_tag_in_common_counts_once(self):
        one = replace(DAYS[0], tags=frozenset({"payday", "month_end"}))
        two = replace(DAYS[1], tags=frozenset({"payday", "month_end", "rain"}))
        assert alike(one, two)["tags"] == 2.0
        assert alike(one, replace(two, tags=frozenset({"rain"})))["tags"] == 0.0

    def test_weather_counts_by_its_strength_on_both_days(self):
        wet = replace(DAYS[0], weather={"rain": 2.0, "heat": -1.0})
        damp = replace(DAYS[1], weather={"rain": 0.5, "wind": 3.0})
        assert alike(wet, damp)["weather"] == 1.0
        assert alike(wet, replace(damp, weather=None))["weather"] == 0.0

    def test_the_place_in_the_month_comes_round(self):
        """The last days of one month are near the first of the next; the middle is far from both."""
        first, last = DayInfo(date(2026, 2, 1), HOURS), DayInfo(date(2026, 1, 31), HOURS)
        middle = DayInfo(date(2026, 2, 15), HOURS)
        assert alike(first, DayInfo(date(2026, 3, 1), HOURS))["month"] == pytest.approx(1.0)
        assert alike(first, last)["month"] > 0.9
        assert alike(first, middle)["month"] == pytest.approx(np.exp(-2 / 0.45**2))

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 500),
                st.sampled_from(["workday", "weekend", "holiday", "makeup"]),
                st.frozensets(st.sampled_from(["payday", "month_end"])),
                st.floats(-2, 2),
            ),
            min_size=1,
            max_size=9,
            unique_by=lambda one: one[0],
        )
    )
    def test_any_days_make_a_covariance_and_their_order_does_not_matter(self, drawn):
        days = [DayInfo(MONDAY + timedelta(days=n), HOURS, kind, tags, {"rain": rain}) for n, kind, tags, rain in drawn]
        terms = daylevel.kernels(days)
        assert terms.shape == (len(daylevel.TERMS) - 1, len(days), len(days))
        assert terms == pytest.approx(np.swapaxes(terms, 1, 2))
        assert min(np.linalg.eigvalsh(term).min() for term in terms) > -1e-9
        assert daylevel.kernels(days[::-1]) == pytest.approx(terms[:, ::-1, ::-1])


class TestEvidence:
    def test_the_centre_is_the_median_rate_of_the_days_that_count(self):
        data = daylevel.DayData(np.array([9.5, 99.5, 19.5, 0.0]), np.array([1.0, 1.0, 2.0, 0.0]))
        assert daylevel.centre_of(data) == pytest.approx(np.log(10.0))
        assert daylevel.centre_of(daylevel.DayData(np.zeros(2), np.zeros(2))) == 0.0

    def test_the_working_response_is_a_newton_step_and_nothing_is_learnt_from_a_missing_day(self):
        data = daylevel.DayData(np.array([12.0, 0.0, 5.0]), np.array([10.0, 10.0, 0.0]))
        response, noise = daylevel.working_response(data, np.array([0.0, 0.0, 1.0]))
        assert response == pytest.approx([0.2, -1.0, 0.0])
        assert noise == pytest.approx([0.1, 0.1, np.inf])

    def test_an_expectation_of_almost_nobody_is_bounded(self):
        data = daylevel.DayData(np.array([1.0]), np.array([1e-9]))
        response, noise = daylevel.working_response(data, np.array([0.0]))
        assert response == pytest.approx([(1 - 0.05) / 0.05])
        assert noise == pytest.approx([20.0])


class TestPosterior:
    VARIANCES = np.array([0.15, 0.04, 0.002, 0.03, 0.005, 0.006, 0.02, 0.006, 0.01, 0.06, 0.02, 0.02])

    def fitted(self, count, scale, asked=3, centre=5.0):
        data = daylevel.DayData(np.asarray(count, dtype=float), np.asarray(scale, dtype=float))
        terms = daylevel.kernels(DAYS[: len(count) + asked])
        return terms, daylevel.fit(
            terms, data, centre=centre, prior=daylevel.PRIOR_TOTAL, variances=self.VARIANCES, rounds=12
        )

    def test_the_seen_days_stand_at_the_peak_of_their_posterior(self):
        """Poisson counts under the same Gaussian prior, climbed by a general optimiser; no day is unusual here."""
        rng = np.random.default_rng(4)
        count = rng.poisson(150 * np.exp(rng.normal(0, 0.03, 12)))
        terms, found = self.fitted(count, np.ones(12))
        cov = np.tensordot(self.VARIANCES[:-1], terms[:, :12, :12], axes=1) + daylevel.CONSTANT
        precision = np.linalg.inv(cov + self.VARIANCES[-1] * np.eye(12))

        def height(effect):
            gap = effect - 5.0
            slope = np.exp(effect) - count + precision @ gap
            return float((np.exp(effect) - count * effect).sum() + 0.5 * gap @ precision @ gap), slope

        peak = minimize(height, np.full(12, 5.0), jac=True, method="BFGS", options={"gtol": 1e-8}).x
        assert found.seen == pytest.approx(peak, abs=2e-3)

    def test_the_asked_days_follow_by_conditioning_on_the_seen(self):
        """With counts so large that they are exact, the answer is the textbook conditional Gaussian."""
        seen = np.random.default_rng(5).normal(0, 0.05, 14)
        terms, found = self.fitted(1e9 * np.exp(seen), np.full(14, 1e9), centre=0.0)
        cov = np.tensordot(self.VARIANCES[:-1], terms, axes=1) + daylevel.CONSTANT + self.VARIANCES[-1] * np.eye(17)
        gain = cov[14:, :14] @ np.linalg.inv(cov[:14, :14])
        assert found.mean == pytest.approx(gain @ seen, abs=5e-3)
        assert found.cov == pytest.approx(cov[14:, 14:] - gain @ cov[:14, 14:], rel=0.05, abs=1e-3)

    def test_a_day_without_evidence_moves_nothing(self):
        count, scale = np.full(14, 150.0), np.ones(14)
        without = np.delete(scale, 4)
        _, whole = self.fitted(np.where(np.arange(14) == 4, 9e5, count), np.where(np.arange(14) == 4, 0.0, scale))
        days = [day for n, day in enumerate(DAYS[:17]) if n != 4]
        data = daylevel.DayData(count[:13], without)
        cut = daylevel.fit(
            daylevel.kernels(days), data, centre=5.0, prior=daylevel.PRIOR_TOTAL, variances=self.VARIANCES, rounds=12
        )
        assert whole.mean == pytest.approx(cut.mean)
        assert whole.cov == pytest.approx(cut.cov)
        assert np.isfinite(whole.seen).all()

    def test_an_unusual_day_weighs_less_than_in_a_plain_gaussian(self):
        count = np.full(14, 150.0)

        def pull(day):
            """How far one day of this count moves tomorrow, per unit of its own log effect."""
            odd = self.fitted(np.where(np.arange(14) == 7, day, count), np.ones(14))[1]
            return float((odd.mean - self.fitted(count, np.ones(14))[1].mean)[0] / np.log(day / 150))

        assert 0 < pull(1500) < 0.5 * pull(210)

    def test_without_any_evidence_the_prior_speaks(self):
        terms, found = self.fitted(np.zeros(5), np.zeros(5))
        prior = np.tensordot(self.VARIANCES[:-1], terms[:, 5:, 5:], axes=1) + daylevel.CONSTANT
        assert found.mean.tolist() == [5.0] * 3
        assert found.cov == pytest.approx(prior + self.VARIANCES[-1] * np.eye(3))

    def test_more_days_seen_make_the_next_one_surer(self):
        widths = [self.fitted(np.full(n, 150.0), np.ones(n))[1].cov[0, 0] for n in (1, 7, 21)]
        assert widths[0] > widths[1] > widths[2] > self.VARIANCES[-1]


class TestBreaks:
    """A branch that was closed has customers waiting when it opens, whatever the weekday."""

    def week(self, closed):
        days = plain_days(MONDAY, 21, hours=dict.fromkeys(range(5), HOURS))
        return [DayInfo(d.date, (), "holiday") if d.date in closed else d for d in days]

    def test_a_monday_follows_two_closed_days_and_a_tuesday_after_a_holiday_three(self):
        found = daylevel.breaks(self.week({MONDAY + timedelta(days=14)}))
        assert found[7] == pytest.approx(np.log2(3))
        assert found[15] == pytest.approx(np.log2(4))
        assert found[[1, 2, 3, 4, 5, 6, 14]].tolist() == [0.0] * 7

    def test_the_first_day_listed_takes_the_usual_break_of_its_weekday(self):
        assert daylevel.breaks(self.week(set()))[0] == pytest.approx(np.log2(3))

    def test_a_date_that_is_not_listed_is_no_break(self):
        days = [day for n, day in enumerate(self.week(set())) if n != 8]
        assert daylevel.breaks(days)[8] == 0.0

    def test_the_effect_of_mondays_carries_over_to_a_tuesday_after_a_holiday(self):
        days = plain_days(MONDAY, 99, hours=dict.fromkeys(range(5), HOURS))
        holiday = MONDAY + timedelta(days=91)
        days = [DayInfo(d.date, (), "holiday") if d.date == holiday else d for d in days]
        opened = np.array([float(d.is_open) for d in days[:91]])
        count = np.array([140.0 if d.date.weekday() == 0 else 100.0 for d in days[:91]]) * opened
        found = daylevel.fit(
            daylevel.kernels(days), daylevel.DayData(count, opened), centre=np.log(100), prior=daylevel.PRIOR_TOTAL
        )
        assert np.exp(found.mean[1]) > 108  # the Tuesday after it, of which there was none before
        assert np.exp(found.mean[2]) < 104


class TestFestivals:
    def test_days_equally_far_from_a_moving_festival_share_their_effect(self):
        days = plain_days(MONDAY, 400, hours=dict.fromkeys(range(7), HOURS))
        spring = {"spring": (MONDAY + timedelta(days=30), MONDAY + timedelta(days=370))}
        near = near_festivals(days, spring, reach=10)
        alike = daylevel.kernels(near)[TERM["festival"]]
        assert near[25].festivals == {"spring": -5}
        assert alike[25, 365] == pytest.approx(1.0)  # five days before either
        assert alike[25, 35] == pytest.approx(np.exp(-0.5 * (10 / daylevel.FESTIVAL_DAYS) ** 2))
        assert alike[25, 200] == 0.0
        assert near[200].festivals == {}
        assert np.linalg.eigvalsh(alike).min() > -1e-9

    def test_no_festival_named_is_no_effect(self):
        assert not daylevel.kernels(DAYS[:9])[TERM["festival"]].any()
        assert near_festivals(DAYS[:2], {"spring": ()})[0].festivals == {}
