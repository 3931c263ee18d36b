"""Opening hours as written or as the tickets show them, and what the calendar says of each day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation import calendar
from counterpoint.science.history import TicketLog
from counterpoint.team import planning
from counterpoint.team.planning import festivals
from counterpoint.team.planning.tests import files
from counterpoint.team.planning.values import PlanInputError

MORNING = ((540, 720),)


@dataclass(frozen=True)
class Kind:
    """A calendar's word on a date."""

    kind: str
    name: str = ""
    provisional: bool = False


def days(first, last, *, kinds=None, hours=None, **more):
    """Days whose kind is looked up by date (workday otherwise) and that are open in the morning."""
    kinds, hours = kinds or {}, hours or {}
    return planning.build_days(
        first, last, hours_on=lambda day: hours.get(day, MORNING), kind_on=lambda day: Kind(kinds.get(day, "workday")),
        **more,
    )  # fmt: skip


class TestWritten:
    @pytest.mark.parametrize(
        ("text", "weekly"),
        [
            ("mon 09:00-17:00", {0: ((540, 1020),)}),
            ("Monday 9:00 - 17:00", {0: ((540, 1020),)}),
            ("星期六 09:30-16:00", {5: ((570, 960),)}),
            ("周天 09:30-16:00", {6: ((570, 960),)}),
            ("sat–sun 10:00-11:00", {5: ((600, 660),), 6: ((600, 660),)}),
            ("sun-mon 10:00-11:00", {6: ((600, 660),), 0: ((600, 660),)}),
            ("mon-mon 10:00-11:00", {0: ((600, 660),)}),
            ("周五到周日 10:00-11:00", dict.fromkeys((4, 5, 6), ((600, 660),))),
            ("tue 00:00-24:00", {1: ((0, 1440),)}),
            ("tue 13:30-17:00 09:00-12:00", {1: ((540, 720), (810, 1020))}),
            ("tue 09:00-12:00 12:00-17:00", {1: ((540, 720), (720, 1020))}),
            ("mon-fri 09:00-17:00, fri 09:00-16:00", {**dict.fromkeys(range(4), ((540, 1020),)), 4: ((540, 960),)}),
            (" ; mon 09:00-10:00；tue 09:00-10:00 ，", dict.fromkeys((0, 1), ((540, 600),))),
        ],
    )
    def test_hours_mean_what_they_say(self, text, weekly):
        assert planning.parse_hours(text) == weekly

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (" , ;", "are empty"),
            ("mon 09:00-17", "not understood"),
            ("mon 09:00–17:00", "not understood"),
            ("mon tue 09:00-17:00", "not understood"),
            ("mon 17:00-17:00", "opens before it closes"),
            ("mon 09:00-24:01", "at 24:00 at the latest"),
            ("mon 09:60-17:00", "opens before it closes"),
            ("mon 09:00-16:60", "opens before it closes"),
            ("mon 09:00-12:00 11:59-14:00", "two spans of a day overlap"),
            ("周八 09:00-17:00", "'周八' is no weekday"),
            ("mon-xyz 09:00-17:00", "'xyz' is no weekday"),
            ("mon- 09:00-17:00", "'' is no weekday"),
            ("mon-wed-fri 09:00-17:00", "name one day or a range"),
        ],
    )
    def test_hours_that_mean_nothing_are_refused_with_the_part_in_question(self, text, words):
        with pytest.raises(PlanInputError) as told:
            planning.parse_hours(text)
        assert words in str(told.value)

    def test_nothing_after_a_good_part_is_forgiven(self):
        with pytest.raises(PlanInputError, match="'tue'"):
            planning.parse_hours("mon 09:00-17:00, tue")

    @given(
        st.dictionaries(
            st.integers(0, 6),
            st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True)
            .map(sorted)
            .map(lambda edges: tuple(zip(edges[::2], edges[1::2], strict=False))),
            min_size=1,
        )
    )
    def test_what_is_written_back_reads_the_same(self, weekly):
        assert planning.parse_hours(planning.hours_text(weekly)) == weekly


def log_of(moments):
    frame = pd.DataFrame({"arrived": pd.to_datetime(list(moments))})
    return TicketLog(frame, pd.DataFrame({"row": [], "severity": []}))


