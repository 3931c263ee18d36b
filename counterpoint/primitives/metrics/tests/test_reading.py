"""A number is what the rows say: through the cells, without them, and counted by hand."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.onsite import api as hall
from counterpoint.onsite.tests.test_history import log
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import needs, periods
from counterpoint.primitives.metrics.models import MetricCell, MetricCover

MONDAY = date(2026, 11, 16)
DAYS = tuple(MONDAY + timedelta(days=n) for n in range(5))


@pytest.fixture
def history(bank):
    """A week of tickets at b01."""
    scope = bank.scope("Sun")
    hall.history_import(scope=scope, branches=[bank.b01], now=bank.now, log=log(DAYS, branch="b01"), label="x.csv")
    return bank


def asked(bank, metric="onsite.wait_avg", grain="week", on=MONDAY, who="Sun", unit="b01", **more):
    return metrics.value(
        scope=bank.scope(who), org_unit=bank.units[unit], metric=metric, grain=grain, period=on, **more
    )


def settle(bank, key="onsite.customers", who="Sun"):
    parts = {key: needs.parts_of(needs.metrics(bank.now.date()).values())[key]}
    return metrics.refresh(scope=bank.scope(who), branch=bank.b01, parts=parts, now=bank.now)


def by_hand(frame):
    waits = [(r.called - r.arrived).total_seconds() / 60 for r in frame.itertuples() if r.called == r.called]
    return sum(waits) / len(waits), len(waits)


def test_a_mean_is_the_mean_of_the_rows(history):
    mean, n = by_hand(log(DAYS, branch="b01"))
    found = asked(history)
    assert found.value == pytest.approx(mean) and found.n == n and found.low <= mean <= found.high


def test_the_cells_change_nothing_but_the_way(history):
    keys = [key for key, one in needs.metrics(history.now.date()).items() if "onsite.customers" in one.relations]
    before = {key: asked(history, key) for key in keys}
    settle(history)
    with scoped(history.scope("Sun")):
        assert MetricCell.objects.count() and MetricCover.objects.count() == 1
    for key in keys:
        after = asked(history, key)
        assert (after.value, after.n, after.low) == pytest.approx((before[key].value, before[key].n, before[key].low))


def test_what_came_after_the_cells_is_counted(history):
    settle(history)
    before = asked(history, grain="month").n
    more = log((date(2026, 11, 9),), branch="b01")
    hall.history_import(scope=history.scope("Sun"), branches=[history.b01], now=history.now, log=more, label="y.csv")
    assert asked(history, grain="month").n == before + by_hand(more)[1]


def test_grains_and_units_add_up(history):
    one = asked(history, "onsite.customers", unit="east", who="Rita")
    days = metrics.series(
        scope=history.scope("Sun"),
        org_unit=history.b01,
        metric="onsite.customers",
        periods=periods.last("day", DAYS[-1], 5),
    )
    assert one.value == sum(day.value for day in days) == len(log(DAYS, branch="b01"))


def test_a_strangers_branch_has_no_number(history):
    with pytest.raises(Exception) as refused:
        asked(history, who="Stranger")
    assert refused.value.status in (403, 404)


def test_an_hour_and_a_person_are_parts_of_the_day(history):
    day = asked(history, "onsite.customers", "day")
    hours = metrics.by_margin(
        scope=history.scope("Sun"),
        org_unit=history.b01,
        metric=needs.metric("onsite.customers", MONDAY),
        period=periods.of("day", MONDAY),
        by="hour",
    )
    assert sum(one.value for one in hours.values()) == day.value
    people = metrics.by_margin(
        scope=history.scope("Sun"),
        org_unit=history.b01,
        metric=needs.metric("onsite.wait_avg", MONDAY),
        period=periods.of("day", MONDAY),
        by="person",
    )
    assert sum(one.n for one in people.values()) <= asked(history, grain="day").n


def test_rows_behind_a_number_are_as_many_as_it_counts(history):
    found = metrics.rows(
        scope=history.scope("Sun"), org_unit=history.b01, metric="onsite.wait_avg", period=periods.of("week", MONDAY)
    )
    assert found.total == asked(history).n
