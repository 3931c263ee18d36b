"""Enrolled devices: a token shown once, the rights of one branch, and an end that holds."""

from datetime import timedelta

import pytest
from django.test import Client

from counterpoint.foundation import access, actions, enrolment, policy
from counterpoint.foundation.errors import Forbidden
from counterpoint.foundation.models import DeviceKey, JournalEntry
from counterpoint.foundation.scope import scoped, unscoped

VERBS = ("foundation.org.view", "onsite.hall.view")
SCREEN = "/onsite/screen"
(QUEUE,) = (use for use in enrolment.uses() if use.key == "queue")


def enrol(bank, person="Sun", where="b01", verbs=VERBS, name="\u53eb\u53f7\u5c4f"):
    scope = bank.scope(person)
    with scoped(scope):
        return actions.device_enrol(scope=scope, now=bank.now, branch=bank.units[where], name=name, verbs=verbs)


def revoke(bank, row, after=0, person="Sun"):
    scope = bank.scope(person)
    with scoped(scope):
        return actions.device_revoke(scope=scope, now=bank.now + timedelta(seconds=after), device=row)


def entries(kind, row):
    with unscoped("test"):
        return list(JournalEntry.objects.filter(kind=f"foundation.device_{kind}", subject=str(row.pk)))


def stored(row):
    with unscoped("test"):
        return DeviceKey.objects.get(pk=row.pk)


def bearer(token):
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_the_token_is_nowhere_in_the_database(bank):
    row, token = enrol(bank)
    kept = stored(row)
    assert kept.prefix == token[:8] and len(kept.digest) == 64
    assert token not in f"{kept.__dict__}" and token[8:] not in f"{entries('enrolled', row)[0].data}"


def test_enrolling_is_journalled_with_its_rights_in_the_branchs_chain(bank):
    row, _token = enrol(bank, verbs=("onsite.hall.view", "foundation.org.view"))
    (entry,) = entries("enrolled", row)
    assert entry.data == {"device": str(row.pk), "verbs": ["foundation.org.view", "onsite.hall.view"]}
    assert (entry.org_path, entry.actor, entry.at) == (bank.b01.path, bank.people["Sun"].pk, bank.now)


def test_two_devices_have_two_tokens(bank):
    tokens = {enrol(bank)[1] for _ in range(5)}
    assert len(tokens) == 5 and all(len(token) >= 40 for token in tokens)


def test_a_device_sees_its_branch_and_holds_its_verbs_only(bank):
    row, token = enrol(bank)
    found, scope = access.device_scope(token, bank.now)
    assert found.pk == row.pk and scope.actor == row.pk and scope.actor_label == row.name
    assert scope.roots == (bank.b01.path,) and set(scope.grants) == set(VERBS)
    assert scope.may(VERBS[0], bank.b01.path) and not scope.may(VERBS[0], bank.b02.path)
    assert not scope.may("onsite.ticket.take")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: token[:8],
        lambda token: token[:-1],
        lambda token: token + "x",
        lambda token: token[:8] + token[8:].swapcase(),
        lambda token: "x" * 43,
        lambda token: token[:8] + "\u4ee4\u724c",
        lambda token: f" {token}",
    ],
    ids=["empty", "its prefix", "cut", "longer", "other letters", "made up", "Chinese", "with a space"],
)
def test_a_token_that_is_not_the_token_is_nobody(bank, spoil):
    _row, token = enrol(bank)
    assert access.device_scope(spoil(token), bank.now) is None


@pytest.mark.parametrize(("seconds", "open_"), [(-1, True), (0, False), (1, False)])
def test_a_token_expires_at_its_instant(bank, seconds, open_):
    row, token = enrol(bank)
    with unscoped("test"):
        DeviceKey.objects.filter(pk=row.pk).update(expires_at=bank.now)
    assert bool(access.device_scope(token, bank.now + timedelta(seconds=seconds))) is open_


def test_a_revoked_device_is_refused_at_every_door(bank):
    row, token = enrol(bank)
    assert bearer(token).get(SCREEN).status_code == 200
    revoke(bank, row)
    assert access.device_scope(token, bank.now) is None
    assert bearer(token).get(SCREEN).status_code == 302
    paired = Client()
    paired.cookies["device"] = token
    assert paired.get(SCREEN).status_code == 302


