"""Numbers stay within the caller's branches: rows of every relation, targets, peers and alarms of a foreign branch."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import DomainError, ScopeError, scoped
from counterpoint.onsite.tests.test_history import MONDAY
from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import all_relations, needs, periods, relations, target_set, targets, watching
from counterpoint.primitives.metrics.models import MetricAlarm
from counterpoint.risk import api as risk
from counterpoint.team import api as team
from counterpoint.team.tests import small
from tests.scope import crawl

SPAN = timedelta(days=40)


@pytest.fixture
def planted(bank):
    """Rows of every kind in the Stranger's branch, a forecast of the days that came in among them."""
    crawl.plant(bank)
    team.forecast_store(
        scope=bank.scope("Stranger"), branch=bank.b03, now=bank.now - timedelta(days=9), since=MONDAY,
        until=MONDAY + timedelta(days=7), seed=1, inputs_hash="", payload=small.plan().outlook.to_dict(),
    )  # fmt: skip
    return bank


def count(bank, key, who, branch):
    today = bank.now.date()
    return len(
        relations.read(key, scope=bank.scope(who), branch=branch, since=today - SPAN, until=today + SPAN)
    )  # fmt: skip


def test_no_relation_gives_a_row_of_a_branch_outside_the_scope(planted):
    """Read by the door that numbers use, whatever right the caller holds at home; who belongs there does get rows."""
    told = {}
    for one in all_relations():
        own = count(planted, one.key, "Stranger", planted.b03)
        for who in ("Sun", "Ada", "Bo", "Rita", "Mei"):
            told[one.key, who] = (own > 0, count(planted, one.key, who, planted.b03))
        assert count(planted, one.key, "Hana", planted.b03) == own, one.key
    assert {pair: found for pair, found in told.items() if found != (True, 0)} == {}


def test_no_door_of_the_numbers_opens_for_a_foreign_branch(planted):
    """Not by value, board, margins, rows, peers or alarms, for every indicator there is."""
    today, day = planted.now.date(), periods.of("week", planted.now.date())
    scope, foreign = planted.scope("Sun"), {"scope": planted.scope("Sun"), "org_unit": planted.b03}
    for key, one in needs.metrics(today).items():
        for ask in (
            lambda key=key: metrics.value(**foreign, metric=key, grain="week", period=day),
            lambda one=one: metrics.board(scope=scope, units=[planted.b03], metrics=[one], periods=[day]),
            lambda one=one: metrics.by_margin(**foreign, metric=one, period=day, by="hour"),
            lambda key=key: metrics.rows(**foreign, metric=key, period=day),
            lambda key=key: metrics.alarm_list(scope=scope, unit=planted.b03, metric=key),
        ):
            with pytest.raises((DomainError, ScopeError)):
                ask()
    with scoped(watching.night()):
        (alarm,) = MetricAlarm.objects.filter(org_unit=planted.b03)
    with pytest.raises(DomainError):
        metrics.alarm_get(scope=scope, alarm=alarm.pk)


def test_a_region_adds_up_only_the_branches_that_the_caller_reaches(planted):
    """Two regions under one head: each regional manager's number holds the own branches alone."""
    week = periods.of("week", MONDAY)
    for who, unit, value in (("Rita", planted.east, 0), ("Hana", planted.west, 6), ("Hana", planted.hq, 6)):
        scope = planted.scope(who)
        found = metrics.value(scope=scope, org_unit=unit, metric="onsite.customers", grain="week", period=week)
        assert (who, unit.code, found.value or 0) == (who, unit.code, value)


def test_incidents_count_for_the_own_branch_also_where_single_ones_are_closed_to_the_caller(bank):
    """A number counts every incident; the rows behind it need the right to see them."""
    report = {"branch": bank.b01, "kind": "human", "error": "cash", "level": "serious", "title": "x", "text": "y"}
    risk.incident_report(scope=bank.scope("Ada"), now=bank.now, **report)
    today = bank.now.date()
    for who in ("Mei", "Sun", "Rita"):
        scope = bank.scope(who)
        found = relations.read(
            "risk.incidents", scope=scope, branch=bank.b01, since=today, until=today + timedelta(days=1)
        )  # fmt: skip
        assert (who, len(found)) == (who, 1)
    assert count(bank, "risk.incidents", "Stranger", bank.b01) == 0


def set_target(bank, unit, high):
    one = needs.metric("onsite.wait_avg", bank.now.date())
    here = {"scope": bank.scope("Hana"), "org_unit": unit, "metric": one, "now": bank.now}
    target_set(**here, since=date(2026, 11, 1), high=high, reason=crawl.CANARY)


def high_of(bank, who, unit):
    one, day = needs.metric("onsite.wait_avg", bank.now.date()), periods.of("day", bank.now.date())
    found = targets.of(scope=bank.scope(who), units=[unit], metrics=[one], periods=[day])
    target = found[unit.pk, one.key, day]
    return target.bounds.high, target.unit


def test_targets_rule_downwards_and_never_sideways(bank):
    """What headquarters and the region set holds below them; a neighbour's own is neither used nor told."""
    set_target(bank, bank.hq, 9.0)
    set_target(bank, bank.east, 8.0)
    set_target(bank, bank.b02, 3.0)
    set_target(bank, bank.b03, 2.0)
    assert high_of(bank, "Sun", bank.b01) == (8.0, "east")
    assert high_of(bank, "Bo", bank.b02) == (3.0, "b02")
    assert high_of(bank, "Stranger", bank.b03) == (2.0, "b03")
    assert high_of(bank, "Rita", bank.east) == (8.0, "east")


@pytest.mark.parametrize(("who", "code"), [("Sun", "b02"), ("Sun", "b03"), ("Rita", "b03"), ("Stranger", "b01")])
def test_targets_of_a_unit_outside_the_scope_are_not_told(bank, who, code):
    """Not even those that were set above it: only what the content says for everybody."""
    content = needs.metric("onsite.wait_avg", bank.now.date()).target.high
    for unit in (bank.east, bank.west, bank.units[code]):
        set_target(bank, unit, 1.0)
    assert high_of(bank, who, bank.units[code]) == (content, "")


def test_who_sets_a_target_above_is_told_but_not_why(bank):
    """A branch learns the number and the unit that set it, as its page shows; the reason stays where it was given."""
    set_target(bank, bank.hq, 9.0)
    assert high_of(bank, "Sun", bank.b01) == (9.0, "hq")
    assert metrics.target_versions(scope=bank.scope("Sun"), org_unit=bank.hq, metric="onsite.wait_avg") == []
