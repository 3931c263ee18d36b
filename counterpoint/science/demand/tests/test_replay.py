"""Past days forecast again: against a fit of the shorter history, and without a look at what came later."""

from dataclasses import replace

import numpy as np
import pytest

from counterpoint.science.demand import Params, daylevel, synthetic_branch
from counterpoint.science.demand.forecast import default_profile
from counterpoint.science.demand.grid import build
from counterpoint.science.demand.replay import ENOUGH_DAYS, replay
from counterpoint.science.demand.total import fit_total

BRANCH = synthetic_branch(seed=4, days=104)


def fitted(problem, params=None):
    grid = build(problem, 400)
    asked = tuple(day for day in problem.days if day.date in set(problem.horizon))
    return grid, fit_total(grid, asked, params or Params(), fallback=default_profile(problem), centre=None)


GRID, MODEL = fitted(BRANCH.problem(14))


class TestDays:
    def test_the_leading_block_forecasts_as_a_fit_of_the_first_days_does(self):
        """Same variances: the short history fitted anew against the long one read from its factor."""
        asked = GRID.days[69:76]
        alone = fit_total(
            GRID.between(0, 69), asked, Params(), fallback=default_profile(BRANCH.problem(14)), centre=None,
            variances=MODEL.variances,
        )  # fmt: skip
        mean, cov = MODEL.past.ahead(69, np.arange(69, 76))
        assert mean == pytest.approx(alone.mean, abs=0.02)
        assert np.sqrt(np.diag(cov)) == pytest.approx(np.sqrt(np.diag(alone.cov)), rel=0.05)
        shape = MODEL.shape_at(69, np.arange(69, 76))
        assert shape.sum(axis=1) == pytest.approx(alone.profile.sum(axis=1), rel=0.02)

    def test_it_is_textbook_conditioning(self):
        past = MODEL.past
        seen, rows = np.flatnonzero(past.known[:50]), np.arange(50, 57)
        inverse = np.linalg.inv((past.root @ past.root.T)[: len(seen), : len(seen)])
        gain = past.smooth[np.ix_(rows, seen)] @ inverse
        mean, cov = past.ahead(50, rows)
        assert mean == pytest.approx(past.centre + gain @ past.response[: len(seen)])
        prior = past.smooth[np.ix_(rows, rows)] + past.variances[-1] * np.eye(7)
        assert cov == pytest.approx(prior - gain @ past.smooth[np.ix_(seen, rows)])

    def test_before_the_first_day_the_prior_speaks(self):
        mean, cov = MODEL.past.ahead(0, np.arange(3))
        assert mean.tolist() == [MODEL.past.centre] * 3
        assert cov == pytest.approx(MODEL.past.smooth[:3, :3] + MODEL.past.variances[-1] * np.eye(3))


class TestUsual:
    def test_it_is_the_mean_of_the_last_days_of_the_weekday(self):
        """Without any occasional effect nothing is adjusted."""
        still = MODEL.past.variances.copy()
        still[list(daylevel.OCCASIONAL)] = 0.0
        past = replace(MODEL.past, variances=still)
        mondays = np.array([row for row, day in enumerate(GRID.days[:70]) if day.date.weekday() == 0])
        found = past.usual(70, np.array([70]), (4, 100))[:, 0]  # day 70 is a Monday
        assert found == pytest.approx(
            [past.centre + past.response[mondays][-4:].mean(), past.centre + past.response[mondays].mean()]
        )

    def test_a_label_seen_less_than_three_times_says_nothing(self):
        assert np.isnan(MODEL.past.usual(14, np.array([14]), (4,))).all()
        assert np.isfinite(MODEL.past.usual(21, np.array([21]), (4,))).all()
        assert np.isnan(MODEL.past.usual(0, np.array([21]), (4,))).all()


class TestReplay:
    def test_every_day_of_the_last_weeks_is_forecast_once_from_the_week_before(self):
        past = replay(GRID, MODEL, 3, 7)
        assert sorted(past.row) == list(range(len(GRID.days) - 21, len(GRID.days)))
        assert set(past.ahead) == set(range(1, 8))
        assert past.weeks == 3

    def test_longer_horizons_reach_further_back_for_the_same_days(self):
        past = replay(GRID, MODEL, 3, 14)
        assert past.weeks == 4 and past.row.min() == len(GRID.days) - 21
        assert past.ahead.max() == 14

    def test_too_little_history_is_none(self):
        assert replay(GRID.between(0, ENOUGH_DAYS + 6), MODEL, 3, 7) is None
        assert replay(GRID, MODEL, 0, 7) is None

    def test_what_comes_later_changes_nothing_but_the_variances(self):
        """The last week doubled: forecasts of the weeks before are those of the calm history within a hair."""
        problem = BRANCH.problem(14)
        last = sorted(set(problem.history["date"]))[-7:]
        loud = problem.history.assign(
            count=problem.history["count"].where(~problem.history["date"].isin(last), problem.history["count"] * 2)
        )
        grid, model = fitted(replace(problem, history=loud))
        model = replace(model, past=replace(model.past, variances=MODEL.past.variances))
        calm, rough = replay(GRID, MODEL, 3, 7), replay(grid, model, 3, 7)
        early = calm.row < len(GRID.days) - 7
        assert rough.mean[early] == pytest.approx(calm.mean[early], abs=0.06)
        assert rough.actual[~early].sum() == pytest.approx(2 * calm.actual[~early].sum())
