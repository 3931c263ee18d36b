"""The phases of a branch day follow its opening hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.ui.dayline import PHASES, BranchDay, day_line, phase_of

ZONE = ZoneInfo("Asia/Shanghai")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=ZONE)


def day(now: datetime, opens: datetime | None = None, closes: datetime | None = None) -> BranchDay:
    return BranchDay(now=now, opens=opens or at(9), closes=closes or at(17))


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (at(6), "pre_open"),
        (at(8, 10), "pre_open"),
        (at(9), "open"),
        (at(10, 40), "open"),
        (at(11), "lunch"),
        (at(13, 29), "lunch"),
        (at(13, 30), "peak"),
        (at(16, 30), "close"),
        (at(17), "evening"),
        (at(23, 59), "evening"),
    ],
)
def test_the_desk_serves_the_phase_of_the_hour(now, phase):
    assert phase_of(day(now)) == phase
    assert [s.key for s in day_line(day(now)).spans if s.state == "current"] == [phase]


def test_a_usual_day_has_six_phases_in_order():
    assert tuple(span.key for span in day_line(day(at(10))).spans) == PHASES


def test_a_saturday_morning_has_no_afternoon_peak():
    keys = [span.key for span in day_line(day(at(10), at(9), at(12))).spans]
    assert keys == ["pre_open", "open", "lunch", "close", "evening"]


def test_a_half_hour_branch_still_closes():
    assert [s.key for s in day_line(day(at(9, 10), at(9), at(9, 30))).spans] == ["pre_open", "close", "evening"]


def test_the_branch_may_set_its_own_lunch():
    line = day_line(BranchDay(at(12), at(9), at(17), lunch=(at(12), at(13))))
    assert line.phase == "lunch"
    assert next(s for s in line.spans if s.key == "lunch").starts == at(12)


def test_a_closed_day_has_no_line_and_an_evening_desk():
    closed = BranchDay(now=at(10), opens=None, closes=None)
    assert day_line(closed) is None
    assert phase_of(closed) == "evening"
    assert phase_of(None) == "evening"


def test_closing_before_opening_is_refused_with_both_times():
    with pytest.raises(ValueError, match="08:00 must be after opening time 09:00"):
        day_line(day(at(10), at(9), at(8)))


@given(
    opens=st.integers(0, 20 * 60),
    length=st.integers(1, 16 * 60),
    now=st.integers(-300, 48 * 60),
)
def test_spans_fill_the_line_without_gap_for_any_hours(opens, length, now):
    start = at(0) + timedelta(minutes=opens)
    line = day_line(BranchDay(at(0) + timedelta(minutes=now), start, start + timedelta(minutes=length)))
    assert line.spans[0].left == 0
    assert abs(line.spans[-1].left + line.spans[-1].width - 100) < 0.02
    for before, after in zip(line.spans, line.spans[1:], strict=False):
        assert before.ends == after.starts
        assert abs(before.left + before.width - after.left) < 0.02
    assert 0 <= line.now_at <= 100
    assert sum(span.state == "current" for span in line.spans) == 1
