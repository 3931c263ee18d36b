"""What does not fit the open API's schema is refused by field, in the reader's language, as the description says."""

import pytest

from counterpoint.foundation.api import openapi
from counterpoint.foundation.middleware import LANGUAGE_COOKIE
from counterpoint.onsite.tests.test_endpoints import Machine

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(bank, client):
    return Machine(bank, client)


def events(hall_now, **changed):
    return {"events": [{"machine": "q", "seq": 1, "ref": "r", "kind": "taken", "at": hall_now.isoformat()} | changed]}


@pytest.mark.parametrize(
    ("path", "body", "kind", "field", "message"),
    [
        ("/tickets", {}, "missing", "service", "service：缺少"),
        ("/tickets", {"service": 7}, "string_type", "service", "service：应为文字（像数字时须加引号），现为 7"),
        ("/calls/next", {"counter": "one"}, "int_parsing", "counter", 'counter：应为整数，现为 "one"'),
        ("/calls/next", {"counter": 0}, "greater_than_equal", "counter", "counter：不得小于 1，现为 0"),
        ("/devices/stm-9/melted", {}, "literal_error", "state", None),
        ("/events", {"events": []}, "too_short", "events", "events：至少 1 项"),
        ("/rounds/sync", {"device": "", "items": []}, "string_too_short", "device", "device：至少 1 个字符"),
    ],
)  # fmt: skip
def test_the_field_its_kind_and_a_chinese_sentence(machine, path, body, kind, field, message):
    answer = machine.post(path, body)
    told = openapi.Problem.model_validate(answer.json())
    assert (answer.status_code, told.code) == (422, "invalid")
    assert told.detail[0].type == kind and told.detail[0].loc[-1] == field
    assert message is None or told.message == message
    assert not any("Input" in one.msg or "should" in one.msg for one in told.detail)


def test_every_wrong_field_of_a_batch_is_told_and_the_message_counts_them(hall, machine):
    answer = machine.post("/events", events(hall.now, seq=-1, colour="red", at="soon")).json()
    assert [one["loc"][-2:] for one in answer["detail"]] == [[0, "seq"], [0, "at"], [0, "colour"]]
    assert answer["message"] == "events.0.seq：不得小于 0，现为 -1（另有 2 处）"
    assert answer["detail"][2]["msg"] == "此处没有这个字段"


@pytest.mark.parametrize(
    ("language", "message"),
    [("zh-hans", "service：缺少"), ("zh-hant", "service：缺少"), ("en", "service: is missing")],
)
def test_the_language_is_that_of_the_request(machine, language, message):
    machine.client.cookies[LANGUAGE_COOKIE] = language
    assert machine.post("/tickets", {}).json()["message"] == message


def test_a_missing_key_is_told_by_the_name_of_its_header(machine):
    answer = machine.post("/tickets", {"service": "transfer"}, key="").json()
    assert answer["message"] == "Idempotency-Key：缺少" and answer["detail"][0]["loc"] == ["header", "Idempotency-Key"]


def test_a_body_that_is_no_json_a_strange_token_and_a_deed_that_it_may_not_do(bank, client, machine):
    def sent(token, body=b"{"):
        return client.post(
            "/api/v1/tickets", body, content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "k"},
        )  # fmt: skip

    screen = Machine(bank, client, verbs={"onsite.hall.view"})
    answers = [sent(machine.token), sent("unknown"), sent(screen.token, b'{"service": "transfer"}')]
    told = [openapi.Problem.model_validate(one.json()) for one in answers]
    assert [one.status_code for one in answers] == [400, 401, 404]
    assert [one.code for one in told] == ["unreadable", "unauthorized", "not_found"]
    assert [one.message for one in told] == [
        "消息不是有效的 JSON。", "需要已登记设备的有效令牌。", "这里没有该令牌可用的内容。",
    ]  # fmt: skip


def test_the_description_declares_these_refusals_of_every_operation(client):
    whole = client.get("/api/v1/openapi.json").json()
    problems = {"Problem", "RowsOut"}  # the second is the first with rows
    for path in whole["paths"].values():
        for operation in path.values():
            sends = bool(operation.get("parameters") or "requestBody" in operation)
            for status in ("401", "404", *(["422"] if sends else []), *(["400"] if "requestBody" in operation else [])):
                content = operation["responses"][status]["content"]["application/json"]["schema"]
                assert content["$ref"].rsplit("/", 1)[-1] in problems
    assert whole["components"]["schemas"]["Problem"]["properties"]["detail"]["items"]["$ref"].endswith("/FieldProblem")
    assert "rows" not in whole["components"]["schemas"]["RowsOut"]["required"]
