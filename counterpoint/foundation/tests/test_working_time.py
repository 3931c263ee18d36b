"""Working time at the edges: make-up days, special days, unknown years, midnight, and hours as they are stored."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import access, actions, calendar
from counterpoint.foundation.calendar import DayKind, Hours, UnannouncedYear
from counterpoint.foundation.hours import hours_of
from counterpoint.foundation.models import OpeningHours, OrgUnit, SpecialDay
from counterpoint.foundation.scope import scoped, unscoped

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE_TO_FIVE = ((540, 1020),)
WEEK = dict.fromkeys(range(5), NINE_TO_FIVE)
ROOT = access.system_scope(("foundation.org.edit",))


def shanghai(day, hour, minute=0, second=0):
    return datetime.combine(day, time(hour, minute, second), SHANGHAI).astimezone(UTC)


def days(first, last):
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


# The State Council's notice for 2026: thirteen public holidays, moved and joined to free weeks.
FREE_2026 = [
    *days(date(2026, 1, 1), date(2026, 1, 3)),
    *days(date(2026, 2, 15), date(2026, 2, 23)),
    *days(date(2026, 4, 4), date(2026, 4, 6)),
    *days(date(2026, 5, 1), date(2026, 5, 5)),
    *days(date(2026, 6, 19), date(2026, 6, 21)),
    *days(date(2026, 9, 25), date(2026, 9, 27)),
    *days(date(2026, 10, 1), date(2026, 10, 7)),
]
WORKED_2026 = [date(2026, *day) for day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))]


def test_the_whole_year_is_what_the_state_council_announced():
    found = {kind: [] for kind in DayKind}
    for day in days(date(2026, 1, 1), date(2026, 12, 31)):
        found[calendar.day(day).kind].append(day)
    assert found[DayKind.HOLIDAY] == FREE_2026 and found[DayKind.MAKE_UP] == WORKED_2026
    assert all(day.weekday() >= 5 for day in found[DayKind.WEEKEND] + found[DayKind.MAKE_UP])
    working = [day for day in days(date(2026, 1, 1), date(2026, 12, 31)) if calendar.day(day).is_working]
    assert len(working) == 248 == round(20.67 * 12)  # the published 20.67 working days a month


@pytest.mark.parametrize(
    ("day", "kind"), [(date(2026, 2, 17), "Spring Festival"), (date(2026, 10, 10), "National Day")]
)
def test_a_day_off_and_its_make_up_day_name_their_holiday(day, kind):
    assert calendar.day(day).name == kind


def test_the_first_and_last_announced_years_are_known_and_their_neighbours_are_not():
    known = [year for year in range(1990, 2100) if calendar.announced(year)]
    assert known == list(range(known[0], known[-1] + 1)) and 2026 in known
    for year in (known[0], known[-1]):
        assert not calendar.day(date(year, 1, 1)).provisional and not calendar.day(date(year, 12, 31)).provisional
    for year in (known[0] - 1, known[-1] + 1):
        with pytest.raises(UnannouncedYear, match=f"{year} are not announced.*plan provisionally"):
            calendar.day(date(year, 6, 1))
        assert calendar.day(date(year, 6, 1), provisional=True).provisional


@given(st.dates(date(2020, 1, 1), date(2026, 10, 20)), st.integers(-3, 40))
def test_counting_working_days_is_walking_them(start, count):
    walked, left = start, count
    while left > 0:
        walked += timedelta(days=1)
        left -= calendar.day(walked).kind in ("workday", "makeup")
    assert calendar.working_days_from(start, count) == walked


def test_working_days_over_the_end_of_what_is_known_are_refused_or_marked():
    last = max(year for year in range(2020, 2100) if calendar.announced(year))
    assert calendar.working_days_from(date(last, 12, 20), 3).year == last
    with pytest.raises(UnannouncedYear):
        calendar.working_days_from(date(last, 12, 20), 20)
    assert calendar.working_days_from(date(last, 12, 20), 20, provisional=True).year == last + 1


@pytest.mark.parametrize(
    ("day", "open_"),
    [
        (date(2026, 2, 14), NINE_TO_FIVE),
        (date(2026, 2, 15), ()),
        (date(2026, 2, 24), NINE_TO_FIVE),
        (date(2026, 2, 21), ()),
        (date(2026, 11, 21), ()),
    ],
    ids=["make-up Saturday", "holiday Sunday", "first day after", "holiday Saturday", "Saturday"],
)
def test_a_branch_without_weekend_hours_works_on_a_make_up_saturday(day, open_):
    assert Hours(WEEK).on(day) == open_


@pytest.mark.parametrize("pack", ["intl", "none", ""])
def test_another_rule_pack_knows_no_chinese_holiday_and_no_unknown_year(pack):
    hours = Hours(WEEK, pack=pack)
    assert hours.on(date(2026, 10, 1)) == NINE_TO_FIVE and hours.on(date(2026, 10, 10)) == ()
    assert hours.on(date(2090, 10, 2)) == NINE_TO_FIVE


def test_a_special_day_is_known_also_in_a_year_that_nobody_announced():
    hours = Hours(WEEK, {date(2090, 1, 2): ((600, 660),)})
    assert hours.on(date(2090, 1, 2)) == ((600, 660),)
    with pytest.raises(UnannouncedYear):
        hours.on(date(2090, 1, 3))
    assert hours.on(date(2090, 1, 3), provisional=True) == NINE_TO_FIVE


MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        (shanghai(MONDAY, 9), 0, shanghai(MONDAY, 9)),
        (shanghai(MONDAY, 10), 0, shanghai(MONDAY, 10)),
        (shanghai(MONDAY, 8), 0, shanghai(MONDAY, 9)),
        (shanghai(MONDAY, 17), 0, shanghai(date(2026, 11, 24), 9)),
        (shanghai(MONDAY, 16, 59, 59), 0, shanghai(MONDAY, 16, 59, 59)),
        (shanghai(MONDAY, 9), 480, shanghai(MONDAY, 17)),
        (shanghai(MONDAY, 9), 481, shanghai(date(2026, 11, 24), 9, 1)),
        (shanghai(FRIDAY, 16), 61, shanghai(date(2026, 11, 30), 9, 1)),
        (shanghai(date(2026, 12, 31), 16), 60, shanghai(date(2026, 12, 31), 17)),
    ],
    ids=["at opening", "while open", "before opening", "at closing", "the last second", "to closing", "a minute more",
         "over a weekend", "to the year's last minute"],
)  # fmt: skip
def test_the_instant_after_some_working_time(start, amount, due):
    assert calendar.add_working(Hours(WEEK), start, timedelta(minutes=amount)) == due


def test_working_time_into_an_unknown_year_is_refused_or_provisional():
    last = max(year for year in range(2020, 2100) if calendar.announced(year))
    start = shanghai(date(last, 12, 31), 23)
    with pytest.raises(UnannouncedYear):
        calendar.add_working(Hours(WEEK), start, timedelta(minutes=1))
    assert calendar.add_working(Hours(WEEK), start, timedelta(minutes=1), provisional=True) > start


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (shanghai(MONDAY, 9), shanghai(MONDAY, 9), 0),
        (shanghai(MONDAY, 10), shanghai(MONDAY, 9), 0),
        (shanghai(FRIDAY, 10), shanghai(MONDAY, 9), 0),
        (shanghai(MONDAY, 0), shanghai(MONDAY, 23, 59), 480),
        (shanghai(MONDAY, 16, 59), shanghai(date(2026, 11, 24), 9, 1), 2),
        (shanghai(MONDAY, 17), shanghai(date(2026, 11, 24), 9), 0),
        (shanghai(date(2026, 9, 30), 16), shanghai(date(2026, 10, 8), 10), 120),
    ],
    ids=["no time", "backwards", "backwards over days", "a day", "over a night", "a night", "the national holiday"],
)
def test_working_time_between_two_instants(start, end, minutes):
    assert calendar.working_between(Hours(WEEK), start, end) == timedelta(minutes=minutes)


@given(st.integers(0, 1440), st.sampled_from(["Asia/Shanghai", "Asia/Kathmandu", "America/New_York"]))
def test_a_local_minute_reads_so_on_the_wall_there(minute, zone):
    """A day without a clock change: the instant, read in the zone again, is that minute."""
    wall = calendar.local(date(2026, 6, 10), minute, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert wall.replace(tzinfo=None) == datetime(2026, 6, 10) + timedelta(minutes=minute)


@settings(max_examples=60)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 30)))
def test_open_is_what_the_intervals_of_the_branchs_date_say(moment):
    now, hours = moment.replace(tzinfo=UTC), Hours(WEEK, {MONDAY: ((0, 1440),)})
    wall = now.astimezone(SHANGHAI)
    minute = wall.hour * 60 + wall.minute
    assert hours.today(now) == wall.date()
    assert hours.is_open(now) is any(a <= minute < b for a, b in hours.on(wall.date()))


def test_a_branch_is_open_on_its_own_date_while_it_is_still_yesterday_in_utc():
    hours = Hours({0: ((0, 60),)}, pack="intl")
    early = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert hours.today(early) == MONDAY and hours.is_open(early)
    assert not hours.is_open(early + timedelta(minutes=30))


def stored(bank, unit="b01"):
    with scoped(bank.scope("Hana")):
        return hours_of(bank.units[unit])


HALF_DAYS = st.lists(st.tuples(st.integers(0, 719), st.integers(720, 1440)), max_size=1)


def test_hours_that_are_set_are_the_hours_that_are_read(bank):
    @settings(max_examples=25, deadline=None)
    @given(st.dictionaries(st.integers(0, 6), HALF_DAYS))
    def round_trip(weekly):
        with scoped(ROOT):
            actions.hours_set(scope=ROOT, now=bank.now, branch=bank.b01, weekly=weekly)
        assert stored(bank).weekly == {day: tuple(spans) for day, spans in weekly.items() if spans}
        assert stored(bank, "b02").weekly == {**dict.fromkeys(range(5), NINE_TO_FIVE), 5: ((570, 960),)}

    round_trip()


def test_parts_of_a_day_are_read_in_their_order(bank):
    with unscoped("test"):
        for opens, closes in ((1300, 1400), (1100, 1200)):
            OpeningHours(org_unit=bank.b01, weekday=0, opens=opens, closes=closes).save()
    assert stored(bank).weekly[0] == ((540, 1020), (1100, 1200), (1300, 1400))


@pytest.mark.parametrize(
    ("opens", "closes", "intervals"),
    [(None, None, ()), (600, 900, ((600, 900),)), (600, None, ()), (None, 900, ()), (0, 1440, ((0, 1440),))],
)
def test_a_special_day_without_both_times_is_closed(bank, opens, closes, intervals):
    with scoped(ROOT):
        actions.special_day_set(
            scope=ROOT, now=bank.now, branch=bank.b01, on=MONDAY, opens=opens, closes=closes, reason="\u76d8\u70b9"
        )
    assert stored(bank).on(MONDAY) == intervals and stored(bank, "b02").on(MONDAY) == NINE_TO_FIVE


def test_a_special_day_that_is_set_again_replaces_the_first(bank):
    for opens in (600, 660):
        with scoped(ROOT):
            actions.special_day_set(
                scope=ROOT, now=bank.now, branch=bank.b01, on=MONDAY, opens=opens, closes=900, reason="x"
            )
    with unscoped("test"):
        assert SpecialDay.objects.get(org_unit=bank.b01).opens == 660


def test_a_branch_keeps_the_clock_and_the_rules_of_its_place(bank):
    with unscoped("test"):
        OrgUnit.objects.filter(code="b01").update(time_zone="Europe/Berlin", rule_pack="intl")
        bank.b01.refresh_from_db()
    hours = stored(bank)
    assert (hours.time_zone, hours.pack) == ("Europe/Berlin", "intl")
    assert hours.is_open(datetime(2026, 10, 1, 8, tzinfo=UTC)) and not stored(bank, "b02").is_open(
        datetime(2026, 10, 1, 2, tzinfo=UTC)
    )
    assert bank.b01.date_at(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == MONDAY
    assert bank.b02.date_at(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert bank.b02.date_at(datetime(2026, 11, 22, 16, tzinfo=UTC)) == MONDAY


@pytest.mark.parametrize(
    ("zone", "day", "minute", "wall"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 150, "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 3, 29), 180, "2026-03-29 01:00"),
        ("Europe/Berlin", date(2026, 10, 25), 150, "2026-10-25 00:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 135, "2026-10-03 15:30"),
        ("Asia/Beirut", date(2026, 3, 29), 0, "2026-03-28 22:00"),
        ("Asia/Shanghai", date(2026, 3, 29), 150, "2026-03-28 18:30"),
    ],
    ids=["a skipped minute", "the first after it", "the first of two", "half an hour", "midnight", "no change"],
)
def test_a_minute_that_the_clocks_skip_or_repeat_is_the_first_instant_that_shows_it(zone, day, minute, wall):
    assert f"{calendar.local(day, minute, ZoneInfo(zone)):%Y-%m-%d %H:%M}" == wall
