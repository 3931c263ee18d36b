"""Clock and calendar as ticket machines write them: each spelling is read as the wall showed it, or refused by row."""

from datetime import date, datetime, time, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.history import Mapping, normalise

DAY = datetime(2026, 1, 5)


def whole(values, *, of="when", **mapping):
    """The log of one column that holds date and time together."""
    return normalise(pd.DataFrame({"when": values}), Mapping.from_dict({"arrived": of} | mapping))


def split(days, times, **mapping):
    """The log of a date column beside a time column."""
    stamp = {"column": "time", "date": "day"}
    return normalise(pd.DataFrame({"day": days, "time": times}), Mapping.from_dict({"arrived": stamp} | mapping))


def read(log):
    return [None if pd.isna(value) else value.to_pydatetime() for value in log.frame["arrived"]]


def told(log):
    return list(zip(log.issues["row"], log.issues["column"], log.issues["value"], log.issues["code"], strict=True))


@pytest.mark.parametrize(
    ("word", "after_midnight"),
    [
        ("9:00", timedelta(hours=9)),
        ("09:00", timedelta(hours=9)),
        ("9:00:01", timedelta(hours=9, seconds=1)),
        ("9:00:00.007", timedelta(hours=9, milliseconds=7)),
        ("9:00:00.5", timedelta(hours=9, milliseconds=500)),
        ("9:00:00.0004", timedelta(hours=9)),  # to the nearest millisecond
        ("9:00:00.9996", timedelta(hours=9, seconds=1)),
        ("23:59:59", timedelta(hours=23, minutes=59, seconds=59)),
        ("24:10", timedelta(days=1, minutes=10)),
        ("47:59:59", timedelta(days=2, seconds=-1)),
        ("48:00", None),  # no machine counts a third day
        ("9:60", None),
        ("9:59:60", None),
        ("9:5", None),  # five or fifty?
        ("-1:00", None),
        ("9:00 ", timedelta(hours=9)),
        ("９:３０", timedelta(hours=9, minutes=30)),  # full-width digits of a Chinese keyboard
        ("9：30", None),  # a full-width colon is told, not guessed
        ("9:30\u200b", None),  # so is a zero-width space
        ("32400", timedelta(hours=9)),  # seconds after midnight
        ("32400.5", timedelta(hours=9, milliseconds=500)),
        ("0", timedelta()),
        ("172799", timedelta(days=2, seconds=-1)),
        ("172800", None),
        ("1e4", None),
        ("noon", None),
    ],
)
def test_a_time_of_day_is_read_or_refused(word, after_midnight):
    log = split(["2026-01-05"], [word])
    assert read(log) == [None if after_midnight is None else DAY + after_midnight]
    assert told(log) == ([] if after_midnight is not None else [(2, "time", word, "unparsable")])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2 * 86_400_000 - 1), min_size=1, max_size=30))
def test_every_millisecond_of_two_days_comes_back(moments):
    words = [f"{ms // 3_600_000}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}" for ms in moments]
    log = split(["2026-01-05"] * len(words), words)
    assert read(log) == [DAY + timedelta(milliseconds=ms) for ms in moments]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("2026-01-05 09:15", datetime(2026, 1, 5, 9, 15)),
        ("2026-01-05T09:15:30", datetime(2026, 1, 5, 9, 15, 30)),
        ("2026/01/05 09:15", datetime(2026, 1, 5, 9, 15)),
        ("2026-01-05", DAY),
        ("\u30002026-01-05 09:15\u3000", datetime(2026, 1, 5, 9, 15)),  # ideographic spaces
        ("2026-01-05T09:15:00+08:00", datetime(2026, 1, 5, 9, 15)),  # the wall clock, never moved to UTC
        ("2026-01-05 09:15:00.250+0800", datetime(2026, 1, 5, 9, 15, 0, 250_000)),
        ("2026-01-05 09:15-05", datetime(2026, 1, 5, 9, 15)),
        ("2026-01-05T09:15:00Z", datetime(2026, 1, 5, 9, 15)),
        ("2026-02-29 09:15", None),
        ("2028-02-29 09:15", datetime(2028, 2, 29, 9, 15)),
        ("05/01/2026 09:15", None),  # day or month first?
        ("9999-12-31 00:00", None),  # how some systems write "never"
        ("2026-01-05 25:00", None),
        ("yesterday", None),
    ],
)
def test_a_moment_in_one_column_is_read_or_refused(word, expected):
    log = whole([word])
    assert read(log) == [expected]
    assert log.is_clean == (expected is not None)


