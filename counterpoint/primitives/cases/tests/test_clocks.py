"""The clock engine against an oracle that walks the minutes, and the laws of time that it keeps (P-C2, P-C3, P-C4)."""

import dataclasses
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import calendar
from counterpoint.foundation.calendar import Hours
from counterpoint.primitives.cases import clocks, readings, state, types
from counterpoint.primitives.cases.tests import walked
from counterpoint.primitives.cases.types import RUNS, Span
from tests.properties import dose

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SEED = 20261123
ZONES = (
    "Asia/Shanghai", "Asia/Shanghai", "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Kathmandu", "Asia/Kolkata",
    "Asia/Beirut", "Asia/Amman", "Asia/Tehran", "Africa/Cairo", "Africa/Casablanca", "America/Asuncion",
    "America/Havana", "America/New_York", "America/Santiago", "America/Sao_Paulo", "America/St_Johns",
    "Antarctica/Troll", "Atlantic/Azores", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin",
    "Europe/Chisinau", "Europe/London", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter",
    "Pacific/Kiritimati", "UTC",
)  # fmt: skip
FIRST, LAST = datetime(2020, 1, 3, tzinfo=UTC), datetime(2035, 6, 1, tzinfo=UTC)


def changes_of(zone):
    """Instants (to the day) around which the zone's clocks change."""
    place, found, at = ZoneInfo(zone), [], FIRST
    while at < LAST:
        if at.astimezone(place).utcoffset() != (at + DAY).astimezone(place).utcoffset():
            found.append(at)
        at += DAY
    return found


def around_free_days():
    """Days next to Chinese holidays and make-up workdays."""
    days = [date(2020, 1, 1) + DAY * n for n in range(7 * 365)]
    odd = [d for d in days if calendar.day(d).kind in ("holiday", "makeup")]
    return [datetime.combine(d, time(), UTC) for d in odd]


class Dice:
    """Random clocks under one seed."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        self.changes = {zone: changes_of(zone) for zone in set(ZONES)}
        self.free = around_free_days()

    def number(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def chance(self, part):
        return self.rng.random() < part

    def pick(self, rows):
        return rows[self.number(0, len(rows) - 1)]

    def case(self):
        zone = self.pick(ZONES)
        near = self.changes[zone] if self.chance(0.5) else self.free if zone == "Asia/Shanghai" else []
        start = self.pick(near) + self.number(-3 * 1440, 2 * 1440) * MINUTE if near else (
            FIRST + self.number(0, int((LAST - FIRST) / MINUTE)) * MINUTE
        )  # fmt: skip
        runs = self.pick(RUNS)
        hours = self.hours(zone, start)
        holes = []
        for _ in range(self.number(0, 3)):
            since = start + self.number(0, 3 * 1440) * MINUTE
            holes.append((since, since + self.number(0, 1500) * MINUTE))
        return hours, runs, self.span(runs), start, holes, self.number(0, 5 * 1440) * MINUTE

    def hours(self, zone, start):
        weekly = {d: self.day() for d in range(7) if d < 3 or self.chance(0.6)}
        special = {start.date() + DAY * self.number(-2, 5): self.day() if self.chance(0.5) else () for _ in range(2)}
        return Hours(weekly, special if self.chance(0.3) else {}, zone, "cn" if self.chance(0.5) else "intl")

    def day(self):
        edges = sorted({self.number(0, 1440) for _ in range(4)} | ({0, 1440} if self.chance(0.15) else set()))
        if len(edges) < 2:
            return ((540, 1020),)
        return tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=False))

    def span(self, runs):
        kinds = ["minutes", "end_of_day"]
        kinds += ["working_days"] if runs in ("opening", "working_days") else ["calendar_days"]
        kind = self.pick(kinds)
        if kind == "minutes":
            return Span(minutes=self.number(1, 900))
        return Span(end_of_day=True) if kind == "end_of_day" else Span(**{kind: self.number(1, 4)})


def compare(count, seed):
    """Play `count` random clocks both ways; returns the first disagreements."""
    dice, wrong = Dice(seed), []
    cases = sorted((dice.case() for _ in range(count)), key=lambda c: (c[0].time_zone, c[3]))
    for case in cases:
        hours, runs, span, start, holes, probe = case
        allowed = clocks.allowance(hours, runs, span, start)
        merged = clocks.merged(holes)
        due = clocks.deadline(hours, runs, start, allowed, merged)
        used = clocks.consumed(hours, runs, start, start + probe, merged)
        found = (allowed / MINUTE, due, used / MINUTE, clocks.consumed(hours, runs, start, due, merged))
        walk = walked.allowance(hours, runs, span, start)
        end = walked.deadline(hours, runs, start, walk, holes)
        asked = (walk, end, walked.consumed(hours, runs, start, start + probe, holes), walk * MINUTE)
        if found != asked:
            wrong.append((case, found, asked))
    return wrong


def test_f9_the_engine_is_the_minute_walk_both_ways():
    assert compare(2000, SEED)[:3] == []


@pytest.mark.slow
def test_f9_the_engine_is_the_minute_walk_on_fifty_thousand_clocks():
    assert compare(50_000, SEED + 1)[:3] == []


def test_f9_an_engine_that_forgets_make_up_days_or_daylight_saving_would_be_found(monkeypatch):
    """Sabotage: plain weekdays instead of the announced calendar; fixed offsets instead of the zone's rules."""
    with monkeypatch.context() as broken:
        broken.setattr(clocks, "spans_of", lambda hours, runs, day: [
            span for span in spans_of(hours, runs, day) if not (runs == "working_days" and day.weekday() >= 5)
        ])  # fmt: skip
        assert compare(300, SEED)
    with monkeypatch.context() as broken:
        broken.setattr(clocks.calendar, "local", fixed_offset)
        assert compare(300, SEED)


