"""Today's arrivals are set beside the same weekday of earlier weeks, as far as the day has come."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from counterpoint.foundation.api import calendar
from counterpoint.role.flow import beside
from counterpoint.role.today import Today

ZONE = ZoneInfo("Asia/Shanghai")


def today(hour, minute=0):
    def at(hours, minutes=0):
        return datetime(2026, 11, 23, hours, minutes, tzinfo=ZONE)

    span = ((at(9), at(17)),)
    return Today(date(2026, 11, 23), calendar.DayKind.WORKDAY, "", False, (), span, at(hour, minute))


def test_usual_counts_only_as_far_as_the_day_has_come():
    past = [{540: 10, 570: 20, 600: 30}] * 4
    found = beside(today(10), {540: 12, 570: 24}, past)
    assert found.usual == 30 and found.came == 36
    assert found.change == pytest.approx(0.2)


def test_the_running_half_hour_counts_in_part():
    assert beside(today(9, 15), {540: 9}, [{540: 10}] * 3).usual == pytest.approx(5.0)


def test_two_earlier_days_are_too_few_to_say_what_is_usual():
    found = beside(today(10), {540: 12}, [{540: 10}] * 2)
    assert found.usual is None and found.change is None and found.days == 2


def test_a_branch_without_a_past_shows_today_alone():
    found = beside(today(10), {540: 12}, [])
    assert found.change is None
    assert {hour.expected for hour in found.plan.hours} == {None}
    assert next(hour for hour in found.plan.hours if hour.minute == 630).came is None


def test_the_panel_says_how_many_came_and_what_is_usual(sign_in, only_these_sources):
    def rows(branch, day):
        count = 30 if day == date(2026, 11, 23) else 10
        return pd.DataFrame({"date": [day], "service": ["cash_deposit"], "minute": [540], "arrivals": [count]})

    only_these_sources("onsite.arrivals", ("date", "service", "minute", "arrivals"), rows)
    text = sign_in("Sun").get("/desk/panels/role.flow").content.decode()
    assert "已取号 30，往常此时约 10（+200 %）" in text and "8 个" in text


def test_no_source_no_panel(sign_in, only_these_sources):
    assert sign_in("Sun").get("/desk/panels/role.flow").content == b""
