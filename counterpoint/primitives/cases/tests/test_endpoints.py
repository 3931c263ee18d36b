"""The open API of cases: an enrolled device lists, opens once, reads, comments, and moves cases as far as it may."""

import json
from datetime import datetime

import pytest

from counterpoint.foundation import access
from counterpoint.foundation.scope import scoped
from counterpoint.primitives.cases import (
    case,
    case_close,
    case_erase,
    case_involve,
    case_resolve,
    case_verify,
    timeline,
)
from counterpoint.primitives.cases.models import CaseNote
from counterpoint.primitives.cases.verbs import HANDLE, MANAGE, OPEN, VERIFY, VIEW

URL = "/api/v1/cases"


@pytest.fixture
def machine(bank):
    with scoped(bank.scope("Sun")):
        _row, token = access.enrol_device(
            scope=bank.scope("Sun"), org_unit=bank.b01, name="call centre", verbs=(VIEW, OPEN)
        )
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def post(client, machine, path, key, **body):
    return client.post(path, json.dumps(body), content_type="application/json", HTTP_IDEMPOTENCY_KEY=key, **machine)


def test_a_device_opens_once_reads_and_comments(client, machine, bank):
    body = {"type": "primitives.task", "title": "客户来电", "level": "urgent", "text": "请回电"}
    first, again = post(client, machine, URL, "k1", **body), post(client, machine, URL, "k1", **body)
    assert (first.status_code, again.status_code) == (201, 201) and first.json()["id"] == again.json()["id"]
    one = first.json()["id"]
    assert post(client, machine, f"{URL}/{one}/comments", "c1", text="再次来电").status_code == 201
    found = client.get(URL, **machine).json()
    assert found["total"] == 1 and found["cases"][0]["id"] == one
    due = datetime.fromisoformat(found["cases"][0]["due_at"])
    assert due.tzinfo is not None and datetime.fromisoformat(found["server_now"]).tzinfo is not None
    detail = client.get(f"{URL}/{one}", **machine).json()["detail"]
    assert detail["clocks"][0]["due_at"] == found["cases"][0]["due_at"]


def test_two_systems_that_both_count_from_one_open_two_cases(client, machine, bank):
    with scoped(bank.scope("Sun")):
        _row, token = access.enrol_device(
            scope=bank.scope("Sun"), org_unit=bank.b01, name="website", verbs=(VIEW, OPEN)
        )
    other, body = {"HTTP_AUTHORIZATION": f"Bearer {token}"}, {"type": "primitives.task", "title": "请回电"}
    first, second = post(client, machine, URL, "1", **body).json(), post(client, other, URL, "1", **body).json()
    assert first["id"] != second["id"]
    for caller in (machine, other, machine, other):
        answer = post(client, caller, f"{URL}/{first['id']}/comments", "1", text="再次来电")
        assert answer.status_code == 201
    with scoped(bank.scope("Sun")):
        assert CaseNote.objects.filter(case=first["id"], text="再次来电").count() == 2


@pytest.mark.parametrize(("body", "status"), [
    ({"type": "none", "title": "x"}, 422), ({"type": "primitives.task", "title": ""}, 422),
    ({"type": "primitives.task", "title": "x", "fields": {"a": "b"}}, 422),
    ({"type": "primitives.task", "title": "x", "received_at": "2026-11-20T10:00:00"}, 422),
])  # fmt: skip
def test_a_wrong_request_is_refused_in_words(client, machine, body, status):
    answer = post(client, machine, URL, "k2", **body)
    assert answer.status_code == status


def test_without_a_token_there_is_nothing(client, bank):
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize("odd", ["\x00", "\ud800"])
def test_what_no_database_keeps_is_taken_out_of_a_message(client, machine, bank, odd):
    """PostgreSQL keeps no text with a zero byte, and no encoding writes half a character."""
    body = {"type": "primitives.task", "title": f"客户{odd}来电", "level": "urgent", f"te{odd}xt": f"请{odd}回电"}
    answer = post(client, machine, URL, f"k{ord(odd)}", **body)
    assert answer.status_code == 201 and answer.json()["title"] == "客户来电"
    with scoped(bank.scope("Sun")):
        assert [one.text for one in CaseNote.objects.all()] == ["请回电"]


