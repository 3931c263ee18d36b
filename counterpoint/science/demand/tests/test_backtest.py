"""The back-test never looks ahead, and its figures are what their names say."""

import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from counterpoint.science.demand import DemandInputError, Params, backtest, synthetic_branch

QUICK = Params(calibrate_weeks=0, paths=200)


@pytest.fixture(scope="module")
def branch():
    return synthetic_branch(seed=21, days=120)


@pytest.fixture(scope="module")
def result(branch):
    problem = branch.problem(1)
    origins = [problem.horizon[0] - timedelta(days=7 * k) for k in (1, 2, 3)]
    return backtest(problem, origins, 7, QUICK, seed=1)


def test_figures_agree_with_their_definitions(result):
    cells = result.to_frame()
    assert result.summary()["wape"] == pytest.approx(
        (cells["actual"] - cells["p50"]).abs().sum() / cells["actual"].sum()
    )
    inside = ((cells["low"] <= cells["actual"]) & (cells["actual"] <= cells["high"])).mean()
    assert result.summary()["coverage"] == pytest.approx(inside)


def test_the_baseline_is_the_mean_of_earlier_same_weekdays(branch, result):
    row = result.to_frame().iloc[0]
    same = [d.date for d in branch.days if d.date < row["origin"] and d.date.weekday() == row["date"].weekday()]
    counts = branch.counts[(branch.counts["date"].isin(same)) & (branch.counts["minute"] == row["minute"])]
    assert row["naive"] == pytest.approx(counts["count"].sum() / len(same))


def test_every_origin_has_a_row_and_all_comes_last(result):
    scores = result.scores()
    assert len(scores) == 4
    assert scores.index[-1] == "all"


def test_changing_the_future_does_not_change_the_forecast(branch, result):
    problem = branch.problem(1)
    origin = problem.horizon[0] - timedelta(days=7)
    future = problem.history["date"] >= origin
    altered = problem.history.assign(count=np.where(future, 999, problem.history["count"]))
    other = backtest(type(problem)(altered, problem.days, problem.horizon), [origin], 7, QUICK, seed=1)
    mine = result.to_frame()
    assert np.array_equal(other.to_frame()["p50"], mine[mine["origin"] == origin]["p50"])


def test_origins_after_the_record_are_refused(branch):
    problem = branch.problem(1)
    with pytest.raises(DemandInputError, match="origins back"):
        backtest(problem, [problem.horizon[0] + timedelta(days=30)], 7, QUICK, seed=1)


SHARED = Path(os.environ.get("COUNTERPOINT_SHARED", Path(__file__).parents[5] / "shared"))
CALLS = SHARED / "data/calls_technion_bank/february_1999_days_01_21.csv.gz"


@pytest.mark.skipif(not CALLS.exists(), reason="the Technion call-centre data are not on this machine")
def test_real_calls_of_a_bank_are_forecast_better_than_by_the_same_weekday_mean():
    """Guedj and Mandelbaum, Technion: two weeks of history, the third forecast."""
    import sys

    sys.path.insert(0, str(Path(__file__).parents[4]))
    from benchmarks.demand_technion import february

    scores = february(CALLS, weeks=1).scores().loc["all"]
    assert scores["wape"] < 0.185
    assert scores["wape"] < 0.9 * scores["wape_naive"]
    assert 0.72 <= scores["coverage"] <= 0.9
