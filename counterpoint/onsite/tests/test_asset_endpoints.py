"""The open API of the register: a maintenance system reads it, and reports faults and repairs."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.onsite.models import AssetFault
from counterpoint.onsite.tests.registered import broken, extinguisher, kiosk
from counterpoint.onsite.tests.test_assets import works
from counterpoint.onsite.tests.test_endpoints import Machine
from counterpoint.onsite.verbs import KIOSK_VERBS, MAINTENANCE_VERBS

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(bank, client):
    return Machine(bank, client, verbs=MAINTENANCE_VERBS)


def test_it_reads_the_register_as_the_page_shows_it(bank, system):
    kiosk(bank)
    extinguisher(bank, made=date(2021, 11, 1))
    rows = system.get("/assets").json()
    assert [row["code"] for row in rows] == ["kiosk1", "fire-01"]
    assert (rows[1]["due_on"], rows[1]["due_why"], rows[1]["due_state"]) == ("2026-11-01", "service", "late")
    assert [row["code"] for row in system.get("/assets?state=late").json()] == ["fire-01"]
    assert [row["code"] for row in system.get("/assets?kind=kiosk").json()] == ["kiosk1"]
    assert system.get("/assets?state=odd").status_code == 422


def test_one_thing_comes_with_its_figures_and_faults(bank, system):
    kiosk(bank)
    broken(bank)
    told = system.get("/assets/kiosk1").json()
    assert (told["asset"]["state"], told["own"]["machines"], told["trend"]) == ("failed", 1, "unknown")
    assert [one["extent"] for one in told["faults"]] == ["full"]
    assert told["own"]["hours_between"]["value"] is None  # too few
    assert system.get("/assets/kiosk9").status_code == 404


def test_a_fault_it_reports_leaves_the_hall_at_once_and_a_repair_brings_it_back(bank, system, clock):
    kiosk(bank)
    sent = system.post("/assets/kiosk1/fault", {"extent": "full", "text": "卡纸"}, key="f1")
    assert sent.status_code == 201 and sent.json()["case"]
    assert not works(bank)
    again = system.post("/assets/kiosk1/fault", {"extent": "full", "text": "卡纸"}, key="f1")
    assert again.json() == sent.json()
    assert [one["source"] for one in system.get("/assets/faults?open=true").json()] == ["system"]
    clock.advance(minutes=5)
    assert system.post("/assets/kiosk1/repaired", key="r1").json()["works"]
    assert works(bank)
    assert system.get("/assets/faults?open=true").json() == []
    with scoped(bank.scope("Sun")):
        assert AssetFault.objects.get().reports == 1


def test_faults_are_asked_for_by_thing_and_day(bank, system):
    kiosk(bank), extinguisher(bank)
    broken(bank), broken(bank, "fire-01", extent="partial")
    assert {one["asset"] for one in system.get("/assets/faults").json()} == {"kiosk1", "fire-01"}
    assert [one["asset"] for one in system.get("/assets/faults?asset=fire-01").json()] == ["fire-01"]
    today, tomorrow = bank.now.date(), bank.now.date() + timedelta(days=1)
    assert len(system.get(f"/assets/faults?since={today}").json()) == 2
    assert system.get(f"/assets/faults?since={tomorrow}").json() == []


def test_what_is_wrong_is_refused_in_words_and_another_branchs_thing_does_not_exist(bank, system, client):
    kiosk(bank)
    assert system.post("/assets/kiosk1/fault", {"extent": "odd"}, key="a").status_code == 422
    assert system.post("/assets/kiosk1/fault", {}, key="").status_code == 422
    assert system.post("/assets/kiosk9/fault", {}, key="b").status_code == 404
    foreign = Machine(bank, client, verbs=MAINTENANCE_VERBS, branch="b02", who="Bo")
    assert foreign.get("/assets/kiosk1").status_code == 404 and foreign.get("/assets").json() == []
    assert foreign.post("/assets/kiosk1/fault", {}, key="c").status_code == 404


def test_without_the_right_nothing_is_read_or_written(bank, client):
    kiosk(bank)
    other = Machine(bank, client, verbs=KIOSK_VERBS)
    assert [other.get(path).status_code for path in ("/assets", "/assets/kiosk1", "/assets/faults")] == [404] * 3
    assert other.post("/assets/kiosk1/fault", {}, key="a").status_code == 404
    assert works(bank)
