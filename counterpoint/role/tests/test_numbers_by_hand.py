"""A day's numbers, flow and half hours once more, ticket by ticket, in plain Python."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import calendar
from counterpoint.role.flow import FEWEST, beside
from counterpoint.role.numbers import DayNumbers, TierPromise, by_half_hour, numbers_of
from counterpoint.role.overview import BranchLine, level_of
from counterpoint.role.panels import ENOUGH, _loudness
from counterpoint.role.sheets import HalfHour, Plan, half_hours
from counterpoint.role.tests.conftest import frame, ticket
from counterpoint.role.today import Today

ON = date(2026, 11, 23)
ZONE = ZoneInfo("Asia/Shanghai")
PROMISES = {"priority": 5.0, "vip": 5.0, "standard": 15.0}
MIDNIGHT = datetime(2026, 11, 23)

tickets = st.lists(
    st.tuples(
        st.integers(8 * 60, 18 * 60),
        st.none() | st.integers(0, 60),
        st.sampled_from(["priority", "vip", "standard", "unheard"]),
        st.sampled_from(["served", "abandoned", "waiting", "unknown"]),
    ),
    min_size=1,
    max_size=25,
)


def rows_of(drawn):
    """Tickets that make sense: who was called is served, who was not is not."""
    rows = []
    for number, (minute, wait, tier, outcome) in enumerate(drawn):
        how = "served" if wait is not None else ("abandoned" if outcome == "served" else outcome)
        rows.append(ticket(f"A{number:03d}", MIDNIGHT + timedelta(minutes=minute), wait, tier, how))
    return rows


def quantile(values, q):
    ordered = sorted(values)
    place = (len(ordered) - 1) * q
    low, high = ordered[floor(place)], ordered[ceil(place)]
    return low + (high - low) * (place - floor(place))


@settings(max_examples=30)
@given(drawn=tickets)
def test_counts_and_waits_are_those_of_a_person_with_a_pencil(drawn):
    rows = rows_of(drawn)
    day = numbers_of(frame(rows), PROMISES)
    waits = [(row[4] - row[3]).total_seconds() / 60 for row in rows if row[4] is not pd.NaT]
    outcomes = [row[7] for row in rows]
    assert day.arrivals == len(rows)
    assert (day.served, day.left) == (outcomes.count("served"), outcomes.count("abandoned"))
    assert day.waiting == outcomes.count("waiting") + outcomes.count("unknown")
    assert day.arrivals == day.served + day.left + day.waiting
    assert day.median == (pytest.approx(quantile(waits, 0.5)) if waits else None)
    assert day.p90 == (pytest.approx(quantile(waits, 0.9)) if waits else None)


@settings(max_examples=30)
@given(drawn=tickets)
def test_each_promise_is_counted_on_its_own_tier_and_an_unheard_tier_on_none(drawn):
    rows = rows_of(drawn)
    day = numbers_of(frame(rows), PROMISES)
    assert [tier.tier for tier in day.tiers] == list(PROMISES)
    for tier in day.tiers:
        mine = [(r[4] - r[3]).total_seconds() / 60 for r in rows if r[2] == tier.tier and r[4] is not pd.NaT]
        assert (tier.called, tier.kept) == (len(mine), sum(wait <= PROMISES[tier.tier] for wait in mine))
        assert tier.worst == max(mine, default=0.0)
        assert tier.share == (None if not mine else tier.kept / tier.called)
    called = sum(tier.called for tier in day.tiers)
    assert day.called == called
    assert day.kept_share == (sum(t.kept for t in day.tiers) / called if called else None)


@settings(max_examples=30)
@given(drawn=tickets, count=st.integers(0, 6))
def test_the_longest_waits_are_the_worst_broken_ones_and_no_more_than_asked(drawn, count):
    rows = rows_of(drawn)
    late = numbers_of(frame(rows), PROMISES, longest=count).longest
    broken = sorted(
        ((r[4] - r[3]).total_seconds() / 60 for r in rows
         if r[4] is not pd.NaT and r[2] in PROMISES and (r[4] - r[3]).total_seconds() / 60 > PROMISES[r[2]]),
        reverse=True,
    )  # fmt: skip
    assert [one.minutes for one in late] == broken[:count]
    by_label = {r[0]: r for r in rows}
    for one in late:
        assert (one.service, one.tier, one.promise) == (
            by_label[one.label][1],
            by_label[one.label][2],
            PROMISES[one.tier],
        )
        assert one.minutes > one.promise


@settings(max_examples=25)
@given(drawn=tickets)
def test_half_hours_hold_everybody_once(drawn):
    rows = rows_of(drawn)
    counted = {}
    for row in rows:
        slot = (row[3].hour * 60 + row[3].minute) // 30 * 30
        counted[slot] = counted.get(slot, 0) + 1
    assert by_half_hour(frame(rows)) == dict(sorted(counted.items()))
    assert sum(by_half_hour(frame(rows), "called").values()) == sum(row[4] is not pd.NaT for row in rows)


@pytest.mark.parametrize(("wait", "late"), [(15, 0), (15.01, 1)])
def test_a_wait_of_exactly_the_promise_is_no_long_wait(wait, late):
    assert len(numbers_of(frame([ticket("A1", MIDNIGHT, wait)]), PROMISES).longest) == late


def test_who_is_known_to_have_left_does_not_wait_though_nobody_noted_how_it_ended():
    found = frame([ticket("A1", MIDNIGHT, None, outcome="unknown"), ticket("A2", MIDNIGHT, None, outcome="unknown")])
    found.loc[1, "left"] = pd.Timestamp(MIDNIGHT + timedelta(minutes=9))
    assert numbers_of(found, PROMISES).waiting == 1


def test_a_source_without_labels_numbers_its_late_tickets_by_their_row():
    found = frame([ticket("A1", MIDNIGHT, 3), ticket("A2", MIDNIGHT, 40)]).drop(columns="ticket")
    assert [one.label for one in numbers_of(found, PROMISES).longest] == ["1"]


# --- today beside earlier weeks -------------------------------------------------------------------------------------
def today(minute, spans=((540, 1020),)):
    def at(value):
        return datetime(2026, 11, 23, value // 60, value % 60, tzinfo=ZONE)

    return Today(ON, calendar.DayKind.WORKDAY, "", False, (), tuple((at(a), at(b)) for a, b in spans), at(minute))


slots = st.dictionaries(st.integers(16, 36).map(lambda n: n * 30), st.integers(0, 50), max_size=12)


@settings(max_examples=50)
@given(now=st.integers(0, 1439), own=slots, past=st.lists(slots.filter(len), max_size=8))
def test_usual_is_the_mean_of_earlier_days_up_to_this_minute(now, own, past):
    found = beside(today(now), own, past)
    usual = 0.0
    for day in past:
        for slot, count in day.items():
            over = min(max(now - slot, 0), 30) / 30
            usual += count * over / len(past)
    assert found.came == sum(own.values()) and found.days == len(past)
    if len(past) < FEWEST or usual == 0:
        assert found.usual is None and found.change is None
    else:
        assert found.usual == pytest.approx(usual)
        assert found.change == pytest.approx(found.came / usual - 1)


@settings(max_examples=60)
@given(now=st.integers(0, 1439), own=slots, past=st.lists(slots.filter(len), max_size=4))
def test_the_picture_shows_every_open_half_hour_and_what_came_only_once_it_has_begun(now, own, past):
    hours = beside(today(now), own, past).plan.hours
    minutes = [hour.minute for hour in hours]
    assert minutes == sorted(set(minutes)) and set(range(540, 1020, 30)) <= set(minutes)
    for hour in hours:
        assert hour.came == (own.get(hour.minute, 0) if hour.minute <= now else None)


@pytest.mark.parametrize("days", [FEWEST - 1, FEWEST])
def test_three_earlier_days_are_enough_to_say_what_is_usual(days):
    found = beside(today(600), {540: 8}, [{540: 4}] * days)
    assert (found.change is None) is (days < FEWEST)


@pytest.mark.parametrize(("now", "came"), [(599, None), (600, 0), (601, 0)])
def test_a_half_hour_has_begun_on_its_first_minute(now, came):
    hours = {hour.minute: hour.came for hour in beside(today(now), {}, []).plan.hours}
    assert hours[600] == came


def test_a_midday_closure_has_no_half_hours():
    hours = beside(today(600, ((540, 690), (780, 1020))), {}, []).plan.hours
    assert [hour.minute for hour in hours] == [*range(540, 690, 30), *range(780, 1020, 30)]


# --- a plan's own sums ----------------------------------------------------------------------------------------------
slot = st.integers(0, 47).map(lambda n: n * 30)
plans = st.lists(st.builds(HalfHour, slot, st.none() | st.floats(0, 200), st.none() | st.integers(0, 200)), max_size=20)


@settings(max_examples=40)
@given(hours=plans)
def test_sum_peak_and_ceiling_of_a_plan(hours):
    plan = Plan(today(600), tuple(hours), None)
    known = [hour.expected for hour in hours if hour.expected is not None]
    assert plan.expected == (pytest.approx(sum(known)) if known else None)
    most = max((value for value in known if value), default=None)
    assert (plan.peak.expected if plan.peak else None) == most
    assert plan.ceiling >= 1 and all(plan.ceiling >= max(h.expected or 0, h.came or 0) for h in hours)


@pytest.mark.parametrize(
    ("now", "shown", "hidden"),
    [
        (datetime(2026, 11, 22, 23, 59, tzinfo=ZONE), set(), set(range(540, 1020, 30))),
        (datetime(2026, 11, 23, 9, 0, tzinfo=ZONE), {540}, set(range(570, 1020, 30))),
        (datetime(2026, 11, 23, 8, 59, tzinfo=ZONE), set(), set(range(540, 1020, 30))),
        (datetime(2026, 11, 24, 0, 0, tzinfo=ZONE), set(range(540, 1020, 30)), set()),
    ],
    ids=["the evening before", "at opening", "a minute before", "midnight after"],
)
def test_what_came_is_known_only_of_half_hours_that_have_begun(now, shown, hidden):
    hours = half_hours(replace(today(600), now=now), None, frame([]))
    assert {h.minute for h in hours if h.came == 0} == shown
    assert {h.minute for h in hours if h.came is None} == hidden


def test_a_forecast_of_every_quarter_hour_and_service_is_added_up_by_half_hours():
    rows = pd.DataFrame(
        {"minute": [540, 555, 570, 585, 540], "service": list("aaaab"), "mean": [1.0, 2.0, 4.0, 8.0, 0.5]}
    )
    hours = {h.minute: h.expected for h in half_hours(today(600), rows, None)}
    assert (hours[540], hours[570], hours[600]) == (3.5, 12.0, None)


def test_somebody_who_came_outside_the_hours_is_shown_where_he_came():
    early = frame([ticket("A1", datetime(2026, 11, 23, 8, 10), 3)])
    assert half_hours(today(600), None, early)[0] == HalfHour(480, None, 1)


# --- how loud -------------------------------------------------------------------------------------------------------
def day(kept, called):
    return DayNumbers(called, called, 0, 0, 1.0, 1.0, (TierPromise("standard", 15, called, kept, 1.0, 1.0),), ())


@pytest.mark.parametrize(
    ("kept", "called", "level"),
    [
        (0, ENOUGH - 1, "calm"),
        (20, 20, "fine"),
        (18, 20, "fine"),
        (179, 200, "watch"),
        (150, 200, "watch"),
        (149, 200, "act"),
        (0, ENOUGH, "act"),
    ],
    ids=["too few to judge", "all", "exactly the goal", "just below", "fifteen points below", "more than that", "none"],
)
def test_panel_and_overview_judge_the_promise_alike(kept, called, level):
    share = kept / called
    assert _loudness(share, called) == level
    assert level_of(today(600), day(kept, called), 3) == level


@pytest.mark.parametrize(
    ("spans", "numbers", "rostered", "level"),
    [
        ((), day(0, 40), 0, "calm"),
        (((540, 1020),), day(40, 40), 0, "act"),
        (((540, 1020),), day(40, 40), None, "fine"),
        (((540, 1020),), None, 0, "act"),
        (((540, 1020),), None, 4, "calm"),
    ],
    ids=["closed", "nobody rostered", "nobody knows rosters", "no numbers, nobody rostered", "no numbers"],
)
def test_a_closed_branch_is_calm_and_an_open_one_without_people_is_not(spans, numbers, rostered, level):
    assert level_of(today(600, spans), numbers, rostered) == level


@pytest.mark.parametrize(("kept", "called", "percent"), [(40, 40, 100), (0, 40, 0), (1, 3, 33), (0, 0, None)])
def test_the_line_shows_whole_per_cent(kept, called, percent):
    line = BranchLine(None, "", today(600), day(kept, called), 1, "fine")
    assert line.kept_percent == percent
    assert BranchLine(None, "", today(600), None, 1, "fine").kept_percent is None
