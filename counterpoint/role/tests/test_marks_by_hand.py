"""Every announced year is marked once more by a reader of the calendar who counts working days."""

from datetime import date, timedelta
from typing import get_args

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import calendar
from counterpoint.primitives.content import items, kind_of
from counterpoint.role.marks import DayMark, Rule, _example, applies, marks_of

FIRST, LAST = date(2022, 1, 1), date(2026, 12, 31)
EVERY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
MARKS = {key: item.value for key, item in items("day_marks", date(2026, 11, 23)).items()}
FESTIVALS = ("Spring Festival", "National Day")


def word(on):
    return calendar.day(on, provisional=True)


def before_festival_by_hand(on, count):
    """`on` is one of the last `count` working days before a festival's first day off."""
    if not word(on).is_working:
        return False
    ahead, working = on, 0
    while word(ahead).is_working or word(ahead).kind is calendar.DayKind.WEEKEND:
        working += word(ahead).is_working
        if working > count:
            return False
        ahead += timedelta(days=1)
    return word(ahead).name in FESTIVALS


def test_the_last_working_days_before_a_festival_are_marked_in_every_announced_year():
    mark = MARKS["before_festival"]
    told = [on for on in EVERY if applies(mark, on)]
    counted = [on for on in EVERY if before_festival_by_hand(on, mark.days[0])]
    assert told == counted
    assert len(told) >= 2 * 2 * 4, "two working days before two festivals a year, unless another holiday comes first"


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_same_holds_for_another_number_of_days(count):
    mark = DayMark("x", {"zh-hans": "x"}, "before_festival", 1.2, (count,))
    told = {on for on in EVERY[-1100:] if applies(mark, on)}
    assert told == {on for on in EVERY[-1100:] if before_festival_by_hand(on, count)}


def test_a_festival_after_a_plain_weekend_marks_the_friday_and_the_thursday(monkeypatch):
    monday = date(2026, 6, 1)

    def day(on, pack="cn", *, provisional=False):
        if on == monday:
            return calendar.CalendarDay(on, calendar.DayKind.HOLIDAY, "National Day")
        plain = calendar.DayKind.WEEKEND if on.weekday() >= 5 else calendar.DayKind.WORKDAY
        return calendar.CalendarDay(on, plain)

    monkeypatch.setattr(calendar, "day", day)
    mark = DayMark("x", {"zh-hans": "x"}, "before_festival", 1.2, (2,))
    marked = [on.isoformat() for on in (monday - timedelta(days=n) for n in range(7, -2, -1)) if applies(mark, on)]
    assert marked == ["2026-05-28", "2026-05-29"]


def test_the_first_working_day_after_a_holiday_is_the_one_whose_eve_was_a_holiday():
    mark = MARKS["after_holiday"]
    for on in EVERY:
        eve = word(on - timedelta(days=1)).kind is calendar.DayKind.HOLIDAY
        assert applies(mark, on) is (word(on).is_working and eve)


@settings(max_examples=40)
@given(on=st.dates(date(2000, 1, 1), date(2100, 12, 31)), count=st.integers(1, 5))
def test_the_last_days_of_a_month_are_those_with_fewer_days_left(on, count):
    mark = DayMark("x", {"zh-hans": "x"}, "last_days", 1.1, (count,))
    first_of_next = (on.replace(day=28) + timedelta(days=4)).replace(day=1)
    assert applies(mark, on) is ((first_of_next - on).days <= count)


@settings(max_examples=40)
@given(on=st.dates(date(2000, 1, 1), date(2100, 12, 31)), days=st.sets(st.integers(1, 31), max_size=4))
def test_days_of_the_month_are_marked_in_every_month_that_has_them(on, days):
    mark = DayMark("x", {"zh-hans": "x"}, "month_days", 1.1, tuple(days))
    assert applies(mark, on) is (on.day in days)


def test_a_branch_outside_china_knows_paydays_but_no_chinese_holidays():
    abroad = {mark.key for on in EVERY for mark in marks_of(on, "intl")}
    assert abroad == {"payday", "pension_day", "month_end"}


def test_marks_come_by_key_so_that_a_page_says_them_in_the_same_order():
    for on in EVERY[-400:]:
        keys = [mark.key for mark in marks_of(on)]
        assert keys == sorted(keys)


BODY = {"names": {"zh-hans": "甲", "en": "A"}, "rule": "month_days", "days": [1], "factor": 1.2}


def mark_of(body):
    return kind_of("day_marks").value_of("x", body)


@pytest.mark.parametrize("rule", get_args(Rule))
def test_every_known_rule_is_accepted(rule):
    assert mark_of({**BODY, "rule": rule, "days": [1]}).rule == rule


@pytest.mark.parametrize(
    "change",
    [
        {"rule": "full_moon"},
        {"factor": 0},
        {"factor": -1.2},
        {"factor": "much"},
        {"days": None},
        {"colour": "red"},
        {"rule": "last_days", "days": []},
        {"rule": "before_festival", "days": []},
    ],
)
def test_a_mark_that_cannot_be_computed_is_refused_when_it_is_read(change):
    with pytest.raises(ValueError):
        mark_of({**BODY, **change})


@pytest.mark.parametrize(
    ("language", "name"), [("zh-hans", "甲"), ("en", "A"), ("zh-hant", "甲"), ("", "甲"), ("de", "甲")]
)
def test_a_mark_is_named_in_the_readers_language_and_else_in_chinese(language, name):
    assert mark_of(BODY).name(language) == name


@pytest.mark.parametrize(("holds", "message"), [(True, ""), (False, "2026-11-01: expected False, got True")])
def test_an_example_that_does_not_hold_says_what_came_out(holds, message):
    with translation.override("en"):
        assert _example(mark_of(BODY), {"date": date(2026, 11, 1), "holds": holds}) == message