spans_of = clocks.spans_of


def fixed_offset(day, minute, zone):
    midnight = datetime.combine(day, time(), zone).astimezone(UTC)
    return midnight + minute * MINUTE


def levelled(dice):
    """A random clock of some levels, and a random way of a case through them that ends on one of these."""
    hours, runs, span, start, holes, _probe = dice.case()
    mine = {level for level in "abcd" if dice.chance(0.4)} or {"b"}
    moments = sorted({start + dice.number(1, 4 * 1440) * MINUTE for _ in range(dice.number(0, 5))})
    stays = [(at, dice.pick("abcd")) for at in (start, *moments)]
    stays[-1] = (stays[-1][0], sorted(mine)[0])
    return hours, runs, span, holes, mine, stays


def as_case(runs, span, holes, mine, stays):
    """The same clock as a kind of case, and the same way as the state of one."""
    clock = types.ClockType("k", {"zh-hans": "k"}, dict.fromkeys(mine, span), runs, "level", "resolved", True, (), ())
    kind = types.CaseType("t", {"zh-hans": "t"}, tuple(types.Named(level, {"zh-hans": level}) for level in "abcd"))
    told = state.opened(kind, state.Event("opened", stays[0][0], "", {"version": 1, "level": stays[0][1]}))
    for at, level in stays[1:]:
        told = state.evolve(kind, told, state.Event("level", at, "", {"level": level}))
    pauses = tuple(state.Pause(1, a.isoformat(), b.isoformat(), "", "") for a, b in holes)
    return dataclasses.replace(kind, clocks=(clock,)), dataclasses.replace(told, pauses=pauses)


def compare_levels(count, seed):
    """Play `count` random clocks that start with a level both ways; returns the disagreements."""
    dice, wrong = Dice(seed), []
    for hours, runs, span, holes, mine, stays in (levelled(dice) for _ in range(count)):
        (reading,) = readings.read(*as_case(runs, span, holes, mine, stays), hours)
        found = reading.start, reading.due_at
        asked = walked.on_levels(hours, runs, span, stays, mine, holes)
        told = clocks.explained(hours, runs, reading.start, reading.due_at, reading.holes)
        whole = sum((line.used for line in told), timedelta()) == reading.allowed
        if found != asked or not whole:
            wrong.append(((hours, runs, span, holes, mine, stays), found, asked))
    return wrong


def test_f9_a_clock_that_starts_with_its_level_is_the_minute_walk():
    assert compare_levels(1000, SEED)[:3] == []


