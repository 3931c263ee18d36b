"""The open API of the register: a machine reports incidents once, reads risks and rates."""

import json

import pytest

from counterpoint.foundation import access
from counterpoint.foundation.scope import scoped
from counterpoint.risk import api

pytestmark = pytest.mark.django_db
URL = "/api/v1/risk"


@pytest.fixture
def machine(bank):
    api.register_set_up(scope=bank.scope("Sun"), now=bank.now, branch=bank.b01)
    with scoped(bank.scope("Sun")):
        _row, token = access.enrol_device(
            scope=bank.scope("Sun"), org_unit=bank.b01, name="post audit",
            verbs=("risk.incident.open", "risk.register.view"),
        )  # fmt: skip
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def test_a_machine_reports_once_and_reads_the_register(client, machine):
    body = {"kind": "human", "error": "amount", "level": "minor", "title": "金额录入差错"}
    sent = [
        client.post(
            f"{URL}/incidents", json.dumps(body), content_type="application/json", HTTP_IDEMPOTENCY_KEY="a", **machine
        )
        for _n in range(2)
    ]  # fmt: skip
    assert [one.status_code for one in sent] == [201, 201] and sent[0].json()["id"] == sent[1].json()["id"]
    rows = {row["key"]: row for row in client.get(f"{URL}/risks", **machine).json()}
    assert rows["risk.input_error"]["residual"] > 8
    rates = client.get(f"{URL}/errors", **machine).json()
    assert [(r["slug"], r["count"], r["few"]) for r in rates] == [("amount", 1, True)]
    wrong = client.post(
        f"{URL}/incidents", json.dumps(body | {"error": ""}), content_type="application/json", HTTP_IDEMPOTENCY_KEY="b",
        **machine,
    )  # fmt: skip
    assert wrong.status_code == 422


def test_without_the_right_there_is_nothing(client, bank):
    with scoped(bank.scope("Sun")):
        _row, token = access.enrol_device(
            scope=bank.scope("Sun"), org_unit=bank.b01, name="screen", verbs=("onsite.hall.view",)
        )
    assert client.get(f"{URL}/risks", HTTP_AUTHORIZATION=f"Bearer {token}").status_code in (403, 404)
