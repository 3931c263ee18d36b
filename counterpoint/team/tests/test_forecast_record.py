"""Past forecasts against what came: which forecast judges a day, and the arithmetic of the judgement."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.team import queries, record
from counterpoint.team.planning.tests import examples
from counterpoint.team.record import RecordDay

MONDAY, TUESDAY, WEDNESDAY = examples.WEEK
TODAY = date(2026, 12, 10)
PAYLOAD = examples.outlook().to_dict()


@dataclass
class Run:
    """A stored forecast of the small week."""

    since: date = MONDAY
    until: date = WEDNESDAY + timedelta(days=1)
    made_at: datetime = datetime(2026, 11, 29, 10, tzinfo=UTC)
    payload: dict = field(default_factory=lambda: PAYLOAD)


def judged(came, day=MONDAY, **changes):
    return record.judge(Run(payload={**PAYLOAD, **changes}), day, came)


class TestDay:
    def test_a_perfect_day_has_no_error_and_lies_inside(self):
        exact = {540 + 30 * n: 6 for n in range(6)}
        found = judged(exact, total_p50=[[6.0] * 6] * 3)
        assert (found.actual, found.error, found.inside) == (36, 0.0, 1.0)
        assert (found.date, found.forecast, found.low, found.high) == (MONDAY, 33.0, 26.4, 39.6)

    def test_errors_are_summed_per_half_hour_over_what_came(self):
        found = judged({540: 10, 570: 1})
        assert found.actual == 11 and found.error == pytest.approx((4.5 + 4.5 + 4 * 5.5) / 11)

    def test_the_range_includes_its_ends(self):
        ends = dict(zip(range(540, 720, 30), [2, 9, 1, 10, 3, 8], strict=True))
        low, high = [[2.0] * 6] * 3, [[9.0] * 6] * 3
        assert judged(ends, total_p10=low, total_p90=high).inside == pytest.approx(4 / 6)

    def test_customers_outside_the_forecast_hours_are_not_counted(self):
        assert judged({510: 99, 720: 99}).actual == 0
        assert judged({540: 99}, day=TUESDAY).actual == 0

    def test_a_day_on_which_nobody_came_has_a_finite_error(self):
        found = judged({})
        assert (found.actual, found.error) == (0, 33.0)

    def test_a_closed_day_is_not_judged(self):
        assert judged({540: 5}, day=WEDNESDAY) is None

    @given(st.lists(st.integers(0, 30), min_size=6, max_size=6))
    def test_it_is_what_a_table_would_say(self, counts):
        found = judged(dict(zip(range(540, 720, 30), counts, strict=True)))
        table = pd.DataFrame({"came": counts, "middle": 5.5, "low": 2.75, "high": 8.25})
        assert found.actual == table.came.sum()
        assert found.error == pytest.approx((table.came - table.middle).abs().sum() / max(1, table.came.sum()))
        assert found.inside == pytest.approx(table.came.between(table.low, table.high).mean())


class TestSummary:
    def day(self, actual, error, inside):
        return RecordDay(MONDAY, 0.0, 0.0, 0.0, actual, error, inside)

    def test_errors_are_weighted_by_customers_and_coverage_by_days(self):
        found = record.summary_of((self.day(30, 0.1, 1.0), self.day(10, 0.5, 0.5)))
        assert found == pytest.approx({"days": 2, "wape": 0.2, "coverage": 0.75})

    def test_without_a_day_or_a_customer_there_is_none(self):
        assert record.summary_of(()) is None
        assert record.summary_of((self.day(0, 5.0, 0.0),)) is None


@pytest.fixture
def past(monkeypatch):
    """`past(runs, rows)`: what would be judged, given stored forecasts (newest first) and arrivals."""

    def judge(runs, rows, today=TODAY):
        asked = SimpleNamespace()

        def arrivals(*, scope, branch, since, until):
            asked.since, asked.until = since, until
            return None if rows is None else pd.DataFrame(rows, columns=["date", "minute", "arrivals"])

        monkeypatch.setattr(queries, "actual_arrivals", arrivals)
        monkeypatch.setattr(queries, "forecasts_before", lambda *, scope, branch, before: runs)
        return record.track_record(scope=None, branch=None, today=today), asked

    return judge


class TestRecord:
    rows = [(MONDAY, 540, 3), (MONDAY, 540, 2), (TUESDAY, 570, 7)]

    def test_services_of_a_half_hour_are_added_up_and_days_come_in_order(self, past):
        found, asked = past([Run()], [self.rows[2], *self.rows[:2]])
        assert [(d.date, d.actual) for d in found] == [(MONDAY, 5), (TUESDAY, 7)]
        assert (asked.since, asked.until) == (TODAY - timedelta(days=42), TODAY)

    def test_the_newest_forecast_made_before_the_day_judges_it(self, past):
        newer = Run(payload={**PAYLOAD, "day_p50": [99.0, 99.0, 0.0]}, made_at=datetime(2026, 11, 29, 12, tzinfo=UTC))
        found, _asked = past([newer, Run()], self.rows)
        assert {d.forecast for d in found} == {99.0}

    def test_a_forecast_made_after_a_day_does_not_judge_it(self, past):
        late = Run(payload={**PAYLOAD, "day_p50": [99.0, 99.0, 0.0]}, made_at=datetime(2026, 12, 1, 1, tzinfo=UTC))
        found, _asked = past([late, Run()], self.rows[:2])
        assert [(d.date, d.forecast) for d in found] == [(MONDAY, 33.0)]
        assert past([late], self.rows[:2])[0] == ()

    def test_days_that_no_forecast_covers_are_left_out(self, past):
        outside = [(MONDAY - timedelta(days=1), 540, 3), (WEDNESDAY + timedelta(days=1), 540, 3)]
        assert past([Run()], outside)[0] == () and past([], self.rows)[0] == ()

    @pytest.mark.parametrize("rows", [None, []])
    def test_without_recorded_arrivals_there_is_no_record(self, past, rows):
        assert past([Run()], rows)[0] == ()
