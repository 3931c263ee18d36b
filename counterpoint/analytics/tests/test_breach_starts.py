"""From rows to deeds, nothing in between left out: a figure goes off course, and a real case or plan is there."""

from datetime import timedelta

from django.urls import reverse

from counterpoint.analytics import api
from counterpoint.primitives import cases
from counterpoint.primitives import playbooks as plans
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.primitives.metrics import alarm_list, metrics, watching
from counterpoint.primitives.playbooks import ticking

SHOUTING = """
- key: test.shouting
  version: 1
  source: "a file that was put there at run time"
  mark: D
  effective_from: 2020-01-01
  code: SHOUT
  names: {zh-hans: 大厅投诉声, en: Shouting in the hall}
  unit: n
  direction: down
  relation: analytics.imported
  measure: sum
  value: amount
  where: {series: SHOUT}
  small: 1
  owner: supervisor
  columns: {amount: {zh-hans: 次数, en: times}}
  thresholds:
    - {slug: some, kind: absolute, level: watch, high: 2, min_volume: 1, sure: false}
    - {slug: many, kind: absolute, level: act, high: 9, min_volume: 1, sure: false}
  on_breach: {playbook: onsite.queue_surge, rules: [many]}
"""


def bring(bank, series, amount, days=1):
    """A number of another system, of a day that is over."""
    number = api.Number("b01", series, bank.now.date() - timedelta(days=days), "", float(amount), None)
    api.numbers_import(scope=bank.scope("Hana"), numbers=[number], label="a file", now=bank.now)


def alarms(bank):
    return {one.rule: one for one in alarm_list(scope=bank.scope("Sun"), unit=bank.b01)}


def test_an_unsuitable_sale_becomes_a_case_that_its_alert_leads_to(bank, sign_in):
    bring(bank, "SUIT_BRK", 2)
    watching.watch_branch(bank.b01, bank.now)
    watching.watch_branch(bank.b01, bank.now + timedelta(minutes=2))
    alarm = alarms(bank)["one"]
    (case,) = cases.cases(scope=bank.scope("Sun"), filters=cases.CaseFilter(), now=bank.now).rows
    assert alarm.started == f"case:{case.id}" and case.level == "urgent"
    sun, address = sign_in("Sun"), reverse("primitives:case", args=[case.id])
    shown = sun.get(reverse("analytics:alert", args=[alarm.pk])).content.decode()
    assert address in shown and "双录" in shown and reverse("risk:incident-report") in shown
    assert "适当性违规笔数" in sun.get(address).content.decode()


def test_a_new_figure_starts_the_surge_plan_by_the_named_rule_alone(bank, sign_in, content_folder):  # noqa: F811
    content_folder("metrics", SHOUTING)
    bring(bank, "SHOUT", 5)
    watching.watch_branch(bank.b01, bank.now)
    assert set(alarms(bank)) == {"some"} and plans.plays(scope=bank.scope("Sun")) == []
    bring(bank, "SHOUT", 20)
    watching.watch_branch(bank.b01, bank.now + timedelta(minutes=2))
    (play,) = plans.plays(scope=bank.scope("Sun"))
    alarm = alarms(bank)["many"]
    assert (play.mode, play.playbook, play.trigger) == ("real", "onsite.queue_surge", "metric:test.shouting")
    assert alarm.started == f"play:{play.id}"
    assert ticking.plays_tick(bank.now + timedelta(minutes=3)) > 0  # people are told
    sun, address = sign_in("Sun"), reverse("primitives:play", args=[play.id])
    assert address in sun.get(reverse("analytics:alert", args=[alarm.pk])).content.decode()
    assert "看大厅" in sun.get(address).content.decode()
    assert "大厅投诉声" in sun.get(reverse("primitives:plan", args=["onsite.queue_surge"])).content.decode()


def test_what_figures_of_the_house_start_and_that_alarms_name_a_deed(bank):
    known = metrics(bank.now.date())
    starting = {key: one.on_breach for key, one in known.items() if one.on_breach}
    assert {key for key, what in starting.items() if "playbook" in what} == {"onsite.wait_over_30"}
    assert {key for key, what in starting.items() if "case" in what} == {
        "onsite.wait_p90", "onsite.machine_availability", "service.complaints_in_time", "risk.suitability",
    }  # fmt: skip
    assert [key for key, one in known.items() if (one.thresholds or one.silence) and not one.actions] == [
        "onsite.advice_followed", "team.staff",
    ]  # fmt: skip
    assert [key for key, one in known.items() if "analytics.imported" in one.relations and not one.silence] == []
