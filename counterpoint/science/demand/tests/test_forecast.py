"""The forecast keeps its promises on branches whose true demand process is known."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.demand import (
    DayInfo,
    DemandInputError,
    DemandProblem,
    Outage,
    Params,
    forecast,
    plain_days,
    synthetic_branch,
)

QUICK = Params(calibrate_weeks=0, paths=400)


@pytest.fixture(scope="module")
def branch():
    return synthetic_branch(seed=7)


@pytest.fixture(scope="module")
def result(branch):
    return forecast(branch.problem(14), seed=1)


def codes(result):
    return {one.code for one in result.assumptions}


class TestRanges:
    def test_quantiles_are_ordered(self, result):
        assert (np.diff(result.quantile, axis=0) >= 0).all()
        assert (np.diff(result.total_quantile, axis=0) >= 0).all()
        assert (np.diff(result.day_quantile, axis=0) >= 0).all()

    def test_closed_hours_are_exactly_zero(self, result):
        night = result.total_quantile[:, :, : 540 // 30]
        assert (night == 0).all()
        assert (result.mean[:, :, 1020 // 30 :] == 0).all()
        assert (result.sample(20, seed=5)[..., : 540 // 30] == 0).all()

    def test_a_closed_day_in_the_horizon_is_all_zero(self, branch):
        problem = branch.problem(7)
        last = problem.days[-1]
        shut = (*problem.days[:-1], replace(last, kind="closed"))
        result = forecast(replace(problem, days=shut), QUICK, seed=1)
        assert result.day_quantile[-1, :, -1].sum() == 0
        assert result.day_mean[-1, 0] > 0

    def test_day_totals_are_the_sums_of_the_same_paths(self, branch):
        result = forecast(branch.problem(3), QUICK, seed=9)
        paths = result.sample(QUICK.paths, seed=9)
        whole = np.sort(paths.sum(axis=(1, 3)), axis=0)
        rank = [int(np.ceil(level * len(whole))) - 1 for level in result.levels]
        assert np.array_equal(whole[rank], result.day_quantile[:, -1])

    def test_the_same_seed_gives_the_same_answer(self, branch):
        one, two = (forecast(branch.problem(2), QUICK, seed=3) for _ in range(2))
        assert one.to_frame().equals(two.to_frame())

    def test_day_range_is_wider_than_independent_intervals_would_make_it(self, result):
        paths = result.sample(2000, seed=4).sum(axis=1)[:, 0]
        assert paths.sum(axis=1).var() > 1.5 * paths.var(axis=0).sum()

    def test_the_truth_lies_in_the_range_about_as_often_as_promised(self):
        inside = []
        for seed in range(4):
            branch = synthetic_branch(seed=40 + seed, days=140, day_sd=0.1)
            result = forecast(branch.problem(14), seed=seed)
            actual, cells = branch.actual(14), result.latent
            at = (cells.day, cells.interval)
            low, high = result.total_quantile[0][at], result.total_quantile[-1][at]
            inside.append((actual[at] >= low) & (actual[at] <= high))
        assert 0.75 <= np.concatenate(inside).mean() <= 0.89  # whole customers make an 80 % range a little wider

    def test_summary_and_frames_speak_plainly(self, result):
        assert result.summary()["days"][0]["peak"]
        frame = result.to_frame()
        assert list(frame.columns) == ["date", "minute", "service", "mean", "p10", "p50", "p90"]
        assert set(result.to_frame("day")["service"]) == {*result.services, "all"}
        total = result.to_frame("total")
        assert total["mean"].sum() == pytest.approx(frame["mean"].sum())


class TestEffects:
    def test_point_forecast_is_close_to_the_true_rate(self, branch, result):
        truth = branch.rate[-14:]
        assert np.abs(result.total_mean - truth).sum() / truth.sum() < 0.08

    def test_a_planted_payday_effect_is_recovered(self, branch):
        problem = branch.problem(14)
        day = next(d for d in problem.days if d.date == problem.horizon[1])
        paid = replace(day, tags=frozenset({"payday"}))
        swapped = tuple(paid if d.date == day.date else d for d in problem.days)
        lift = _mean(replace(problem, days=swapped), 1) / _mean(problem, 1)
        assert 1.12 < lift < 1.35  # planted 1.25

    def test_a_tag_never_seen_changes_nothing_but_the_range(self, branch):
        problem = branch.problem(1)
        odd = replace(problem.days[-1], tags=frozenset({"eclipse"}))
        result = forecast(replace(problem, days=(*problem.days[:-1], odd)), QUICK, seed=1)
        plain = forecast(problem, QUICK, seed=1)
        assert "unseen_tags" in codes(result)
        assert result.day_quantile[1, -1, 0] == pytest.approx(plain.day_quantile[1, -1, 0], rel=0.06)
        assert np.ptp(result.day_quantile[:, -1, 0]) > np.ptp(plain.day_quantile[:, -1, 0])

    def test_doubling_the_counts_doubles_the_forecast(self, branch):
        problem = branch.problem(7)
        doubled = replace(problem, history=problem.history.assign(count=problem.history["count"] * 2))
        ratio = _mean(doubled) / _mean(problem)
        assert ratio == pytest.approx(2, rel=0.03)

    def test_one_anomaly_day_barely_moves_the_forecast(self, branch):
        problem = branch.problem(7)
        wild = problem.history.copy()
        wild.loc[wild["date"] == problem.horizon[0] - timedelta(days=7), "count"] *= 6
        assert _mean(replace(problem, history=wild)) == pytest.approx(_mean(problem), rel=0.05)

    def test_one_wild_interval_barely_moves_that_interval(self, branch):
        problem = branch.problem(7)
        spike = pd.DataFrame(
            {"date": [problem.horizon[0] - timedelta(days=7)], "minute": [660], "service": ["cash"], "count": [400]}
        )
        wild = replace(problem, history=pd.concat([problem.history, spike]))
        calm, hit = (forecast(one, QUICK, seed=1).total_mean[0, 22] for one in (problem, wild))
        assert hit == pytest.approx(calm, rel=0.12)

    def test_a_lasting_rise_is_followed(self):
        branch = synthetic_branch(seed=3, days=150)
        problem = branch.problem(7)
        recent = problem.history["date"] >= problem.horizon[0] - timedelta(days=28)
        grown = problem.history.assign(count=np.where(recent, problem.history["count"] * 2, problem.history["count"]))
        assert _mean(replace(problem, history=grown)) > 1.6 * _mean(problem)

    def test_a_service_with_its_own_hours_has_no_customers_when_closed(self, branch):
        problem = branch.problem(2)
        days = tuple(
            replace(d, services_closed=frozenset({"corporate"})) if d.date in problem.horizon else d
            for d in problem.days
        )
        result = forecast(replace(problem, days=days), QUICK, seed=1)
        assert result.mean[result.services.index("corporate")].sum() == 0

    def test_service_shares_are_recovered(self, result):
        shares = dict(zip(result.services, result.mean.sum(axis=(1, 2)) / result.total_mean.sum(), strict=True))
        assert shares["cash"] == pytest.approx(0.34, abs=0.03)
        assert shares["corporate"] == pytest.approx(0.04, abs=0.012)


def _mean(problem, row=None):
    result = forecast(problem, QUICK, seed=1)
    return result.day_mean[-1].sum() if row is None else result.day_mean[-1, row]


class TestCensoring:
    def test_an_outage_is_missing_not_zero(self, branch):
        problem = branch.problem(7)
        lost = problem.history[
            ~((problem.history["minute"] < 780) & (problem.history["date"] >= problem.horizon[0] - timedelta(days=21)))
        ]
        outages = [Outage(problem.horizon[0] - timedelta(days=k), 540, 780) for k in range(1, 22)]
        told = forecast(replace(problem, history=lost, outages=outages), QUICK, seed=1)
        full = forecast(problem, QUICK, seed=1)
        assert "outages" in codes(told)
        assert told.total_mean[:, 18:26].sum() == pytest.approx(full.total_mean[:, 18:26].sum(), rel=0.08)

    def test_a_silent_busy_morning_is_suspected_and_said(self):
        branch = synthetic_branch(seed=5, daily=900, days=90)
        problem = branch.problem(7)
        day = problem.horizon[0] - timedelta(days=3)
        silent = problem.history[~((problem.history["date"] == day) & (problem.history["minute"] < 780))]
        result = forecast(replace(problem, history=silent), QUICK, seed=1)
        assert "suspected_outage" in codes(result)

    def test_balking_share_lifts_demand(self, branch):
        problem = branch.problem(7)
        assert _mean(replace(problem, balk_share=0.2)) == pytest.approx(_mean(problem) / 0.8, rel=0.03)

    def test_an_open_day_without_records_is_missing(self, branch):
        problem = branch.problem(7)
        gap = problem.history[problem.history["date"] != problem.horizon[0] - timedelta(days=7)]
        result = forecast(replace(problem, history=gap), QUICK, seed=1)
        assert "days_without_records" in codes(result)

    def test_tickets_on_days_the_calendar_lacks_are_left_out_and_said(self, branch):
        problem = branch.problem(2)
        result = forecast(replace(problem, days=problem.days[5:]), QUICK, seed=1)
        assert next(one.text for one in result.assumptions if one.code == "no_calendar").startswith("5 days")

    def test_tickets_outside_opening_hours_are_left_out_and_said(self, branch):
        problem = branch.problem(1)
        odd = pd.DataFrame({"date": [problem.days[0].date], "minute": [120], "service": ["cash"], "count": [3]})
        result = forecast(replace(problem, history=pd.concat([problem.history, odd])), QUICK, seed=1)
        assert "outside_hours" in codes(result)


class TestShortHistory:
    def test_two_weeks_is_called_short_and_gives_wider_ranges(self, branch):
        short = forecast(branch.problem(7, history_days=9), QUICK, seed=1)
        long = forecast(branch.problem(7), QUICK, seed=1)
        assert {"short_history", "few_same_days", "uncalibrated"} <= codes(short)
        assert _width(short) > 1.2 * _width(long)

    def test_no_history_uses_the_defaults_and_says_so(self, branch):
        problem = branch.problem(7)
        problem = replace(
            problem,
            history=problem.history.iloc[:0],
            default_daily=300.0,
            default_shares={"cash": 0.7, "wealth": 0.3},
            default_profile={600: 3.0, 900: 1.0},
        )
        result = forecast(problem, QUICK, seed=1)
        assert "no_history" in codes(result)
        assert 150 < result.day_quantile[1, -1, 0] < 600
        assert result.mean[0].sum() > 1.5 * result.mean[1].sum()
        assert result.total_mean[0, 20] > result.total_mean[0, 30] > 0
        assert result.day_quantile[2, -1, 0] > 1.5 * result.day_quantile[0, -1, 0]

    def test_one_day_of_history_still_answers(self, branch):
        result = forecast(branch.problem(3, history_days=1), QUICK, seed=1)
        assert np.isfinite(result.day_quantile).all()
        assert result.day_mean[-1].min() > 0


def _width(result):
    return ((result.day_quantile[2, -1] - result.day_quantile[0, -1]) / result.day_quantile[1, -1]).mean()


class TestLeaks:
    def test_rows_from_the_horizon_on_are_never_read(self, branch):
        problem = branch.problem(7)
        everything = replace(problem, history=branch.counts)
        assert forecast(everything, QUICK, seed=1).to_frame().equals(forecast(problem, QUICK, seed=1).to_frame())


class TestRefusals:
    def test_a_horizon_outside_the_calendar_is_refused(self):
        days = plain_days(date(2026, 1, 5), 7, hours={0: ((540, 1020),)})
        with pytest.raises(DemandInputError, match="calendar must cover"):
            DemandProblem(pd.DataFrame(), days, (date(2026, 3, 1),))

    def test_negative_counts_are_refused(self, branch):
        problem = branch.problem(1)
        bad = problem.history.assign(count=-1)
        with pytest.raises(DemandInputError, match="negative"):
            forecast(replace(problem, history=bad), QUICK, seed=1)

    def test_impossible_hours_are_refused(self):
        with pytest.raises(DemandInputError, match="1440"):
            DayInfo(date(2026, 1, 5), ((1020, 540),))

    def test_a_frame_without_counts_is_refused(self, branch):
        problem = replace(branch.problem(1), history=pd.DataFrame({"date": []}))
        with pytest.raises(DemandInputError, match="lacks"):
            forecast(problem, QUICK, seed=1)


def test_a_calendar_without_any_past_day_still_gives_a_forecast_of_several_services():
    days = plain_days(date(2026, 11, 30), 3, hours=dict.fromkeys(range(7), ((540, 600),)))
    empty = pd.DataFrame({"date": [], "minute": [], "service": [], "count": []})
    problem = DemandProblem(
        empty, days, [day.date for day in days], default_daily=80.0, default_shares={"cash": 0.5, "other": 0.5}
    )
    found = forecast(problem, seed=1)
    assert found.day_quantile[0, -1, 0] < 80 < found.day_quantile[-1, -1, 0] and found.drivers is None
