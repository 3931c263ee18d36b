"""Why a number is off course: the kind of row of which there are more than usual, in the reader's words."""

from datetime import timedelta

import pytest

from counterpoint.primitives import cases
from counterpoint.primitives.metrics import causes, metric_of, periods, telling, watching
from counterpoint.primitives.metrics.tests import feeds


@pytest.fixture
def feed(monkeypatch):
    return feeds.offer(monkeypatch)


def count(direction):
    plain = {name: value for name, value in feeds.body().items() if name not in ("numerator", "denominator", "target")}
    return feeds.made("test.count", {**plain, "measure": "count", "direction": direction})


def why(bank, one, grain="day"):
    period = periods.of(grain, bank.now.date())
    return causes.cause_of(scope=watching.night(bank.b01.path), branch=bank.b01, metric=one, period=period)


def movers(found):
    return {one.column: (one.key, one.value, one.usual) for one in found.movers}


@pytest.mark.parametrize(
    ("direction", "service"),
    [("down", ("transfer", 6.0, 0.5)), ("up", ("cash", 1.0, 4.0)), ("band", ("transfer", 6.0, 0.5))],
)
def test_a_number_of_rows_is_explained_by_the_kind_that_grew_or_shrank(bank, feed, direction, service):
    today = bank.now.date()
    for weeks in (1, 2, 3, 4):
        feed.add(today - timedelta(days=7 * weeks), 4, service="cash")
    feed.add(today - timedelta(days=7), 2, service="transfer")  # in one of four like days: half a row usually
    feed.add(today, 1, service="cash")
    feed.add(today, 6, service="transfer", hour=14)
    found = why(bank, count(direction))
    assert found.kind == "place" and movers(found)["service"] == service


def test_complaints_are_explained_by_what_they_are_about(bank):
    for n in range(3):
        cases.case_open(
            scope=bank.scope("Sun"), org_unit=bank.b01, type="service.complaint", level="level_3", now=bank.now,
            title="x", fields={"category": "attitude", "channel": "counter"}, key=f"c{n}",
        )  # fmt: skip
    found = why(bank, metric_of("service.complaint_rate", bank.now.date()), "week")
    assert movers(found)["what"] == ("attitude", 3.0, 0.0)
    (line,) = [line for line in telling.causes(metric_of("service.complaint_rate", bank.now.date()), found.as_data())
               if "服务态度" in line]  # fmt: skip
    assert "3 条" in line
