"""The canary crawl over this room's own routes: quick, next to the crawl over the whole house."""

import pytest
from django.test import Client

from counterpoint.foundation import policy
from counterpoint.service.tests import canary
from tests.scope import crawl


@pytest.fixture
def own_routes(bank, monkeypatch):
    """Canaries of this room in the western branch, and only its routes."""
    canary.plant(bank, bank.b03, crawl.CANARY)
    routes = [one for one in policy.routes() if one[0].startswith(("/service/", "/c/", "/api/v1/complaints"))]
    monkeypatch.setattr(policy, "routes", lambda: routes)
    return bank


@pytest.mark.parametrize("person", ["Sun", "Rita", "Mei", "nobody"])
@pytest.mark.parametrize("write", [False, True])
def test_no_route_of_complaints_shows_or_touches_a_foreign_one(own_routes, person, write):
    client = Client(raise_request_exception=False)
    if person != "nobody":
        client.force_login(own_routes.people[person])
    before = crawl.rows_of(own_routes.b03)
    visits = list(crawl.crawl(client, person, own_routes.b03, most=4, write=write))
    assert [v.address for v in visits if v.leaked] == []
    assert [(v.address, v.status) for v in visits if v.status >= 500] == []
    assert crawl.rows_of(own_routes.b03) == before


def test_the_crawl_has_teeth(own_routes):
    client = Client(raise_request_exception=False)
    client.force_login(own_routes.people["Stranger"])
    assert any(v.leaked for v in crawl.crawl(client, "Stranger", own_routes.b03, most=8))
