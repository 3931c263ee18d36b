"""No page, export or error text shows a single row of a branch outside the caller's scope."""

import pytest
from django.test import Client

from counterpoint.foundation.scope import scoped
from tests.scope import crawl

INSIDERS = ("Mei", "Omar", "Sun", "Ada", "Rita", "Bo")


@pytest.fixture
def planted(bank):
    """The small bank with canaries in the western branch."""
    crawl.plant(bank)
    return bank


@pytest.mark.parametrize("person", [*INSIDERS, "nobody"])
def test_nobody_of_another_branch_sees_a_canary(planted, person):
    client = Client(raise_request_exception=False)
    if person != "nobody":
        client.force_login(planted.people[person])
    visits = list(crawl.crawl(client, person, planted.b03))
    assert [v.address for v in visits if v.leaked] == []
    assert [(v.address, v.status) for v in visits if v.status >= 500] == []


def test_the_crawl_has_teeth(planted):
    """Who belongs to the branch does see the canaries: the crawl would find a leak."""
    client = Client(raise_request_exception=False)
    client.force_login(planted.people["Stranger"])
    visits = list(crawl.crawl(client, "Stranger", planted.b03))
    assert any(v.leaked for v in visits)
    assert [(v.address, v.status) for v in visits if v.status >= 500] == []


def test_a_region_moved_away_takes_its_rows_with_it(planted):
    """After the branch moves to the east, the eastern region sees it and the western one does not."""
    from counterpoint.foundation.actions import org_unit_move
    from counterpoint.foundation.models import Counter

    root = planted.scope("Sysadmin")
    with scoped(root):
        org_unit_move(scope=root, now=planted.now, unit=planted.b03, parent=planted.east)
    with scoped(planted.scope("Rita")):
        assert Counter.objects.filter(org_unit=planted.b03).count() == 4
