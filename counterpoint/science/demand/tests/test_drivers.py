"""The drivers of a day add up to its fitted customers, and find what was put into the data."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.demand import DayInfo, DemandProblem, Params, forecast, near_festivals
from counterpoint.science.demand.drivers import drivers_of
from counterpoint.science.demand.forecast import default_profile
from counterpoint.science.demand.grid import build
from counterpoint.science.demand.total import fit_total

FIRST = date(2026, 1, 5)
FEAST = (date(2026, 2, 17), date(2026, 4, 5))
QUICK = Params(paths=100, calibrate_weeks=0)


def question(rate, *, horizon=7, count=120, tags=lambda day: frozenset()):
    """`rate(day)` customers on every day of some months, all in four half hours, without chance."""
    days = tuple(
        DayInfo(day, ((540, 660),), "weekend" if day.weekday() >= 5 else "workday", tags(day))
        for day in (FIRST + timedelta(days=n) for n in range(count + horizon))
    )
    days = near_festivals(days, {"feast": FEAST}, reach=5)
    rows = [(day.date, 540 + 30 * k, round(rate(day) / 4)) for day in days[:count] for k in range(4)]
    history = pd.DataFrame(rows, columns=["date", "minute", "count"])
    return DemandProblem(history, days, [day.date for day in days[count:]])


def usual(_day):
    return 200.0


def test_every_day_adds_up_to_what_the_model_expects():
    def tags(day):
        return frozenset({"payday"} if day.day in (10, 25) else ())

    problem = question(lambda d: 160 + 40 * (d.date.weekday() == 0) + 80 * bool(d.tags), horizon=14, tags=tags)
    grid = build(problem, 400)
    asked = tuple(day for day in problem.days if day.date in set(problem.horizon))
    model = fit_total(grid, asked, QUICK, fallback=default_profile(problem), centre=None)
    found = drivers_of(grid, asked, model, np.array([0.1, *np.zeros(len(asked) - 1)]))
    added = np.log(found.usual) + sum(found.parts.values())
    assert found.parts["recent"][0] == 0.1
    added = added - found.parts["recent"]
    assert np.allclose(added, model.mean + np.log(model.profile.sum(axis=1)), atol=1e-9)


def test_a_payday_and_a_monday_are_found_with_their_size():
    def tags(day):
        return frozenset({"payday"} if day.day in (5, 10, 15, 20, 25) else ())

    def rate(day):
        return 200 * (1.5 if day.date.weekday() == 0 else 1) * (1.4 if day.tags else 1)

    found = forecast(question(rate, horizon=14, tags=tags), QUICK, seed=1).drivers
    days = [FIRST + timedelta(days=120 + n) for n in range(14)]
    for row, day in enumerate(days):
        assert found.parts["tag:payday"][row] > 0.15 if day.day in (5, 10, 15) else True
        assert bool(found.parts["weekday"][row] > 0.15) == (day.weekday() == 0)


def test_a_festival_counts_only_near_it():
    def rate(day):
        return 200 * (2 if day.festivals.get("feast", 99) in (-2, -1) else 1)

    problem = question(rate, count=87)  # the last day seen is 2 April, three days before the second feast
    found = forecast(problem, QUICK, seed=1).drivers
    before, later = found.parts["festival:feast"][:2], found.parts["festival:feast"][-1]
    assert before[1] > 0.15 and abs(later) < before[1] / 3


def test_a_shorter_day_is_told_as_hours():
    problem = question(usual)
    days = [replace(d, open=((540, 600),)) if d.date == problem.horizon[2] else d for d in problem.days]
    found = forecast(replace(problem, days=days), QUICK, seed=1).drivers
    assert found.parts["hours"][2] == pytest.approx(np.log(0.5), abs=0.05)
    assert abs(found.parts["hours"][1]) < 0.02


def test_the_usual_day_is_the_level_of_the_last_weeks():
    found = forecast(question(usual), QUICK, seed=1).drivers
    assert found.usual == pytest.approx(200, rel=0.02)


def test_without_history_there_is_nothing_to_explain():
    problem = question(usual)
    assert forecast(replace(problem, history=problem.history.iloc[:0]), QUICK, seed=1).drivers is None
