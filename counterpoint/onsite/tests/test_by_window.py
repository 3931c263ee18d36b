"""Numbers of the hall by window: who served where, and how long a window was manned."""

from datetime import date

import numpy as np
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.onsite import counted, daylog
from counterpoint.onsite.rules import columns

ON = date(2026, 11, 16)
NINE = 9 * 3600


def served(begin, end, window="", who="mei"):
    """A ticket that was called and finished at these minutes after nine."""
    return {"ticket": f"{who}{begin}", "service": "a", "tier": "", "server": who, "outcome": "served", "taken": NINE,
            "called": NINE + 60 * begin, "finished": NINE + 60 * end, "left": -1, "low": None, "high": None,
            "window": window}  # fmt: skip


def at_windows(*tickets):
    """Rows as (hour, person, window, minutes there, minutes serving, customers)."""
    return [row[1:] for row in counted._at_windows(daylog.from_rows(list(tickets)), ON)]


def test_who_changes_windows_is_at_the_new_one_from_the_first_call_there():
    rows = at_windows(served(0, 10, "3"), served(12, 20, "3"), served(25, 30, "5"), served(31, 40, "3"))
    assert rows == [(9.0, "mei", "3", 25 + 9, 10 + 8 + 9, 3.0), (9.0, "mei", "5", 6, 5, 1.0)]


def test_a_break_belongs_to_neither_window():
    rows = at_windows(served(0, 10, "3"), served(55, 59, "5"))
    assert rows == [(9.0, "mei", "3", 10, 10, 1.0), (9.0, "mei", "5", 4, 4, 1.0)]


def test_two_people_at_one_window_are_two_rows():
    rows = at_windows(served(0, 10, "3"), served(20, 30, "3", who="omar"))
    assert [(who, window, there) for _hour, who, window, there, *_ in rows] == [("mei", "3", 10), ("omar", "3", 10)]


def test_a_day_that_knows_no_windows_is_counted_as_before():
    assert at_windows(served(0, 10), served(12, 20)) == [(9.0, "mei", None, 20, 18, 2.0)]


@pytest.mark.parametrize(
    ("written", "window"),
    [("3", "3"), ("03", "3"), ("3.0", "3"), (" 3号窗口 ", "3"), ("窗口12", "12"), ("3號櫃檯", "3"), ("Window 3", "3"),
     ("贵宾室", "贵宾室"), ("A3", "A3"), ("3-2", "3-2"), ("", ""), ("x" * 60, "x" * 40)],
)  # fmt: skip
def test_a_window_is_known_by_its_number_however_a_file_writes_it(written, window):
    assert columns.window_of(written) == window


def test_a_window_with_a_name_is_called_by_it():
    with translation.override("zh-hans"):
        assert [counted.window_name("post", one) for one in ("3", "贵宾室")] == ["3 号窗口", "贵宾室"]


visits = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 60), st.sampled_from(["", "3", "5", "7"])), min_size=1, max_size=25
)


@given(visits)
def test_windows_share_out_a_persons_time_and_neither_lose_nor_double_any(found):
    """With the windows forgotten, the same hours add up to the same minutes and customers."""
    tickets = [served(begin, begin + length, window) for begin, length, window in found]
    apart, whole = (
        np.array([row[3:] for row in at_windows(*rows)]).sum(axis=0)
        for rows in (tickets, [{**one, "window": ""} for one in tickets])
    )
    np.testing.assert_allclose(apart[0], whole[0])
    assert apart[2] == whole[2]
    assert apart[1] <= apart[0] + 1e-9
