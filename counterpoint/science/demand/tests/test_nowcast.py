"""At eleven o'clock the supervisor wants to know what the rest of the day will bring."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.demand import DemandInputError, Params, forecast, nowcast, synthetic_branch

NOON = 720


@pytest.fixture(scope="module")
def result():
    branch = synthetic_branch(seed=11, daily=400, day_sd=0.15)
    return forecast(branch.problem(5), Params(calibrate_weeks=0, paths=800), seed=1)


def morning(result, factor, services=None):
    mean = result.mean[:, 0, 540 // 30 : NOON // 30]
    rows = [
        (540 + 30 * k, name, round(mean[s, k] * (factor if services is None or name in services else 1)))
        for s, name in enumerate(result.services)
        for k in range(mean.shape[1])
    ]
    return pd.DataFrame(rows, columns=["minute", "service", "count"])


def update(result, frame, at=NOON):
    return nowcast(result, frame, day=result.dates[0], at=at, seed=2)


def afternoon(result, level=1):
    return result.total_quantile[level, 0, NOON // 30 :].sum()


class TestRestOfTheDay:
    def test_a_busy_morning_lifts_the_afternoon_and_a_quiet_one_lowers_it(self, result):
        assert afternoon(update(result, morning(result, 1.4))) > 1.08 * afternoon(result)
        assert afternoon(update(result, morning(result, 0.6))) < 0.92 * afternoon(result)

    def test_the_afternoon_moves_less_than_the_morning_did(self, result):
        assert afternoon(update(result, morning(result, 1.4))) < 1.4 * afternoon(result)

    def test_a_morning_as_expected_changes_little_but_narrows_the_day(self, result):
        after = update(result, morning(result, 1.0))
        assert afternoon(after) == pytest.approx(afternoon(result), rel=0.05)
        assert np.ptp(after.day_quantile[:, -1, 0]) < 0.75 * np.ptp(result.day_quantile[:, -1, 0])

    def test_elapsed_intervals_come_back_as_recorded(self, result):
        frame = morning(result, 1.2)
        after = update(result, frame)
        assert after.total_mean[0, 18:24].sum() == frame["count"].sum()
        assert np.ptp(after.total_quantile[:, 0, 18:24], axis=0).max() == 0

    def test_an_interval_still_running_is_not_used(self, result):
        frame = morning(result, 1.4)
        assert update(result, frame, at=NOON + 29).total_mean[0, 24] > 0
        assert update(result, frame, at=560) is result

    def test_tomorrow_follows_a_little(self, result):
        after = update(result, morning(result, 1.5))
        assert result.day_mean[-1, 1] < after.day_mean[-1, 1] < 1.4 * result.day_mean[-1, 1]

    def test_a_rush_in_one_service_raises_that_service_most(self, result):
        after = update(result, morning(result, 2.0, {"pension"}))
        lift = after.mean[:, 0, 24:].sum(axis=1) / result.mean[:, 0, 24:].sum(axis=1)
        assert lift.argmax() == result.services.index("pension")

    def test_a_second_update_uses_only_the_new_intervals(self, result):
        first = update(result, morning(result, 1.3), at=660)
        both = nowcast(first, morning(result, 1.3), day=result.dates[0], at=NOON, seed=2)
        once = update(result, morning(result, 1.3))
        assert afternoon(both) == pytest.approx(afternoon(once), rel=0.05)

    def test_the_result_says_that_it_was_corrected(self, result):
        assert update(result, morning(result, 1.0)).assumptions[-1].code == "nowcast"


class TestRefusals:
    def test_a_day_outside_the_forecast_is_refused(self, result):
        with pytest.raises(DemandInputError, match="not in this forecast"):
            nowcast(result, morning(result, 1), day=result.dates[0] - timedelta(days=9), at=NOON, seed=1)

    def test_an_unknown_service_is_refused(self, result):
        with pytest.raises(DemandInputError, match="gold"):
            update(result, pd.DataFrame({"minute": [540], "service": ["gold"], "count": [1]}))


def test_on_new_days_the_nowcast_beats_the_forecast_of_the_morning():
    before, after = [], []
    for seed in range(6):
        branch = synthetic_branch(seed=70 + seed, days=100, daily=500, day_sd=0.2)
        plan = forecast(branch.problem(1), Params(calibrate_weeks=0, paths=300), seed=1)
        actual = branch.actual(1)[0]
        today = branch.counts[branch.counts["date"] == plan.dates[0]]
        late = nowcast(plan, today, day=plan.dates[0], at=660, seed=2, paths=300)
        before.append(abs(actual[22:].sum() - plan.total_mean[0, 22:].sum()))
        after.append(abs(actual[22:].sum() - late.total_mean[0, 22:].sum()))
    assert sum(after) < 0.8 * sum(before)
