"""The grid of counts against a dictionary filled ticket by ticket, and every way a cell can say nothing."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.demand import (
    DayInfo,
    DemandInputError,
    DemandProblem,
    Outage,
    counts_from_log,
    plain_days,
)
from counterpoint.science.demand.grid import build, exposure_of
from counterpoint.science.history import Mapping, normalise

MONDAY = date(2026, 1, 5)
DAYS = plain_days(MONDAY, 15, hours=dict.fromkeys(range(6), ((540, 1020),)))
TARGET = MONDAY + timedelta(days=14)


def rows(*entries):
    """A tidy history of (day number, minute, service, count)."""
    table = [(MONDAY + timedelta(days=n), minute, service, count) for n, minute, service, count in entries]
    return pd.DataFrame(table, columns=["date", "minute", "service", "count"])


def problem(history, **changes):
    return DemandProblem(**{"history": history, "days": DAYS, "horizon": (TARGET,)} | changes)


def notes(grid):
    return dict(grid.notes)


ENTRY = st.tuples(st.integers(-3, 20), st.integers(0, 1439), st.sampled_from(["cash", "wealth"]), st.integers(0, 9))


@settings(max_examples=60, deadline=None)
@given(st.lists(ENTRY, max_size=25), st.sampled_from([15, 30, 60]), st.integers(1, 20))
def test_the_grid_holds_what_a_dictionary_holds(entries, interval, window):
    grid = build(problem(rows(*entries), interval=interval), window)
    wanted = {}
    for n, minute, service, count in entries:
        day = MONDAY + timedelta(days=n)
        open_day = n in range(14) and (TARGET - day).days <= window and day.weekday() < 6
        if open_day and 540 <= minute // interval * interval < 1020:
            key = (service, day, minute // interval)
            wanted[key] = wanted.get(key, 0) + count
    found = {
        (grid.services[s], grid.days[d].date, k): grid.counts[s, d, k]
        for s, d, k in zip(*np.nonzero(grid.counts), strict=True)
    }
    assert found == {key: count for key, count in wanted.items() if count}
    assert [day.date for day in grid.days] == [d.date for d in DAYS if 0 < (TARGET - d.date).days <= window]
    with_tickets = {day for _, day, _ in found}
    for row, day in enumerate(grid.days):
        assert grid.valid[row].sum() * interval == (480 if day.date in with_tickets else 0)
    assert grid.total == pytest.approx(grid.counts.sum(axis=0))


class TestNotes:
    def test_a_clean_history_needs_no_words(self):
        full = rows(*[(n, 600, "cash", 5) for n in range(14) if n % 7 != 6])
        assert build(problem(full), 30).notes == ()

    def test_tickets_outside_hours_are_counted_with_their_share(self):
        grid = build(problem(rows((0, 600, "cash", 30), (0, 120, "cash", 8), (6, 600, "cash", 2))), 30)
        assert notes(grid)["outside_hours"].startswith("10 tickets (25.0%)")
        assert grid.counts.sum() == 30

    def test_open_days_without_a_ticket_are_missing_and_closed_ones_are_not(self):
        grid = build(problem(rows((0, 600, "cash", 5))), 30)
        assert notes(grid)["days_without_records"].startswith("11 open days")  # 14 less two Sundays less one
        assert grid.valid[0].any() and not grid.valid[1:].any()

    def test_days_the_calendar_lacks_are_counted_only_within_the_window(self):
        history = rows((-1, 600, "cash", 5), (-30, 600, "cash", 5), (0, 600, "cash", 5), (0, 630, "cash", 5))
        assert notes(build(problem(history), 30))["no_calendar"].startswith("1 days")
        assert "no_calendar" not in notes(build(problem(history), 14))

    def test_rows_from_the_first_horizon_day_on_are_not_seen_and_not_told(self):
        grid = build(problem(rows((13, 600, "cash", 5), (14, 600, "cash", 99), (15, 600, "gold", 99))), 30)
        assert grid.counts.sum() == 0  # day 13 is a Sunday
        assert "gold" not in grid.services
        assert "no_calendar" not in notes(grid)

    def test_the_first_horizon_day_decides_what_is_past(self):
        asked = (TARGET, MONDAY + timedelta(days=7))
        grid = build(problem(rows((6, 600, "cash", 1), (8, 600, "cash", 9)), horizon=asked), 30)
        assert len(grid.days) == 7
        assert grid.counts.sum() == 0


class TestOutages:
    @pytest.mark.parametrize(
        ("start", "end", "gone"),
        [
            (600, 630, [20]),
            (600, 631, [20, 21]),  # a minute of an interval spoils the interval
            (629, 631, [20, 21]),
            (0, 1440, list(range(18, 34))),
            (0, 540, []),  # before opening
        ],
    )
    def test_every_touched_interval_says_nothing(self, start, end, gone):
        history = rows(*[(0, 540 + 30 * k, "cash", 3) for k in range(16)])
        grid = build(problem(history, outages=[Outage(MONDAY, start, end)]), 30)
        assert [k for k in range(18, 34) if not grid.valid[0, k]] == gone
        assert "outages" in notes(grid)

    def test_an_outage_of_a_day_that_is_not_read_changes_nothing(self):
        history = rows((0, 600, "cash", 3))
        other = build(problem(history, outages=[Outage(TARGET, 540, 600)]), 30)
        assert (other.valid == build(problem(history), 30).valid).all()


class TestExposure:
    def test_overlapping_hours_are_open_once(self):
        day = DayInfo(MONDAY, ((540, 600), (570, 630)))
        assert exposure_of((day,), 30)[0, 18:21].tolist() == [1, 1, 1]

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 600)), max_size=3), st.sampled_from([5, 15, 60]))
    def test_each_interval_is_as_open_as_its_minutes(self, spans, interval):
        opening = tuple((start, min(1440, start + length)) for start, length in spans)
        minutes = np.zeros(1440)
        for start, end in opening:
            minutes[start:end] = 1
        wanted = minutes.reshape(-1, interval).mean(axis=1)
        found = exposure_of((DayInfo(MONDAY, opening),), interval)[0]
        if all(a[1] <= b[0] for a, b in zip(sorted(opening), sorted(opening)[1:], strict=False)):
            assert found == pytest.approx(wanted)
        assert ((found >= wanted - 1e-12) & (found <= 1)).all()
        assert exposure_of((DayInfo(MONDAY, opening, "closed"),), interval).sum() == 0


class TestBalking:
    def test_one_share_lifts_every_count(self):
        grid = build(problem(rows((0, 600, "cash", 6)), balk_share=0.25), 30)
        assert grid.total[0, 20] == 8
        assert "balking" in notes(grid)
        assert build(problem(rows((0, 600, "cash", 6)), balk_share=0.0), 30).total[0, 20] == 6

    def test_shares_of_days_that_are_not_read_are_passed_over(self):
        shares = pd.DataFrame({"date": [TARGET, MONDAY], "minute": [600, 600], "balk_share": [0.9, 0.5]})
        assert build(problem(rows((0, 600, "cash", 6)), balk_share=shares), 30).total[0, 20] == 12

    @pytest.mark.parametrize("share", [1.0, 1.5, -0.01, math.nan])
    def test_a_share_outside_zero_and_one_is_refused(self, share):
        one = pd.DataFrame({"date": [MONDAY], "minute": [600], "balk_share": [share]})
        for given_share in (share, one):
            with pytest.raises(DemandInputError, match=r"balk_share must lie in \[0, 1\)"):
                build(problem(rows((0, 600, "cash", 6)), balk_share=given_share), 30)

    @pytest.mark.parametrize(
        ("column", "value", "said"),
        [("minute", 1440, "the minute 1440"), ("minute", -30, "the minute -30"), ("date", "soon", "the date soon")],
    )
    @pytest.mark.filterwarnings("ignore:Could not infer format")
    def test_a_share_of_no_moment_is_refused(self, column, value, said):
        shares = pd.DataFrame([{"date": MONDAY, "minute": 600, "balk_share": 0.5} | {column: value}])
        with pytest.raises(DemandInputError, match=f"balk_share holds {said}"):
            build(problem(rows((0, 600, "cash", 6)), balk_share=shares), 30)


class TestDirt:
    @pytest.mark.parametrize(
        ("column", "value", "said"),
        [
            ("count", math.nan, "history holds the count nan; it must be 0 or more"),
            ("count", math.inf, "the count inf"),
            ("count", "many", "the count many"),
            ("count", -1, "negative counts"),
            ("minute", 1440, "history holds the minute 1440; it must be 0 to 1439"),
            ("minute", -30, "the minute -30"),  # would be the last interval of the day
            ("minute", math.nan, "the minute nan"),
            ("minute", "9:00", "the minute 9:00"),
            ("date", None, "history holds the date"),
            ("date", "soon", "history holds the date soon, which cannot be read"),
        ],
    )
    @pytest.mark.filterwarnings("ignore:Could not infer format")
    def test_a_row_that_cannot_be_counted_is_refused_and_shown(self, column, value, said):
        history = rows((0, 600, "cash", 3), (1, 600, "cash", 4)).astype({column: object})
        history.loc[1, column] = value
        with pytest.raises(DemandInputError, match=said):
            build(problem(history), 30)

    @pytest.mark.parametrize("gone", ["date", "minute", "count"])
    def test_a_missing_column_is_named(self, gone):
        with pytest.raises(DemandInputError, match=rf"history lacks the column\(s\) {gone}"):
            build(problem(rows((0, 600, "cash", 3)).drop(columns=gone)), 30)

    def test_numbers_as_text_and_dates_as_text_are_read(self):
        history = rows((0, 600, "cash", 3)).astype({"count": str, "minute": str, "date": str})
        assert build(problem(history), 30).total[0, 20] == 3

    def test_without_a_service_column_all_customers_are_one_service(self):
        grid = build(problem(rows((0, 600, "cash", 3)).drop(columns="service")), 30)
        assert grid.services == ("all",)
        assert grid.total[0, 20] == 3

    def test_an_empty_history_still_knows_the_services_of_the_defaults(self):
        assert build(problem(rows(), default_shares={"b": 1.0, "a": 2.0}), 30).services == ("a", "b")
        assert build(problem(rows()), 30).services == ("all",)


def test_a_stretch_of_the_grid_is_the_grid_of_that_stretch():
    grid = build(problem(rows((0, 600, "cash", 3), (3, 630, "wealth", 4))), 30)
    part = grid.between(2, 5)
    assert [day.date for day in part.days] == [MONDAY + timedelta(days=n) for n in (2, 3, 4)]
    assert part.total.sum() == 4 and part.services == grid.services
    assert part.counts.shape == (2, 3, 48) and part.valid.shape == part.exposure.shape == (3, 48)


def test_tickets_of_a_log_are_counted_by_their_interval_and_nameless_ones_together():
    frame = pd.DataFrame(
        {"t": ["2026-01-05 09:29:59", "2026-01-05 09:30", "2026-01-06 09:00"], "s": ["养老金", "", None]}
    )
    log = normalise(frame, Mapping.from_dict({"arrived": "t", "service": "s"}))
    assert counts_from_log(log, 30).to_numpy().tolist() == [
        [MONDAY, 540, "养老金", 1],
        [MONDAY, 570, "all", 1],
        [MONDAY + timedelta(days=1), 540, "all", 1],
    ]
    assert counts_from_log(log, 60)["count"].tolist() == [1, 1, 1]
    moved = replace(problem(log), interval=60)
    assert build(moved, 30).total[0, 9] == 2
