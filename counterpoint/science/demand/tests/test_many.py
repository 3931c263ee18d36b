"""Many series by one call: the same numbers as one by one, and one that fails harms no other."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from counterpoint.science import fanout
from counterpoint.science.demand import (
    DayInfo,
    DemandInputError,
    DemandProblem,
    Outage,
    Params,
    Series,
    forecast,
    forecast_many,
    many,
    near_festivals,
    synthetic_branch,
)
from counterpoint.science.demand.many import pack, unpack

QUICK = Params(paths=100, calibrate_weeks=0)
HERE = fanout.Local(1)


def series(number):
    return Series(f"b{number}", synthetic_branch(seed=number, days=50).problem(7), number, QUICK)


def test_the_numbers_are_those_of_one_by_one():
    found = forecast_many((series(n) for n in range(3)), HERE)
    for number in range(3):
        alone = forecast(series(number).problem, QUICK, seed=number)
        both = np.concatenate([alone.total_mean[None], alone.total_quantile])
        assert found.total[f"b{number}"] == pytest.approx(both, rel=1e-6)
    assert found.to_frame().shape == (3, 7)
    assert found.summary()["series"] == 3
    assert found.summary()["expected"] == pytest.approx(found.to_frame().to_numpy().sum())


def test_a_series_that_cannot_be_forecast_is_named_and_harms_no_other():
    bad = series(1)
    wrong = bad.problem.history.assign(minute=9999)
    found = forecast_many([series(0), replace(bad, problem=replace(bad.problem, history=wrong))], HERE)
    assert list(found.total) == ["b0"]
    assert "minute" in found.failed["b1"]


def test_a_name_twice_is_refused():
    with pytest.raises(DemandInputError, match="'b1'"):
        forecast_many([series(1), series(1)], HERE)


def test_everything_a_problem_holds_survives_the_way():
    given = series(1).problem
    first = given.days[0].date
    days = [DayInfo(d.date, d.open, d.kind, d.tags, {"rain": 1.5}, frozenset({"cash"})) for d in given.days]
    whole = DemandProblem(
        given.history, near_festivals(days, {"spring": (first,)}), given.horizon, 30, (Outage(first, 540, 600),), 0.05,
        120.0, {"cash": 1.0}, {540: 2.0},
    )  # fmt: skip
    back = unpack(pack(Series("b", whole, 3, replace(QUICK, quantiles=(0.05, 0.5))))).problem
    assert list(back.days) == list(whole.days)
    for name in ("horizon", "interval", "outages", "balk_share", "default_daily", "default_shares", "default_profile"):
        assert getattr(back, name) == getattr(whole, name)
    assert back.history["count"].tolist() == whole.history["count"].tolist()


def test_a_series_of_another_release_is_refused_and_the_answer_names_it(monkeypatch):
    packed = pack(series(1))
    with monkeypatch.context() as patch:
        patch.setattr(many, "release", lambda: "ffffffff")
        with pytest.raises(fanout.FanoutError, match="same release"):
            unpack(packed)
        other = pack(series(1))
    monkeypatch.setattr(many, "pack", lambda one: other)
    found = forecast_many([series(1)], HERE)
    assert not found.total and "same release" in found.failed["b1"]


def test_a_day_that_cannot_be_read_fails_its_own_series_only():
    bad = series(1)
    wrong = bad.problem.history.astype({"date": object})
    wrong.loc[3, "date"] = "someday"
    found = forecast_many([series(0), replace(bad, problem=replace(bad.problem, history=wrong))], HERE)
    assert list(found.total) == ["b0"] and "date" in found.failed["b1"]


def test_shares_of_balking_by_the_minute_cannot_travel():
    given = series(1).problem
    frame = pd.DataFrame({"date": [given.horizon[0] - timedelta(days=9)], "minute": [540], "balk_share": [0.1]})
    with pytest.raises(DemandInputError, match="one number"):
        pack(Series("b", replace(given, balk_share=frame), 1))
