"""Pages of complaints: they come for who may see them, in Chinese without leftovers, and change what they say."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import case_accept
from counterpoint.service.models import Complaint
from counterpoint.service.tests.conftest import RUDE, STOLEN, WAITED
from counterpoint.ui.leftovers import english_left

PAGES = ("", "/take", "/statistics", "/lessons")
STAFF = ("Sun", "Omar", "Hana", "Mei", "Ada", "Rita", "Otto", "Bo")


def left(page):
    """English words of the page's own part, case numbers and receipts aside."""
    own = page[page.index('<main class="main"') : page.index("</main>")]
    return english_left(re.sub(r"B\d\d-[0-9A-F]{6}|/c/r/\w+", "", own), [*STAFF, "eml"])


def row_of(taken):
    with unscoped("the test looks"):
        return Complaint.objects.get(pk=taken.id)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_comes_in_chinese_without_leftovers(bank, take, sign_in, page):
    take(WAITED)
    take(STOLEN)
    answer = sign_in("Sun").get(f"/service/complaints{page}")
    assert answer.status_code == 200
    assert left(answer.content.decode()) == []


def test_one_complaint_shows_words_proposal_clocks_and_the_next_step(bank, take, sign_in):
    taken = take(RUDE, contact="13912345678")
    page = sign_in("Sun").get(f"/service/complaints/{taken.id}").content.decode()
    for words in (RUDE, "13912345678", "态度恶劣", "主管接手", "法定答复", "整改报告", "接手"):
        assert words in page
    assert left(page) == []


def test_a_reader_without_need_sees_no_word(bank, take, sign_in):
    taken = take(RUDE, contact="13912345678")
    page = sign_in("Otto").get(f"/service/complaints/{taken.id}").content.decode()
    assert "不耐烦" not in page and "13912345678" not in page and "客户原话属于个人信息" in page


def test_the_whole_way_works_by_its_buttons(bank, take, sign_in, clock):
    taken = take(RUDE)
    sun, ada, rita = sign_in("Sun"), sign_in("Ada"), sign_in("Rita")
    base = f"/service/complaints/{taken.id}"

    def do(who, name, **form):
        clock.at += timedelta(minutes=5)
        answer = who.post(f"{base}/do/{name}", form, follow=True)
        assert answer.status_code == 200
        assert [str(m) for m in answer.context["messages"]] == []

    do(sun, "confirm", level="level_2")
    do(sun, "accept")
    do(sun, "milestone", slug="answered")
    do(sun, "resolve", root_cause="attitude", remedy="道歉")
    do(ada, "verify")
    assert sun.post(f"{base}/report/start").status_code == 302
    texts = {f"section-{slug}": "已写" for slug in ("facts", "finding", "cause", "remedy", "measures")}
    assert sun.post(f"{base}/report", texts | {"operation": "submit"}).status_code == 302
    assert rita.post(f"{base}/report", {"operation": "return", "reason": "措施太笼统"}).status_code == 302
    assert "措施太笼统" in sun.get(f"{base}/report").content.decode()
    sun.post(f"{base}/report", {"section-measures": "全员培训", "operation": "submit"})
    rita.post(f"{base}/report", {"operation": "accept"})
    do(sun, "close", satisfied="yes")
    assert row_of(taken).stage_kind == "closed"
    do(sun, "lesson", reason="上周已培训")
    do(sun, "reopen", reason="客户又来电")
    assert row_of(taken).cycle == 2


def test_a_refusal_is_told_in_words_and_changes_nothing(bank, take, sign_in):
    taken = take(RUDE)
    answer = sign_in("Sun").post(f"/service/complaints/{taken.id}/do/close", {"satisfied": "yes"}, follow=True)
    assert [str(m) for m in answer.context["messages"]]
    assert row_of(taken).stage_kind == "open"


def test_the_fast_entry_takes_a_complaint_and_sending_it_twice_takes_one(bank, sign_in):
    client = sign_in("Mei")
    form = {"text": WAITED, "channel": "phone", "idempotency_key": "a"}
    first, second = (client.post("/service/complaints/take", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert client.post("/service/complaints/take", {"text": "", "channel": "phone"}).status_code == 422


def test_the_report_is_a_pdf_with_its_words(bank, take, sign_in):
    taken = take(RUDE)
    client = sign_in("Sun")
    client.post(f"/service/complaints/{taken.id}/report/start")
    answer = client.get(f"/service/complaints/{taken.id}/report.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert "投诉整改报告" in text and "服务态度" in text
    assert sign_in("Mei").get(f"/service/complaints/{taken.id}/report.pdf").status_code == 404


def test_the_poster_names_the_branch_and_its_address(bank, sign_in):
    answer = sign_in("Sun").get("/service/complaints/poster.pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    assert "人民路支行" in text and "/c/b01" in text


def test_statistics_and_their_excel_say_the_same(bank, take, sign_in):
    take(WAITED)
    taken = take(RUDE)
    case_accept(scope=bank.scope("Sun"), case=taken.case, now=bank.now)
    client = sign_in("Sun")
    page = client.get("/service/complaints/statistics").content.decode()
    assert "2 起未办结" in page
    book = load_workbook(BytesIO(client.get("/service/complaints/statistics.xlsx").content))
    assert [ws.max_row > 1 for ws in book.worksheets] == [True] * 4
    assert "态度恶劣" not in client.get("/service/complaints/export.xlsx?which=all").content.decode("latin1")


def test_the_desk_shows_open_complaints_worst_first(bank, take, sign_in):
    take(WAITED)
    take(STOLEN)
    page = sign_in("Sun").get("/").content.decode()
    assert "2 起投诉未办结" in page and "三万元" not in page


def test_a_stranger_finds_nothing(bank, take, sign_in):
    taken = take(RUDE)
    for path in ("", "/report", "/report.pdf"):
        assert sign_in("Stranger").get(f"/service/complaints/{taken.id}{path}").status_code == 404
    assert sign_in("Stranger").post(f"/service/complaints/{taken.id}/do/accept").status_code == 404
