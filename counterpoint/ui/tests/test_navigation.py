"""People see the pages they may use; a clash of keys is an error at start."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory, override_settings
from django.urls import reverse

from counterpoint.ui import navigation
from counterpoint.ui.navigation import NavChapter, NavigationFault, NavItem

TEAM = NavChapter("team", "Team", 2)
ROLE = NavChapter("role", "Desk", 1)
DESK = NavItem("role.desk", "Desk", "ui:gallery", "home", "role", phone=True)
ROSTER = NavItem("team.roster", "Roster", "ui:language", "calendar", "team", verb="team.roster.read", phone=True)


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(navigation, "_chapters", {})
    monkeypatch.setattr(navigation, "_items", {})


def request(path="/ui/gallery", *verbs, signed_in=True):
    made = RequestFactory().get(path)
    made.scope = SimpleNamespace(may=lambda verb: verb in verbs) if signed_in else None
    return made


def keys(found):
    return [(group.key, [link.key for link in group.links]) for group in found]


def test_chapters_come_in_their_order_whatever_the_order_of_registration():
    navigation.register(TEAM, ROSTER)
    navigation.register(ROLE, DESK)
    found = navigation.groups(request("/", "team.roster.read"))
    assert keys(found) == [("role", ["role.desk"]), ("team", ["team.roster"])]


def test_a_page_whose_verb_is_not_held_is_not_offered_and_its_chapter_vanishes():
    navigation.register(ROLE, DESK)
    navigation.register(TEAM, ROSTER)
    assert keys(navigation.groups(request())) == [("role", ["role.desk"])]


def test_a_stranger_without_scope_gets_no_navigation():
    navigation.register(ROLE, DESK)
    assert navigation.groups(request(signed_in=False)) == ()
    assert navigation.groups(RequestFactory().get("/")) == ()


def test_the_longest_matching_address_is_current():
    part = NavItem("role.more", "More", "ui:theme", "plus", "role")
    navigation.register(ROLE, DESK, part)
    links = navigation.groups(request("/ui/gallery/drawer"))[0].links
    assert [link.key for link in links if link.current] == ["role.desk"]


def test_the_phone_shows_at_most_four_things():
    many = [NavItem(f"role.{i}", str(i), "ui:gallery", "home", "role", phone=True, order=i) for i in range(6)]
    navigation.register(ROLE, *many)
    assert [link.key for link in navigation.phone_links(navigation.groups(request()))] == [
        f"role.{i}" for i in range(4)
    ]


def test_a_thing_of_the_bottom_bar_may_lead_to_a_page_made_for_the_phone():
    rounds = NavItem("a", "A", "ui:gallery", "home", "role", phone=True, phone_url_name="ui:theme")
    navigation.register(ROLE, rounds)
    (group,) = navigation.groups(request())
    assert group.links[0].url == reverse("ui:gallery")
    assert navigation.phone_links([group])[0].phone_url == reverse("ui:theme")


def test_registering_the_same_again_is_harmless_but_another_under_its_key_is_not():
    navigation.register(ROLE, DESK)
    navigation.register(ROLE, DESK)
    with pytest.raises(NavigationFault, match="already taken"):
        navigation.register(ROLE, NavItem("role.desk", "Else", "ui:theme", "home", "role"))


def test_an_item_of_an_unknown_chapter_is_refused():
    with pytest.raises(NavigationFault, match="unknown chapter team"):
        navigation.register(ROLE, ROSTER)


@override_settings(ROOT_URLCONF="counterpoint.config.urls")
def test_items_list_in_reading_order():
    navigation.register(TEAM, ROSTER)
    navigation.register(ROLE, DESK)
    assert [item.key for item in navigation.items()] == ["role.desk", "team.roster"]
