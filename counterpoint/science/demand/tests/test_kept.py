"""A day that was kept and restored says the same, before and after it is corrected."""

import json

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.demand import Params, forecast, keep, nowcast, restore, synthetic_branch


@pytest.fixture(scope="module")
def result():
    branch = synthetic_branch(seed=11, daily=400, day_sd=0.15)
    return forecast(branch.problem(3), Params(calibrate_weeks=0, paths=2000), seed=1)


@pytest.fixture(scope="module")
def again(result):
    return restore(json.loads(json.dumps(keep(result, 1))), result.days[1], result.interval, seed=5, paths=2000)


def test_the_restored_day_has_the_same_quantiles(result, again):
    assert again.dates == (result.dates[1],) and again.services == ("all",)
    assert again.day_quantile[:, -1, 0] == pytest.approx(result.day_quantile[:, -1, 1], rel=0.03)
    assert again.total_mean[0] == pytest.approx(result.total_mean[1], rel=0.05, abs=0.5)
    assert (again.total_mean[0] > 0).tolist() == (result.total_mean[1] > 0).tolist()


@pytest.mark.parametrize("factor", [0.6, 1.0, 1.4])
def test_it_is_corrected_as_the_whole_forecast_is(result, again, factor):
    slots = range(18, 24)
    per_service = [
        (30 * k, name, round(factor * result.mean[s, 1, k])) for s, name in enumerate(result.services) for k in slots
    ]
    frame = pd.DataFrame(per_service, columns=["minute", "service", "count"])
    whole = nowcast(result, frame, day=result.dates[1], at=720, seed=2, paths=2000)
    small = nowcast(again, frame.groupby("minute", as_index=False)["count"].sum(), day=result.dates[1], at=720, seed=3)
    assert small.day_quantile[:, -1, 0] == pytest.approx(whole.day_quantile[:, -1, 1], rel=0.03)


def test_a_closed_day_is_kept_as_nothing():
    branch = synthetic_branch(seed=1, days=60)
    closed = [row for row, day in enumerate(branch.days[-7:]) if not day.is_open]
    found = forecast(branch.problem(7), Params(calibrate_weeks=0, paths=50), seed=1)
    for row in closed:
        back = restore(keep(found, row), found.days[row], 30, seed=1, paths=20)
        assert not back.total_mean.any() and np.all(back.day_quantile == 0)
