"""A press on a page and a request over the open API: what is read from it, what is answered, and in which words."""

import json
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from counterpoint.foundation.models import DeviceKey
from counterpoint.onsite.tests.test_endpoints import Machine
from counterpoint.onsite.verbs import SCREEN_VERBS
from counterpoint.onsite.views.deeds import DEEDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def press(hall, sign_in):
    """`press("call-next", counter=1)` is the toast that a script shows: (text, level), in English."""
    clients = {}

    def do(name, who="Sun", language="en", **sent):
        client = clients.setdefault(who, sign_in(who))
        client.cookies["counterpoint-language"] = language
        answer = client.post(f"/onsite/do/{name}", sent, headers={"HX-Request": "true"})
        if answer.status_code != 204:
            return answer.status_code
        toast = json.loads(answer["HX-Trigger"])["toast"]
        return toast["text"], toast["level"]

    return do


def test_each_press_is_told_in_one_sentence(hall, press):
    hall.machine()
    hall.open(1)
    assert press("take", service="transfer", channel="staff") == ("B001: wait 0 to 1 minutes", "calm")
    first = hall.tickets()[0].pk
    assert press("call-next", counter=1) == ("B001 is called", "calm")
    assert press("undo", ticket=first) == ("B001 waits again", "calm")
    assert press("call", counter=1, ticket=first) == ("B001 is called", "calm")
    assert press("start", ticket=first) == ("Done", "calm")
    assert press("hold", ticket=first) == ("B001 is on hold", "calm")
    assert press("resume", ticket=first, counter=1) == ("Done", "calm")
    assert press("hand-over", ticket=first, service="wealth") == ("Handed over as C001", "calm")
    second = hall.take(service="transfer").id
    assert press("divert", ticket=second) == ("B002 is guided to a machine", "calm")
    third = hall.take(service="transfer").id
    press("call", counter=1, ticket=third)
    assert press("no-show", ticket=third) == ("B003 did not come", "calm")
    assert press("finish", ticket=third) == ("B003 is not come; this step is not possible now.", "act")
    assert press("call-next", counter=1, language="zh-hans")[0].endswith("。")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("call-next", {"counter": ""}), ("call-next", {"counter": "1.0"}), ("call-next", {}),
        ("call", {"counter": "1", "ticket": "17"}), ("call", {"counter": "1"}), ("cancel", {"ticket": ""}),
        ("window-open", {"counter": "1"}), ("window-open", {"counter": "1", "user": "Mei"}),
        ("break-start", {"user": "0190a000-0000-7000-8000-000000000001", "minutes": "half"}),
        ("diversion", {"service": "transfer", "share": "half"}), ("diversion", {"service": "transfer"}),
        ("take", {"service": "transfer", "channel": "simulated"}),  # people at the hall are not simulated
        ("take", {"service": "transfer", "channel": "api"}), ("take", {}), ("device-fault", {}),
        ("day-open", {"idempotency_key": "k" * 81}), ("rob", {}), ("person-move", {"place": "lobby"}),
    ],
)  # fmt: skip
def test_what_no_page_sends_is_not_found_and_does_nothing(hall, press, name, sent):
    assert press(name, **sent) == 404
    assert hall.entries() == []


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("call-next", {"counter": "-1"}), ("call-next", {"counter": "9" * 400}), ("device-fault", {"device": "门"}),
        ("diversion", {"service": "transfer", "share": "inf"}), ("diversion", {"service": "transfer", "share": "nan"}),
        ("take", {"service": "现金"}), ("take", {"service": "x" * 5000}),
    ],
)  # fmt: skip
def test_what_is_read_but_makes_no_sense_is_refused_in_words(hall, press, name, sent):
    text, level = press(name, **sent)
    assert (level, text.endswith((".", "machine."))) == ("act", True)
    assert hall.entries() == []


def test_full_width_digits_from_a_chinese_keyboard_are_digits(hall, press):
    hall.open(1)
    hall.take()
    assert press("call-next", counter="１") == ("A001 is called", "calm")


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        ("/onsite/lobby", "/onsite/lobby"), ("", "/onsite/hall"), ("https://elsewhere.example/", "/onsite/hall"),
        ("//elsewhere.example/", "/onsite/hall"), ("javascript:alert(1)", "/onsite/hall"),
    ],
)  # fmt: skip
def test_after_a_press_without_a_script_one_is_back_where_one_was_and_never_elsewhere(bank, sign_in, target, goes):
    assert sign_in("Sun").post("/onsite/do/day-open", {"next": target})["Location"] == goes


def test_a_deed_is_pressed_and_never_followed(bank, sign_in):
    sun = sign_in("Sun")
    assert {sun.get(f"/onsite/do/{name}").status_code for name in DEEDS} == {405}


def test_two_presses_of_one_button_are_one(hall, press):
    for _ in range(2):
        press("take", service="transfer", idempotency_key="page-1")
    assert [t.label for t in hall.tickets()] == ["B001"]
    text, level = press("take", service="wealth", idempotency_key="page-1")
    assert (level, "already used" in text) == ("act", True)


# --- the open API ----------------------------------------------------------------------------------------------------


