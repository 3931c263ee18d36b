"""Other systems get keys on the set-up page: for one use, with exactly its rights, at a branch or above one."""

import json
import re
import shlex
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client

from counterpoint.foundation.api import enrolment, roles, scoped, unscoped
from counterpoint.foundation.models import DeviceKey, JournalEntry
from counterpoint.service.models import Complaint
from counterpoint.team import api as team

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "connect-a-system.md"
BLOCKS = re.findall(r"```sh\n(curl.*?)```\s*\nAnswer: (\d+)(?: `(\w+)`)?", GUIDE.read_text(), re.DOTALL)
DISPUTE = {"claimant": "mei", "respondent": "omar", "topic": "referral", "title": "转介归属"}
WORDS = {"text": "在大厅等了两个小时,只开一个窗口", "channel": "phone"}
USES = sorted(enrolment.uses(), key=lambda use: use.key)


@pytest.fixture
def key_of(sign_in):
    """`key_of("hq", "complaints")` makes a key on the set-up page and returns its token."""

    def make(where, use, person="Sysadmin"):
        client = sign_in(person)
        answer = client.post(f"/setup/{where}/keys", {"name": f"{use} at {where}", "use": use})
        assert answer.status_code == 302, answer.context["forms"]["enrol"].errors
        return client.get(f"/setup/{where}").context["token"]["token"]

    return make


def ask(token, method, path, body=None, key="k1", **headers):
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key} | headers
    client = Client(headers=headers)
    if method == "GET":
        return client.get(f"/api/v1{path}")
    return client.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")


def places():
    with unscoped("test"):
        return sorted(Complaint.objects.values_list("org_unit__code", flat=True))


@pytest.mark.parametrize("use", USES, ids=lambda use: use.key)
def test_a_use_names_verbs_that_exist_and_nothing_that_edits_the_house(use):
    assert use.verbs and all(roles.declared(verb) for verb in use.verbs)
    assert not [verb for verb in use.verbs if verb.startswith("foundation.") and verb.endswith(".edit")]


def test_no_two_uses_give_the_same_rights():
    assert len({frozenset(use.verbs) for use in USES}) == len(USES)


def test_machines_of_a_hall_belong_to_a_branch_and_systems_to_any_unit():
    assert {use.key for use in enrolment.uses("branch")} == {use.key for use in USES}
    assert {use.key for use in USES} - {use.key for use in enrolment.uses("region")} == HALL


def test_a_kiosk_is_not_enrolled_for_the_whole_bank(sign_in):
    assert sign_in("Sysadmin").post("/setup/hq/keys", {"name": "x", "use": "kiosk"}).status_code == 422


def test_a_branch_head_makes_no_key_above_the_branch(sign_in):
    assert sign_in("Ada").post("/setup/east/keys", {"name": "x", "use": "complaints"}).status_code == 404


HALL = {"kiosk", "queue", "screen", "maintenance"}  # of one branch
READS = {
    "figures": ["/kpis", "/kpis/onsite.wait_p90/values?since=2026-11-20&until=2026-11-23", "/kpi-alerts"],
    "register": ["/risk/risks", "/risk/errors"],
    "cases": ["/cases"],
    "cases-run": ["/cases"],
    "plays": ["/playbooks", "/plays"],
    "plans": ["/playbooks", "/plays"],
    "rounds": ["/rounds/assignments"],
    "rounds-read": ["/rounds/assignments"],
    "screen": ["/hall", "/services"],
    "kiosk": ["/services"],
    "queue": ["/hall", "/services"],
    "maintenance": ["/assets"],
}
WRITES = {
    "complaints": ("/complaints/", WORDS),
    "numbers": ("/numbers", {"numbers": [{"series": "CSAT", "date": "2026-11-20", "amount": 9, "base": 10}]}),
    "incidents": ("/risk/incidents", {"kind": "human", "error": "cash", "title": "长款50元"}),
    "cases": ("/cases", {"type": "primitives.task", "title": "复印机坏了"}),
    "plans": ("/playbooks/risk.system_outage/plays", {}),
    "rounds": ("/rounds", {"checklist": "onsite.pre_open"}),
    "disputes": ("/team/disputes", DISPUTE),
}


@pytest.mark.parametrize("where", ["b01", "east"])
@pytest.mark.parametrize("use", sorted(READS))
def test_a_reader_reads_what_its_use_says(key_of, use, where):
    if where not in ("b01",) and use in HALL:
        return
    token = key_of(where, use)
    named = {"Counterpoint-Branch": "b01"} if where == "east" else {}
    assert {path: ask(token, "GET", path, **named).status_code for path in READS[use]} == dict.fromkeys(READS[use], 200)


@pytest.mark.parametrize("use", sorted(WRITES))
def test_a_system_does_what_its_use_says(key_of, use):
    path, body = WRITES[use]
    answer = ask(key_of("east", use), "POST", path, body, **{"Counterpoint-Branch": "b01"})
    assert answer.status_code in (200, 201), answer.content.decode()


