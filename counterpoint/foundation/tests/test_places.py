"""A right held at one place is no right at another; a moved unit stays moved; roles stay at their level."""

from datetime import date

import pytest

from counterpoint.foundation import access, actions, facts, files, journal, keys, queries
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import JournalEntry, OrgUnit
from counterpoint.foundation.scope import Scope, scoped, unscoped

ROOT = access.system_scope(("foundation.org.edit", "foundation.people.edit", "foundation.devices.edit"))


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.KEYS, settings.FILES = tmp_path / "keys", tmp_path / "files"
    keys.create()


def second_post(bank, name, role, where):
    with scoped(ROOT):
        actions.post_grant(
            scope=ROOT, now=bank.now, org_unit=bank.units[where], user=bank.people[name], role=role,
            since=date(2026, 1, 1),
        )  # fmt: skip


def a_file(bank, where, person):
    scope = bank.scope(person)
    with scoped(scope):
        return files.store(scope=scope, org_unit=bank.units[where], name="a.csv", content=b"a\n", now=bank.now)


def test_an_administrator_who_helps_at_a_counter_reads_no_other_branchs_files(bank, sign_in):
    second_post(bank, "Mei", "system_admin", "hq")
    own, foreign = a_file(bank, "b01", "Sun"), a_file(bank, "b03", "Stranger")
    client = sign_in("Mei")
    assert client.get(f"/files/{own.pk}").status_code == 200
    assert client.get(f"/files/{foreign.pk}").status_code == 404


def test_a_file_whose_bytes_are_lost_is_absent_not_an_error(bank, sign_in):
    row = a_file(bank, "b01", "Sun")
    files.path_of(row.sha256).unlink()
    assert sign_in("Mei").get(f"/files/{row.pk}").status_code == 404


def test_a_supervisor_who_is_a_teller_elsewhere_reads_the_own_journal_only(bank, sign_in):
    second_post(bank, "Sun", "teller", "b02")
    client = sign_in("Sun")
    client.post("/branch", {"branch": "b02"})
    page = client.get("/journal")
    assert list(page.context["page"].object_list) == [] and page.context["verdict"] is None
    client.post("/branch", {"branch": "b01"})
    page = client.get("/journal")
    assert page.context["page"].object_list and page.context["verdict"].ok


def test_an_administrators_second_post_does_not_open_every_journal(bank):
    second_post(bank, "Sysadmin", "hq_operations", "hq")
    second_post(bank, "Mei", "system_admin", "hq")
    with scoped(bank.scope("Sysadmin")):
        assert queries.journal_entries(scope=bank.scope("Sysadmin"), branch=None).count() > 0
    with scoped(bank.scope("Mei")):
        assert queries.journal_entries(scope=bank.scope("Mei"), branch=None).count() == 0


def test_facts_of_another_dimension_are_in_no_journal_without_it(bank, monkeypatch):
    alert = facts.FactType("test.alert", "alert", frozenset(), "aml")
    monkeypatch.setitem(facts._registry, alert.key, alert)
    with scoped(ROOT):
        from django.db import transaction

        with transaction.atomic():
            journal.record(scope=None, org_unit=bank.b01, kind=alert.key, subject="x", at=bank.now)
    inside = Scope(None, ("/hq/",), {queries.JOURNAL: ("/hq/",)}, frozenset({"aml"}))
    outside = Scope(None, ("/hq/",), {queries.JOURNAL: ("/hq/",)})
    for scope, count in ((inside, 1), (outside, 0)):
        with scoped(scope):
            assert queries.journal_entries(scope=scope, branch=None, kind=alert.key).count() == count


def test_a_moved_branch_keeps_its_new_parent_when_it_is_saved_again(bank):
    with scoped(ROOT):
        actions.org_unit_move(scope=ROOT, now=bank.now, unit=bank.b03, parent=bank.east)
        again = OrgUnit.objects.get(code="b03")
        again.name = "西湖路支行"
        again.save()
        assert (again.parent.code, again.path) == ("east", "/hq/east/b03/")


def test_a_region_is_not_moved_below_its_own_branch_even_through_an_old_copy(bank):
    with scoped(ROOT):
        stale = OrgUnit.objects.get(code="b03")
        actions.org_unit_move(scope=ROOT, now=bank.now, unit=bank.west, parent=bank.east)
        with pytest.raises(Invalid):
            actions.org_unit_move(scope=ROOT, now=bank.now, unit=bank.west, parent=stale)


@pytest.mark.parametrize(("role", "where"), [("system_admin", "b01"), ("hq_operations", "b01"), ("teller", "hq")])
def test_a_role_is_granted_at_its_own_level_only(bank, role, where):
    with scoped(ROOT), pytest.raises(Invalid):
        actions.post_grant(
            scope=ROOT, now=bank.now, org_unit=bank.units[where], user=bank.people["Mei"], role=role,
            since=date(2026, 1, 1),
        )  # fmt: skip


def test_a_device_is_enrolled_with_rights_that_exist(bank):
    with scoped(ROOT), pytest.raises(ValueError, match=r"onsite\.screen\.view"):
        actions.device_enrol(scope=ROOT, now=bank.now, branch=bank.b01, name="屏", verbs=("onsite.screen.view",))


def test_revoking_a_key_where_one_only_looks_on_is_told_not_an_error(bank, sign_in):
    second_post(bank, "Sun", "teller", "b02")
    with scoped(ROOT):
        row, _token = actions.device_enrol(
            scope=ROOT, now=bank.now, branch=bank.b02, name="屏", verbs=("onsite.hall.view",)
        )
    assert sign_in("Sun").post(f"/setup/b02/keys/{row.pk}/revoke").status_code == 302
    with unscoped("test"):
        row.refresh_from_db()
        assert row.revoked_at is None
        assert not JournalEntry.objects.filter(kind="foundation.device_revoked").exists()