@pytest.fixture
def machine(bank, client):
    return Machine(bank, client)


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/tickets", {"service": "haircut"}, 422, "invalid"),
        ("/tickets", {"service": "transfer", "tier": "x"}, 422, "invalid"),
        ("/tickets", {"service": "\ud800"}, 422, "invalid"),  # half a character
        ("/tickets", {}, 422, "invalid"), ("/tickets", {"service": 7}, 422, "invalid"),
        ("/calls/next", {"counter": 0}, 422, "invalid"), ("/calls/next", {"counter": "one"}, 422, "invalid"),
        ("/calls/next", {"counter": 10**30}, 404, "not_found"), ("/calls/next", {"counter": 1}, 409, "window_closed"),
        ("/calls", {"counter": 1, "ticket": "17"}, 422, "invalid"),
        ("/calls", {"counter": 1, "ticket": "0190a000-0000-7000-8000-000000000001"}, 404, "not_found"),
        ("/tickets/0190a000-0000-7000-8000-000000000001/start", {}, 404, "not_found"),
        ("/tickets/0190a000-0000-7000-8000-000000000001/dance", {}, 422, "invalid"),
        ("/departures/0190a000-0000-7000-8000-000000000001/cancel", {}, 404, "not_found"),
        ("/devices/stm-9/fault", {}, 404, "not_found"), ("/devices/stm-9/melted", {}, 422, "invalid"),
        ("/events", {"events": []}, 422, "invalid"), ("/events", {}, 422, "invalid"),
    ],
)  # fmt: skip
def test_each_refusal_of_the_api_has_its_status_and_a_stable_code(hall, machine, path, body, status, code):
    answer = machine.post(path, body)
    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert hall.entries() == []


@pytest.mark.parametrize(("length", "status"), [(0, 422), (1, 201), (80, 201), (81, 422)])
def test_a_key_has_one_to_eighty_characters(machine, length, status):
    assert machine.post("/tickets", {"service": "transfer"}, key="k" * length).status_code == status


def test_a_batch_holds_five_hundred_events(hall, machine):
    event = {"machine": "q", "ref": "r", "kind": "danced", "at": hall.now.isoformat()}
    batch = [event | {"seq": n} for n in range(501)]
    assert machine.post("/events", {"events": batch}).status_code == 422
    assert machine.post("/events", {"events": batch[:3]}).status_code == 200


def test_a_ticket_is_held_resumed_handed_over_and_left_through_the_api(hall, machine):
    hall.open(1)
    first = machine.post("/tickets", {"service": "transfer"}, key="1").json()["id"]
    machine.post("/calls", {"counter": 1, "ticket": first}, key="2")
    for n, (step, body, state) in enumerate(
        (("start", {}, "serving"), ("hold", {}, "held"), ("resume", {"counter": 1}, "serving"))
    ):
        assert machine.post(f"/tickets/{first}/{step}", body, key=f"s{n}").json()["state"] == state
    onward = machine.post(f"/tickets/{first}/hand-over", {"service": "wealth"}, key="3").json()
    assert (onward["label"], onward["previous"]) == ("C001", first)
    assert machine.post(f"/departures/{onward['id']}/abandon", key="4").json()["state"] == "abandoned"
    again = machine.post(f"/departures/{onward['id']}/abandon", key="5")
    assert (again.status_code, again.json()["code"]) == (409, "wrong_step")


def test_services_are_told_with_their_names_in_three_languages(machine):
    found = {s["key"]: s for s in machine.get("/services").json()}
    assert found["transfer"]["letter"] == "B"
    assert all(set(s["names"]) == {"zh-hans", "zh-hant", "en"} for s in found.values())


def test_a_token_that_ran_out_opens_nothing(hall, machine):
    with hall.scoped():
        DeviceKey.objects.filter(pk=machine.row.pk).update(expires_at=hall.now)
    assert machine.get("/hall").status_code == 401
    with hall.scoped():
        DeviceKey.objects.filter(pk=machine.row.pk).update(expires_at=hall.now + timedelta(seconds=1))
    assert machine.get("/hall").status_code == 200


def test_a_screens_token_reads_and_does_nothing(hall, bank, client):
    screen = Machine(bank, client, verbs=SCREEN_VERBS)
    assert screen.get("/hall").status_code == 200
    told = [{"machine": "q", "seq": 1, "ref": "r", "kind": "called", "at": hall.now.isoformat()}]
    for path in ("/tickets", "/calls/next", "/events", "/devices/stm-1/fault"):
        assert screen.post(path, {"service": "transfer", "counter": 1, "events": told}).status_code == 404, path
    assert hall.entries() == []


def test_a_changed_token_is_no_token(machine, client):
    for token in (machine.token[:-1], machine.token + "x", machine.token.swapcase(), ""):
        assert client.get("/api/v1/hall", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_the_version_of_the_hall_changes_when_something_happened_and_only_then(hall, machine, clock):
    first = machine.get("/hall").json()["version"]
    clock.advance(minutes=2)
    assert machine.get("/hall").json()["version"] == first
    machine.post("/tickets", {"service": "transfer"})
    assert machine.get("/hall").json()["version"] == first + 1


def test_an_address_with_everything_in_it_is_read_like_a_form(hall, sign_in):
    """The undo of a message carries its ticket in the address."""
    hall.open(1)
    ticket = hall.take()
    hall.do("ticket_call_next", counter=1)
    sign_in("Mei").post(f"/onsite/do/undo?{urlencode({'ticket': ticket.id})}")
    assert hall.row(ticket).state == "waiting"
