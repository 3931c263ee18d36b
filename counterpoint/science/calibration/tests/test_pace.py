"""Whether people work faster when tickets wait: planted and found, not planted and not found."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from counterpoint.science import twin
from counterpoint.science.calibration import calibrate, simulated_log, waiting_at_call

PLANTED = (0.9, 0.9, 1.0, 1.0, 1.2, 1.2, 1.4)


def log_of(pace, days=30):
    model = twin.BranchModel(
        (twin.Service("cash", twin.Duration(5.0, 0.5)),), tuple(twin.Counter(f"K{i}", ("cash",)) for i in range(3)),
        patience=twin.Duration(60.0, 0.5), balking=None, pace=pace,
    )  # fmt: skip
    staffing = twin.one_person_a_counter(model)
    return model, simulated_log(model, staffing, np.full((1, 16), 17.5), days, first=date(2026, 3, 2), seed=3)


@pytest.fixture(scope="module")
def planted():
    return log_of(PLANTED)


def test_a_planted_pace_is_found(planted):
    model, log = planted
    found = calibrate(log, seed=1).pace
    assert found.used and sum(found.tickets) > 7000
    mean = found.speeds[0] / PLANTED[0]  # speeds are told against the mean of the log
    for n, speed in enumerate(PLANTED):
        assert found.speeds[n] / mean == pytest.approx(speed, rel=0.07)
        low, high = found.intervals[n]
        assert low < found.speeds[n] < high
    assert found.speeds[-1] > found.speeds[0] * 1.3
    applied = calibrate(log, seed=1).apply(model)
    assert applied.pace == found.speeds


def test_where_there_is_none_the_twin_keeps_one_pace():
    model, log = log_of((), days=20)
    found = calibrate(log, seed=1)
    assert not found.pace.used and found.apply(model).pace == ()
    assert all(0.9 < speed < 1.1 for speed in found.pace.speeds)
    assert found.origins(model)["pace"] == "default"


def test_the_order_of_rows_changes_nothing(planted):
    _, log = planted
    frame = log.frame.sample(frac=1.0, random_state=5)
    shuffled = type(log)(frame.reset_index(drop=True), log.issues)
    assert calibrate(shuffled, seed=1).pace == calibrate(log, seed=1).pace


def test_who_waits_at_a_call_worked_out_by_hand():
    rows = [  # arrived, called, left; the second walks out at 6
        (0.0, 0.0, np.nan), (1.0, np.nan, 6.0), (2.0, 5.0, np.nan), (3.0, 8.0, np.nan), (8.0, 8.0, np.nan),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["arrived", "called", "left"]).assign(day=date(2026, 3, 2))
    table["until"] = table["called"].fillna(table["left"])
    # 0: nobody; the third at 5: the second and the fourth wait; at 8 the last two are called together, nobody else
    assert waiting_at_call(table).tolist() == [0, -1, 2, 0, 0]


def test_days_do_not_see_each_other():
    one = pd.DataFrame({"arrived": [0.0, 1.0], "called": [0.0, 9.0], "left": np.nan, "day": date(2026, 3, 2)})
    other = one.assign(day=date(2026, 3, 3))
    table = pd.concat([one, other], ignore_index=True).assign(until=lambda t: t["called"])
    assert waiting_at_call(table).tolist() == [0, 0, 0, 0]


def test_a_handful_of_tickets_says_nothing():
    _, log = log_of(PLANTED, days=1)
    few = type(log)(log.frame.iloc[:20], log.issues)
    assert calibrate(few, seed=1).pace.speeds == ()
