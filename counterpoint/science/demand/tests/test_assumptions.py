"""What a forecast takes for granted is said in words, from the first day on which it is true."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from counterpoint.science.demand import DayInfo, DemandProblem, Params, forecast, plain_days

MONDAY = date(2026, 1, 5)
QUICK = Params(calibrate_weeks=0, paths=20)
HOURS = dict.fromkeys(range(7), ((540, 600),))


def said(recorded, *, ahead=1, day=None, tags=None, **changes):
    """Assumptions by code after ``recorded`` days of twenty customers."""
    days = plain_days(MONDAY, recorded + ahead, hours=HOURS, tags=tags)
    days = (*days[:-1], day(days[-1])) if day else days
    history = pd.DataFrame({"date": [d.date for d in days[:recorded]], "minute": 540, "count": 20})
    horizon = tuple(d.date for d in days[recorded:])
    result = forecast(DemandProblem(history, days, horizon, **changes), QUICK, seed=1)
    return {one.code: one.text for one in result.assumptions}


@pytest.mark.parametrize(
    ("recorded", "code"), [(0, "no_history"), (1, "short_history"), (13, "short_history"), (14, None)]
)
def test_a_history_is_none_short_or_long_enough(recorded, code):
    found = said(recorded)
    assert {"no_history", "short_history"} & set(found) == ({code} if code else set())
    if code == "short_history":
        assert found[code].startswith(f"Only {recorded} usable days")


@pytest.mark.parametrize(
    ("daily", "words"),
    [
        (None, "200 customers on a usual day is assumed (a placeholder, not a measurement)."),
        (320.0, "320 customers on a usual day is assumed (given by the branch)."),
    ],
)
def test_the_level_without_history_says_where_it_is_from(daily, words):
    found = said(0, default_daily=daily)
    assert found["no_history"] == f"No usable history: {words}"
    assert "few_same_days" not in found  # said already


@pytest.mark.parametrize(("recorded", "told"), [(13, True), (14, False)])
def test_default_tables_are_named_while_they_matter(recorded, told):
    found = said(recorded, default_shares={"all": 1.0}, default_profile={540: 1.0})
    assert ("default_shares" in found) == ("default_profile" in found) == told
    assert not {"default_shares", "default_profile"} & set(said(recorded))


def test_eight_earlier_days_of_a_kind_are_enough():
    assert said(7 * 7)["few_same_days"].endswith("Mon (7); pulled to the average.")
    assert "few_same_days" not in said(7 * 8)


def test_rare_kinds_are_named_by_what_they_are():
    found = said(60, day=lambda one: replace(one, kind="makeup"))
    assert "makeup (0)" in found["few_same_days"]
    assert "few_same_days" not in said(60, day=lambda one: DayInfo(one.date, (), "closed"))


def test_a_tag_without_an_earlier_day_is_told_and_a_known_one_is_not():
    last = MONDAY + timedelta(days=60)
    new = said(60, tags={last: frozenset({"payday", "eclipse"}), MONDAY: frozenset({"payday"})})
    assert new["unseen_tags"].startswith("No earlier day with eclipse:")
    assert "unseen_tags" not in said(60, tags={last: frozenset({"payday"}), MONDAY: frozenset({"payday"})})


def test_customers_who_turned_away_are_mentioned_one_way_or_the_other():
    assert "balking_unseen" in said(20) and "balking" not in said(20)
    known = said(20, balk_share=0.0)
    assert "balking" in known and "balking_unseen" not in known


def test_the_width_is_uncalibrated_until_a_week_can_be_forecast_again():
    days = plain_days(MONDAY, 36, hours=HOURS)
    history = pd.DataFrame({"date": [d.date for d in days[:35]], "minute": 540, "count": 20})
    checked = Params(calibrate_weeks=2, paths=20)
    long = forecast(DemandProblem(history, days, (days[-1].date,)), checked, seed=1)
    short = forecast(DemandProblem(history, days[1:], (days[-1].date,)), checked, seed=1)
    assert long.calibration.days == 7  # 35 days: one week after the 28 that are needed
    assert "uncalibrated" not in {one.code for one in long.assumptions}
    assert short.calibration.days == 0
    assert "uncalibrated" in {one.code for one in short.assumptions}