def naive_hours(moments):
    """By hand: the longest row of half hours that see a third of a customer and 6 % of the weekday's busiest."""
    found = {}
    usual = len(moments) / len({m.date() for m in moments})
    for weekday in range(7):
        own = [m for m in moments if m.weekday() == weekday]
        if not own:
            continue
        seen = len({m.date() for m in own})
        if len(own) / seen < 0.05 * usual:
            continue
        slots = Counter((m.hour * 60 + m.minute) // 30 for m in own)
        least = max(0.06 * max(slots.values()) / seen, 0.34)
        busy = [slots[n] / seen >= least for n in range(48)]
        runs = [(a, b) for a in range(48) for b in range(a + 1, 49) if all(busy[a:b])]
        if runs:
            first, last = max(runs, key=lambda run: (run[1] - run[0], -run[0]))
            found[weekday] = ((first * 30, last * 30),)
    return found


moments = st.builds(
    lambda day, minute: datetime(2026, 11, 2) + timedelta(days=day, minutes=minute),
    st.integers(0, 20),
    st.integers(0, 1439),
)


class TestInferred:
    @given(st.lists(moments, min_size=1, max_size=60))
    def test_hours_agree_with_counting_by_hand(self, came):
        wanted = naive_hours(came)
        if wanted:
            assert planning.inferred_hours(log_of(came)) == wanted
        else:
            with pytest.raises(PlanInputError, match="too few tickets"):
                planning.inferred_hours(log_of(came))

    def test_a_weekday_with_hardly_anybody_is_closed(self):
        monday = datetime(2026, 11, 2, 9)
        busy = [monday + timedelta(minutes=n) for n in range(0, 180)]
        saturday = [datetime(2026, 11, 7, 9, 5)]
        assert set(planning.inferred_hours(log_of(busy + saturday))) == {0}
        assert set(planning.inferred_hours(log_of(busy[:36] + saturday))) == {0, 5}

    def test_stray_tickets_on_a_few_saturdays_open_no_saturday(self):
        came = [datetime(2026, 11, 2, 9) + timedelta(minutes=n) for n in range(10)]
        stray = [datetime(2026, 11, 7 + 7 * n, 9 + n) for n in range(3)]
        assert planning.inferred_hours(log_of(came + stray)) == {0: ((540, 570),)}

    def test_a_quiet_half_hour_ends_the_day_and_the_longer_side_is_kept(self):
        came = [datetime(2026, 11, 2, 9) + timedelta(minutes=30 * n) for n in (0, 1, 3, 4, 5)]
        assert planning.inferred_hours(log_of(came)) == {0: ((630, 720),)}

    @pytest.mark.parametrize(("late", "closes"), [(5, 570), (6, 600)])
    def test_a_half_hour_with_less_than_six_of_a_hundred_is_after_hours(self, late, closes):
        came = [datetime(2026, 11, 2, 9, 5)] * 100 + [datetime(2026, 11, 2, 9, 35)] * late
        assert planning.inferred_hours(log_of(came)) == {0: ((540, closes),)}

    def test_the_last_half_hour_before_midnight_counts(self):
        assert planning.inferred_hours(log_of([datetime(2026, 11, 2, 23, 59)])) == {0: ((1410, 1440),)}

    def test_a_log_without_usable_tickets_says_so(self):
        with pytest.raises(PlanInputError, match="no usable ticket"):
            planning.inferred_hours(files.log({"outcome": "abandoned"}))


class TestCalendar:
    def test_every_date_from_first_to_last_is_there_once(self):
        found = days(date(2026, 2, 27), date(2026, 3, 2))
        assert [d.date.isoformat() for d in found] == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]
        assert days(date(2026, 3, 1), date(2026, 2, 28)) == ()

    def test_a_day_without_hours_is_closed_whatever_its_kind_but_a_holiday_stays_one(self):
        day = date(2026, 11, 23)
        assert [
            days(day, day, kinds={day: kind}, hours={day: ()})[0].kind for kind in ("workday", "weekend", "makeup")
        ] == ["closed"] * 3
        assert days(day, day, kinds={day: "holiday"}, hours={day: ()})[0].kind == "holiday"
        assert days(day, day, kinds={day: "makeup"})[0].kind == "makeup"

    @pytest.mark.parametrize(
        ("day", "tags"),
        [
            (date(2026, 11, 9), set()),
            (date(2026, 11, 10), {"payday"}),
            (date(2026, 11, 15), {"payday"}),
            (date(2026, 11, 25), {"payday"}),
            (date(2026, 11, 27), set()),
            (date(2026, 11, 28), {"month_end"}),
            (date(2026, 11, 30), {"month_end"}),
            (date(2026, 12, 1), set()),
            (date(2026, 2, 25), {"payday"}),
            (date(2026, 2, 26), {"month_end"}),
            (date(2028, 2, 26), set()),
            (date(2028, 2, 27), {"month_end"}),
            (date(2026, 12, 28), set()),
            (date(2026, 12, 29), {"month_end"}),
        ],
    )
    def test_pay_days_and_the_last_three_days_of_a_month_are_marked(self, day, tags):
        assert days(day, day)[0].tags == tags

    def test_the_days_around_a_holiday_are_marked_and_the_holiday_itself_is_not(self):
        kinds = dict.fromkeys((date(2026, 10, 1), date(2026, 10, 2)), "holiday")
        found = {d.date.day: d.tags for d in days(date(2026, 9, 29), date(2026, 10, 4), kinds=kinds)}
        assert found == {
            29: {"month_end"}, 30: {"month_end", "before_festival"}, 1: frozenset(), 2: frozenset(),
            3: {"after_holiday"}, 4: frozenset(),
        }  # fmt: skip

    def test_holidays_just_outside_the_range_are_seen(self):
        kinds = {date(2026, 10, 1): "holiday", date(2026, 10, 5): "holiday"}
        first, last = days(date(2026, 10, 2), date(2026, 10, 4), kinds=kinds)[::2]
        assert (first.tags, last.tags) == ({"after_holiday"}, {"before_festival"})

    def test_a_closed_day_has_no_effects_and_effects_can_be_left_out(self):
        payday = date(2026, 11, 25)
        assert days(payday, payday, hours={payday: ()})[0].tags == frozenset()
        assert days(payday, payday, effects=False)[0].tags == frozenset()

    def test_a_make_up_saturday_of_china_is_open_with_the_announced_kind(self):
        hours = calendar.Hours(dict.fromkeys(range(5), MORNING), pack="cn")
        found = {
            d.date: d
            for d in planning.build_days(
                date(2026, 9, 30), date(2026, 10, 10), hours_on=hours.on, kind_on=lambda day: calendar.day(day, "cn")
            )
        }
        assert found[date(2026, 10, 1)].kind == "holiday" and not found[date(2026, 10, 1)].is_open
        assert found[date(2026, 10, 10)].kind == "makeup"
        assert found[date(2026, 9, 30)].tags == {"month_end", "before_festival"}


