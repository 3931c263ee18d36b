"""No page, export or error text shows a single row of a branch outside the caller's scope."""

from datetime import date

import pytest
from django.test import Client

from counterpoint.foundation import roles
from counterpoint.foundation.models import Post, User
from counterpoint.foundation.scope import scoped, unscoped
from tests.scope import crawl

DAILY = ("teller", "supervisor", "regional_manager", "auditor")  # one of each reach and kind of right
NIGHTLY = sorted(set(roles.ROLES) - set(DAILY))
OTHERS = ("Ada", "Bo", "Mei", "Omar", "Rita", "Sun")


@pytest.fixture
def planted(bank):
    """The small bank with canaries in the western branch."""
    crawl.plant(bank)
    return bank


# Each role is crawled below at each commit; by day whoever is not signed in as well, everybody by night.
@pytest.mark.parametrize("person", ["nobody", *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS)])
def test_nobody_of_another_branch_sees_a_canary(planted, person):
    client = Client(raise_request_exception=False)
    if person != "nobody":
        client.force_login(planted.people[person])
    visits = list(crawl.crawl(client, person, planted.b03))
    assert [v.address for v in visits if v.leaked] == []
    assert [(v.address, v.status) for v in visits if v.status >= 500] == []


# Four roles at one place at each commit, all of them at every place by night: the crawl asks every route of the house.
@pytest.mark.parametrize("place", ["b01", *(pytest.param(place, marks=pytest.mark.slow) for place in ("b02", "east"))])
@pytest.mark.parametrize("role", [*DAILY, *(pytest.param(role, marks=pytest.mark.slow) for role in NIGHTLY)])
def test_no_role_at_any_place_of_the_tree_sees_or_touches_a_foreign_branch(planted, role, place):
    client = Client(raise_request_exception=False)
    client.force_login(at_post(planted, role, place))
    before = crawl.rows_of(planted.b03)
    asked = [
        *crawl.crawl(client, role, planted.b03, most=2),
        *crawl.crawl(client, role, planted.b03, most=2, write=True),
    ]
    assert [v.address for v in asked if v.leaked] == []
    assert [(v.method, v.address, v.status) for v in asked if v.status >= 500] == []
    assert crawl.rows_of(planted.b03) == before


def at_post(bank, role, place):
    """A new person who holds this role there, also where the bank itself would not grant it."""
    unit = bank.units[place]
    with unscoped("the test gives posts at places of its own choosing"):
        user = User.objects.create(staff_no="crawl", name="Crawl")
        Post(org_unit=unit, user=user, role=role, since=date(2026, 1, 1)).save()
    return user


@pytest.mark.slow
def test_the_writing_crawl_has_teeth(planted):
    """In the hands of the branch's own supervisor the same forms do change it."""
    client = Client(raise_request_exception=False)
    client.force_login(planted.people["Stranger"])
    before = crawl.rows_of(planted.b03)
    list(crawl.crawl(client, "Stranger", planted.b03, most=2, write=True))
    changed = {name for name, rows in crawl.rows_of(planted.b03).items() if rows != before[name]}
    assert {"onsite.Ticket", "team.LeaveRequest"} <= changed


def test_the_crawl_has_teeth(planted):
    """Who belongs to the branch does see the canaries: the crawl would find a leak."""
    client = Client(raise_request_exception=False)
    client.force_login(planted.people["Stranger"])
    assert any(v.leaked for v in crawl.crawl(client, "Stranger", planted.b03))


def test_a_region_moved_away_takes_its_rows_with_it(planted):
    """After the branch moves to the east, the eastern region sees it and the western one does not."""
    from counterpoint.foundation.actions import org_unit_move
    from counterpoint.foundation.models import Counter

    root = planted.scope("Sysadmin")
    with scoped(root):
        org_unit_move(scope=root, now=planted.now, unit=planted.b03, parent=planted.east)
    with scoped(planted.scope("Rita")):
        assert Counter.objects.filter(org_unit=planted.b03).count() == 4