@pytest.mark.slow
def test_f9_a_clock_that_starts_with_its_level_is_the_minute_walk_twenty_thousand_times():
    assert compare_levels(20_000, SEED + 1)[:3] == []


def test_f9_an_engine_that_counts_from_the_opening_or_starts_anew_would_be_found(monkeypatch):
    """Sabotage: the begin of the cycle as the start; no time away; every return to the level as a new start."""
    honest = state.on_levels

    def last_return(told, cycle, levels):
        stays = [(datetime.fromisoformat(at), level) for _c, at, level in told.levels]
        back = max(n for n, (_at, level) in enumerate(stays) if level in levels)
        while back and stays[back - 1][1] in levels:
            back -= 1
        return stays[back][0], ()

    for broken in (lambda told, *_of: (told.start, ()), lambda *of: (honest(*of)[0], ()), last_return):
        monkeypatch.setattr(readings, "on_levels", broken)
        assert compare_levels(300, SEED)


@pytest.mark.parametrize("zone", sorted(set(ZONES)))
def test_clocks_change_at_quarters(zone):
    """What the oracle's table rests on."""
    place = ZoneInfo(zone)
    for near in changes_of(zone)[:6]:
        for minute in range(1440):
            at = near + minute * MINUTE
            if at.astimezone(place).utcoffset() != (at + MINUTE).astimezone(place).utcoffset():
                assert (at + MINUTE).minute % walked.QUARTER == 0


SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = Hours(dict.fromkeys(range(5), ((540, 720), (780, 1020))))


def shanghai(month, day, hour, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("runs", "span", "start", "due"),
    [
        ("opening", Span(minutes=30), shanghai(11, 23, 10), shanghai(11, 23, 10, 30)),
        ("opening", Span(minutes=30), shanghai(11, 23, 11, 45), shanghai(11, 23, 13, 15)),
        ("opening", Span(minutes=120), shanghai(11, 27, 16), shanghai(11, 30, 10)),
        ("opening", Span(minutes=30), shanghai(11, 28, 12), shanghai(11, 30, 9, 30)),
        ("opening", Span(end_of_day=True), shanghai(11, 23, 8), shanghai(11, 23, 17)),
        ("opening", Span(end_of_day=True), shanghai(11, 23, 17), shanghai(11, 24, 17)),
        ("opening", Span(working_days=2), shanghai(11, 26, 12), shanghai(11, 30, 17)),
        ("working_days", Span(working_days=15), shanghai(11, 2, 9), shanghai(11, 24, 0)),
        ("working_days", Span(working_days=3), shanghai(9, 30, 9), shanghai(10, 11, 0)),
        ("working_days", Span(working_days=1), shanghai(9, 19, 9), shanghai(9, 21, 0)),
        ("calendar", Span(calendar_days=15), shanghai(9, 30, 9), shanghai(10, 16, 0)),
        ("always", Span(minutes=240), shanghai(10, 1, 23), shanghai(10, 2, 3)),
        ("calendar", Span(end_of_day=True), shanghai(10, 1, 23), shanghai(10, 2, 0)),
    ],
    ids=["half an hour", "over lunch", "over a weekend", "opened on Saturday", "same day", "at the bell: next day",
         "two working days", "fifteen working days", "over the National Day, 10 October is worked",
         "a Sunday that is worked", "fifteen days over a holiday", "through the night", "midnight"],
)  # fmt: skip
def test_deadlines_as_a_person_would_count_them(runs, span, start, due):
    allowed = clocks.allowance(WEEK, runs, span, start)
    assert clocks.deadline(WEEK, runs, start, allowed) == due


def test_a_pause_without_end_leaves_no_deadline_and_a_branch_without_hours_says_so():
    start = shanghai(11, 23, 10)
    open_end = ((start + 5 * MINUTE, clocks.NEVER_ENDS),)
    assert clocks.deadline(WEEK, "opening", start, 30 * MINUTE, open_end) is None
    assert clocks.deadline(WEEK, "always", start, 30 * MINUTE, open_end) is None
    assert clocks.deadline(WEEK, "opening", start, 5 * MINUTE, open_end) == start + 5 * MINUTE
    night = ((shanghai(11, 23, 20), clocks.NEVER_ENDS),)
    assert clocks.deadline(WEEK, "opening", start, 10 * 60 * MINUTE, night) is None
    assert clocks.consumed(WEEK, "opening", start, start + 30 * DAY, open_end) == 5 * MINUTE
    for asked in (Span(end_of_day=True), Span(working_days=1)):
        with pytest.raises(clocks.NeverDue):
            clocks.allowance(Hours({}, pack="intl"), "opening", asked, start)
    with pytest.raises(clocks.NeverDue):
        clocks.deadline(Hours({}, pack="intl"), "opening", start, MINUTE)


