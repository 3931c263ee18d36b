"""The business calendar: China's announced days, half-open hours, daylight saving, and an oracle that walks minutes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import calendar
from counterpoint.foundation.calendar import DayKind, Hours, UnannouncedYear

WEEK = dict.fromkeys(range(5), ((540, 720), (780, 1020))) | {5: ((570, 960),)}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day, hour, minute=0, zone=SHANGHAI):
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


# The State Council's notice of November 2025: New Year 1–3 January with work on the 4th; Spring Festival
# 15–23 February with work on the 14th and 28th; National Day 1–7 October with work on 20 September and 10 October.
ANNOUNCED = [
    (date(2026, 1, 1), DayKind.HOLIDAY),
    (date(2026, 1, 4), DayKind.MAKE_UP),
    (date(2026, 2, 14), DayKind.MAKE_UP),
    (date(2026, 2, 15), DayKind.HOLIDAY),
    (date(2026, 2, 23), DayKind.HOLIDAY),
    (date(2026, 2, 24), DayKind.WORKDAY),
    (date(2026, 2, 28), DayKind.MAKE_UP),
    (date(2026, 9, 20), DayKind.MAKE_UP),
    (date(2026, 10, 7), DayKind.HOLIDAY),
    (date(2026, 10, 10), DayKind.MAKE_UP),
    (date(2026, 11, 23), DayKind.WORKDAY),
    (date(2026, 11, 22), DayKind.WEEKEND),
]


@pytest.mark.parametrize(("day", "kind"), ANNOUNCED, ids=str)
def test_days_are_what_the_state_council_announced(day, kind):
    assert calendar.day(day).kind is kind


def test_a_year_that_nobody_announced_is_never_guessed():
    with pytest.raises(UnannouncedYear, match="2090"):
        calendar.day(date(2090, 5, 1))
    assumed = calendar.day(date(2090, 5, 1), provisional=True)
    assert assumed.provisional and assumed.kind is DayKind.WORKDAY


def test_the_international_pack_knows_weekends_only():
    assert calendar.day(date(2026, 10, 1), "intl").is_working
    assert not calendar.day(date(2090, 1, 1), "intl").is_working  # a Sunday


def test_a_make_up_saturday_keeps_mondays_hours_and_a_holiday_is_closed():
    hours = Hours(WEEK)
    assert hours.on(date(2026, 10, 10)) == WEEK[0]
    assert hours.on(date(2026, 10, 17)) == WEEK[5]
    assert hours.on(date(2026, 10, 1)) == () and hours.on(date(2026, 11, 22)) == ()


def test_a_dated_exception_wins_over_everything():
    hours = Hours(WEEK, {date(2026, 10, 1): ((600, 700),), date(2026, 11, 23): ()})
    assert hours.on(date(2026, 10, 1)) == ((600, 700),) and hours.on(date(2026, 11, 23)) == ()


def test_the_closing_minute_is_already_closed():
    hours, monday = Hours(WEEK), date(2026, 11, 23)
    assert hours.is_open(at(monday, 9)) and not hours.is_open(at(monday, 8, 59))
    assert not hours.is_open(at(monday, 12)) and not hours.is_open(at(monday, 17))


def test_hours_up_to_midnight_lose_no_minute():
    whole = Hours(dict.fromkeys(range(7), ((0, 1440),)), pack="intl")
    start = at(date(2026, 11, 20), 0)
    assert calendar.working_between(whole, start, start + timedelta(days=3)) == timedelta(days=3)
    assert calendar.add_working(whole, start, timedelta(days=2, minutes=1)) == start + timedelta(days=2, minutes=1)


def test_two_hours_started_before_lunch_end_after_it():
    due = calendar.add_working(Hours(WEEK), at(date(2026, 11, 23), 11, 30), timedelta(hours=2))
    assert due == at(date(2026, 11, 23), 14, 30)


def test_a_clock_started_on_friday_evening_runs_from_saturday_and_skips_sunday():
    due = calendar.add_working(Hours(WEEK), at(date(2026, 11, 20), 18), timedelta(hours=7))
    assert due == at(date(2026, 11, 23), 9, 30)


def test_a_clock_over_the_national_holiday_waits_for_its_end():
    due = calendar.add_working(Hours(WEEK), at(date(2026, 9, 30), 16, 30), timedelta(hours=1))
    assert due == at(date(2026, 10, 8), 9, 30)


def test_a_branch_that_never_opens_says_so_instead_of_searching_for_ever():
    with pytest.raises(ValueError, match="No opening hours"):
        calendar.add_working(Hours({}, pack="intl"), at(date(2026, 11, 23), 9), timedelta(minutes=1))


@pytest.mark.parametrize(
    ("day", "length"),
    [
        (date(2026, 3, 29), timedelta(hours=23)),
        (date(2026, 10, 25), timedelta(hours=25)),
        (date(2026, 6, 1), timedelta(hours=24)),
    ],
)
def test_a_day_of_daylight_saving_has_its_real_length(day, length):
    hours = Hours(dict.fromkeys(range(7), ((0, 1440),)), time_zone="Europe/Berlin", pack="intl")
    ((opens, closes),) = hours.spans(day)
    assert closes - opens == length


def test_ten_working_days_across_spring_festival():
    assert calendar.working_days_from(date(2026, 2, 12), 2) == date(2026, 2, 14)
    assert calendar.working_days_from(date(2026, 2, 12), 3) == date(2026, 2, 24)


ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
SPANS = st.lists(st.integers(0, 48), min_size=2, max_size=4, unique=True).map(sorted)


@st.composite
def worlds(draw):
    """Hours in half hours on some weekdays, a zone, and two instants within a week of each other."""
    weekly = {}
    for weekday in draw(st.sets(st.integers(0, 6), min_size=1)):
        edges = [30 * edge for edge in draw(SPANS)]
        weekly[weekday] = tuple(zip(edges[::2], edges[1::2], strict=False))
    hours = Hours(weekly, time_zone=draw(ZONES), pack="intl")
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 525_600)))
    return hours, start, start + timedelta(minutes=draw(st.integers(0, 3 * 1440)))


def walked(hours, start, end):
    """The oracle: count the UTC minutes whose local wall clock lies inside an interval. No interval arithmetic."""
    zone, total, instant = ZoneInfo(hours.time_zone), 0, start
    while instant < end:
        local = instant.astimezone(zone)
        minute = local.hour * 60 + local.minute
        total += any(a <= minute < b for a, b in hours.weekly.get(local.weekday(), ()))
        instant += timedelta(minutes=1)
    return timedelta(minutes=total)


def changes_clock(hours, start, end):
    zone = ZoneInfo(hours.time_zone)
    days = range((end - start).days + 3)
    return len({(start + timedelta(days=d - 1)).astimezone(zone).utcoffset() for d in days}) > 1


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_working_time_is_what_walking_the_minutes_gives(world):
    hours, start, end = world
    if not changes_clock(hours, start, end):
        assert calendar.working_between(hours, start, end) == walked(hours, start, end)


@settings(max_examples=150, deadline=None)
@given(worlds(), st.floats(0, 1))
def test_splitting_an_interval_changes_nothing(world, share):
    hours, start, end = world
    middle = start + (end - start) * share
    parts = calendar.working_between(hours, start, middle) + calendar.working_between(hours, middle, end)
    assert parts == calendar.working_between(hours, start, end)


@settings(max_examples=150, deadline=None)
@given(worlds(), st.integers(1, 3000))
def test_adding_working_time_and_measuring_it_agree(world, minutes):
    hours, start, _end = world
    if any(a < b for spans in hours.weekly.values() for a, b in spans):
        due = calendar.add_working(hours, start, timedelta(minutes=minutes))
        assert calendar.working_between(hours, start, due) == timedelta(minutes=minutes)
