"""The open API: a bank system reads values and brings numbers, once."""

import pytest

from counterpoint.analytics.verbs import READER_VERBS, SEND
from counterpoint.onsite.tests.test_endpoints import Machine
from counterpoint.onsite.tests.test_history import bring as history

pytestmark = pytest.mark.django_db
ROWS = {"numbers": [{"series": "CSAT", "date": "2026-11-16", "amount": 90, "base": 100}]}


@pytest.fixture
def system(bank, client):
    return Machine(bank, client, verbs=(*READER_VERBS, SEND))


def test_every_indicator_is_listed_with_its_formula(system):
    found = {row["key"]: row for row in system.get("/kpis").json()}
    assert len(found) >= 40 and found["onsite.wait_p90"]["target"] == {"low": None, "high": 20.0}
    assert all(row["formula"] and row["names"]["zh-hans"] for row in found.values())


def test_values_come_by_period_with_volume_interval_and_state(bank, system):
    history(bank)
    path = "/kpis/onsite.wait_avg/values?since=2026-11-16&until=2026-11-18"
    monday, tuesday = system.get(path).json()
    assert (monday["period"], monday["value"], monday["n"], monday["state"]) == ("2026-11-16", 6.0, 2, "few")
    assert tuesday["unit"] == "b01"
    hours = system.get(path + "&grain=hour").json()
    assert [row["period"] for row in hours] == ["2026-11-16T09", "2026-11-17T09"]


def test_an_unknown_indicator_and_too_many_periods_are_refused(system):
    assert system.get("/kpis/no.such/values?since=2026-11-16&until=2026-11-18").status_code == 404
    long = system.get("/kpis/onsite.wait_avg/values?since=2016-11-16&until=2026-11-18")
    assert (long.status_code, long.json()["message"]) == (422, "一次最多 400 个时段。")


def test_numbers_come_in_once_for_a_key(system):
    first = system.post("/numbers", ROWS, key="n1")
    assert (first.status_code, first.json()) == (200, {"rows": 1, "changed": 1})
    assert system.post("/numbers", ROWS, key="n1").json() == {"rows": 1, "changed": 1}
    assert system.post("/numbers", ROWS, key="n2").json() == {"rows": 1, "changed": 0}
    other = {"numbers": [{**ROWS["numbers"][0], "amount": 91}]}
    assert system.post("/numbers", other, key="n1").status_code == 409
    value = system.get("/kpis/service.satisfaction/values?since=2026-11-16&until=2026-11-17").json()[0]
    assert value["value"] == 90.0


def test_wrong_rows_are_named_and_nothing_is_written(system):
    rows = {"numbers": [*ROWS["numbers"], {"series": "NOPE", "date": "2026-11-16", "amount": 1}]}
    answer = system.post("/numbers", rows, key="n3")
    assert answer.status_code == 422 and answer.json()["rows"][0]["row"] == 2
    value = system.get("/kpis/service.satisfaction/values?since=2026-11-16&until=2026-11-17").json()[0]
    assert value["value"] is None and value["state"] == "none"


def test_a_kiosk_reads_and_brings_nothing(bank, client):
    kiosk = Machine(bank, client, verbs=("onsite.ticket.take",))
    assert kiosk.get("/kpis").status_code == 404
    assert kiosk.post("/numbers", ROWS, key="n4").status_code == 404


def test_alerts_are_told_to_other_systems(bank, system, monkeypatch):
    from counterpoint.primitives.metrics.tests import feeds, test_watching

    feed = feeds.offer(monkeypatch)
    feed.days(bank.now.date(), 8, n=100, bad=30)
    test_watching.judge(bank, feeds.metric(test_watching.LIMIT, key="onsite.wait_over_30"))
    (row,) = system.get("/kpi-alerts").json()
    assert row["metric"] == "onsite.wait_over_30" and "30.0" in row["headline"] and row["action"]
