"""Headquarters sets the bank up in the browser; a branch enrols its devices; others only look."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.html import strip_tags

from counterpoint.foundation.hours import hours_of
from counterpoint.foundation.models import Counter, Device, DeviceKey, Post, SpecialDay, User
from counterpoint.foundation.scope import scoped
from counterpoint.foundation.setup_forms import parse_spans, spell_spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("09:00-17:00", [(540, 1020)]),
        ("13:30–17:00,9:00-12:00", [(540, 720), (810, 1020)]),
        ("", []),
        ("0:00-24:00", [(0, 1440)]),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert parse_spans(text) == spans
    assert parse_spans(spell_spans(tuple(spans))) == spans


@pytest.mark.parametrize("text", ["nine to five", "17:00-09:00", "09:00-12:00,11:00-13:00", "09:70-10:00"])
def test_hours_that_make_no_sense_are_refused(text):
    with pytest.raises(ValidationError):
        parse_spans(text)


def test_headquarters_changes_the_hours_of_a_branch(bank, sign_in):
    answer = sign_in("Hana").post("/setup/b01/hours", {"day0": "08:30-12:00, 13:00-17:30", "day6": ""})
    assert answer.status_code == 302
    with scoped(bank.scope("Hana")):
        assert hours_of(bank.b01).weekly == {0: ((510, 720), (780, 1050))}


def test_a_wrong_line_comes_back_in_its_place_and_nothing_changes(bank, sign_in):
    answer = sign_in("Hana").post("/setup/b01/hours", {"day0": "17:00-09:00"})
    assert answer.status_code == 422
    assert answer.context["forms"]["hours"].errors["day0"]
    with scoped(bank.scope("Hana")):
        assert hours_of(bank.b01).weekly[0] == ((540, 1020),)


def test_a_special_day_closes_or_changes_the_hours(bank, sign_in):
    client = sign_in("Hana")
    client.post("/setup/b01/special-days", {"date": "2026-12-31", "hours": "", "reason": "盘点"})
    client.post("/setup/b01/special-days", {"date": "2027-01-02", "hours": "10:00-15:00", "reason": "轮值"})
    with scoped(bank.scope("Hana")):
        days = list(SpecialDay.objects.order_by("date"))
        assert [(d.closed, d.opens) for d in days] == [(True, None), (False, 600)]
        assert hours_of(bank.b01).on(days[0].date) == ()


def test_counters_and_devices_are_added_once(bank, sign_in):
    client = sign_in("Hana")
    assert client.post("/setup/b01/counters", {"number": 5, "kind": "cash"}).status_code == 302
    assert client.post("/setup/b01/counters", {"number": 5, "kind": "cash"}).status_code == 422
    assert client.post("/setup/b01/devices", {"code": "atm1", "name": "ATM 1", "kind": "atm"}).status_code == 302
    assert client.post("/setup/b01/devices", {"code": "atm1", "name": "ATM 1", "kind": "atm"}).status_code == 422
    with scoped(bank.scope("Sun")):
        assert Counter.objects.filter(number=5).count() == 1
        assert Device.objects.filter(code="atm1").count() == 1


def test_the_supervisor_enrols_a_kiosk_whose_token_is_shown_once_and_can_be_refused(bank, sign_in):
    client = sign_in("Sun")
    assert client.post("/setup/b01/keys", {"name": "门口取号机", "use": "kiosk"}).status_code == 302
    shown = client.get("/setup/b01")
    token = shown.context["token"]["token"]
    assert token in shown.content.decode()
    assert token not in client.get("/setup/b01").content.decode()
    kiosk = Client(headers={"Authorization": f"Bearer {token}"})
    assert kiosk.get("/onsite/kiosk").status_code == 200
    assert kiosk.get("/setup/b01").status_code == 404
    with scoped(bank.scope("Sun")):
        key = DeviceKey.objects.get()
    client.post(f"/setup/b01/keys/{key.pk}/revoke")
    assert kiosk.get("/onsite/kiosk").status_code == 302


def test_a_browser_is_paired_and_forgets_the_person(bank, sign_in):
    client = sign_in("Sun")
    client.post("/setup/b01/keys", {"name": "screen", "use": "screen"})
    token = client.get("/setup/b01").context["token"]["token"]
    assert client.post("/setup/pair", {"token": "wrong"}).status_code == 200
    answer = client.post("/setup/pair", {"token": token})
    assert answer.status_code == 302 and client.cookies["device"].value == token
    assert answer.url == "/onsite/screen" and client.get(answer.url).status_code == 200
    assert client.get("/account").status_code == client.get("/").status_code == 404


def test_a_systems_token_pairs_no_browser_because_there_is_nothing_to_show(bank, sign_in):
    client = sign_in("Sun")
    client.post("/setup/b01/keys", {"name": "queue", "use": "queue"})
    token = client.get("/setup/b01").context["token"]["token"]
    refused = client.post("/setup/pair", {"token": token})
    assert refused.status_code == 200 and "device" not in client.cookies
    assert "不用于大厅的浏览器" in refused.content.decode()


def test_the_branch_head_adds_a_person_who_can_sign_in_and_ends_the_post_later(bank, sign_in, clock):
    client = sign_in("Ada")
    person = {
        "staff_no": "new1",
        "name": "新同事",
        "role": "teller",
        "since": "2026-11-01",
        "password": "first-password-1",
    }
    assert client.post("/setup/b01/people", person).status_code == 302
    assert client.post("/setup/b01/people", person).status_code == 422
    user = User.objects.get(staff_no="new1")
    assert user.check_password("first-password-1")
    with scoped(bank.scope("Ada")):
        post = Post.objects.get(user=user)
    assert client.post(f"/setup/b01/posts/{post.pk}/end").status_code == 302
    with scoped(bank.scope("Ada")):
        assert Post.objects.get(user=user).until == clock.now().date()


def test_a_branch_cannot_hand_out_roles_of_headquarters(sign_in):
    person = {"staff_no": "x", "name": "x", "role": "auditor", "since": "2026-11-01", "password": "first-password-1"}
    assert sign_in("Ada").post("/setup/b01/people", person).status_code == 422


@pytest.mark.parametrize("person", ["Mei", "Stranger", "Otto"])
def test_others_cannot_change_the_set_up(sign_in, person):
    client = sign_in(person)
    for path in ("hours", "special-days", "counters", "devices", "people"):
        assert client.post(f"/setup/b01/{path}", {}).status_code == 404


def test_a_teller_sees_the_branch_without_its_people(sign_in):
    page = sign_in("Mei").get("/setup/b01")
    assert page.status_code == 200 and "omar" not in strip_tags(page.content.decode())
    assert sign_in("Mei").get("/setup/b03").status_code == 404
    assert sign_in("Mei").get("/setup").status_code == 200
