"""The crawl inside a practice world: no link leads out of it, and whatever is sent there changes nothing outside."""

import re

import pytest

from counterpoint.foundation.models import Message, User
from counterpoint.foundation.scope import unscoped
from tests.scope import crawl, world

NAMED = re.compile(rb"\s(?:href|action|formaction|src|hx-\w+|data-[\w-]*url|data-live)=\"(/[^\"]*)\"")
BACK = {"/", "/sign-out"}  # the button that leads back to work, and leaving for good


@pytest.fixture
def inside(bank):
    """(world, branch, client of the Stranger who holds every role in it), with rows of every room."""
    made, branch = world.lived(bank)
    return made, branch, world.enter(bank, "Stranger")


def strays(visit, root):
    """Addresses of a page that lead out of the world."""
    found = {one.decode() for one in NAMED.findall(visit.body)}
    return {one for one in found if not one.startswith((f"{root}/", "/static/")) and one not in BACK}


@pytest.mark.parametrize("most", [4, pytest.param(99, marks=pytest.mark.slow)])
def test_the_pages_of_the_navigation_stay_in_the_world(bank, most):
    """At each commit a few of the pages that the frame offers in an empty world; by night all, and every route."""
    made, client = world.make(bank), world.enter(bank)
    root = world.at(made)
    offered = client.get(f"{root}/desk").content
    menu = offered[offered.index(b'<nav class="chapters"') :].split(b"</nav>")[0]
    pages = sorted(one.decode() for one in set(NAMED.findall(menu)) if one.startswith(root.encode()))
    assert len(pages) > 15
    for page in pages[:: max(1, len(pages) // most)]:
        answer = client.get(page)
        visit = crawl.Visit("Stranger", "GET", page, answer.status_code, answer.content)
        assert (answer.status_code, strays(visit, root)) == (200, set()), page


@pytest.mark.slow
def test_no_page_of_a_world_leads_out_of_it(bank, inside):
    made, branch, client = inside
    root = world.at(made)
    visits = list(crawl.crawl(client, "Stranger", branch, most=1, world=root))
    assert [(v.address, v.status) for v in visits if v.status >= 500] == []
    assert {(v.address, one) for v in visits for one in strays(v, root)} == set()
    seen = [v for v in visits if v.status == 200]
    assert len(seen) > 100 and sum(v.leaked for v in seen) > 10  # the world's own marked rows do show: it was seen


def test_a_written_address_would_be_seen():
    page = crawl.Visit("x", "GET", "/", 200, b'<html><a href="/cases/1/">x</a><a href="/practice/wabcdefgh/a">y</a>')
    assert strays(page, "/practice/wabcdefgh") == {"/cases/1/"}


@pytest.mark.slow
@pytest.mark.parametrize("most", [1, 4])
def test_whatever_is_sent_in_a_world_changes_nothing_of_the_bank(bank, inside, most):
    made, branch, client = inside
    before, people = crawl.rows_of(bank.units["hq"]), list(User.objects.order_by("pk").values())
    within = crawl.rows_of(made.org_unit)
    visits = list(crawl.crawl(client, "Stranger", branch, most=most, write=True, world=world.at(made)))
    assert [(v.address, v.status) for v in visits if v.status >= 500] == []
    assert crawl.rows_of(bank.units["hq"]) == before
    assert list(User.objects.order_by("pk").values()) == people
    with unscoped("the test looks at the outbox", practice=True):
        assert not Message.objects.filter(next_due_at__isnull=False).exists()
    changed = {name for name, rows in crawl.rows_of(made.org_unit).items() if rows != within[name]}
    assert {"onsite.Ticket", "foundation.JournalEntry"} <= changed