def test_a_work_system_moves_a_task_to_its_end_and_opens_none(key_of):
    task = ask(key_of("east", "cases"), "POST", "/cases?branch=b02", WRITES["cases"][1]).json()
    token, at = key_of("east", "cases-run"), f"/cases/{task['id']}"
    assert ask(token, "POST", f"{at}/resolve?branch=b02", {}).json()["stage_kind"] == "resolved"
    assert ask(token, "POST", f"{at}/close?branch=b02", {}, key="k2").json()["stage_kind"] == "closed"
    assert ask(token, "POST", "/cases?branch=b02", WRITES["cases"][1], key="k3").status_code == 403


def test_a_register_reads_complaints_of_its_region_and_takes_none(key_of):
    taken = ask(key_of("hq", "complaints"), "POST", "/complaints/?branch=b02", WORDS).json()
    at = f"/complaints/{taken['complaint']}"
    assert ask(key_of("east", "complaints-read"), "GET", f"{at}?branch=b02").status_code == 200
    assert ask(key_of("west", "complaints-read"), "GET", at).status_code == 404
    assert ask(key_of("east", "complaints"), "GET", f"{at}?branch=b02").status_code == 404


def test_a_personnel_system_is_told_that_a_dispute_was_raised_and_reads_none(bank, key_of):
    token = key_of("b01", "disputes")
    raised = ask(token, "POST", "/team/disputes", DISPUTE).json()
    team.dispute_climb(scope=bank.scope("Mei"), now=bank.now, dispute=UUID(raised["id"]))
    assert set(raised) == {"id", "label", "branch", "opened_at"}
    assert ask(token, "POST", "/team/disputes", DISPUTE).json() == raised
    for page in ("", "/raise", f"/{raised['id']}"):
        assert Client(headers={"Authorization": f"Bearer {token}"}).get(f"/team/disputes{page}").status_code == 404
    for use in ("disputes", "cases", "cases-run"):
        reader = key_of("b01", use)
        assert ask(reader, "GET", f"/cases/{raised['id']}").status_code == 404
        assert ask(reader, "GET", "/cases").json().get("total", 0) == 0


@pytest.mark.parametrize("where", ["b02", "west"])
def test_a_personnel_system_raises_nothing_for_people_of_another_branch(key_of, where):
    token = key_of(where, "disputes")
    assert ask(token, "POST", "/team/disputes", DISPUTE).status_code == 422
    assert ask(token, "POST", "/team/disputes?branch=b01", DISPUTE).status_code == 404


@pytest.fixture
def cards(bank):
    """The address of the board of a team of Mei (b01) and Bo (b02) with a card of Bo's, and the card's."""
    rita = {"scope": bank.scope("Rita"), "now": bank.now}
    formed = team.group_form(
        **rita, above=bank.east, name="代发工资", purpose="三家企业", ends_on=date(2026, 12, 31),
        lead=bank.people["Mei"].pk, members=[bank.people["Bo"].pk],
    )  # fmt: skip
    card = team.card_add(**rita, team=formed.pk, title="联系财务", owner=bank.people["Bo"].pk)
    at = f"/team/teams/{formed.pk}/cards"
    return at, f"{at}/{card.id}"


def test_a_task_board_works_on_the_cards_of_a_team_below_it(key_of, cards):
    token, (board, card) = key_of("east", "cards"), cards
    assert [one["title"] for one in ask(token, "GET", board).json()] == ["联系财务"]
    fresh = ask(token, "POST", board, {"title": "开户材料"}).json()
    assert ask(token, "POST", board, {"title": "开户材料"}).json() == fresh
    for column in ("doing", "waiting", "done", "todo"):
        assert ask(token, "POST", card, {"column": column}).json()["stage"] == column
    refused = ask(token, "POST", f"{board}/{fresh['id']}", {"column": "doing"})
    assert refused.status_code == 403 and len(ask(token, "GET", board).json()) == 2


@pytest.mark.parametrize(("where", "use"), [("b01", "cards"), ("b02", "cards"), ("west", "cards"), ("east", "cases")])
def test_a_key_of_another_unit_or_use_sees_no_board(key_of, cards, where, use):
    token, (board, card) = key_of(where, use), cards
    for method, path, body in (
        ("GET", board, None), ("POST", board, {"title": "x"}), ("POST", card, {"column": "done"})
    ):  # fmt: skip
        assert ask(token, method, path, body).status_code == 404


@pytest.mark.parametrize("use", USES, ids=lambda use: use.key)
def test_a_key_reaches_no_door_of_another_use(key_of, use):
    token = key_of("b01", use.key)
    closed = {path for other, paths in READS.items() for path in paths} - set(READS.get(use.key, ()))
    open_ = {path for path in closed if ask(token, "GET", path).status_code != 404}
    same = {"queue": {"/hall", "/services"}, "kiosk": {"/hall"}, "screen": set(), "plans": set(), "rounds": set()}
    assert open_ <= same.get(use.key, set())
    for other, (path, body) in WRITES.items():
        if other != use.key:
            assert ask(token, "POST", path, body, key=other).status_code in (403, 404)