class TestFestivals:
    """Distances come from the announced calendar only; a year that is not announced has no festival."""

    @staticmethod
    def of(first, last):
        hours = calendar.Hours(dict.fromkeys(range(7), MORNING), pack="cn")
        return {
            day.date: day.festivals
            for day in planning.build_days(
                first, last, hours_on=lambda day: hours.on(day, provisional=True),
                kind_on=lambda day: calendar.day(day, "cn", provisional=True),
            )
        }  # fmt: skip

    def test_spring_festival_is_counted_from_its_first_and_last_day_off_in_every_year(self):
        found = self.of(date(2025, 1, 1), date(2026, 3, 20))
        assert found[date(2025, 1, 27)]["Spring Festival"] == -1  # off from 28 January to 4 February 2025
        assert found[date(2025, 2, 5)]["Spring Festival"] == 1
        assert found[date(2026, 2, 13)]["Spring Festival"] == -2  # off from 15 to 23 February 2026
        assert found[date(2026, 2, 24)]["Spring Festival"] == 1
        assert found[date(2026, 2, 18)]["Spring Festival"] == 0

    def test_the_reach_ends_three_weeks_before_spring_festival_and_three_days_before_a_long_weekend(self):
        found = self.of(date(2026, 1, 1), date(2026, 6, 30))
        assert found[date(2026, 1, 25)] == {"Spring Festival": -21} and found[date(2026, 1, 24)] == {}
        assert found[date(2026, 6, 16)] == {"Dragon Boat Festival": -3} and found[date(2026, 6, 15)] == {}

    def test_a_festival_just_outside_the_range_is_seen(self):
        assert self.of(date(2026, 2, 10), date(2026, 2, 11))[date(2026, 2, 10)] == {"Spring Festival": -5}

    def test_a_year_that_is_not_announced_has_none(self):
        found = self.of(date(2026, 12, 29), date(2027, 3, 1))
        assert set(map(str, found.values())) == {"{}"}

    def test_the_assumed_year_is_named_as_soon_as_it_matters(self):
        def asked(day):
            return festivals.unannounced((day,), lambda one: calendar.day(one, "cn", provisional=True))

        assert [asked(date(2026, 12, 10)), asked(date(2026, 12, 11)), asked(date(2027, 2, 1))] == [None, 2027, 2027]

    def test_effects_left_out_leave_festivals_out(self):
        day = date(2026, 2, 13)
        known = planning.build_days(
            day, day, hours_on=lambda _day: MORNING, kind_on=lambda one: calendar.day(one, "cn"), effects=False
        )
        assert known[0].festivals == {}

    def test_the_branch_may_name_its_own_effects(self):
        found = days(date(2026, 11, 5), date(2026, 11, 5), marks_on=lambda _day: ["pension_day"])
        assert found[0].tags == {"pension_day"}
