"""Pages of rounds, the phone's addresses and the open API, as people and programs meet them."""

import json

import pytest
from django.urls import reverse

from counterpoint.foundation.access import enrol_device
from counterpoint.foundation.api import clock, scoped
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists.models import Evidence, Round, SyncItem
from counterpoint.primitives.checklists.tests.world import GOOD, digest_of, picture, sent
from counterpoint.ui.panels import get as panel


@pytest.fixture
def desk(world, sign_in):
    return sign_in("Sun")


def address(name, *arguments):
    return reverse(f"primitives:{name}", args=arguments)


def test_a_round_is_begun_filled_in_and_handed_in_at_a_desk(world, desk):
    answer = desk.post(address("rounds-begin"), {"checklist": "probe.walk", "idempotency_key": "k1"})
    assert desk.post(address("rounds-begin"), {"checklist": "probe.walk", "idempotency_key": "k1"}).url == answer.url
    page = answer.url
    round_id = page.rsplit("/", 1)[1]
    for item, value in GOOD.items():
        kept = desk.post(address("round-put", round_id), {"item": item, "value": value})
        assert kept.url == f"{page}#{item}"
    from django.core.files.uploadedfile import SimpleUploadedFile

    photo = SimpleUploadedFile("exit.jpg", picture(3), "image/jpeg")
    desk.post(address("round-put", round_id), {"item": "exit", "photo": photo})
    assert "100 %" in desk.post(address("round-submit", round_id), follow=True).content.decode()
    with scoped(world.scope):
        assert Round.objects.get(pk=round_id).passed
        evidence = Evidence.objects.get(round=round_id)
    assert desk.get(address("round-picture", evidence.pk)).headers["Content-Security-Policy"] == "sandbox"
    paper = desk.get(address("round-paper", round_id))
    assert paper.content.startswith(b"%PDF-")


def test_a_refusal_is_shown_on_the_page_and_changes_nothing(world, desk):
    begun = world.start()
    for form, status in (({"item": "warmth", "value": "hot"}, 422), ({"item": "clean", "value": "maybe"}, 422)):
        assert desk.post(address("round-put", begun.id), form).status_code == status
    assert desk.post(address("round-put", begun.id), {"item": "none", "value": "1"}).status_code == 404
    refused = desk.post(address("round-submit", begun.id))
    assert refused.status_code == 409 and world.detail(begun.id).view.state == "open"


def test_todays_list_names_due_and_overdue_rounds(world, desk):
    checklists.plan_rounds(now=world.now)
    page = desk.get(address("rounds-today")).content.decode()
    assert "开门前检查" in page and "已逾期" in page and "巡查" in page


def test_the_list_shows_what_phones_sent_in_vain(world, desk):
    world.sync(sent(1, kind="answer", round="nowhere", item="clean", value="yes", files=[]))
    assert "clean" in desk.get(address("rounds-today")).content.decode()


def test_the_desk_says_which_rounds_are_due_this_hour(world, rf):
    world.now = world.now.replace(hour=0, minute=30)
    checklists.plan_rounds(now=world.now)
    clock.current().at = world.now
    request = rf.get("/")
    request.scope, request.branch, request.LANGUAGE_CODE = world.scope, world.branch, "zh-hans"
    with scoped(world.scope):
        body = panel("primitives.rounds").render(request)
        assert body.level == "watch" and len(body.context["rows"]) == 1
        clock.current().at = world.now.replace(hour=2)
        assert panel("primitives.rounds").render(request).level == "act"


def test_the_history_filters_charts_and_exports(world, desk):
    for value in ("yes", "no"):
        begun = world.start()
        world.fill(begun.id, clean=value)
        world.submit(begun.id)
    page = desk.get(address("rounds-history"), {"checklist": "probe.walk"}).content.decode()
    assert page.count("人民路支行") >= 2 and "data-chart" in page
    empty = desk.get(address("rounds-history"), {"verdict": "failed", "since": "nonsense"})
    assert empty.status_code == 200
    book = desk.get(address("rounds-excel"), {"checklist": "probe.walk"})
    assert book.content[:2] == b"PK"


def test_a_person_is_given_a_round(world, desk):
    begun = world.start()
    desk.post(address("round-assign", begun.id), {"user": str(world.bank.people["Mei"].pk)})
    assert checklists.rounds_due(scope=world.scope, org_unit=world.branch, now=world.now)[0].assignee == "Mei"
    assert desk.post(address("round-assign", begun.id), {"user": "nobody"}).status_code == 404


def test_a_photo_check_is_confirmed_on_the_page(world, desk):
    begun = world.start()
    world.put(begun.id, "exit", "", files=[world.photo(2)])
    with scoped(world.scope):
        evidence = Evidence.objects.get(round=begun.id)
        evidence.checks = [
            {"check": "sharp", "verdict": "watch", "confidence": 0.61, "read": "2027-01-01", "detail": None}
        ]
        evidence.save()
    page = desk.get(address("round", begun.id)).content.decode()
    assert "2027-01-01" in page and "61" in page
    desk.post(address("round-confirm", evidence.pk), {"confirmed": "yes"})
    with scoped(world.scope):
        evidence.refresh_from_db()
    assert evidence.confirmed is True


def test_what_was_read_from_a_photo_can_be_taken_over_as_the_answer_while_the_round_is_open(world, desk):
    begun = world.start()
    world.put(begun.id, "warmth", 21, files=[world.photo(2)])
    with scoped(world.scope):
        evidence = Evidence.objects.get(round=begun.id)
        evidence.checks = [
            {"check": "number", "verdict": "act", "confidence": 0.9, "read": "22.5 °C", "detail": {"value": 22.5}}
        ]
        evidence.save()
    page = desk.get(address("round", begun.id)).content.decode()
    assert "采用读数 22.5 °C" in page
    desk.post(address("round-put", begun.id), {"item": "warmth", "value": "22.5"})
    assert world.detail(begun.id).lines["warmth"].value == 22.5
    assert "采用读数" not in desk.get(address("round", begun.id)).content.decode()


