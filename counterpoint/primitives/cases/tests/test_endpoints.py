"""The open API of cases: an enrolled device lists, opens once, reads and comments."""

import json
from datetime import datetime

import pytest

from counterpoint.foundation import access
from counterpoint.foundation.scope import scoped
from counterpoint.primitives.cases.models import CaseNote
from counterpoint.primitives.cases.verbs import OPEN, VIEW

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
