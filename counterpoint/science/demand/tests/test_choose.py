"""The choice of a model: the best of past forecasts, the own one in doubt, and never by what comes later."""

from dataclasses import replace
from datetime import date
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.demand import DemandProblem, Params, forecast, nowcast, plain_days
from counterpoint.science.demand import choose as module
from counterpoint.science.demand.choose import CANDIDATES, LEAST_DAYS, OWN, Choice, choose, moved, shifts
from counterpoint.science.demand.replay import replay
from counterpoint.science.demand.tests.test_replay import BRANCH, GRID, MODEL

PAST = replay(GRID, MODEL, 6, 7)
QUICK = Params(paths=100, calibrate_weeks=5)


def told(past):
    """Past days whose truth is known to the test: `past` with these counts as what came."""
    return replace(PAST, actual=past.expected)


@pytest.mark.parametrize("name", sorted(CANDIDATES))
def test_the_candidate_that_was_right_is_taken(name):
    """What came is what this candidate would have said, pushed far enough from the others to be told apart."""
    far = {one: 8 * shift for one, shift in shifts(PAST, MODEL.past).items()}
    truth = replace(PAST, mean=PAST.mean + far[name])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "shifts", lambda past, days: far)
        found = choose(told(truth), MODEL.past)
    assert found.name == name
    assert found.scores[name] == pytest.approx(0.0, abs=1e-9)
    assert found.days == len(PAST.row)


def test_the_own_model_stays_when_it_was_right_or_nearly():
    assert choose(told(PAST), MODEL.past).name == OWN
    close = choose(PAST, MODEL.past)
    best = min(close.scores, key=close.scores.get)
    assert (close.name == OWN) == (close.scores[best] >= close.scores[OWN] * (1 - module.MARGIN))


def test_the_scores_are_sums_of_absolute_errors_of_whole_days():
    found = choose(PAST, MODEL.past)
    assert set(found.scores) == {OWN, *CANDIDATES}
    came = (PAST.actual * PAST.use).sum(axis=1)
    for name in found.scores:
        error = np.abs(moved(PAST, name, MODEL.past).expected.sum(axis=1) - came).sum()
        assert found.scores[name] == pytest.approx(error / came.sum())


def test_a_mix_lies_half_way():
    found = shifts(PAST, MODEL.past)
    assert found["own_and_last_4"] == pytest.approx(found["last_4"] / 2)


def test_few_past_days_leave_the_own_model():
    few = replay(GRID, MODEL, 3, 7)
    assert len(few.row) < LEAST_DAYS
    assert choose(few, MODEL.past) == choose(None, MODEL.past) == Choice()


def moving_branch():
    """A branch whose weekdays wander for themselves: the model's slow common level suits it badly."""
    rng = np.random.default_rng(3)
    days = plain_days(date(2026, 1, 5), 190, hours=dict.fromkeys(range(7), ((540, 600),)))
    level = 200 * np.exp(np.cumsum(rng.normal(0, 0.25, (28, 7)), axis=0)).ravel()[:190]
    rows = [(day.date, 540 + 30 * k, int(n / 2)) for day, n in zip(days, level, strict=True) for k in range(2)]
    return pd.DataFrame(rows, columns=["date", "minute", "count"]), days


def test_the_forecast_says_what_was_taken_and_why_and_the_running_day_keeps_it():
    history, days = moving_branch()
    problem = DemandProblem(history, days, tuple(day.date for day in days[183:]))
    found = forecast(problem, QUICK, seed=1)
    assert found.choice.scores[found.choice.name] <= found.choice.scores[OWN]
    assert found.summary()["model"] == found.choice.name
    assert set(found.summary()["scores"]) == {OWN, *CANDIDATES}
    today = history[history["date"] == days[183].date].head(1)
    assert nowcast(found, today, day=days[183].date, at=570, seed=2).choice == found.choice


def test_another_model_moves_the_days_and_only_their_level():
    problem = BRANCH.problem(7)
    own = forecast(problem, replace(QUICK, choose=False), seed=1)
    assert own.choice == Choice()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            import_module("counterpoint.science.demand.forecast"), "choose", lambda past, days: Choice("last_4")
        )
        other = forecast(problem, QUICK, seed=1)
    day = other.latent.day
    away = other.latent.mean - own.latent.mean
    assert all(np.ptp(away[day == row]) < 1e-3 + 0.05 * abs(away[day == row]).max() for row in range(7))
    assert np.abs(away).max() > 0.005


def test_what_came_after_the_origin_has_no_part_in_the_choice():
    history, days = moving_branch()
    horizon = tuple(day.date for day in days[176:183])
    some = DemandProblem(history[history["date"] < horizon[0]], days, horizon)
    assert forecast(replace(some, history=history), QUICK, seed=1).choice == forecast(some, QUICK, seed=1).choice
