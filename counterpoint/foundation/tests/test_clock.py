"""One clock for the product; in the demo a line that all processes share."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation import clock
from counterpoint.foundation.clock import DemoClock, FixedClock, Pace, SystemClock

REAL = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
PAYDAY = datetime(2026, 11, 10, 1, 0, tzinfo=UTC)


class Real:
    def __init__(self):
        self.at = REAL

    def now(self):
        return self.at


@pytest.fixture
def shared(tmp_path):
    """Two processes' clocks on one pace file, with a real time that the test moves."""
    real, clocks = Real(), []
    for _ in range(2):
        one = DemoClock(tmp_path / "run" / "pace.json")
        one._system = real
        clocks.append(one)
    return real, *clocks


def test_without_a_pace_the_demo_clock_is_the_hosts(shared):
    real, one, _other = shared
    assert one.now() == real.at


def test_every_process_follows_the_pace_that_one_of_them_set(shared):
    real, one, other = shared
    other.now()
    one.set_pace(Pace(REAL, PAYDAY, 60.0))
    real.at += timedelta(seconds=10)
    assert one.now() == other.now() == PAYDAY + timedelta(minutes=10)


def test_a_pause_stands_still(shared):
    real, one, _other = shared
    one.set_pace(Pace(REAL, PAYDAY, 0.0))
    real.at += timedelta(hours=5)
    assert one.now() == PAYDAY


@given(st.floats(0, 600), st.floats(0, 600), st.integers(0, 10**6))
def test_changing_speed_neither_jumps_nor_goes_back(before, after, seconds):
    pace = Pace(REAL, PAYDAY, before)
    moment = REAL + timedelta(seconds=seconds)
    changed = pace.changed(moment, after)
    assert changed.at(moment) == pace.at(moment)
    assert changed.at(moment + timedelta(seconds=1)) >= changed.at(moment)


def test_a_pace_survives_its_file():
    pace = Pace(REAL, PAYDAY, 12.5)
    assert Pace.from_json(pace.to_json()) == pace


def test_a_pace_file_is_never_seen_half_written(shared, tmp_path):
    _real, one, _other = shared
    one.set_pace(Pace(REAL, PAYDAY, 1.0))
    one.set_pace(Pace(REAL, PAYDAY, 2.0))
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["pace.json"]


def test_the_installed_clock_is_replaced_and_given_back():
    fixed = FixedClock(REAL)
    previous = clock.use(fixed)
    try:
        assert clock.now() == REAL and clock.current() is fixed
        assert fixed.advance(minutes=30) == clock.now() == REAL + timedelta(minutes=30)
    finally:
        assert clock.use(previous) is fixed


def test_the_hosts_clock_is_in_utc():
    assert SystemClock().now().tzinfo is UTC