def test_the_phones_shell_needs_no_sign_in_and_holds_no_data(world, client):
    begun = world.start()
    page = client.get(address("rounds-app"))
    assert page.status_code == 200 and str(begun.id) not in page.content.decode()
    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    told = json.loads(client.get(address("rounds-manifest")).content)
    assert told["display"] == "standalone" and told["scope"] == "/rounds/"
    assert {one["sizes"] for one in told["icons"]} == {"192x192", "512x512", "any"}
    assert "apple-touch-icon" in page.content.decode()
    assert client.get(address("rounds-work")).status_code == 302


def test_a_phone_gets_its_work_and_sends_what_it_has(world, desk):
    told = desk.get(address("rounds-work")).json()
    assert told["branch"]["code"] == "b01" and told["person"]["name"] == "Sun" and told["csrf"]
    assert [one["checklist"] for one in told["begin"]] == ["probe.walk"]
    item = sent(1, "k", kind="start", round="r", checklist="probe.walk", version=1, asset="")
    body = {"branch": "b01", "device": "d", "items": [vars(item)]}
    answer = desk.post(address("rounds-sync"), json.dumps(body), content_type="application/json").json()
    assert answer["receipts"] == [{"key": "k", "hash": item.hash, "state": "applied", "reason": ""}]
    url = address("rounds-photo", digest_of(picture(1)))
    kept = desk.post(url, picture(1), content_type="application/octet-stream").json()
    assert kept["digest"] == digest_of(picture(1))
    cut = desk.post(url, picture(1)[:-1], content_type="application/octet-stream")
    assert cut.status_code == 422 and cut.json()["code"] == "damaged"


def test_what_no_database_keeps_is_taken_out_of_what_a_phone_sends(world, desk):
    """Also inside an item, whose own text is JSON again and is kept as JSON."""
    item = sent(1, "k", kind="start", round="r", checklist="probe.walk", version=1, asset="", note="a\x00b")
    body = {"branch": "b01", "device": "d\x00", "items": [vars(item)]}
    answer = desk.post(address("rounds-sync"), json.dumps(body), content_type="application/json")
    assert answer.json()["receipts"] == [{"key": "k", "hash": item.hash, "state": "applied", "reason": ""}]
    with scoped(world.scope):
        row = SyncItem.objects.get()
    assert (row.device, row.body["note"]) == ("d", "ab")


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "[" * 200_000, '{"items": 3}', '{"branch": "b01", "device": "d", "items": [{}]}']
)
def test_a_message_that_lost_its_end_is_refused_whole(world, desk, body):
    assert desk.post(address("rounds-sync"), body, content_type="application/json").status_code == 400


def test_a_file_of_a_phone_is_taken_in_once(world, desk):
    from base64 import b64encode

    from django.core.files.uploadedfile import SimpleUploadedFile

    items = [
        sent(1, "a", kind="start", round="r", checklist="probe.walk", version=1, asset=""),
        sent(2, "b", kind="answer", round="r", item="exit", value="", files=[digest_of(picture(1))], base=""),
    ]
    photos = [{"digest": digest_of(picture(1)), "content": b64encode(picture(1)).decode()}]
    told = {"format": "counterpoint-rounds-1", "device": "d", "items": [vars(i) for i in items], "photos": photos}
    for _ in range(2):
        file = SimpleUploadedFile("rounds.json", json.dumps(told).encode(), "application/json")
        assert "data-taken" in desk.post(address("rounds-import"), {"file": file}).content.decode()
    with scoped(world.scope):
        assert Round.objects.filter(key="r").count() == 1 and Evidence.objects.count() == 1
    wrong = SimpleUploadedFile("rounds.json", b"{}", "application/json")
    assert desk.post(address("rounds-import"), {"file": wrong}).status_code == 422


def test_a_device_works_through_the_open_api(world, client):
    with scoped(world.scope):
        _row, token = enrol_device(
            scope=world.scope, org_unit=world.branch, name="tablet", verbs=checklists.DEVICE_VERBS
        )
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    def post(path, body, key=None):
        more = bearer | ({"HTTP_IDEMPOTENCY_KEY": key} if key else {})
        return client.post(f"/api/v1/rounds{path}", json.dumps(body), content_type="application/json", **more)

    begun = post("", {"checklist": "probe.walk"}, "s")
    assert begun.status_code == 201
    round_id = begun.json()["id"]
    assert post("", {"checklist": "probe.walk"}, "s").json() == begun.json()
    for item, value in GOOD.items():
        assert post(f"/{round_id}/answers", {"item": item, "value": value}, item).status_code == 200
    assert post(f"/{round_id}/submission", {}, "x").json()["code"] == "incomplete"
    digest = digest_of(picture(1))
    photo = client.post(
        f"/api/v1/rounds/photos/{digest}", picture(1), content_type="application/octet-stream", **bearer
    )
    assert photo.json()["digest"] == digest
    post(f"/{round_id}/answers", {"item": "exit", "value": "", "files": [digest]}, "e")
    assert post(f"/{round_id}/submission", {}, "y").json()["passed"] is True
    assert client.get("/api/v1/rounds/assignments", **bearer).json()["rounds"] == []
    assert client.get("/api/v1/rounds/assignments").status_code == 401
