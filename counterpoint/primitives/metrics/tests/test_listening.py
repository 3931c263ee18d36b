"""Dead feeds: each feed by its own rows, however long ago they were; one that never came is said once, in words."""

from datetime import timedelta

import pytest

from counterpoint.foundation.api import journal, scoped
from counterpoint.primitives.metrics import cells, listening, needs, telling, watching
from counterpoint.primitives.metrics.definition import Silence
from counterpoint.primitives.metrics.models import MetricAlarm
from counterpoint.primitives.metrics.tests import feeds

DAYS = {"silence": {"days": 45}}


@pytest.fixture
def feed(monkeypatch):
    return feeds.offer(monkeypatch)


@pytest.fixture
def today(bank):
    return bank.now.date()


def series(name, **more):
    """A figure on the rows of one service alone: a feed of its own."""
    return feeds.metric(key=f"test.{name}", where={"service": name}, **DAYS | more)


def kept(bank, *some, now=None, whole=True):
    """States as the watch keeps them, back to the oldest it ever keeps."""
    scope = watching.night(bank.b01.path)
    for _chunk in range(16 if whole else 1):
        cells.refresh(scope=scope, branch=bank.b01, parts=needs.parts_of(some), now=now or bank.now)


def listen(bank, *some, now=None):
    return listening.listen(watching.night(bank.b01.path), bank.b01, some, now or bank.now)


def raised(bank, **more):
    with scoped(bank.scope("Sun")):
        return list(MetricAlarm.objects.filter(**more).select_related("org_unit").order_by("raised_at"))


@pytest.fixture
def later(bank):
    """Sixty days after the branch's first entry in the journal."""
    with scoped(watching.night()):
        journal.record(
            scope=None, org_unit=bank.b01, kind="primitives.metric_unmuted", subject="x", at=bank.now,
            data={"metric": "x"},
        )  # fmt: skip
    return bank.now + timedelta(days=60)


def test_a_silence_is_in_hours_or_in_days():
    for given in ({}, {"hours": 2, "days": 3}):
        with pytest.raises(ValueError, match="二者选一种"):
            Silence(**given)


def test_one_dead_series_is_heard_beside_living_ones(bank, feed, today):
    dead, alive = series("cash"), series("transfer")
    feed.add(today - timedelta(days=50), 3, service="cash", hour=None)
    feed.days(today, 60, n=1, service="transfer")
    assert listen(bank, dead, alive) == 0  # nothing is known of so long ago while no states are kept
    kept(bank, dead, alive)
    assert (listen(bank, dead, alive), listen(bank, dead, alive)) == (1, 0)
    (alarm,) = raised(bank)
    assert (alarm.metric, alarm.rule, alarm.level) == ("test.cash", "silence", "watch")
    assert alarm.found["days"] == 49 and "49" in telling.unheard(alarm)
    assert alarm.period == (today - timedelta(days=50)).isoformat()


def test_a_feed_quiet_for_longer_than_a_month_alarms_by_opening_hours_too(bank, feed, today):
    one = feeds.metric(silence={"hours": 2})
    feed.add(today - timedelta(days=200), 5)
    kept(bank, one)
    assert listen(bank, one) == 1 and raised(bank)[0].found["hours"] > 500


def test_the_next_row_ends_it(bank, feed, today):
    one = series("cash")
    feed.add(today - timedelta(days=50), 3, service="cash")
    kept(bank, one)
    listen(bank, one)
    feed.add(today, 1, service="cash")
    with scoped(bank.scope("Sun")):
        cells.MetricCover.objects.all().delete()
    kept(bank, one, whole=False)
    assert listen(bank, one) == 0 and raised(bank)[0].state == "over"


def test_feeds_that_never_came_are_one_alarm_that_names_them(bank, feed, later):
    one, other, came = series("cash"), series("transfer"), series("loan")
    feed.add(later.date(), 1, service="loan")
    kept(bank, one, other, came, now=later)
    assert listen(bank, one, other, came, now=later) == 1
    assert listen(bank, one, other, came, now=later + timedelta(days=1)) == 0
    (alarm,) = raised(bank)
    assert (alarm.rule, alarm.level, alarm.found["never"]) == ("never", "watch", ["test.cash", "test.transfer"])
    assert "从未" in telling.unheard(alarm) and "从未" in telling.headline(one, alarm)


def test_it_is_over_when_all_of_them_came(bank, feed, later):
    one, other = series("cash"), series("transfer")
    kept(bank, one, other, now=later)
    listen(bank, one, other, now=later)
    for service, state in (("cash", "open"), ("transfer", "over")):
        feed.add(later.date(), 1, service=service)
        with scoped(bank.scope("Sun")):
            cells.MetricCover.objects.all().delete()
        kept(bank, one, other, now=later, whole=False)
        assert listen(bank, one, other, now=later) == 0
        assert [a.state for a in raised(bank)] == [state]


def test_a_new_branch_is_given_the_time_that_a_living_feed_would_have(bank, feed, later):
    one, young = series("cash"), later - timedelta(days=40)
    kept(bank, one, now=young)
    assert listen(bank, one, now=young) == 0


def test_rare_rows_are_not_missed(bank, feed, today):
    one = series("cash", silence={"days": 45, "min_volume": 12})
    feed.add(today - timedelta(days=60), 11, service="cash")
    kept(bank, one)
    assert listen(bank, one) == 0
    feed.add(today - timedelta(days=61), 1, service="cash")
    with scoped(bank.scope("Sun")):
        cells.MetricCover.objects.all().delete()
    kept(bank, one)
    assert listen(bank, one) == 1


def test_listening_costs_the_same_for_few_feeds_and_for_many(bank, feed, today, django_assert_max_num_queries):
    some = [series(f"s{n}") for n in range(30)]
    for n in range(30):
        feed.add(today, 1, service=f"s{n}")
    kept(bank, *some)
    with django_assert_max_num_queries(14):
        assert listen(bank, *some) == 0


def test_what_to_do_about_silence_is_never_what_the_number_proposes(bank, feed, today):
    one = series("cash", actions="onsite.inspection")
    feed.add(today - timedelta(days=50), 3, service="cash")
    kept(bank, one)
    listen(bank, one)
    (alarm,) = raised(bank)
    assert "没有人提交检查" in telling.action(one, alarm) and telling.page(one, alarm) == "/rounds/today"
    assert telling.action(series("cash", actions="risk.drills"), alarm) == ""
