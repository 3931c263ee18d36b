"""The open API: monitoring starts a play, follows it and does a step; keys make asking twice harmless."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from counterpoint.foundation import access
from counterpoint.foundation.scope import scoped
from counterpoint.primitives.playbooks import ticking
from counterpoint.primitives.playbooks.verbs import DO, DRILL, START, VIEW


@pytest.fixture
def machine(bank):
    with scoped(bank.scope("Sun")):
        _row, token = access.enrol_device(
            scope=bank.scope("Sun"), org_unit=bank.b01, name="monitor", verbs=(VIEW, START, DO, DRILL)
        )
    client = Client(headers={"Authorization": f"Bearer {token}"})

    def call(path, body=None, key="k1"):
        if body is None:
            return client.get(f"/api/v1{path}")
        return client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
        )

    return call


def test_a_machine_starts_follows_and_does_a_step(machine, bank, fire):
    assert "test.fire" in {one["key"] for one in machine("/playbooks").json()}
    begun = machine("/playbooks/test.fire/plays", {"trigger": "monitoring:core"})
    assert begun.status_code == 201
    play = begun.json()["id"]
    assert machine("/playbooks/test.fire/plays", {"trigger": "monitoring:core"}).json()["id"] == play
    assert machine("/playbooks/test.fire/plays", {}, key="k2").status_code == 409
    assert machine(f"/plays/{play}/steps/alarm/acknowledge", {}).status_code == 200
    assert machine(f"/plays/{play}/steps/alarm/done", {}).status_code == 200
    assert machine(f"/plays/{play}/steps/head_count/done", {}).json()["code"] == "step_not_ready"
    found = machine(f"/plays/{play}").json()
    assert [s["state"] for s in found["steps"]][:3] == ["done", "open", "open"]
    assert [one["id"] for one in machine("/plays?state=running").json()] == [play]
    assert 0 <= machine("/playbooks/test.fire/chance").json()["value"] <= 1
    absent = machine("/playbooks/test.nothing/chance")
    assert (absent.status_code, absent.json()["message"]) == (404, "没有生效且带时限的预案“test.nothing”。")


def test_a_machine_reads_the_news_of_a_drill_and_reacts(machine, bank):
    play = machine("/playbooks/risk.flood/plays", {"mode": "drill"}).json()["id"]
    assert machine(f"/plays/{play}").json()["injects"] == []
    assert machine(f"/plays/{play}/injects/old_man/react", {"text": "扶到高处"}).status_code == 404
    ticking.plays_tick(bank.now + timedelta(minutes=8))
    assert [one["slug"] for one in machine(f"/plays/{play}").json()["injects"]] == ["old_man"]
    assert machine(f"/plays/{play}/injects/old_man/react", {"text": ""}, key="k2").status_code == 422
    assert machine(f"/plays/{play}/injects/old_man/react", {"text": "扶到高处"}, key="k3").status_code == 200