@pytest.fixture
def system(bank):
    """A system with every right that cases know."""
    with scoped(bank.scope("Sun")):
        _row, token = access.enrol_device(
            scope=bank.scope("Sun"), org_unit=bank.b01, name="workflow", verbs=(VIEW, OPEN, HANDLE, VERIFY, MANAGE)
        )
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def test_a_system_walks_a_case_to_its_end_but_a_person_verifies(client, system, bank, complain):
    one = complain()
    at, here = f"{URL}/{one.id}", {"scope": bank.scope("Ada"), "case": one.id, "now": bank.now}

    def do(verb, status=200, **body):
        answer = post(client, system, f"{at}/{verb}", f"{verb}{len(str(body))}", **body)
        assert answer.status_code == status, (verb, answer.json())
        return answer.json()

    assert do("assign", owner=str(bank.people["Omar"].pk))["owner_name"] == "Omar"
    assert do("pause", reason="waiting_customer")["paused"] is True
    assert do("resume")["paused"] is False
    case_resolve(**here, fields={"cause": "人少"})
    assert do("verify", status=403, passed=True)["code"] == "forbidden"
    assert do("verify", passed=False, text="没有加人")["stage_kind"] == "doing"
    assert do("resolve", fields={"cause": "人少"}, text="已加人")["stage_kind"] == "resolved"
    assert do("verify", status=409, passed=False)["code"] == "needs_second_person"
    do("close", status=409, fields={"satisfied": True})
    case_verify(**here, passed=True)
    assert do("close", fields={"satisfied": True})["stage_kind"] == "closed"
    assert do("reopen", reason="客户又来")["cycle"] == 2
    words = [line.text for line in timeline(scope=bank.scope("Ada"), case=one.id)]
    assert "已加人" in words and not any("api:" in text for text in words)


def test_the_same_key_moves_a_case_once_and_another_body_is_refused(client, system, bank, complain):
    one = complain()
    first, again = (post(client, system, f"{URL}/{one.id}/pause", "k", reason="waiting_customer") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200) and again.json()["paused"] is True
    assert post(client, system, f"{URL}/{one.id}/resume", "k").json()["code"] == "key_conflict"
    assert post(client, system, f"{URL}/{one.id}/pause", "k2", reason="waiting_customer").status_code == 409
    post(client, system, f"{URL}/{one.id}/resume", "k3")
    assert post(client, system, f"{URL}/{one.id}/pause", "k2", reason="waiting_customer").status_code == 200


def test_a_key_is_known_after_the_words_of_the_case_were_erased(client, system, bank, complain):
    one = complain()
    here = {"scope": bank.scope("Ada"), "case": one.id, "now": bank.now}
    post(client, system, f"{URL}/{one.id}/pause", "k", reason="waiting_customer")
    post(client, system, f"{URL}/{one.id}/resume", "k2")
    post(client, system, f"{URL}/{one.id}/resolve", "k3", fields={"cause": "人少"})
    case_verify(**here, passed=True)
    case_close(**here, fields={"satisfied": True})
    case_erase(**here)
    again = post(client, system, f"{URL}/{one.id}/pause", "k", reason="waiting_customer")
    assert (again.status_code, again.json()["stage_kind"]) == (200, "closed")


def test_a_system_gives_no_case_to_who_is_involved_and_needs_the_rights_of_the_kind(
    client, system, machine, bank, complain
):
    one = complain()
    case_involve(scope=bank.scope("Ada"), case=one.id, people=[bank.people["Omar"].pk], now=bank.now)
    refused = post(client, system, f"{URL}/{one.id}/assign", "a", owner=str(bank.people["Omar"].pk))
    assert refused.json()["code"] == "recused"
    assert post(client, machine, f"{URL}/{one.id}/resolve", "b").status_code == 403
    assert case(scope=bank.scope("Ada"), case=one.id, now=bank.now).case.stage_kind == "open"
