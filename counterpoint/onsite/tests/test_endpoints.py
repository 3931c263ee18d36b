"""The open API: a vendor's machine takes tickets, calls, and sends events in any order."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from counterpoint.foundation import actions, policy
from counterpoint.foundation.api import journal, openapi, scoped
from counterpoint.onsite import api
from counterpoint.onsite.endpoints import HallOut, QueueOut, ServiceOut, WaitingOut, WindowOut
from counterpoint.onsite.models import IngestKey, Ticket, VendorEvent
from counterpoint.onsite.queries import snapshot as snapshots
from counterpoint.onsite.verbs import KIOSK_VERBS, MACHINE_VERBS

pytestmark = pytest.mark.django_db
HARMLESS_TWICE = {  # without a key of the request
    "/api/v1/rounds/sync",  # a phone's batch: every item in it carries a key of its own
    "/api/v1/rounds/photos/{digest}",  # the content is the key
    "/api/v1/team/teams/{team}/cards/{card}",  # sets the column
    "/api/v1/team/known-days",  # sets the amounts
}
GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "connect-a-queue-machine.md"


class Machine:
    """A device with its token."""

    def __init__(self, bank, client, verbs=MACHINE_VERBS, branch="b01", who="Ada"):
        self.client = client
        scope = bank.scope(who)
        with scoped(scope):
            self.row, self.token = actions.device_enrol(
                scope=scope, now=bank.now, branch=bank.units[branch], name="Vendor", verbs=verbs
            )

    def post(self, path, body=None, key="k1"):
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)

    def get(self, path):
        return self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.token}"})


@pytest.fixture
def machine(bank, client):
    snapshots._cache.clear()
    return Machine(bank, client)


def open_window(bank, counter=1, who="Mei"):
    api.window_open(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now, counter=counter, user=bank.people[who].pk)


def test_a_machine_takes_calls_and_finishes(bank, machine):
    open_window(bank)
    taken = machine.post("/tickets", {"service": "transfer"}, key="t1")
    assert taken.status_code == 201
    ticket = taken.json()
    assert (ticket["label"], ticket["ahead"]) == ("B001", 0)
    assert machine.post("/calls/next", {"counter": 1}, key="c1").json()["id"] == ticket["id"]
    assert machine.post(f"/tickets/{ticket['id']}/start", key="s1").json()["state"] == "serving"
    assert machine.post(f"/tickets/{ticket['id']}/finish", key="f1").json()["state"] == "served"


def test_the_same_key_gets_the_first_answer_however_late(bank, machine, clock):
    first = machine.post("/tickets", {"service": "transfer"}, key="same").json()
    for _ in range(20):
        clock.advance(minutes=1)
        assert machine.post("/tickets", {"service": "transfer"}, key="same").json() == first
    with scoped(bank.scope("Sun")):
        assert Ticket.objects.count() == 1


def test_the_same_key_with_another_body_is_409_and_an_alarm(bank, machine):
    machine.post("/tickets", {"service": "transfer"}, key="same")
    refused = machine.post("/tickets", {"service": "wealth"}, key="same")
    assert (refused.status_code, refused.json()["code"]) == (409, "key_conflict")
    with scoped(bank.scope("Sun")):
        assert journal.JournalEntry.objects.filter(kind="onsite.key_conflicted").count() == 1


def test_two_machines_may_use_the_same_key(bank, machine, client):
    other = Machine(bank, client)
    labels = [m.post("/tickets", {"service": "transfer"}, key="1").json()["label"] for m in (machine, other)]
    assert labels == ["B001", "B002"]


def test_without_key_token_or_verb_nothing_happens(bank, machine, client):
    assert machine.post("/tickets", {"service": "transfer"}, key="").status_code == 422
    assert client.get("/api/v1/hall").status_code == 401
    kiosk = Machine(bank, client, verbs=KIOSK_VERBS)
    assert kiosk.post("/calls/next", {"counter": 1}).status_code == 404
    with scoped(bank.scope("Ada")):
        actions.device_revoke(scope=bank.scope("Ada"), now=bank.now, device=machine.row)
    assert machine.get("/hall").status_code == 401


def test_a_cookie_session_is_no_token(bank, sign_in):
    assert sign_in("Sun").get("/api/v1/hall").status_code == 401


def test_another_branchs_ticket_does_not_exist_for_the_machine(bank, machine, client):
    ticket = machine.post("/tickets", {"service": "transfer"}).json()
    foreign = Machine(bank, client, branch="b02", who="Bo")
    assert foreign.get(f"/tickets/{ticket['id']}").status_code == 404
    assert foreign.post(f"/tickets/{ticket['id']}/start", key="x").status_code == 404


def test_the_hall_is_told_without_names(bank, machine):
    open_window(bank)
    machine.post("/tickets", {"service": "transfer"})
    answer = machine.get("/hall")
    hall = answer.json()
    assert [w["state"] for w in hall["windows"]] == ["open", "closed", "closed", "closed"]
    assert sum(len(q["waiting"]) for q in hall["queues"]) == 1
    assert "Mei" not in answer.content.decode()
    assert hall["server_now"].endswith(("Z", "+00:00"))


def test_answers_that_are_kept_fit_their_schema_and_change_when_something_happens(bank, machine):
    open_window(bank)
    machine.post("/tickets", {"service": "transfer"})
    first, again = machine.get("/hall"), machine.get("/hall")
    assert first.content == again.content and first["Content-Type"] == "application/json; charset=utf-8"
    told = first.json()
    HallOut.model_validate(told)
    person = next(one for queue in told["queues"] for one in queue["waiting"])
    parts = (told, HallOut), (told["queues"][0], QueueOut), (told["windows"][0], WindowOut), (person, WaitingOut)
    assert all(set(part) == set(schema.model_fields) for part, schema in parts)
    machine.post("/tickets", {"service": "transfer"}, key="k2")
    later = machine.get("/hall").json()
    assert later["version"] > told["version"] and later["arrivals"] == 2
    services = machine.get("/services")
    assert services.content == machine.get("/services").content
    assert [set(one) for one in services.json()] == [set(ServiceOut.model_fields)] * len(services.json())


def test_unknown_services_and_counters_are_refused_in_words(machine):
    assert machine.post("/tickets", {"service": "haircut"}, key="a").json()["code"] == "invalid"
    assert machine.post("/calls/next", {"counter": 99}, key="b").status_code == 404
    assert machine.post("/calls/next", {"counter": 1}, key="c").json()["code"] == "window_closed"


def event(bank, seq, kind, minutes=0, ref="r1", **more):
    at = (bank.now - timedelta(minutes=30) + timedelta(minutes=minutes)).isoformat()
    body = {"machine": "q1", "seq": seq, "ref": ref, "kind": kind, "at": at}
    return body | ({"label": "A017", "service": "cash_deposit"} if kind == "taken" else {}) | more


def test_events_in_any_order_lead_to_the_same_ticket(bank, machine):
    story = [
        event(bank, 1, "taken"), event(bank, 2, "called", 6, counter=1), event(bank, 3, "started", 7),
        event(bank, 4, "finished", 12),
    ]  # fmt: skip
    late = machine.post("/events", {"events": story[:0:-1]}, key="e1").json()
    assert [v["verdict"] for v in late["verdicts"]] == ["early"] * 3
    first = machine.post("/events", {"events": [story[0], story[2]]}, key="e2").json()
    assert [v["verdict"] for v in first["verdicts"]] == ["applied", "repeated"]
    with scoped(bank.scope("Sun")):
        ticket = Ticket.objects.get()
        assert (ticket.label, ticket.state, ticket.channel) == ("A017", "served", "api")
        assert (ticket.called_at - ticket.taken_at).total_seconds() == 360
        assert ticket.counter.number == 1
        assert set(VendorEvent.objects.values_list("verdict", flat=True)) == {"applied"}


def test_the_own_kiosk_goes_on_after_the_machines_numbers(bank, machine):
    machine.post("/events", {"events": [event(bank, 1, "taken")]}, key="e1")
    assert machine.post("/tickets", {"service": "cash_deposit"}, key="t").json()["label"] == "A018"


def test_a_number_that_comes_twice_with_other_content_changes_nothing(bank, machine):
    machine.post("/events", {"events": [event(bank, 1, "taken")]}, key="e1")
    answer = machine.post("/events", {"events": [event(bank, 1, "taken", service="transfer")]}, key="e2")
    assert answer.json()["verdicts"][0]["verdict"] == "conflict"
    with scoped(bank.scope("Sun")):
        assert Ticket.objects.get().service == "cash_deposit"


def test_old_future_and_strange_events_are_quarantined_with_their_reason(bank, machine):
    events = [
        event(bank, 1, "taken", minutes=-91 * 24 * 60), event(bank, 2, "taken", minutes=60),
        event(bank, 3, "danced"), event(bank, 4, "taken", ref="r4", label="17"),
        event(bank, 5, "taken", ref="r5", service="haircut"),
    ]  # fmt: skip
    verdicts = machine.post("/events", {"events": events}, key="e").json()["verdicts"]
    assert [v["verdict"] for v in verdicts] == ["quarantined"] * 5
    assert len({v["problem"] for v in verdicts}) == 5
    with scoped(bank.scope("Sun")):
        assert Ticket.objects.count() == 0


def test_two_tickets_with_one_number_are_told_not_merged(bank, machine):
    machine.post("/events", {"events": [event(bank, 1, "taken")]}, key="e1")
    second = machine.post("/events", {"events": [event(bank, 2, "taken", ref="r2")]}, key="e2").json()
    assert second["verdicts"][0]["verdict"] == "quarantined"


def test_one_journal_entry_a_batch_and_none_for_a_repeated_one(bank, machine):
    body = {"events": [event(bank, 1, "taken"), event(bank, 2, "called", 5, counter=1)]}
    machine.post("/events", body, key="e1")
    machine.post("/events", body, key="e2")
    with scoped(bank.scope("Sun")):
        entries = journal.JournalEntry.objects.filter(kind="onsite.events_ingested")
        assert [e.data["applied"] for e in entries] == [2]


def test_events_go_without_a_key_of_the_request_because_each_has_its_own(bank, machine):
    body = {"events": [event(bank, 1, "taken")]}
    first, again = machine.post("/events", body, key=""), machine.post("/events", body, key="")
    assert [answer.json()["verdicts"][0]["verdict"] for answer in (first, again)] == ["applied", "repeated"]
    with scoped(bank.scope("Sun")):
        assert Ticket.objects.count() == 1 and not IngestKey.objects.exists()


def test_the_description_is_openapi_31_with_keys_tokens_and_policies(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert schema["info"]["title"] == "Counterpoint open API"
    assert "DeviceToken" in schema["components"]["securitySchemes"]
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            names = {p["name"] for p in operation.get("parameters", [])}
            assert method == "get" or "Idempotency-Key" in names or path in HARMLESS_TWICE, path


def test_every_operation_declares_its_policy():
    callbacks = [entry.callback for entry in openapi.api.urls[0]]
    verbs = {callback.policy.verb for callback in callbacks}
    assert verbs >= set(MACHINE_VERBS) - {"foundation.org.view"}
    assert all(isinstance(callback.policy, policy.Policy) for callback in callbacks)


def test_the_guides_examples_work_as_written(bank, machine):
    """Each ```http block of the guide is sent; the line after it tells the expected status."""
    open_window(bank)
    text = GUIDE.read_text()
    blocks = re.findall(r"```http\n(.*?)```\s*\n+Answer: (\d+)", text, re.DOTALL)
    assert len(blocks) >= 5
    known = {}
    for block, status in blocks:
        head, _, body = block.partition("\n\n")
        method, path = head.splitlines()[0].split()[:2]
        key = re.search(r"Idempotency-Key: (\S+)", head)
        path = path.removeprefix("/api/v1").replace("TICKET", known.get("id", ""))
        sent = json.loads(body.replace("DAY", bank.now.date().isoformat())) if body.strip() else None
        answer = machine.get(path) if method == "GET" else machine.post(path, sent, key=key.group(1))
        assert answer.status_code == int(status), (block, answer.content)
        found = answer.json()
        if isinstance(found, dict) and "public_code" in found:
            known["id"] = found["id"]
