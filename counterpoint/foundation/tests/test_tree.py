"""The bank grows in the browser: regions and branches are added, corrected, and usable from their first minute."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from counterpoint.foundation.hours import hours_of
from counterpoint.foundation.models import JournalEntry, OrgUnit, User
from counterpoint.foundation.scope import scoped, unscoped

NEW = {
    "kind": "branch", "code": "b09", "name": "湖滨支行", "time_zone": "Asia/Shanghai", "rule_pack": "cn",
    "address": "湖滨路9号", "latitude": "30.2590", "longitude": "120.1647",
}  # fmt: skip


def unit(code):
    with unscoped("test"):
        return OrgUnit.objects.select_related("parent").filter(code=code).first()


def entries(code, kind):
    with unscoped("test"):
        return list(JournalEntry.objects.filter(org_unit__code=code, kind=f"foundation.{kind}"))


def errors(answer, form):
    assert answer.status_code == 422
    return set(answer.context["forms"][form].errors)


@pytest.fixture
def grown(bank, sign_in):
    """Headquarters has added a branch."""
    answer = sign_in("Hana").post("/setup/east/units", NEW)
    assert (answer.status_code, answer.url) == (302, "/setup/b09")
    return unit("b09")


def test_headquarters_adds_a_branch_under_a_region(bank, grown):
    assert (grown.parent_id, grown.path) == (bank.east.pk, "/hq/east/b09/")
    assert (grown.name, grown.address, grown.rule_pack) == ("湖滨支行", "湖滨路9号", "cn")
    assert (grown.latitude, grown.longitude) == (30.259, 120.1647)
    (entry,) = entries("b09", "org_unit_created")
    assert entry.actor == bank.people["Hana"].pk and entry.data == {"code": "b09", "kind": "branch"}


def test_a_new_branch_begins_with_the_hours_of_an_ordinary_week(bank, grown):
    with scoped(bank.scope("Hana")):
        assert hours_of(grown).weekly == dict.fromkeys(range(5), ((540, 1020),))
    assert len(entries("b09", "hours_set")) == 1


def test_a_region_may_stand_under_another_and_has_no_hours(sign_in):
    region = NEW | {"kind": "region", "code": "east-2", "latitude": "", "longitude": ""}
    assert sign_in("Hana").post("/setup/east/units", region).status_code == 302
    found = unit("east-2")
    assert (found.path, found.latitude, found.longitude) == ("/hq/east/east-2/", None, None)
    assert entries("east-2", "hours_set") == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"code": "b03"}, "code"),
        ({"code": "pair"}, "code"),
        ({"code": "湖滨"}, "code"),
        ({"code": ""}, "code"),
        ({"kind": "headquarters"}, "kind"),
        ({"kind": "practice"}, "kind"),
        ({"name": " "}, "name"),
        ({"time_zone": "Asia/Hangzhou"}, "time_zone"),
        ({"time_zone": "../etc/passwd"}, "time_zone"),
        ({"rule_pack": "us"}, "rule_pack"),
        ({"latitude": "90.1"}, "latitude"),
        ({"longitude": "-180.5"}, "longitude"),
        ({"latitude": "nan"}, "latitude"),
        ({"latitude": ""}, "latitude"),
        ({"longitude": ""}, "longitude"),
    ],
    ids=str,
)
def test_a_unit_that_cannot_be_is_refused_at_its_field_and_nothing_is_added(bank, sign_in, given, field):
    with unscoped("test"):
        before = OrgUnit.objects.count()
    assert errors(sign_in("Hana").post("/setup/east/units", NEW | given), "unit") == {field}
    with unscoped("test"):
        assert OrgUnit.objects.count() == before


def test_nothing_is_added_under_a_branch(sign_in):
    page = sign_in("Hana").get("/setup/b01").content.decode()
    assert "/setup/b01/units" not in page
    assert errors(sign_in("Hana").post("/setup/b01/units", NEW), "unit") == {"kind"}


@pytest.mark.parametrize("person", ["Mei", "Sun", "Ada", "Rita", "Otto"])
def test_who_may_not_edit_the_tree_adds_and_changes_nothing(sign_in, person):
    client = sign_in(person)
    assert client.post("/setup/east/units", NEW).status_code == 404
    assert client.post("/setup/b01/place", NEW).status_code == 404
    assert unit("b09") is None and "/place" not in client.get("/setup/b01").content.decode()


def test_a_unit_is_corrected_and_the_journal_says_from_what_to_what(bank, sign_in):
    place = {
        "name": "Branch 1",
        "time_zone": "Europe/London",
        "rule_pack": "intl",
        "latitude": "51.5",
        "longitude": "0",
    }
    client = sign_in("Hana")
    assert client.post("/setup/b01/place", place).status_code == 302
    found = unit("b01")
    assert (found.time_zone, found.rule_pack, found.longitude) == ("Europe/London", "intl", 0.0)
    with scoped(bank.scope("Hana")):
        assert (hours_of(found).pack, hours_of(found).time_zone) == ("intl", "Europe/London")
    (entry,) = entries("b01", "org_unit_changed")
    assert entry.data["time_zone"] == ["Asia/Shanghai", "Europe/London"] and "address" not in entry.data
    page = client.get("/setup/b01").content.decode()
    assert "51.5, 0.0" in page and "Europe/London" in page


def test_the_same_again_is_not_journalled(sign_in):
    client = sign_in("Hana")
    same = {"name": "人民路支行", "time_zone": "Asia/Shanghai", "rule_pack": "cn"}
    assert client.post("/setup/b01/place", same).status_code == 302
    assert entries("b01", "org_unit_changed") == []


def test_a_wrong_correction_comes_back_in_its_place(sign_in):
    wrong = {"name": "x", "time_zone": "Mars/Base", "rule_pack": "cn"}
    assert errors(sign_in("Hana").post("/setup/b01/place", wrong), "place") == {"time_zone"}
    assert unit("b01").name == "人民路支行"


@pytest.mark.parametrize(("north", "east"), [(91.0, 0.0), (0.0, 181.0), (None, 5.0), (5.0, None)])
def test_the_database_itself_holds_places_to_the_globe(bank, north, east):
    with unscoped("test"), pytest.raises(IntegrityError), transaction.atomic():
        OrgUnit.objects.filter(pk=bank.b01.pk).update(latitude=north, longitude=east)


def test_a_place_is_a_pair_of_numbers_or_none(bank, grown):
    assert (bank.b01.latitude, bank.b01.longitude) == (None, None)
    assert isinstance(grown.latitude, float) and isinstance(grown.longitude, float)


@pytest.mark.parametrize("role", ["supervisor", "lobby_manager", "teller", "branch_head"])
def test_every_page_of_a_fresh_branch_opens(bank, grown, sign_in, role):
    """No counters, no devices, no colleagues, no past: the desk and each page of the navigation say so and open."""
    person = {"staff_no": "n9", "name": "新同事", "role": role, "since": "2026-11-01", "password": "first-password-1"}
    assert sign_in("Sysadmin").post("/setup/b09/people", person).status_code == 302
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(staff_no="n9"))
    desk = client.get("/", follow=True)
    assert desk.status_code == 200 and "湖滨支行" in desk.content.decode()
    nav = desk.content.decode().partition('id="main"')[0]
    links = sorted(set(re.findall(r'<a[^>]* href="(/[^"#]*)"', nav)))
    assert len(links) > 5
    assert {link: status for link in links if (status := client.get(link, follow=True).status_code) != 200} == {}
