"""Scores of a back-test worked out on paper, its baseline and its days; the widths that past weeks ask for."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.demand import (
    Backtest,
    DemandProblem,
    Outage,
    Params,
    backtest,
    forecast,
    plain_days,
    synthetic_branch,
)
from counterpoint.science.demand.backtest import same_weekday_mean
from counterpoint.science.demand.calibrate import Calibration, cell_cov
from counterpoint.science.demand.datasets import HOURS, WEEKDAY
from counterpoint.science.demand.grid import build

MONDAY = date(2026, 1, 5)
QUICK = Params(calibrate_weeks=0, paths=50)


def on_paper():
    """Two origins; every figure is easy to add up."""
    cells = pd.DataFrame(
        [
            # origin, actual, p50, low, high, naive, pinball
            (1, 10.0, 8.0, 5.0, 10.0, 14.0, 1.0),
            (1, 20.0, 20.0, 15.0, 19.0, 20.0, 2.0),
            (2, 0.0, 1.0, 0.0, 3.0, 2.0, 3.0),
        ],
        columns=["origin", "actual", "p50", "low", "high", "naive", "pinball"],
    )
    days = pd.DataFrame(
        [(1, 30.0, 27.0, 20.0, 29.0), (2, 0.0, 1.0, 0.0, 3.0)], columns=["origin", "actual", "p50", "low", "high"]
    )
    return Backtest(cells, days, 0.1, 0.9)


def test_scores_are_what_a_pencil_gives():
    scores = on_paper().scores()
    assert scores.loc[1].to_dict() == pytest.approx(
        {
            "wape": 2 / 30,
            "wape_naive": 4 / 30,
            "coverage": 0.5,
            "wape_day": 0.1,
            "coverage_day": 0.0,
            "pinball": 1.5,
            "cells": 2,
        }
    )  # the bounds themselves are inside: 10 is covered by 5 to 10
    assert scores.loc["all"].to_dict() == pytest.approx(
        {
            "wape": 0.1,
            "wape_naive": 0.2,
            "coverage": 2 / 3,
            "wape_day": 4 / 30,
            "coverage_day": 0.5,
            "pinball": 2,
            "cells": 3,
        }
    )


def test_a_week_without_customers_is_scored_against_one():
    assert on_paper().scores().loc[2, "wape"] == 1.0
    assert on_paper().summary()["pinball"] == 2.0
    assert "cells" not in on_paper().summary()


class TestBaseline:
    days = plain_days(MONDAY, 29, hours=dict.fromkeys(range(7), ((540, 600),)))

    def grid(self, **changes):
        rows = [(d.date, 540, 10 * (1 + n // 7)) for n, d in enumerate(self.days[:28])]
        history = pd.DataFrame(rows, columns=["date", "minute", "count"])
        return build(DemandProblem(history, self.days, (self.days[28].date,), **changes), 400)

    def test_it_averages_earlier_days_of_the_weekday_only(self):
        for weeks, mean in ((1, 10), (2, 15), (4, 25)):
            origin = MONDAY + timedelta(days=7 * weeks)
            found = same_weekday_mean(self.grid(), origin, (MONDAY, MONDAY + timedelta(days=1)))
            assert found[:, 18].tolist() == [mean, mean]

    def test_missing_cells_are_left_out_of_the_mean(self):
        lost = self.grid(outages=[Outage(MONDAY + timedelta(days=7), 540, 570)])
        found = same_weekday_mean(lost, self.days[28].date, (MONDAY, MONDAY + timedelta(days=1)))
        assert found[:, 18].tolist() == [(10 + 30 + 40) / 3, 25]

    def test_without_an_earlier_day_it_is_nothing(self):
        assert same_weekday_mean(self.grid(), MONDAY, (MONDAY,)).sum() == 0


class TestScoredDays:
    days = plain_days(MONDAY, 43, hours=dict.fromkeys(range(6), ((540, 660),)))

    def run(self, **changes):
        rows = [(d.date, 540 + 30 * k, 20 + k) for d in self.days[:42] for k in range(4)]
        history = pd.DataFrame(rows, columns=["date", "minute", "count"])
        problem = DemandProblem(history, self.days, (self.days[42].date,), **changes)
        return backtest(problem, [MONDAY + timedelta(days=35)], 10, QUICK, seed=1)

    def test_open_days_up_to_the_record_are_scored_and_sundays_are_not(self):
        found = self.run()
        assert len(found.cells) == 6 * 4  # ten days were asked for, seven are recorded, one is a Sunday
        assert found.day_rows["actual"].tolist() == [86.0] * 6
        assert found.cells["minute"].unique().tolist() == [540, 570, 600, 630]

    def test_a_day_with_a_gap_is_scored_by_its_cells_and_not_as_a_day(self):
        found = self.run(outages=[Outage(MONDAY + timedelta(days=36), 540, 570)])
        assert len(found.cells) == 6 * 4 - 1
        assert found.day_rows["date"].tolist() == [MONDAY + timedelta(days=n) for n in (35, 37, 38, 39, 40)]

    def test_the_pinball_loss_is_that_of_its_three_quantiles(self):
        cells = self.run().cells
        loss = 0.0
        for level, name in ((0.1, "low"), (0.5, "p50"), (0.9, "high")):
            gap = cells["actual"] - cells[name]
            loss = loss + np.where(gap >= 0, level * gap, (level - 1) * gap)
        assert cells["pinball"].to_numpy() == pytest.approx(loss / 3)


class TestWidths:
    def test_the_factors_act_on_days_and_cells_apart(self):
        branch = synthetic_branch(seed=3, days=60)
        latent = forecast(branch.problem(2), QUICK, seed=1).latent
        first = (latent.day == 0).sum()
        assert latent.cov[0, first] > 0  # two days are tied by their common effects
        own = latent.cov[0, 0] - latent.cov[0, first - 1]
        assert own > 0  # and an interval has noise of its own

    def test_covariance_by_hand(self):
        class Model:
            cov = np.array([[0.04, 0.01], [0.01, 0.09]])
            spread = np.array([0.25, 0.16, 0.36])
            mixture = np.array([1.0, 0.0, 0.0, 0.0])
            profile = np.array([[30.0, 0.0, 10.0], [0.0, 20.0, 0.0]])

        cells = (np.array([0, 0, 1]), np.array([0, 2, 1]))
        plain = cell_cov(Model, cells, Calibration(), 30)
        gap = (0.25 + 0.36) / 16  # what is left when their mean is theirs: a quarter, three quarters of the difference
        assert plain == pytest.approx(
            np.array(
                [
                    [0.04 + gap, 0.04 - 3 * gap, 0.01],
                    [0.04 - 3 * gap, 0.04 + 9 * gap, 0.01],
                    [0.01, 0.01, 0.09],  # the only interval of a day is the day
                ]
            )
        )
        wide = cell_cov(Model, cells, Calibration(day=2.0, cell=3.0), 30)
        assert wide[0, 2] == pytest.approx(4 * 0.01)
        assert wide[1, 1] == pytest.approx(4 * 0.04 + 3 * 9 * gap)

    def test_past_weeks_that_scatter_more_than_the_model_thinks_widen_it(self):
        """The same branch, once as it came and once with every other day of the last weeks doubled."""
        days = plain_days(MONDAY, 64, hours=dict.fromkeys(range(7), ((540, 600),)))
        drawn = np.random.default_rng(5).poisson(100, (63, 2))
        wild = np.where((np.arange(63) >= 42) & (np.arange(63) % 2 == 0), 2, 1)[:, None]
        widths = []
        for counts in (drawn, drawn * wild):
            rows = [(d.date, 540 + 30 * k, n) for d, row in zip(days, counts, strict=False) for k, n in enumerate(row)]
            history = pd.DataFrame(rows, columns=["date", "minute", "count"])
            problem = DemandProblem(history, days, (days[-1].date,))
            widths.append(forecast(problem, Params(calibrate_weeks=3, paths=50), seed=1).calibration)
        calm, rough = widths
        assert calm.days == rough.days == 21
        assert (calm.cells, rough.cells) == (42, 42)
        assert rough.day > 1.1 * calm.day


class TestSyntheticBranch:
    def test_the_expected_week_has_the_weekday_factors(self):
        branch = synthetic_branch(seed=1, days=7, paydays=(), start=date(2026, 6, 1))
        daily = branch.rate.sum(axis=1) / branch.rate[1].sum()
        assert daily[:5] == pytest.approx(np.array(WEEKDAY[:5]))
        assert branch.rate[1].sum() == pytest.approx(240.0)
        assert (daily[5:] < WEEKDAY[5:7]).all()  # shorter hours at weekends

    def test_nobody_comes_to_a_closed_branch_and_the_mean_is_the_rate(self):
        branch = synthetic_branch(seed=2, days=364, day_sd=0.0, noise_sd=0.0)
        weekday = pd.to_datetime(branch.counts["date"]).dt.weekday
        for number, ((start, end),) in HOURS.items():
            minutes = branch.counts.loc[weekday == number, "minute"]
            assert minutes.between(start, end - 1).all()
        assert branch.counts["count"].sum() == pytest.approx(branch.rate.sum(), rel=0.01)

    def test_a_problem_holds_the_past_and_the_actual_holds_the_rest(self):
        branch = synthetic_branch(seed=3, days=40)
        problem = branch.problem(5, history_days=20)
        assert len(problem.days) == 25 and len(problem.horizon) == 5
        assert problem.history["date"].min() >= branch.days[15].date
        assert problem.history["date"].max() < problem.horizon[0]
        later = branch.counts[branch.counts["date"] >= problem.horizon[0]]
        assert branch.actual(5).sum() == later["count"].sum()

    def test_the_seed_is_the_branch(self):
        one, again, other = (synthetic_branch(seed=seed, days=10).counts for seed in (1, 1, 2))
        assert one.equals(again) and not one.equals(other)
