"""The open API reads where a complaint stands and its report, never the customer's words."""

import pytest

from counterpoint.foundation import access
from counterpoint.foundation.scope import scoped
from counterpoint.service import api
from counterpoint.service.tests.conftest import RUDE
from counterpoint.service.verbs import DECIDE_REPORT, VIEW

URL = "/api/v1/complaints"
SECTIONS = ("facts", "finding", "cause", "remedy", "measures")


@pytest.fixture
def device(bank):
    """`device(VIEW, …)` gives the headers of a device of b01 with these verbs."""

    def enrol(*verbs):
        with scoped(bank.scope("Sun")):
            _row, token = access.enrol_device(
                scope=bank.scope("Sun"), org_unit=bank.b01, name=f"system {len(verbs)}", verbs=verbs
            )
        return {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    return enrol


def test_a_system_reads_where_a_complaint_stands_and_not_a_word_of_the_customer(client, bank, take, device):
    taken = take(RUDE, contact="13912345678")
    answer = client.get(f"{URL}/{taken.id}", **device(VIEW))
    told = answer.json()
    assert answer.status_code == 200 and (told["level"], told["step"], told["report"]) == ("level_2", "confirm", "none")
    assert told["owner_name"] == "Sun" and told["due_at"] and told["legal_due_at"]
    assert RUDE not in answer.content.decode() and "13912345678" not in answer.content.decode()


def test_the_report_is_read_by_who_decides_it_and_by_nobody_else(client, bank, take, device):
    taken = take(RUDE)
    reader, decider = device(VIEW), device(VIEW, DECIDE_REPORT)
    assert client.get(f"{URL}/{taken.id}/report", **decider).status_code == 404
    here = {"scope": bank.scope("Sun"), "complaint": taken.id, "now": bank.now}
    api.report_start(**here)
    api.report_submit(**here, texts=dict.fromkeys(SECTIONS, "已写"))
    told = client.get(f"{URL}/{taken.id}/report", **decider).json()
    assert (told["state"], told["texts"]["measures"]) == ("submitted", "已写")
    assert client.get(f"{URL}/{taken.id}/report", **reader).status_code == 404
    assert client.get(f"{URL}/{taken.id}", **reader).json()["report"] == "submitted"


def test_a_complaint_of_another_branch_is_not_there(client, bank, take, device):
    taken = take(RUDE, who="Stranger", branch=bank.b03)
    assert client.get(f"{URL}/{taken.id}", **device(VIEW)).status_code == 404
