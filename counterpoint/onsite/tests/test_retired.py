"""A thing that was taken out of use: offered nowhere any more, its history stays; said once, by its device."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from counterpoint.foundation.api import DomainError, Invalid, NotFound, clock, devices, integrity, scoped
from counterpoint.foundation.models import Device
from counterpoint.foundation.scope import unscoped
from counterpoint.onsite.actions.hall import device_restored
from counterpoint.onsite.assets import queries, rules
from counterpoint.onsite.assets.actions import Papers, asset_add, asset_retire, asset_works
from counterpoint.onsite.counted import machines
from counterpoint.onsite.models import AssetFault
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.registered import broken, extinguisher, kiosk, where
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists.models import Round

MONTHLY = "onsite.extinguisher_monthly"


def retire(bank, code):
    asset_retire(**where(bank), code=code)


def due(bank, now):
    found = checklists.rounds_due(scope=bank.scope("Sun"), org_unit=bank.b01, now=now)
    return {one.view.asset for one in found if one.view.checklist == MONTHLY}


def late(bank, now):
    checklists.escalate_late(now=now)
    with scoped(bank.scope("Sun")):
        return list(Round.objects.filter(checklist=MONTHLY).exclude(late_at=None))


def test_no_round_is_planned_for_it_nor_asked_for_when_it_was_planned_before(bank):
    extinguisher(bank, "fire-01"), extinguisher(bank, "fire-02"), extinguisher(bank, "fire-03")
    retire(bank, "fire-03")
    tenth = bank.now.replace(month=12, day=10)
    checklists.plan_branch(scope=bank.scope("Hana"), org_unit=bank.b01, now=tenth)
    assert due(bank, tenth) == {"fire-01", "fire-02"}
    retire(bank, "fire-02")
    assert due(bank, tenth) == {"fire-01"}
    assert {row.asset for row in late(bank, tenth + timedelta(hours=8))} == {"fire-01"}


def test_no_phone_may_begin_a_round_for_it(bank):
    extinguisher(bank, "fire-01"), extinguisher(bank, "fire-02")
    retire(bank, "fire-02")
    told = checklists.work(scope=bank.scope("Sun"), org_unit=bank.b01, now=bank.now, language="en")
    assert "fire-01" in str(told["assets"]) and "fire-02" not in str(told["assets"])
    with pytest.raises(DomainError):
        checklists.round_start(
            scope=bank.scope("Sun"), org_unit=bank.b01, checklist=MONTHLY, asset="fire-02", now=bank.now
        )


def test_it_is_not_in_the_hall_and_the_hall_s_button_does_not_bring_it_back(bank):
    kiosk(bank)
    retire(bank, "kiosk1")
    assert hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now).devices == ()
    assert devices(scope=bank.scope("Sun"), branch=bank.b01) == []
    with pytest.raises(NotFound):
        device_restored(**where(bank), device="kiosk1")


def test_its_label_opens_nothing_and_is_not_printed(bank, sign_in, client):
    view = kiosk(bank)
    desk, code = sign_in("Sun"), {"code": "kiosk1"}
    label = reverse("ticket:label", args=[view.public_code])
    assert desk.get(reverse("onsite:assets-labels"), code).content.startswith(b"%PDF-")
    assert client.get(label).status_code == 200
    retire(bank, "kiosk1")
    assert desk.get(reverse("onsite:assets-labels"), code | {"state": "retired"}).status_code == 302
    assert client.get(label).status_code == 404


def test_its_code_is_not_given_again(bank):
    kiosk(bank)
    retire(bank, "kiosk1")
    with pytest.raises(Invalid, match="kiosk1"):
        asset_add(**where(bank), kind="kiosk", code="kiosk1", papers=Papers(name="二号"))


def test_its_history_stays(bank, sign_in):
    kiosk(bank)
    broken(bank)
    asset_works(**where(bank), code="kiosk1")
    bank.now += timedelta(days=1)
    clock.current().at = bank.now
    retire(bank, "kiosk1")
    listed = queries.register(**_read(bank), wanted=queries.Filter(state=rules.RETIRED))
    assert [(row.code, row.state) for row in listed] == [("kiosk1", "retired")]
    found = queries.detail(**_read(bank), code="kiosk1")
    assert len(found.faults) == 1
    page = sign_in("Sun").get(reverse("onsite:asset", args=["kiosk1"])).content.decode()
    assert "已停用" in page and reverse("onsite:asset-edit", args=["kiosk1"]) not in page
    assert reverse("onsite:assets-labels") not in page
    with scoped(bank.scope("Sun")):
        assert AssetFault.objects.count() == 1


def test_its_days_count_until_it_was_taken_out(bank):
    kiosk(bank)
    bank.now += timedelta(days=2)
    retire(bank, "kiosk1")
    counted = machines(bank.scope("Sun"), bank.b01, date(2026, 11, 23), date(2026, 11, 28))
    assert [str(on) for on in counted["date"]] == ["2026-11-23", "2026-11-24"]


def _read(bank):
    return {"scope": bank.scope("Sun"), "branch": bank.b01, "now": bank.now}


# --- rows of the time before -----------------------------------------------------------------------------------------

BEFORE = [("foundation", "0002_groups"), ("onsite", "0006_assets")]


def moved(targets=()):
    """The models of a time, and the database as it was then; without targets today's."""
    runner = MigrationExecutor(connection)
    targets = list(targets) or runner.loader.graph.leaf_nodes()
    integrity.lift(runner.migration_plan(targets))
    runner.migrate(targets)
    integrity.install()
    return MigrationExecutor(connection).loader.project_state(targets).apps


@pytest.mark.slow  # migrates back and forth
@pytest.mark.django_db(transaction=True)
def test_what_was_out_of_use_before_is_out_of_use_after_and_back(bank):
    kiosk(bank), extinguisher(bank)
    at = bank.now - timedelta(days=30)
    with scoped(bank.scope("Sun")):
        Device.objects.filter(code="fire-01").update(retired_at=at)
    try:
        old = moved(BEFORE)
        with unscoped("test"):
            held = old.get_model("onsite", "Asset").objects.values_list("device__code", "retired_at")
            assert dict(held) == {"kiosk1": None, "fire-01": at}
    finally:
        new = moved()
    with unscoped("test"):
        held = new.get_model("foundation", "Device").objects.values_list("code", "retired_at")
        assert dict(held) == {"kiosk1": None, "fire-01": at}


@pytest.mark.parametrize("kind", ["powder", "gas", "water"])
def test_every_extinguisher_with_a_gauge_is_looked_at_monthly_and_a_look_left_out_becomes_a_case(bank, kind):
    asset_add(**where(bank), kind=f"extinguisher_{kind}", code="ext-01", papers=Papers(name="灭火器"))
    tenth = bank.now.replace(month=12, day=10)
    checklists.plan_branch(scope=bank.scope("Hana"), org_unit=bank.b01, now=tenth)
    with scoped(bank.scope("Sun")):
        row = Round.objects.get(asset="ext-01")
    checklists.escalate_late(now=tenth + timedelta(hours=8))
    scope = bank.scope("Sun")
    found = cases.cases(
        scope=scope, now=tenth + timedelta(hours=8), filters=cases.CaseFilter(source=f"primitives.round:{row.pk}")
    )
    assert [(one.type, one.level) for one in found.rows] == [("onsite.rectification", "day")]