def test_a_key_of_the_bank_names_the_branch_and_falls_to_none_by_itself(key_of):
    token = key_of("hq", "complaints")
    refused = ask(token, "POST", "/complaints/", WORDS)
    assert (refused.status_code, refused.json()["code"]) == (422, "branch_needed")
    assert "Counterpoint-Branch" in refused.json()["message"] and places() == []
    assert ask(token, "POST", "/complaints/", WORDS, **{"Counterpoint-Branch": "b03"}).status_code == 201
    assert ask(token, "POST", "/complaints/?branch=b02", WORDS, key="k2").status_code == 201
    assert places() == ["b02", "b03"]


@pytest.mark.parametrize("code", ["b03", "nowhere", "hq", "west", "b02 "])
def test_a_branch_outside_of_the_key_does_not_exist(key_of, code):
    token = key_of("b01" if code == "b02 " else "east", "complaints")
    answer = ask(token, "POST", "/complaints/", WORDS, **{"Counterpoint-Branch": code})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found") and places() == []


def test_a_key_of_a_region_with_one_branch_needs_no_name(key_of):
    assert ask(key_of("west", "complaints"), "POST", "/complaints/", WORDS).status_code == 201
    assert places() == ["b03"]


def test_a_request_that_names_a_branch_sees_nothing_of_the_others(key_of):
    token = key_of("east", "cases")
    for code in ("b01", "b02"):
        opened = ask(token, "POST", f"/cases?branch={code}", WRITES["cases"][1], key=code)
        assert opened.status_code == 201
    assert ask(token, "GET", "/cases").json()["total"] == 2
    assert ask(token, "GET", "/cases", **{"Counterpoint-Branch": "b01"}).json()["total"] == 1


def test_the_same_idempotency_key_at_two_branches_is_two_complaints(key_of):
    token = key_of("east", "complaints")
    for code in ("b01", "b02", "b01"):
        ask(token, "POST", "/complaints/", WORDS, key="same", **{"Counterpoint-Branch": code})
    assert places() == ["b01", "b02"]


def test_the_page_lists_a_key_with_its_use_and_its_last_use_and_refuses_it(bank, key_of, sign_in, clock):
    token, client = key_of("east", "complaints"), sign_in("Sysadmin")
    page = client.get("/setup/east").content.decode()
    assert "complaints at east" in page and "投诉" in page and token not in page
    ask(token, "POST", "/complaints/", WORDS, **{"Counterpoint-Branch": "b01"})
    with scoped(bank.scope("Sysadmin")):
        row = DeviceKey.objects.get()
    assert row.last_seen_at == clock.now()
    assert "2026-11-23 10:30" in client.get("/setup/east").content.decode()
    assert client.post(f"/setup/east/keys/{row.pk}/revoke").status_code == 302
    assert ask(token, "POST", "/complaints/", WORDS, key="k2", **{"Counterpoint-Branch": "b01"}).status_code == 401
    with unscoped("test"):
        kinds = JournalEntry.objects.filter(org_unit=bank.east).values_list("kind", flat=True)
        assert {"foundation.device_enrolled", "foundation.device_revoked"} <= set(kinds)


def test_last_use_is_written_once_in_ten_minutes(bank, key_of, clock, django_assert_num_queries):
    token, seen = key_of("b01", "rounds-read"), []
    for _ in range(4):
        ask(token, "GET", "/rounds/assignments")
        with scoped(bank.scope("Sysadmin")):
            seen.append(DeviceKey.objects.get().last_seen_at)
        clock.advance(minutes=5)
    began = seen[0]
    assert seen == [began, began, began + timedelta(minutes=10), began + timedelta(minutes=10)]


def test_the_description_tells_of_the_header(client, db):
    whole = client.get("/api/v1/openapi.json").json()
    operations = [operation for path in whole["paths"].values() for operation in path.values()]
    named = [[p["name"] for p in operation["parameters"]].count("Counterpoint-Branch") for operation in operations]
    assert set(named) == {1} and len(named) > 30


def test_the_guide_has_examples():
    assert len(BLOCKS) == 4


def test_every_example_of_the_guide_is_answered_as_it_says(key_of):
    keys = {
        "KEY": key_of("b01", "complaints"),
        "BANK_KEY": key_of("hq", "complaints"),
        "FIGURES_KEY": key_of("hq", "figures"),
    }
    for text, status, code in BLOCKS:
        words = shlex.split(text.replace("\\\n", " "))
        options = [(words[i], words[i + 1]) for i in range(len(words) - 1) if words[i] in ("-H", "-X", "-d")]
        headers = dict(value.split(": ", 1) for name, value in options if name == "-H")
        headers["Authorization"] = re.sub(r"\$(\w+)", lambda found: keys[found[1]], headers["Authorization"])
        address = urlsplit(next(word for word in words if word.startswith("https://")))
        sent = {name: value for name, value in options if name != "-H"}
        client = Client(headers={name: value for name, value in headers.items() if name != "Content-Type"})
        path = f"{address.path}?{address.query}"
        answer = (
            client.post(path, sent["-d"], content_type="application/json")
            if sent.get("-X") == "POST"
            else client.get(path)
        )
        assert answer.status_code == int(status), (text, answer.content.decode())
        assert not code or answer.json()["code"] == code
