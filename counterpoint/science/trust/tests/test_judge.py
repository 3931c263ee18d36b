"""The gate opens for the twin that lived the days, and for no sabotaged one."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.calibration import calibrate, restrict, tickets
from counterpoint.science.calibration.tests.branches import branch, known_log, slower
from counterpoint.science.history import TicketLog
from counterpoint.science.trust import GATE, Gate, TrustError, Verdict, judge
from counterpoint.science.trust.judge import upper

QUICK = replace(GATE, replications=20, resamples=300)
LOG = 44
DAYS = sorted(set(tickets(known_log(6))["day"]))


def parts(days=LOG, crowd=1.15):
    log = known_log(days, crowd=crowd)
    every = sorted(set(tickets(log)["day"]))
    return log, every[: len(every) // 2], every[len(every) // 2 :]


@pytest.fixture(scope="module")
def found():
    log, early, _ = parts()
    return calibrate(log, days=early, seed=1)


@pytest.fixture(scope="module")
def fair(found):
    log, _, late = parts()
    return judge(found.apply(branch()), found, log, late, gate=QUICK, seed=2)


def judged(found, model=None, log=None, **more):
    own, _, late = parts()
    return judge(model or found.apply(branch()), found, log or own, late, gate=QUICK, seed=2, **more)


def test_thresholds_are_those_registered():
    """Changing one needs a new version and date, and this test to say so."""
    assert GATE.to_dict() == {
        "version": "1", "registered": "2026-11-28", "median": 0.20, "p90": 0.30, "mean": 0.20, "walkout": 0.03,
        "unexplained": 0.02, "out_of_order": 0.01, "confidence": 0.95, "min_days": 5, "min_queued": 200,
        "min_called": 100, "queued_seconds": 5.0, "turnaround_seconds": 30.0, "absence_minutes": 5.0, "passed_over": 3,
        "replications": 100, "resamples": 1000,
    }  # fmt: skip
    with pytest.raises(AttributeError):
        GATE.median = 0.5


def test_the_twin_that_lived_the_days_passes(fair):
    assert fair.status == "passed", fair.to_frame()
    assert fair.calibrated
    assert fair.to_frame()["passed"].all()
    assert abs(fair.to_frame().loc["mean", "value"]) < 0.1
    assert fair.reason == "Every threshold is kept."


def test_service_a_third_slower_fails(found):
    answer = judged(found, slower(found.apply(branch()), 1.3))
    assert answer.status == "failed"
    assert not answer.calibrated
    table = answer.to_frame()
    assert not table.loc[["median", "p90", "mean"], "passed"].any()
    assert table.loc["mean", "value"] > 0.3
    assert "median wait" in answer.reason


def test_service_a_third_faster_fails_as_well(found):
    table = judged(found, slower(found.apply(branch()), 0.75)).to_frame()
    assert table.loc["mean", "value"] < -0.2
    assert not table.loc["mean", "passed"]


def test_customers_who_leave_too_soon_fail_by_the_walkouts(found):
    model = found.apply(branch())
    hasty = replace(model, patience=replace(model.patience, mean=model.patience.mean / 5))
    table = judged(found, hasty).to_frame()
    assert not table.loc["walkout", "passed"]
    assert table.loc["walkout", "value"] > 0.03


def test_customers_who_never_leave_fail_by_the_walkouts_too(found):
    table = judged(found, replace(found.apply(branch()), patience=None)).to_frame()
    assert table.loc["walkout", "value"] < -0.03
    assert not table.loc["walkout", "passed"]


def test_a_server_missing_from_the_trace_fails(found):
    log, _, _ = parts()
    frame = log.frame.copy()
    frame.loc[frame["server"] == "K5", "server"] = None
    answer = judged(found, log=TicketLog(frame, log.issues))
    assert answer.status == "failed"
    assert answer.to_frame().loc["mean", "value"] > 0.3


def test_minutes_that_nobody_can_explain_fail(found):
    """Every second ticket arrived four minutes earlier than it could have been called: somebody sat idle."""
    log, _, _ = parts()
    frame = log.frame.copy()
    frame.loc[frame.index[::2], "arrived"] -= pd.Timedelta(minutes=4)
    table = judged(found, log=TicketLog(frame, log.issues)).to_frame()
    assert table.loc["unexplained", "value"] > 0.02
    assert not table.loc["unexplained", "passed"]


def test_a_log_out_of_order_fails(found):
    log, _, late = parts()
    rows = log.frame.index[log.frame["arrived"].dt.date.isin(set(late))][::10]
    issues = pd.DataFrame(
        {
            "row": rows,
            "column": "called",
            "value": "",
            "code": "negative_duration",
            "severity": "warning",
            "message": "",
        }
    )
    table = judged(found, log=TicketLog(log.frame, pd.concat([log.issues, issues], ignore_index=True))).to_frame()
    assert table.loc["out_of_order", "value"] > 0.01
    assert not table.loc["out_of_order", "passed"]


def test_an_outage_is_set_aside_on_both_sides_and_counted(found, fair):
    log, _, late = parts()
    frame = log.frame.copy()
    noon = pd.Timestamp(late[0]) + pd.Timedelta(hours=12)
    rows = pd.DataFrame(
        {"branch": "simulated", "ticket": [f"x{i}" for i in range(200)], "service": "cash", "tier": "normal",
         "arrived": noon, "left": noon, "outcome": "abandoned"}
    )  # fmt: skip
    answer = judged(found, log=TicketLog(pd.concat([frame, rows], ignore_index=True), log.issues))
    that_half_hour = frame["arrived"].between(noon, noon + pd.Timedelta(minutes=30), inclusive="left").sum()
    assert answer.set_aside == 200 + that_half_hour
    assert answer.status == "passed"
    assert fair.set_aside == 0


def test_too_few_days_are_not_judged(found):
    log, _, late = parts()
    answer = judge(found.apply(branch()), found, log, late[:4], gate=QUICK, seed=2)
    assert answer.status == "not_judged"
    assert not answer.calibrated
    assert answer.reason == "Not judged: 4 held-out days, 5 are needed."
    assert answer.to_frame()["passed"].isna().all()
    assert np.isfinite(answer.to_frame()["value"]).all(), "the figures are told all the same"


def test_too_few_waits_are_not_judged():
    log = known_log(16, crowd=0.2)
    every = sorted(set(tickets(log)["day"]))
    found = calibrate(log, days=every[:8], seed=1)
    answer = judge(found.apply(branch()), found, log, gate=QUICK, seed=2)
    assert answer.status == "not_judged"
    assert "tickets that queued" in answer.reason


def test_days_without_any_server_are_not_judged(found):
    log, _, _ = parts()
    answer = judged(found, log=TicketLog(log.frame.assign(server=None), log.issues))
    assert (answer.status, answer.reason) == ("not_judged", "No server is known on any of these days.")
    assert Verdict.from_json(answer.to_json()).status == "not_judged"


def test_peeking_is_refused(found):
    log, early, late = parts()
    with pytest.raises(TrustError, match=str(early[3])):
        judge(found.apply(branch()), found, log, [early[3], *late], gate=QUICK, seed=2)
    with pytest.raises(TrustError, match="no usable ticket"):
        judge(found.apply(branch()), found, log, [date(2020, 1, 1)], gate=QUICK, seed=2)
    with pytest.raises(TrustError, match="no usable ticket"):
        judge(found.apply(branch()), found, restrict(log, early), gate=QUICK, seed=2)


def test_without_days_all_that_the_calibration_never_saw_are_judged(found, fair):
    log, _, late = parts()
    answer = judge(found.apply(branch()), found, log, gate=QUICK, seed=2)
    assert answer.judged_on == tuple(late)
    assert answer.to_json() == fair.to_json(), "same input and seed, same verdict"


def test_another_seed_gives_other_figures(found, fair):
    log, _, late = parts()
    other = judge(found.apply(branch()), found, log, late, gate=QUICK, seed=3)
    assert other.to_frame().loc["mean", "value"] != fair.to_frame().loc["mean", "value"]


def test_it_can_be_stored_and_read_again(fair):
    text = fair.to_json()
    json.loads(text, parse_constant=pytest.fail)
    again = Verdict.from_json(text)
    assert again.to_json() == text
    assert again.criteria[0] == fair.criteria[0]
    assert again.gate == Gate(**QUICK.to_dict())
    assert again.judged_on == fair.judged_on
    assert list(again.half_hours["day"].unique()) == list(fair.judged_on)


def test_each_criterion_says_its_figures_in_a_sentence(fair):
    table = fair.to_frame()
    assert list(table.index) == ["median", "p90", "mean", "walkout", "unexplained", "out_of_order"]
    assert f"{table.loc['median', 'logged']:.2f} min" in table.loc["median", "sentence"]
    assert "allowed are 20%" in table.loc["median", "sentence"]
    assert "allowed are 3 points" in table.loc["walkout", "sentence"]
    assert fair.summary()["p90_passed"] is True


def test_the_bound_of_a_wait_is_never_below_its_own_error_by_much(fair):
    rows = fair.to_frame().loc[["median", "p90", "mean"]]
    assert (rows["bound"] >= rows["value"].abs() * 0.9).all()


def test_pictures_hold_log_and_twin_of_every_day(fair):
    _, _, late = parts()
    assert set(fair.cdf["day"]) == set(late)
    inside = (fair.cdf["logged"] >= fair.cdf["low"]) & (fair.cdf["logged"] <= fair.cdf["high"])
    assert inside.mean() > 0.6, "a true twin's band holds most of the logged curve"
    assert fair.half_hours["tickets"].sum() == fair.by_day["tickets"].sum()


def test_an_error_that_cannot_be_computed_has_no_bound():
    assert upper(np.array([0.1, np.nan]), 0.95) == np.inf
    assert upper(np.array([-0.3, 0.1]), 1.0) == pytest.approx(0.3)