def test_revoking_twice_keeps_the_first_moment_and_is_journalled_once(bank):
    row, _token = enrol(bank)
    revoke(bank, row, after=5)
    again = revoke(bank, row, after=3600)
    assert again.revoked_at == stored(row).revoked_at == bank.now + timedelta(seconds=5)
    assert len(entries("revoked", row)) == 1


def test_revoking_undoes_nothing_that_changed_since_the_page_was_opened(bank):
    row, _token = enrol(bank)
    with unscoped("test"):
        DeviceKey.objects.filter(pk=row.pk).update(last_seen_at=bank.now)
    revoke(bank, row)
    assert stored(row).last_seen_at == bank.now


@pytest.mark.parametrize(
    ("person", "where", "allowed"),
    [
        ("Sun", "b01", True),
        ("Ada", "b01", True),
        ("Sysadmin", "b03", True),
        ("Mei", "b01", False),
        ("Omar", "b01", False),
        ("Rita", "b01", False),
        ("Hana", "b01", False),
        ("Otto", "b01", False),
        ("Sun", "b02", False),
        ("Bo", "b01", False),
    ],
)
def test_who_enrols_and_revokes_a_device(bank, person, where, allowed):
    row, _token = enrol(bank, "Sysadmin", where)
    if allowed:
        assert enrol(bank, person, where)[0].org_unit_id == bank.units[where].pk
        assert revoke(bank, row, person=person).revoked_at == bank.now
    else:
        for act in (lambda: enrol(bank, person, where), lambda: revoke(bank, row, person=person)):
            with pytest.raises(Forbidden, match=r"foundation\.devices\.edit"):
                act()
        assert stored(row).revoked_at is None and entries("revoked", row) == []


def test_a_device_that_moved_with_its_branch_sees_the_branch_where_it_is_now(bank):
    _row, token = enrol(bank, "Sysadmin", "b03")
    root = bank.scope("Sysadmin")
    with scoped(root):
        actions.org_unit_move(scope=root, now=bank.now, unit=bank.b03, parent=bank.east)
    _found, scope = access.device_scope(token, bank.now)
    page = bearer(token).get(SCREEN)
    assert scope.roots == ("/hq/east/b03/",) and page.status_code == 200 and "西湖支行" in page.content.decode()


@pytest.mark.parametrize("use", sorted(enrolment.uses(), key=lambda use: use.key), ids=lambda use: use.key)
def test_a_device_of_any_use_opens_no_page_of_people(bank, use):
    _row, token = enrol(bank, verbs=use.verbs)
    client = bearer(token)
    assert client.get("/account").status_code == 404
    assert client.get("/journal").status_code == 404
    assert client.get("/setup/pair").status_code == 404
    for path in ("hours", "special-days", "counters", "devices", "people", "keys"):
        assert client.post(f"/setup/b01/{path}", {}).status_code == 404
    for route, _view, guard in policy.routes():
        if guard is not None and guard.kind in ("allow", "signed_in") and "<" not in route:
            assert client.get(route.split(" ")[0]).status_code in (404, 405), route


def test_a_bearer_needs_no_csrf_mark_and_a_paired_browser_does(bank):
    _row, token = enrol(bank, verbs=QUEUE.verbs)
    strict = Client(enforce_csrf_checks=True)
    take, asked = "/onsite/kiosk/take", {"service": "haircut"}
    assert strict.post(take, asked, headers={"Authorization": f"Bearer {token}"}).status_code == 422
    strict.cookies["device"] = token
    assert strict.post(take, asked).status_code == 403


def test_a_key_of_another_branch_is_not_revoked_by_its_address(bank, sign_in):
    row, _token = enrol(bank, "Sysadmin", "b02")
    assert sign_in("Sun").post(f"/setup/b01/keys/{row.pk}/revoke").status_code == 404
    assert sign_in("Sun").post(f"/setup/b02/keys/{row.pk}/revoke").status_code == 404
    assert sign_in("Sun").get(f"/setup/b01/keys/{row.pk}/revoke").status_code == 405
    assert stored(row).revoked_at is None


def test_the_page_tells_which_devices_are_refused(bank, sign_in):
    row, _token = enrol(bank)
    button = f"/setup/b01/keys/{row.pk}/revoke"
    assert button in sign_in("Sun").get("/setup/b01").content.decode()
    assert button not in sign_in("Mei").get("/setup/b01").content.decode()
    revoke(bank, row)
    assert button not in sign_in("Sun").get("/setup/b01").content.decode()
