"""The address of a practice world: taken off the request, kept out of what is stored, put before what is shown."""

import pytest
from django.template import Context, Template
from django.test.utils import override_script_prefix
from django.urls import reverse

from counterpoint.foundation import notify, prefix
from counterpoint.foundation.scope import scoped

WORLD = "/practice/wabcdefgh"


@pytest.mark.parametrize(
    ("asked", "root", "path", "inner"),
    [
        (f"{WORLD}/cases/", WORLD, f"{WORLD}/cases/", "/cases/"),
        (f"{WORLD}/live/b01", WORLD, f"{WORLD}/live/b01", "/live/b01"),
        (f"{WORLD}/", WORLD, f"{WORLD}/", "/"),
        (WORLD, WORLD, f"{WORLD}/", "/"),
        ("/practice/", None, "/practice/", "/practice/"),
        ("/practice/wabcdefghi/x", None, "/practice/wabcdefghi/x", "/practice/wabcdefghi/x"),
        ("/practice/WABCDEFGH/", None, "/practice/WABCDEFGH/", "/practice/WABCDEFGH/"),
        (f"/x{WORLD}/", None, f"/x{WORLD}/", f"/x{WORLD}/"),
        ("/cases/", None, "/cases/", "/cases/"),
    ],
)
def test_the_worlds_part_of_an_address_becomes_the_root_path(asked, root, path, inner):
    scope = prefix.strip({"type": "http", "path": asked})
    assert (scope.get("root_path"), scope["path"], prefix.path_of(scope)) == (root, path, inner)
    assert prefix.world_of(scope.get("root_path", "")) == ("wabcdefgh" if root else "")


def test_a_world_in_a_world_is_no_page_of_the_outer_one():
    scope = prefix.strip({"type": "http", "path": f"{WORLD}{WORLD}/cases/"})
    assert prefix.path_of(scope) == f"{WORLD}/cases/"


@pytest.mark.parametrize("link", ["/cases/?stage=unfinished", "/", "/team/my/"])
def test_what_was_stored_inside_is_read_where_the_reader_is(link):
    with override_script_prefix(f"{WORLD}/"):
        shown = prefix.inside(link)
        drawn = Template("{% load ui %}{% inside link %}").render(Context({"link": link}))
    assert shown == drawn == f"{WORLD}{link}" and prefix.outside(shown) == link
    assert prefix.inside(link) == prefix.outside(link) == link


@pytest.mark.parametrize("link", ["", "https://bank.example/practice", "/practice/", "/practicewabcdefgh/"])
def test_other_addresses_stay_as_they_are(link):
    assert prefix.outside(link) == link


def test_a_message_from_inside_carries_no_prefix(bank):
    with scoped(bank.scope("Sun")), override_script_prefix(f"{WORLD}/"):
        row = notify.send(
            org_unit=bank.b01, dedupe="x", title="x", body="", now=bank.now, recipient=bank.people["Mei"],
            link=reverse("role:desk"),
        )  # fmt: skip
    assert row.link == "/"
