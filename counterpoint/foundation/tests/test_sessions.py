"""A sign-in ends when its person rests, when it is old, and when the post ends: on pages and on open streams."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.test import Client, RequestFactory

from counterpoint.foundation import access, actions, signin
from counterpoint.foundation.clock import SystemClock
from counterpoint.foundation.middleware import device_token, is_activity, scope_again
from counterpoint.foundation.models import Post
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.foundation.streams import ID

BACKGROUND = {"HTTP_HX_REQUEST": "true", "HTTP_SEC_FETCH_MODE": "cors"}


@pytest.fixture
def passing(monkeypatch):
    """Real time that the test moves: `passing(minutes=3)`."""
    at = [SystemClock().now()]
    monkeypatch.setattr(SystemClock, "now", lambda self: at[0])

    def move(**delta):
        at[0] += timedelta(**delta)

    return move


def here(client):
    return client.get("/account").status_code == 200


def test_a_page_that_refreshes_itself_does_not_keep_an_empty_chair_signed_in(sign_in, passing, settings):
    settings.SESSION_IDLE_SECONDS = 900
    client = sign_in("Sun")
    assert here(client)
    for _minute in range(16):
        passing(minutes=1)
        last = client.get("/account", **BACKGROUND).status_code
    assert last == 401 and not here(client)


def test_who_works_stays_signed_in_for_hours_but_not_for_ever(sign_in, passing, settings):
    settings.SESSION_IDLE_SECONDS, settings.SESSION_COOKIE_AGE = 900, 8 * 3600
    client = sign_in("Sun")
    for _visit in range(7 * 6):
        assert here(client)
        passing(minutes=10)
    for _visit in range(6):
        assert here(client)
        passing(minutes=10, seconds=1)
    assert not here(client)


@pytest.mark.parametrize(
    ("method", "headers", "counts"),
    [
        ("get", {}, True),
        ("get", {"HTTP_SEC_FETCH_MODE": "navigate"}, True),
        ("get", BACKGROUND, False),
        ("get", {"HTTP_SEC_FETCH_MODE": "cors"}, False),
        ("get", BACKGROUND | {"HTTP_HX_BOOSTED": "true"}, True),
        ("post", BACKGROUND, True),
    ],
)
def test_what_counts_as_something_a_person_did(method, headers, counts):
    assert is_activity(getattr(RequestFactory(), method)("/", **headers)) is counts


def test_a_stream_without_a_person_is_refused_not_redirected():
    answer = Client().get("/live/b01", HTTP_ACCEPT="text/event-stream")
    assert answer.status_code == 401


@pytest.mark.parametrize("last", ["²", "9" * 40, "-1", "x", ""])
def test_a_last_id_that_is_no_id_is_not_one(last):
    assert not ID.match(last)
    assert ID.match("123")


def listening(client, person):
    """What an open stream keeps of its request."""
    request = HttpRequest()
    request.device, request.session = None, client.session
    request.user = person
    return request


def test_a_stream_follows_the_posts_of_its_person(bank, sign_in):
    request = listening(sign_in("Mei"), bank.people["Mei"])
    assert scope_again(request).roots == (bank.b01.path,)
    root = access.system_scope(("foundation.people.edit",))
    with scoped(root):
        post = Post.objects.get(user=bank.people["Mei"])
        actions.post_end(scope=root, now=bank.now, post=post, until=bank.now.date())
    assert scope_again(request).roots == ()


def test_a_stream_ends_with_its_session_its_password_and_its_person(bank, sign_in):
    mei = bank.people["Mei"]
    first, second = sign_in("Mei"), sign_in("Mei")
    one, two = listening(first, mei), listening(second, mei)
    first.post("/sign-out")
    assert scope_again(one) is None and scope_again(two) is not None
    signin.revoke_sessions(mei)
    assert scope_again(two) is None
    assert not get_user(two).is_authenticated


def test_a_stream_of_a_revoked_device_ends(bank):
    root = access.system_scope(("foundation.devices.edit",))
    with scoped(root):
        row, token = actions.device_enrol(
            scope=root, now=bank.now, branch=bank.b01, name="屏", verbs=("onsite.hall.view",)
        )
    request = RequestFactory().get("/live/b01", HTTP_AUTHORIZATION=f"bearer {token}")
    request.device = row
    assert scope_again(request).roots == (bank.b01.path,)
    with scoped(root):
        actions.device_revoke(scope=root, now=bank.now, device=row)
    assert scope_again(request) is None


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Bearer abc", (True, "abc")),
        ("bearer abc", (True, "abc")),
        ("", (False, "cookie")),
        ("Basic x", (False, "cookie")),
    ],
)
def test_a_bearer_token_in_any_spelling_wins_over_the_cookie(header, found):
    assert device_token(SimpleNamespace(headers={"Authorization": header}, COOKIES={"device": "cookie"})) == found


def test_any_bearer_token_beside_the_cookie_of_a_paired_browser_is_refused(bank):
    root = access.system_scope(("foundation.devices.edit",))
    with scoped(root):
        _row, token = actions.device_enrol(
            scope=root, now=bank.now, branch=bank.b01, name="屏", verbs=("onsite.hall.view",)
        )
    client = Client()
    client.cookies["device"] = token
    assert client.get("/onsite/screen").status_code == 200
    assert client.get("/api/v1/hall", HTTP_AUTHORIZATION="bearer made-up").status_code in (401, 404)


def at(day, hour):
    return datetime(2026, 11, day, hour, 30, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "held"),
    [(at(23, 23), False), (at(24, 0), True), (at(24, 7), True), (at(29, 23), True), (at(30, 0), False)],
)
def test_a_post_begins_and_ends_at_the_branchs_midnight(bank, moment, held):
    with unscoped("test"):
        Post.objects.filter(user=bank.people["Mei"]).update(since=date(2026, 11, 24), until=date(2026, 11, 30))
    assert bool(access.scope_of(bank.people["Mei"], moment).roots) is held
    assert access.roles_of(bank.people["Mei"], moment) == (frozenset({"teller"}) if held else frozenset())


def test_a_post_ended_before_eight_in_shanghai_ends_at_once(bank, clock, sign_in):
    clock.at = at(24, 7)
    with unscoped("test"):
        post = Post.objects.get(user=bank.people["Mei"])
    assert sign_in("Ada").post(f"/setup/b01/posts/{post.pk}/end").status_code == 302
    assert access.scope_of(bank.people["Mei"], clock.now()).roots == ()
    with unscoped("test"):
        assert Post.objects.get(pk=post.pk).until == date(2026, 11, 24)


def test_every_use_of_a_device_gets_verbs_that_exist():
    from counterpoint.foundation import enrolment, roles

    undeclared = {verb for use in enrolment.uses() for verb in use.verbs if not roles.declared(verb)}
    assert not undeclared


def test_a_signed_in_persons_pages_stay_in_no_cache(sign_in):
    assert sign_in("Mei").get("/account").headers["Cache-Control"] == "no-store"