def test_rows_with_and_without_an_offset_stand_in_one_log():
    rows = ["2026-01-05T09:00:00+08:00", "2026-01-05T09:01:00", "2026-01-05T09:02:00+09:00", ""]
    assert read(whole(rows)) == [DAY.replace(hour=9, minute=n) for n in range(3)] + [None]


def test_a_format_with_an_offset_gives_the_wall_clock_too():
    stamp = {"column": "when", "format": "%d/%m/%Y %H:%M %z"}
    assert read(whole(["05/01/2026 09:15 +0800", "31/12/2025 23:59 -0300"], of=stamp)) == [
        datetime(2026, 1, 5, 9, 15),
        datetime(2025, 12, 31, 23, 59),
    ]


def test_moments_with_a_zone_keep_their_wall_clock():
    column = pd.to_datetime(["2026-01-05 09:00", "2026-07-05 09:00"]).tz_localize("Asia/Shanghai")
    assert read(whole(column)) == [datetime(2026, 1, 5, 9), datetime(2026, 7, 5, 9)]


def test_a_moment_too_far_for_the_clock_is_refused_and_not_folded_into_the_past():
    far = np.array(["9999-12-31", "2026-01-05", "NaT"], dtype="datetime64[s]")
    log = whole(far)
    assert read(log) == [None, DAY, None]
    assert [(row, code) for row, _, _, code in told(log)] == [(2, "unparsable"), (4, "missing_arrival")]


@pytest.mark.parametrize(
    ("days", "format_", "expected"),
    [
        (["2026-01-05", "2026/01/05", "20260105"], None, [DAY] * 3),
        (["05/01/2026", "31/12/2025"], "%d/%m/%Y", [DAY, datetime(2025, 12, 31)]),
        (["05/02/2026", "13/01/2026"], None, [None, None]),  # neither row is guessed, whatever the first one allows
        (["990201", "101", "50105"], "%y%m%d", [datetime(1999, 2, 1), datetime(2000, 1, 1), datetime(2005, 1, 5)]),
        ([990201, 101, 50105], "%y%m%d", [datetime(1999, 2, 1), datetime(2000, 1, 1), datetime(2005, 1, 5)]),
        ([990201.0, np.nan], "%y%m%d", [datetime(1999, 2, 1), None]),  # a gap makes numbers of a column floats
        ([date(2026, 1, 5), DAY], None, [DAY, DAY]),
        (["2026年01月05日"], "%Y年%m月%d日", [DAY]),
    ],
)
def test_a_date_column_is_read_by_its_format_and_never_guessed(days, format_, expected):
    log = split(days, ["9:00"] * len(days), date_format=format_)
    assert read(log) == [None if day is None else day.replace(hour=9) for day in expected]


def test_the_column_that_cannot_be_read_is_the_one_that_is_named():
    log = split(["2026-13-05", "2026-01-05", "x"], ["9:00", "9:61", "y"])
    assert told(log) == [
        (2, "day", "2026-13-05", "unparsable"),
        (3, "time", "9:61", "unparsable"),
        (4, "day", "x", "unparsable"),
    ]


def test_a_date_without_a_time_and_a_time_without_a_date_are_missing_not_wrong():
    log = split(["2026-01-05", "", "2026-01-05"], ["", "9:00", "0:00:00"])
    assert [code for _, _, _, code in told(log)] == ["missing_arrival", "missing_arrival"]
    assert read(log)[2] == DAY
    zero = split(["2026-01-05"] * 2, ["0:00:00", "0:00:01"], zero_is_missing=True)
    assert read(zero) == [None, DAY + timedelta(seconds=1)]


def test_times_and_numbers_read_by_a_spreadsheet_need_no_text():
    assert read(split([DAY], [time(9, 15)])) == [DAY.replace(hour=9, minute=15)]
    assert read(split([DAY] * 2, [32400, 33300.0])) == [DAY.replace(hour=9), DAY.replace(hour=9, minute=15)]


def test_an_unreadable_moment_is_forgiven_where_the_next_column_has_it():
    frame = pd.DataFrame({"a": ["soon", "soon", ""], "b": ["2026-01-05 09:00", "later", "2026-01-05 10:00"]})
    log = normalise(frame, Mapping.from_dict({"arrived": ["a", "b"]}))
    assert read(log) == [datetime(2026, 1, 5, 9), None, datetime(2026, 1, 5, 10)]
    assert told(log) == [(3, "a", "soon", "unparsable"), (3, "b", "later", "unparsable")]
