"""What a demand problem may hold, and the sentence that says why something may not."""

import math
from datetime import date, timedelta

import pandas as pd
import pytest

from counterpoint.science.demand import DayInfo, DemandInputError, DemandProblem, Outage, Params, plain_days

MONDAY = date(2026, 1, 5)
WEEK = plain_days(MONDAY, 7, hours=dict.fromkeys(range(5), ((540, 1020),)))


def problem(**changes):
    return DemandProblem(**{"history": pd.DataFrame(), "days": WEEK, "horizon": (MONDAY,)} | changes)


@pytest.mark.parametrize(
    ("opening", "allowed"),
    [
        ((), True),
        (((0, 1440),), True),  # around the clock
        (((540, 720), (780, 1020)), True),  # closed at noon
        (((540, 540),), False),
        (((1020, 540),), False),
        (((-1, 540),), False),
        (((540, 1441),), False),
        (((540, 720), (780, 1500)), False),
    ],
)
def test_opening_hours_lie_within_the_day(opening, allowed):
    if allowed:
        assert DayInfo(MONDAY, opening).is_open == bool(opening)
    else:
        with pytest.raises(DemandInputError, match=r"2026-01-05: open interval .* must lie within 0-1440 minutes"):
            DayInfo(MONDAY, opening)


@pytest.mark.parametrize(
    ("start", "end", "allowed"),
    [(0, 1440, True), (540, 541, True), (600, 600, False), (700, 600, False), (-30, 60, False), (600, 1441, False)],
)
def test_an_outage_has_a_beginning_before_its_end(start, end, allowed):
    if allowed:
        assert Outage(MONDAY, start, end).start == start
    else:
        with pytest.raises(DemandInputError, match="2026-01-05: outage"):
            Outage(MONDAY, start, end)


def test_a_day_of_an_unknown_kind_is_refused_and_a_closed_one_is_closed_whatever_its_hours():
    with pytest.raises(DemandInputError, match="'sunday' is unknown; use one of workday, weekend, holiday, makeup"):
        DayInfo(MONDAY, (), "sunday")
    assert not DayInfo(MONDAY, ((540, 1020),), "closed").is_open
    assert DayInfo(MONDAY, ((540, 1020),), "holiday").is_open


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"interval": 45}, "interval 45 is not supported"),
        ({"interval": 0}, "interval 0 is not supported"),
        ({"horizon": ()}, "horizon is empty"),
        ({"days": (*WEEK, WEEK[0])}, "the same date twice"),
        ({"horizon": (MONDAY, MONDAY + timedelta(days=7))}, "no DayInfo for 2026-01-12"),
        ({"default_daily": -1.0}, "default_daily must be 0 or more customers, not -1.0"),
        ({"default_daily": math.nan}, "default_daily"),
        ({"default_daily": math.inf}, "default_daily"),
        ({"default_profile": {1440: 1.0}}, "minutes 0-1439 to weights, not 1440 to 1.0"),
        ({"default_profile": {-30: 1.0}}, "default_profile"),
        ({"default_profile": {600: -1.0}}, "default_profile"),
        ({"default_profile": {600: math.nan}}, "default_profile"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(changes, said):
    with pytest.raises(DemandInputError, match=said):
        problem(**changes)


@pytest.mark.parametrize("interval", [5, 6, 10, 15, 20, 30, 60])
def test_every_supported_interval_divides_the_hour(interval):
    assert 60 % problem(interval=interval).interval == 0


@pytest.mark.parametrize("levels", [(), (0.0, 0.5), (0.5, 1.0), (-0.1,), (math.nan,)])
def test_quantiles_lie_strictly_inside(levels):
    with pytest.raises(DemandInputError, match="strictly between 0 and 1"):
        Params(quantiles=levels)


@pytest.mark.parametrize("paths", [0, -5])
def test_a_forecast_needs_a_path(paths):
    with pytest.raises(DemandInputError, match="paths must be 1 or more"):
        Params(paths=paths)


class TestPlainDays:
    hours = dict.fromkeys(range(5), ((540, 1020),)) | {5: ((570, 960),)}

    def test_each_weekday_has_its_hours_and_one_without_hours_is_closed(self):
        days = plain_days(MONDAY, 8, hours=self.hours)
        assert [day.date for day in days] == [MONDAY + timedelta(days=n) for n in range(8)]
        assert [day.kind for day in days] == ["workday"] * 5 + ["weekend", "closed", "workday"]
        assert [day.open for day in days] == [((540, 1020),)] * 5 + [((570, 960),), (), ((540, 1020),)]

    def test_a_holiday_is_shut_and_called_so_even_on_a_weekday(self):
        days = plain_days(MONDAY, 2, hours=self.hours, holidays=[MONDAY])
        assert (days[0].kind, days[0].open, days[0].is_open) == ("holiday", (), False)
        assert days[1].kind == "workday"

    def test_another_week_may_rest_on_other_days(self):
        days = plain_days(MONDAY, 7, hours=dict.fromkeys(range(7), ((0, 60),)), weekend=(4,))
        assert [day.kind for day in days].index("weekend") == 4
        assert sum(day.kind == "weekend" for day in days) == 1

    def test_tags_stand_on_their_dates_across_a_month_end_and_a_leap_day(self):
        leap = date(2028, 2, 29)
        days = plain_days(date(2028, 2, 28), 3, hours=self.hours, tags={leap: frozenset({"month_end"})})
        assert [day.date.day for day in days] == [28, 29, 1]
        assert [sorted(day.tags) for day in days] == [[], ["month_end"], []]
