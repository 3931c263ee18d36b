"""Who stands in the hall has there what is theirs; the desk knows the equipment, the region the silent branches."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation import actions
from counterpoint.foundation.api import scoped
from counterpoint.onsite.models import VendorEvent
from counterpoint.onsite.queries.feeds import silent_feeds
from counterpoint.onsite.tests.registered import broken, extinguisher, kiosk
from counterpoint.onsite.tests.test_photo_checks import walked
from counterpoint.onsite.verbs import KIOSK_VERBS, MACHINE_VERBS
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists import plan_rounds, round_assign, rounds_due
from counterpoint.primitives.playbooks.tests.asking import questions

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def lobby(sign_in, who="Omar"):
    return sign_in(who).get("/onsite/lobby").content.decode()


def planned(bank):
    plan_rounds(now=bank.now)
    return {one.view.checklist: one for one in rounds_due(scope=bank.scope("Sun"), org_unit=bank.b01, now=bank.now)}


def test_a_lobby_manager_finds_the_rounds_of_the_hour_above_the_queues(bank, sign_in):
    rounds = planned(bank)
    text = lobby(sign_in)
    assert "您当下的巡检" in text and f"/rounds/{rounds['onsite.patrol_11'].view.id}" in text
    assert text.index("您当下的巡检") < text.index('id="lobby"')
    sun = lobby(sign_in, "Sun")
    assert f"/rounds/{rounds['onsite.patrol_11'].view.id}" not in sun


def test_a_round_that_was_given_to_a_person_is_theirs_and_nobody_else_s(bank, sign_in):
    one = planned(bank)["onsite.patrol_11"].view.id
    round_assign(scope=bank.scope("Sun"), round=one, user=bank.people["Sun"].pk, now=bank.now)
    assert f"/rounds/{one}" in lobby(sign_in, "Sun") and f"/rounds/{one}" not in lobby(sign_in)


def test_a_defect_that_is_mine_is_in_the_hall(bank, sign_in):
    kiosk(bank)
    fault = broken(bank, text="不出票")
    assert "由您负责" not in lobby(sign_in)
    cases.case_assign(scope=bank.scope("Sun"), case=fault.case, owner=bank.people["Omar"].pk, now=bank.now)
    text = lobby(sign_in)
    assert "由您负责" in text and f"/cases/{fault.case}/" in text


def test_the_strip_in_the_hall_asks_as_much_for_many_defects_as_for_few(bank, sign_in):
    omar, counted = sign_in("Omar"), []
    planned(bank)
    for number in (1, 9):
        for n in range(number):
            cases.case_open(
                scope=bank.scope("Sun"), org_unit=bank.b01, type="onsite.rectification", now=bank.now, title=f"灯 {n}",
                owner=bank.people["Omar"].pk,
            )  # fmt: skip
        counted.append(len(questions(omar, "/onsite/lobby/mine")))
    assert counted[0] == counted[1] <= 22


def test_equipment_says_what_is_down_past_its_date_and_not_walked(bank, sign_in):
    sun = sign_in("Sun")
    here = "/desk/panels/onsite.equipment"
    kiosk(bank), extinguisher(bank, made=date(2026, 1, 1))
    assert sun.get(here).content.decode() == ""
    broken(bank)
    down = sun.get(here).content.decode()
    assert 'data-level="watch"' in down and "1 台机具停用" in down
    extinguisher(bank, "fire-02", made=date(2021, 11, 1))
    answers = {
        f"{kind}{place}": (checklists.code_of(bank.b01, place) if kind else "yes", ())
        for place in ("entrance", "self", "waiting", "exit") for kind in ("point_", "")
    }  # fmt: skip
    walked(bank, "onsite.patrol_11", answers)
    text = sun.get(here).content.decode()
    assert 'data-level="act"' in text and "2026-11-01 已到期" in text and "1 次巡查存疑" in text
    assert sign_in("Bo").get(here).content.decode() == ""


def key_at(bank, branch, verbs=MACHINE_VERBS, who="Ada"):
    with scoped(bank.scope(who)):
        row, _token = actions.device_enrol(
            scope=bank.scope(who), now=bank.now, branch=bank.units[branch], name="Vendor", verbs=verbs
        )
    return row.pk


def sent(bank, key, at, branch="b01"):
    with scoped(bank.scope("Sun")):
        VendorEvent(
            org_unit=bank.units[branch], source=key, machine="k", seq=int(at.timestamp()), ref="r", kind="taken", at=at,
            business_date=at.date(), asked="", verdict="applied", received_at=at,
        ).save()  # fmt: skip


def test_a_branch_whose_machine_is_silent_for_an_hour_is_told_to_the_region(bank, sign_in):
    branches = [bank.b01, bank.b02]
    asked = {"scope": bank.scope("Rita"), "branches": branches}
    key_at(bank, "b01", KIOSK_VERBS)
    assert silent_feeds(**asked, now=bank.now) == []  # a kiosk of our own is no feed
    key = key_at(bank, "b01")
    assert [(one.branch, one.last) for one in silent_feeds(**asked, now=bank.now)] == [("人民路支行", None)]
    assert "1 个网点没有取号数据" in sign_in("Rita").get("/").content.decode()
    sent(bank, key, bank.now - timedelta(minutes=59))
    assert silent_feeds(**asked, now=bank.now) == []
    assert [one.words for one in silent_feeds(**asked, now=bank.now + HOUR)] == ["09:31 起没有数据"]
    assert silent_feeds(**asked, now=bank.now - HOUR) == []  # the doors are open for half an hour only
    assert silent_feeds(**asked, now=bank.now + timedelta(hours=12)) == []
