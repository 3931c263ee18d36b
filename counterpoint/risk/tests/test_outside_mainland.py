"""A branch outside mainland China follows what was written for it, not the mainland's rules; its rounds and plans keep
their keys, so that numbers and risks find them."""

from datetime import date

import pytest

from counterpoint.foundation.api import OrgUnit, scoped
from counterpoint.primitives import playbooks
from counterpoint.primitives.content import every, items, version
from counterpoint.primitives.playbooks.models import Play
from counterpoint.risk.register import kinds

ON = date(2026, 11, 23)
OWN = [
    ("playbooks", "risk.fire_evacuation"), ("playbooks", "risk.robbery"), ("playbooks", "risk.bank_run"),
    ("playbooks", "risk.system_outage"), ("checklists", "onsite.weekly_safety"),
    ("checklists", "role.self.complaints_monthly"), ("checklists", "role.self.counterfeit_monthly"),
    ("checklists", "role.self.data_quarterly"),
    *(("asset_kinds", f"extinguisher_{one}") for one in ("powder", "water", "gas", "co2")),
]  # fmt: skip
MAINLAND = (
    "银保监", "CBIRC", "PBOC", "People's Bank", "GA 38", "DB11", "CNY", "（元）", "50 万", "110", "119", "120 ", "GB ",
    "微信",
)  # fmt: skip


@pytest.mark.parametrize(("kind", "key"), OWN)
def test_it_has_its_own_version_and_the_mainland_keeps_its(kind, key):
    here, there = items(kind, ON, "cn")[key], items(kind, ON, "intl")[key]
    assert (here.pack, there.pack) == ("any", "intl") and here.version < there.version
    assert version(kind, key, here.version, "intl") == here  # what was begun under it stays readable
    assert there.mark != "V" and there.examples


@pytest.mark.parametrize(("kind", "key"), OWN)
def test_it_tells_no_rule_number_or_amount_of_the_mainland(kind, key):
    told = items(kind, ON, "intl")[key].text
    assert [word for word in MAINLAND if word in told] == []


@pytest.mark.parametrize(("kind", "key"), OWN)
def test_it_keeps_the_steps_and_items_that_others_count_on(kind, key):
    here, there = items(kind, ON, "cn")[key].value, items(kind, ON, "intl")[key].value

    def slugs(body):
        told = {"playbooks": "steps", "checklists": "items"}.get(kind)
        return {one.slug for one in getattr(body, told)} if told else {body.group}

    assert slugs(here) <= slugs(there)


def test_every_risk_can_be_tested_and_measured_in_both_packs():
    for pack in ("cn", "intl"):
        lists, plans = items("checklists", ON, pack), items("playbooks", ON, pack)
        numbers, risks = items("metrics", ON, pack), items(kinds.RISKS, ON, pack)
        assert len(risks) == len({item.key for item in every(kinds.RISKS)})
        for item in risks.values():
            assert {one.checklist for one in item.value.controls if one.checklist} <= set(lists)
            assert {one.playbook for one in item.value.controls if one.playbook} <= set(plans)
            assert {one.metric for one in item.value.indicators} <= set(numbers)


@pytest.mark.django_db
@pytest.mark.parametrize(("pack", "version_of"), [("cn", (1, "any")), ("intl", (2, "intl"))])
def test_a_branch_plays_the_plan_of_its_pack(bank, pack, version_of):
    with scoped(bank.scope("Sun")):
        OrgUnit.objects.filter(pk=bank.b01.pk).update(rule_pack=pack)
        branch = OrgUnit.objects.get(pk=bank.b01.pk)
    here = {"scope": bank.scope("Sun"), "now": bank.now, "mode": "drill"}
    started = playbooks.play_start(**here, org_unit=branch, playbook="risk.fire_evacuation")
    with scoped(bank.scope("Sun")):
        play = Play.objects.get(pk=started.id)
    assert (play.version, play.pack) == version_of
