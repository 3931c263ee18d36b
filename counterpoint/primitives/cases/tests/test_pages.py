"""The pages of cases: found, read, moved, kept, exported; refusals are messages, strangers get 404."""

import io
import json
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from counterpoint.foundation.models import Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import case, case_accept, case_pause, case_resolve
from counterpoint.primitives.cases.models import CaseFile, CaseFilterSaved
from counterpoint.primitives.cases.tests.examples import PICTURE

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sun(sign_in):
    return sign_in("Sun")


def deed(client, one, verb, **values):
    return client.post(reverse("primitives:case-deed", args=[one.id, verb]), values, follow=True)


def test_the_list_shows_the_most_urgent_first_and_narrows(sun, complain, clock):
    complain(title="不急", level="minor")
    complain(title="很急")
    clock.advance(minutes=31)
    page = sun.get("/cases/")
    text = page.content.decode()
    assert text.index("很急") < text.index("不急") and "已超时" in text
    assert "不急" not in sun.get("/cases/?late=1").content.decode()
    assert "很急" not in sun.get("/cases/?type=example.complaint&level=minor").content.decode()
    assert "没有符合条件的事项" in sun.get("/cases/?q=查无此事").content.decode()
    part = sun.get("/cases/", headers={"HX-Request": "true", "HX-Target": "cases"}).content.decode()
    assert "<html" not in part and "很急" in part


@pytest.mark.parametrize("asked", ["owner=x", "page=-1", "page=99999999", "stage=%00", "sort=x", "q=%00", "late=2"])
def test_a_strange_address_is_answered(sun, complain, asked):
    complain()
    assert sun.get(f"/cases/?{asked}").status_code == sun.get(f"/cases/board?{asked}").status_code == 200


def test_the_case_page_tells_the_story_and_offers_the_next_step(sun, complain, bank):
    one = complain(text="客户说等了很久", fields={"topic": "queue", "customer": "王小明"})
    text = sun.get(f"/cases/{one.id}/").content.decode()
    assert "客户说等了很久" in text and "王小明" in text and "受理此事" in text and "首次响应" in text
    assert "确认已处理" in deed(sun, one, "accept").content.decode()
    refused = deed(sun, one, "resolve").content.decode()
    assert "请先填写:原因" in refused or "请先填写：原因" in refused
    assert "等待他人核实" in deed(sun, one, "resolve", **{"field-cause": "人少", "text": "已加人"}).content.decode()


def test_the_other_verbs_of_the_page(sun, sign_in, complain, bank):
    ada, one, other = sign_in("Ada"), complain(), complain(title="另一件")
    ids = {name: str(user.pk) for name, user in bank.people.items()}
    deed(sun, one, "pause", reason="waiting_customer")
    assert "继续处理" in deed(sun, one, "watch", on="1").content.decode()
    deed(sun, one, "resume")
    deed(sun, one, "milestone", slug="answered")
    deed(sun, one, "level", level="grave", text="人多")
    deed(sun, one, "fields", **{"field-cause": "窗口少"})
    deed(sun, one, "link", other=str(other.id))
    deed(ada, one, "assign", owner=ids["Omar"])
    deed(ada, one, "involve", people=[ids["Mei"]])
    here = {"scope": bank.scope("Ada"), "now": bank.now}
    detail = case(**here, case=one.id)
    assert (detail.case.level, detail.case.owner_name, detail.links[0].case.id) == ("grave", "Omar", other.id)
    assert [name for _pk, name in detail.involved] == ["Mei"] and len(detail.watchers) == 1
    deed(ada, other, "merge", other=str(one.id))
    assert "已并入另一事项" in ada.get(f"/cases/{other.id}/").content.decode()
    deed(ada, one, "drop", text="误开")
    assert "重新打开" in ada.get(f"/cases/{one.id}/").content.decode()
    deed(ada, one, "reopen", text="还没解决")
    assert case(**here, case=one.id).case.cycle == 2


def test_verifying_and_closing_on_the_page(sun, sign_in, complain, bank):
    ada, one = sign_in("Ada"), complain()
    case_accept(scope=bank.scope("Sun"), now=bank.now, case=one.id)
    case_resolve(scope=bank.scope("Sun"), now=bank.now, case=one.id, fields={"cause": "人少"})
    assert "确认已解决" in ada.get(f"/cases/{one.id}/").content.decode()
    deed(ada, one, "verify", passed="0", text="没有")
    assert case(scope=bank.scope("Ada"), now=bank.now, case=one.id).case.stage_kind == "doing"
    deed(sun, one, "resolve", **{"text": "再次处理"})
    deed(ada, one, "verify", passed="1")
    deed(ada, one, "close", **{"field-satisfied": "yes"})
    assert case(scope=bank.scope("Ada"), now=bank.now, case=one.id).case.stage_kind == "closed"


def test_evidence_is_stored_once_and_can_be_fetched(sun, complain, settings, tmp_path):
    settings.FILES = tmp_path / "files"
    one = complain()
    picture = io.BytesIO(PICTURE)
    picture.name = "现场.png"
    deed(sun, one, "comment", text="现场照片", files=picture, idempotency_key="k1")
    with unscoped("test"):
        (held,) = CaseFile.objects.filter(case=one.id).select_related("file")
    assert held.file.media_type == "image/jpeg"
    text = sun.get(f"/cases/{one.id}/").content.decode()
    assert "现场照片" in text and str(held.file_id) in text
    assert sun.get(reverse("foundation:file", args=[held.file_id])).status_code == 200
    deed(sun, one, "comment", text="现场照片", idempotency_key="k1")
    assert sun.get(f"/cases/{one.id}/").content.decode().count("现场照片") == 1