INSTANTS = st.integers(0, 20 * 1440 * 60).map(lambda s: datetime(2026, 9, 21, tzinfo=UTC) + timedelta(seconds=s))
HOLES = st.lists(st.tuples(INSTANTS, INSTANTS).map(lambda p: (min(p), max(p))), max_size=4)
KINDS = st.sampled_from(RUNS)
AMOUNTS = st.integers(0, 3000).map(lambda m: m * MINUTE)


@given(KINDS, INSTANTS, INSTANTS, INSTANTS, HOLES)
@settings(max_examples=dose(200))
def test_p_c3_time_used_grows_with_time_and_stands_in_pauses_and_outside_hours(runs, start, one, two, holes):
    merged = clocks.merged(holes)
    early, late = sorted((one, two))
    used = [clocks.consumed(WEEK, runs, start, at, merged) for at in (early, late)]
    assert used[0] <= used[1] <= max(late - start, timedelta()) and used[1] - used[0] <= late - early
    for since, until in merged:
        assert clocks.consumed(WEEK, runs, start, since, merged) == clocks.consumed(WEEK, runs, start, until, merged)
    night = shanghai(9, 21, 20)
    if runs == "opening":
        assert clocks.consumed(WEEK, runs, start, night, merged) == clocks.consumed(
            WEEK, runs, start, night + 3 * 60 * MINUTE, merged
        )


@given(KINDS, INSTANTS, AMOUNTS, HOLES, INSTANTS)
@settings(max_examples=dose(200))
def test_p_c4_an_empty_pause_is_none_and_a_split_pause_is_one(runs, start, allowed, holes, at):
    plain = clocks.deadline(WEEK, runs, start, allowed, clocks.merged(holes))
    assert clocks.deadline(WEEK, runs, start, allowed, clocks.merged([*holes, (at, at)])) == plain
    split = [part for a, b in holes for part in ((a, a + (b - a) / 2), (a + (b - a) / 2, b))]
    assert clocks.deadline(WEEK, runs, start, allowed, clocks.merged(split)) == plain


@given(KINDS, INSTANTS, INSTANTS, INSTANTS, HOLES)
@settings(max_examples=dose(200))
def test_p_c4_time_used_adds_up_over_any_split(runs, start, one, two, holes):
    merged = clocks.merged(holes)
    middle, end = sorted((max(one, start), max(two, start)))
    parts = clocks.consumed(WEEK, runs, start, middle, merged) + clocks.consumed(WEEK, runs, middle, end, merged)
    assert parts == clocks.consumed(WEEK, runs, start, end, merged)


@given(KINDS, INSTANTS, AMOUNTS, HOLES)
@settings(max_examples=dose(200))
def test_p_c2_the_deadline_is_where_the_allowance_is_used_up(runs, start, allowed, holes):
    merged = clocks.merged(holes)
    due = clocks.deadline(WEEK, runs, start, allowed, merged)
    assert due is not None and clocks.consumed(WEEK, runs, start, due, merged) == allowed
    if allowed:
        assert clocks.consumed(WEEK, runs, start, due - timedelta(seconds=1), merged) < allowed
    lines = clocks.explained(WEEK, runs, start, due, merged)
    assert sum((line.used for line in lines), timedelta()) == allowed
    assert all(line.total == sum((x.used for x in lines[: n + 1]), timedelta()) for n, line in enumerate(lines))


@given(INSTANTS)
@settings(max_examples=dose(200))
def test_service_time_is_when_people_are_there(at):
    told = clocks.service_time(WEEK, at)
    assert told >= at and clocks.service_time(WEEK, told) == told
    assert (told == at) == any(a <= at <= b for a, b in WEEK.spans(WEEK.today(at)))
