"""The moments of a ticket in their order: at each limit of a repair, and against the rules told row by row."""

from datetime import datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.history import Mapping, normalise

NOON = datetime(2026, 1, 5, 12)
HOUR, DAY = 3600, 86_400
LATER = ("called", "left", "finished")


def log_of(rows, **options):
    """Rows of (called, left, finished) in seconds after an arrival at noon, None for an empty cell."""
    table = {
        name: pd.to_datetime([None if row[k] is None else NOON + timedelta(seconds=row[k]) for row in rows])
        for k, name in enumerate(LATER)
    }
    frame = pd.DataFrame({"arrived": pd.to_datetime([NOON] * len(rows))} | table)
    return normalise(frame, Mapping.from_dict({name: name for name in frame.columns} | options))


def seconds(log):
    """The moments that came back, as they were put in."""
    return [
        tuple(
            None if pd.isna(value) else (value - arrived).total_seconds()
            for value in (row["called"], row["left"], row["finished"])
        )
        for row in log.frame.to_dict("records")
        for arrived in [row["arrived"]]
    ]


def remarks(log):
    return list(zip(log.issues["row"] - 2, log.issues["column"], log.issues["code"], strict=True))


@pytest.mark.parametrize(
    ("called", "kept", "code"),
    [
        (0, 0, None),
        (1, 1, None),
        (-1, 0, "rounding"),
        (-2, 0, "rounding"),  # the tolerance itself
        (-3, None, "negative_duration"),
        (-12 * HOUR + 1, None, "negative_duration"),
        (-12 * HOUR, 12 * HOUR, "past_midnight"),  # half a day back is the next day
        (-DAY + 60, 60, "past_midnight"),
        (-DAY - 2, 0, "past_midnight rounding"),
        (-DAY - 3, None, "past_midnight negative_duration"),
        (12 * HOUR, 12 * HOUR, None),
        (12 * HOUR + 1, None, "too_long"),
    ],
)
def test_a_call_at_each_limit_is_kept_repaired_or_dropped(called, kept, code):
    log = log_of([(called, None, None)])
    assert seconds(log) == [(kept, None, None)]
    assert " ".join(log.issues["code"]) == (code or "")
    assert log.is_clean and len(log.usable) == 1  # no oddity of a later moment loses the customer


@pytest.mark.parametrize(
    ("row", "kept", "said"),
    [
        ((60, None, 59), (60, None, 60), [(0, "finished", "rounding")]),  # measured from the call
        ((60, None, 57), (60, None, None), [(0, "finished", "negative_duration")]),
        ((None, None, 57), (None, None, 57), []),  # without a call from the arrival
        ((None, None, -1), (None, None, 0), [(0, "finished", "rounding")]),
        ((-100, None, -50), (None, None, None), [(0, name, "negative_duration") for name in ("called", "finished")]),
        ((-100, None, 50), (None, None, 50), [(0, "called", "negative_duration")]),
        ((11 * HOUR, None, 23 * HOUR), (11 * HOUR, None, 23 * HOUR), []),  # twelve hours after the call
        ((11 * HOUR, None, 23 * HOUR + 1), (11 * HOUR, None, None), [(0, "finished", "too_long")]),
        ((None, 12 * HOUR + 1, None), (None, None, None), [(0, "left", "too_long")]),
        ((90, -1, None), (90, 0, None), [(0, "left", "rounding")]),  # leaving is measured from the arrival
    ],
)
def test_each_moment_is_measured_from_the_one_before_it(row, kept, said):
    log = log_of([row])
    assert seconds(log) == [kept]
    assert remarks(log) == said


def retold(row, past_midnight, tolerance, longest):
    """The rules once more, one row at a time: what comes back and what is said."""
    found, said = {}, []
    for name, written in zip(LATER, row, strict=True):
        value = written
        start = found["called"] if name == "finished" and found["called"] is not None else 0
        if value is None:
            found[name] = None
            continue
        if past_midnight > 0 and value - start <= -past_midnight * HOUR:
            value += DAY
            said.append((name, "past_midnight"))
        if 0 > value - start >= -tolerance:
            value = start
            said.append((name, "rounding"))
        elif value < start:
            value = None
            said.append((name, "negative_duration"))
        elif value - start > longest * HOUR:
            value = None
            said.append((name, "too_long"))
        found[name] = value
    return (found["called"], found["left"], found["finished"]), said


MOMENT = st.none() | st.integers(-2 * DAY, 2 * DAY) | st.integers(-5, 5) | st.integers(-13, 13).map(lambda h: h * HOUR)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(MOMENT, MOMENT, MOMENT), min_size=1, max_size=12),
    st.sampled_from([0.0, 6.0, 12.0]),
    st.sampled_from([0.0, 2.0, 90.0]),
    st.sampled_from([1.0, 12.0, 30.0]),
)
def test_all_rows_at_once_are_as_one_row_at_a_time(rows, past_midnight, tolerance, longest):
    options = {"past_midnight_hours": past_midnight, "tolerance": tolerance, "longest_hours": longest}
    log = log_of(rows, **options)
    told = [retold(row, past_midnight, tolerance, longest) for row in rows]
    assert seconds(log) == [kept for kept, _ in told]
    expected = sorted((k, name, code) for k, (_, said) in enumerate(told) for name, code in said)
    assert sorted(remarks(log)) == expected
    assert log.issues["severity"].eq("warning").all()


def test_a_second_reading_of_the_clean_log_finds_nothing_more_to_repair():
    rows = [(-1, None, 50), (-DAY + 60, 90, -DAY + 80), (10, None, 13 * HOUR), (None, -2, None)]
    once = log_of(rows)
    names = {name: name for name in ("arrived", *LATER)}
    again = normalise(once.to_frame(), Mapping.from_dict(names))
    assert again.issues.empty
    assert again.frame[list(names)].reset_index(drop=True).equals(once.frame[list(names)].reset_index(drop=True))


@pytest.mark.parametrize(
    ("queued", "code"),
    [(-2, None), (-3, "queued_early"), (-12 * HOUR + 1, "queued_early"), (-12 * HOUR, None), (60, None)],
)
def test_joining_the_line_before_arriving_is_told_and_left(queued, code):
    frame = pd.DataFrame({"a": pd.to_datetime([NOON]), "q": pd.to_datetime([NOON + timedelta(seconds=queued)])})
    log = normalise(frame, Mapping.from_dict({"arrived": "a", "queued": "q"}))
    assert log.issues["code"].tolist() == ([code] if code else [])
    assert log.frame["arrived"].tolist() == [NOON]
