"""Paydays, month ends and the days around holidays are known from content and calendar."""

from datetime import UTC, date, datetime

import pytest

from counterpoint.foundation.api import calendar
from counterpoint.primitives import metrics
from counterpoint.primitives.content import kind_of
from counterpoint.role.api import day_at, day_of, last_open_day, marks_of, next_open_day


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 25), {"payday"}),
        (date(2026, 11, 24), set()),
        (date(2026, 11, 30), {"month_end"}),
        (date(2026, 11, 5), {"pension_day"}),
        (date(2026, 10, 8), {"after_holiday"}),
        (date(2026, 9, 30), {"before_festival", "month_end"}),
    ],
)
def test_a_date_has_the_marks_of_the_handbook(day, expected):
    assert {mark.key for mark in marks_of(day)} == expected


def test_the_last_two_working_days_before_spring_festival_are_marked_and_the_third_is_not():
    marked = [day for day in range(9, 15) if any(m.key == "before_festival" for m in marks_of(date(2026, 2, day)))]
    assert marked == [13, 14]


def test_a_mark_with_an_unknown_rule_or_a_factor_of_zero_is_refused():
    body = {"names": {"zh-hans": "x"}, "rule": "month_days", "days": [1], "factor": 1.2}
    with pytest.raises(ValueError, match="rule"):
        kind_of("day_marks").value_of("x", {**body, "rule": "moon"})
    with pytest.raises(ValueError, match="factor"):
        kind_of("day_marks").value_of("x", {**body, "factor": 0})


@pytest.fixture
def b01(bank):
    from counterpoint.foundation.api import scoped

    with scoped(bank.scope("Sun")):
        yield bank.b01


def test_today_at_half_past_ten_is_an_open_workday(b01):
    today = day_at(b01, datetime(2026, 11, 23, 2, 30, tzinfo=UTC))
    assert today.date == date(2026, 11, 23)
    assert today.kind is calendar.DayKind.WORKDAY
    assert today.is_open and today.phase == "open"
    assert [(a.hour, b.hour) for a, b in today.spans] == [(9, 17)]


def test_a_sunday_and_a_holiday_are_closed_with_a_quiet_desk(b01):
    now = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    for closed in (date(2026, 11, 22), date(2026, 10, 1)):
        today = day_of(b01, closed, now)
        assert today.spans == () and today.phase == "evening" and not today.is_open


def test_the_neighbouring_open_days_skip_what_is_closed(b01):
    now = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert last_open_day(b01, date(2026, 11, 23), now).date == date(2026, 11, 21)
    assert next_open_day(b01, date(2026, 9, 30), now).date == date(2026, 10, 8)


def test_the_calendar_is_offered_to_every_room_by_key(bank):
    scope = bank.scope("Sun")
    rows = metrics.fetch(
        "role.calendar", scope=scope, branch=bank.b01, since=date(2026, 11, 25), until=date(2026, 11, 27)
    )
    assert list(rows["marks"]) == ["payday", ""]
    assert list(rows["open_minutes"]) == [480, 480]
