"""Every risk has a number that warns of it; the number counts what exists, presses when past its bound, and is told by
its name."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.primitives.cases import case_types
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.content import every, items
from counterpoint.primitives.metrics import NAME, UnknownMetric, metric_of, value
from counterpoint.primitives.playbooks.models import DrillDuty
from counterpoint.risk import api
from counterpoint.risk.models import Risk, RiskEvidence, RiskIndicator
from counterpoint.risk.register import gathering, kinds, warning

ON = date(2026, 11, 23)
DAY = timedelta(days=1)
RISKS = {item.key: item.value for item in every(kinds.RISKS)}
INDICATORS = [(risk.key, one) for risk in RISKS.values() for one in risk.indicators]
MINE = {item.key: item.value for item in every(NAME) if item.file.startswith("risk/")}


@pytest.fixture
def register(bank):
    """b01's register, set up by Sun."""
    api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    return bank


def risk(bank, key):
    with scoped(bank.scope("Sun")):
        return Risk.objects.get(key=key, org_unit=bank.b01)


def collect(bank, days=0):
    return api.evidence_collect(scope=bank.scope("Sun"), now=bank.now + days * DAY, branch=bank.b01)


@pytest.mark.parametrize("key", sorted(RISKS))
def test_every_risk_has_a_number_that_warns_of_it(key):
    named = [one.metric for one in RISKS[key].indicators]
    assert named and len(named) == len(set(named))


@pytest.mark.parametrize(("key", "one"), INDICATORS, ids=lambda one: getattr(one, "metric", one))
def test_the_bound_fits_the_number(key, one):
    """Read in a grain that the number has, bounded on its bad side, and no stricter than what the number is to be."""
    metric = metric_of(one.metric, ON)
    assert one.grain in metric.grains
    assert metric.direction == ("up" if one.low is not None else "down")
    bounds = metric.target.bounds if hasattr(metric.target, "bounds") else metric.target
    if bounds is not None:
        assert one.low is None or one.low <= bounds.low
        assert one.high is None or one.high >= bounds.high


def words(metric, column):
    """What a number's conditions ask of a column."""
    tests = [test for part in metric.parts for test in part.where.tests if test.column == column]
    return {word for test in tests for word in (test.value if isinstance(test.value, tuple) else (test.value,))}


def asked(lists):
    """Slugs of the items of these checklists."""
    return {item.slug for key in lists for item in items("checklists", ON)[key].value.items}


@pytest.mark.parametrize("key", sorted(MINE))
def test_a_number_asks_for_words_that_exist(key):
    metric = MINE[key]
    lists, plans = words(metric, "checklist"), words(metric, "playbook")
    assert lists <= set(items("checklists", ON)) and plans <= set(items("playbooks", ON))
    assert words(metric, "what") <= asked(lists)
    assert words(metric, "type") <= set(case_types(ON, "cn"))
    assert words(metric, "risk") <= set(RISKS)
    if "primitives.drills" in metric.relations:
        assert all(items("playbooks", ON)[plan].value.drill_per_year for plan in plans)
    assert all(items("checklists", ON)[one].value.schedule for one in lists)


@pytest.mark.django_db
def test_every_number_can_be_read_at_a_branch_that_has_nothing_yet(bank):
    for _key, one in INDICATORS:
        period = gathering.last_period(one, bank.b01, bank.now)
        here = {"scope": bank.scope("Sun"), "org_unit": bank.b01, "metric": one.metric, "now": bank.now}
        assert value(**here, grain=one.grain, period=period).value in (None, 0), one.metric


@pytest.mark.django_db
def test_a_drill_that_was_not_done_presses_on_its_own_risk_alone(bank, register):
    with scoped(bank.scope("Sun")):
        for plan, number in (("risk.flood", 1), ("risk.fire_evacuation", 1)):
            DrillDuty(org_unit=bank.b01, playbook=plan, year=2026, number=number, due_on=date(2026, 11, 30)).save()
    fire, robbery = risk(bank, "risk.fire").residual, risk(bank, "risk.robbery").residual
    assert collect(bank) == 0 and risk(bank, "risk.fire").residual == fire
    assert collect(bank, days=45) == 2
    assert risk(bank, "risk.fire").residual > fire and risk(bank, "risk.robbery").residual == robbery
    with scoped(bank.scope("Sun")):
        held = RiskEvidence.objects.filter(kind="metric").values_list("risk__key", "source")
        assert sorted(held) == [
            ("risk.fire", "metric:risk.drills_fire:2026-Q4"), ("risk.flood", "metric:risk.drills_flood:2026-Q4"),
        ]  # fmt: skip


@pytest.mark.django_db
def test_a_failed_self_check_presses_and_passed_ones_say_nothing(bank, register):
    def done(passed, *days):
        with scoped(bank.scope("Sun")):
            for day in days:
                Round(
                    org_unit=bank.b01, checklist="role.self.seals_keys_monthly", version=1, pack="cn",
                    state="submitted", business_date=day, done_at=bank.now - 60 * DAY, passed=passed,
                    percent=100.0 if passed else 80.0,
                ).save()  # fmt: skip

    before = risk(bank, "risk.vault_access").residual
    done(True, date(2026, 7, 10), date(2026, 8, 10))
    assert collect(bank) == 0
    with scoped(bank.scope("Sun")):
        assert RiskIndicator.objects.get(metric="risk.vault_checks").state == "few"
        RiskIndicator.objects.update(period="")
    done(False, date(2026, 9, 10))
    collect(bank, days=1)
    assert risk(bank, "risk.vault_access").residual > before


@pytest.mark.django_db
def test_the_page_tells_indicators_by_name_with_unit_and_bound(bank, register, sign_in):
    collect(bank)
    row = risk(bank, "risk.core_outage")
    sun = sign_in("Sun")
    page = sun.get(f"/risk/one/{row.pk}").content.decode()
    assert "≥ 100.0 %" in page and "risk.network_faults</td>" not in page
    assert page.index("系统故障演练完成率") < page.index("百次班前检查网络异常数") < page.index("系统中断限时恢复率")
    address = reverse("analytics:kpi", args=["risk.network_faults"])
    assert f'href="{address}"' in page and sun.get(address).status_code == 200


def test_a_number_that_nobody_defines_any_more_is_told_by_its_key(db, bank, register):
    gone = RiskIndicator(metric="risk.long_gone", state="none")
    (told,) = warning.told(bank.b01, RISKS["risk.fire"], [gone], ON)
    assert (told.key, told.name, told.value, told.bound) == ("", "risk.long_gone", "–", "")
    with pytest.raises(UnknownMetric):
        metric_of("risk.long_gone", ON)