def test_a_deadline_explains_itself(sun, complain, bank):
    one = complain(now=bank.now + timedelta(hours=6, minutes=10))  # 16:40
    case_pause(scope=bank.scope("Sun"), now=bank.now + timedelta(hours=6, minutes=20), case=one.id,
               reason="waiting_customer")  # fmt: skip
    text = sun.get(f"/cases/{one.id}/deadline/response").content.decode()
    assert "2026-11-23 16:40" in text and "2026-11-23 16:50" in text and "10 分钟" in text and "营业时间" in text
    assert sun.get(f"/cases/{one.id}/deadline/none").status_code == 404


def test_the_board_moves_cards_and_says_why_it_cannot(sun, complain, bank):
    one = complain()
    assert "很多" not in sun.get("/cases/board").content.decode()
    moved = sun.post("/cases/move", {"item": one.id, "to": "doing", "index": 0})
    told = json.loads(moved.headers["HX-Trigger"])
    assert moved.status_code == 204 and "处理中" in told["toast"]["text"] and "cases-changed" in told
    refused = json.loads(sun.post("/cases/move", {"item": one.id, "to": "resolved"}).headers["HX-Trigger"])
    assert refused["toast"]["level"] == "act" and "原因" in refused["toast"]["text"]
    assert "处理中" in sun.get("/cases/board").content.decode()
    back = sun.post("/cases/move", {"item": one.id, "to": "open"})
    assert "待受理" in json.loads(back.headers["HX-Trigger"])["toast"]["text"]
    assert sun.post("/cases/move", {"item": "x", "to": "open"}).status_code == 404


def test_many_at_once(sign_in, complain, bank):
    ada, rows = sign_in("Ada"), [complain(title=f"第{n}件") for n in range(3)]
    ids = [str(one.id) for one in rows]
    page = ada.post("/cases/bulk", {"case": ids, "deed": "assign", "owner": str(bank.people["Omar"].pk)}, follow=True)
    assert "已处理 3 项" in page.content.decode() and page.content.decode().count("Omar") >= 3
    with unscoped("test"):
        assert Message.objects.filter(recipient__name="Omar").count() == 3
    page = ada.post("/cases/bulk", {"case": ids, "deed": "move", "stage": "closed", "query": "late=1"}, follow=True)
    assert "3 项未能处理" in page.content.decode() and page.redirect_chain[0][0].endswith("late=1")
    ada.post("/cases/bulk", {"case": ids[:1], "deed": "accept"})
    assert ada.post("/cases/bulk", {"case": ["x"], "deed": "accept"}).status_code == 404
    assert ada.post("/cases/bulk", {"case": ids, "deed": "burn"}).status_code == 404


def test_a_view_is_kept_and_let_go(sun, complain, bank):
    sun.post("/cases/views", {"name": "我的超时", "query": "late=1&owner=me"})
    assert "我的超时" in sun.get("/cases/").content.decode()
    sun.post("/cases/views", {"remove": "我的超时", "query": ""})
    sun.post("/cases/views", {"name": " "})
    assert CaseFilterSaved.objects.count() == 0


def test_the_list_as_a_workbook(sun, complain):
    complain(title="=1+1")
    answer = sun.get("/cases/cases.xlsx?stage=unfinished")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert any("=1+1" in str(cell) for row in rows for cell in row) and len(rows) >= 3


def test_the_form_of_a_new_case_is_made_from_its_kind(sun, room, bank):
    assert "示例投诉" in sun.get("/cases/new").content.decode()
    form = sun.get("/cases/new?type=example.complaint").content.decode()
    assert "事由" in form and "客户姓名" in form and 'name="field-topic"' in form
    refused = sun.post("/cases/new?type=example.complaint", {"title": "等候", "level": "serious"})
    assert refused.status_code == 422
    good = {"title": "等候", "level": "serious", "field-topic": "fee", "field-customer": "王小明",
            "idempotency_key": "n1", "text": "等了很久", "involved": [str(bank.people["Mei"].pk)]}  # fmt: skip
    first = sun.post("/cases/new?type=example.complaint", good)
    again = sun.post("/cases/new?type=example.complaint", good)
    assert first.status_code == 302 and first.url == again.url
    assert "王小明" in sun.get(first.url).content.decode()
    owner = {**good, "owner": str(bank.people["Mei"].pk), "idempotency_key": "n2"}
    assert "回避" in sun.post("/cases/new?type=example.complaint", owner).content.decode()


def test_strangers_get_nothing(sign_in, complain):
    one = complain()
    bo = sign_in("Bo")
    assert bo.get(f"/cases/{one.id}/").status_code == 404
    assert bo.get(f"/cases/{one.id}/deadline/response").status_code == 404
    assert deed(bo, one, "accept").status_code == 404
    assert deed(sign_in("Sun"), one, "burn").status_code == 404
    assert "等候过长" not in bo.get("/cases/").content.decode()
    assert sign_in("Sysadmin").get("/cases/").status_code == 404


def test_the_desk_shows_what_is_due_today(sun, complain, clock):
    complain(title="今天到期")
    clock.advance(minutes=31)
    text = sun.get("/").content.decode()
    assert "今天到期" in text


def test_a_region_sees_its_branches_and_filters_by_them(sign_in, complain):
    complain()
    rita = sign_in("Rita")
    assert "等候过长" in rita.get("/cases/").content.decode()
    assert "等候过长" in rita.get("/cases/?branch=b01").content.decode()
    assert "等候过长" not in rita.get("/cases/?branch=b02").content.decode()
