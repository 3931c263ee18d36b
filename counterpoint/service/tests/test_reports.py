"""Rectification reports: started from what the case knows, told to the region, listed until decided, told back."""

from datetime import timedelta

import pytest

from counterpoint.foundation.models import Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import case_accept, case_link, case_milestone, case_open, case_resolve, case_verify
from counterpoint.service import api
from counterpoint.service.rules.reports import GAP
from counterpoint.service.tests.conftest import RUDE

MINUTE = timedelta(minutes=1)
SECTIONS = ("facts", "finding", "cause", "remedy", "measures")


@pytest.fixture
def at(bank):
    """`at("Sun", 10)` gives scope and time of a deed ten minutes after receipt."""
    return lambda name, minutes=0: {"scope": bank.scope(name), "now": bank.now + minutes * MINUTE}


@pytest.fixture
def submitted(bank, take, at):
    """A complaint whose report Sun submitted three minutes after receipt."""
    taken = take(RUDE)
    api.report_start(**at("Sun", 2), complaint=taken.id)
    api.report_submit(**at("Sun", 3), complaint=taken.id, texts=dict.fromkeys(SECTIONS, "已写"))
    return taken


def told(name):
    with unscoped("the test looks"):
        rows = Message.objects.filter(dedupe__startswith="report:", recipient__name=name).order_by("created_at")
        return [(row.title, row.body, row.link) for row in rows]


def test_a_submitted_report_reaches_the_region_and_its_author_hears_of_the_decision(bank, submitted, at):
    ((title, body, link),) = told("Rita")
    assert title == "有一份整改报告等待您审定" and "人民路支行" in body and "已写" not in body
    assert link.endswith(f"/service/complaints/{submitted.id}/report")
    assert told("Hana") == [] == told("Sun"), "headquarters decides only where no region does"
    api.report_decide(**at("Rita", 5), complaint=submitted.id, accepted=False, reason="措施太笼统")
    assert told("Sun")[0][0] == "区域退回了您的报告" and "措施太笼统" not in told("Sun")[0][1]
    api.report_submit(**at("Sun", 6), complaint=submitted.id, texts={"measures": "全员培训"})
    assert len(told("Rita")) == 2
    api.report_decide(**at("Rita", 7), complaint=submitted.id, accepted=True)
    assert told("Sun")[1][0] == "区域通过了您的报告"


def test_where_the_region_is_involved_headquarters_decides(bank, take, at):
    taken = take(RUDE, involved=(bank.people["Rita"].pk,))
    api.report_start(**at("Sun", 2), complaint=taken.id)
    api.report_submit(**at("Sun", 3), complaint=taken.id, texts=dict.fromkeys(SECTIONS, "已写"))
    assert told("Rita") == [] and len(told("Hana")) == 1


def test_what_waits_is_counted_for_who_decides_it_and_for_nobody_else(bank, submitted, at):
    waiting = api.reports_to_decide(**at("Rita", 63))
    (line,) = waiting.rows
    assert (waiting.total, waiting.oldest, line.complaint, line.author_name) == (
        1, timedelta(hours=1), submitted.id, "Sun",
    )  # fmt: skip
    assert api.reports_to_decide(**at("Hana", 63)).total == 1
    assert [api.reports_to_decide(**at(name, 63)).total for name in ("Sun", "Ada", "Otto", "Stranger")] == [0] * 4
    api.report_decide(**at("Rita", 64), complaint=submitted.id, accepted=True)
    assert api.reports_to_decide(**at("Rita", 65)).total == 0


def test_the_regions_page_lists_reports_with_age_level_and_link(bank, submitted, sign_in, clock):
    clock.at += timedelta(days=3)
    rita = sign_in("Rita")
    page = rita.get("/service/complaints/reports").content.decode()
    for words in ("1 份整改报告等待您审定", "人民路支行", "二级（较重）", "2 天", "服务态度", "Sun"):
        assert words in page, words
    assert f"/service/complaints/{submitted.id}/report" in page and "已写" not in page
    assert 'class="data stack' in page, "rows become cards on a phone"
    assert "1 份报告等待您审定" in rita.get("/desk").content.decode()
    rita.post(f"/service/complaints/{submitted.id}/report", {"operation": "return", "reason": "措施太笼统"})
    assert f"{submitted.id}" not in rita.get("/service/complaints/reports").content.decode()
    assert f"{submitted.id}" in rita.get("/service/complaints/reports?state=returned").content.decode()
    assert sign_in("Sun").get("/service/complaints/reports").status_code == 404


def test_a_draft_holds_what_the_record_knows_and_gaps_only_where_nobody_wrote(bank, take, at):
    taken = take(RUDE)
    case_accept(**at("Sun", 10), case=taken.case)
    case_milestone(**at("Sun", 20), case=taken.case, slug="answered")
    fix = {"root_cause": "attitude", "remedy": "当面道歉并重新办理"}
    case_resolve(**at("Sun", 30), case=taken.case, fields=fix, text="已与客户通话")
    case_verify(**at("Ada", 40), case=taken.case, passed=True)
    task = case_open(
        **at("Sun", 41), org_unit=bank.b01, type="primitives.task", title="窗口礼仪培训", owner=bank.people["Omar"].pk
    )
    case_link(**at("Sun", 42), case=taken.case, other=task.id)
    api.report_start(**at("Sun", 50), complaint=taken.id)
    texts = api.whole(**at("Sun", 51), complaint=taken.id).report.texts
    assert texts["finding"].startswith("Sun 于 2026-11-23 10:40 接手核查。")
    for step in ("2026-11-23 10:30", "法定答复 Sun", "2026-11-23 11:00 事项处理完成", "2026-11-23 11:10", "Ada"):
        assert step in texts["finding"], texts["finding"]
    assert texts["cause"] == "根本原因：服务意识。"
    assert "当面道歉并重新办理\n已与客户通话" in texts["remedy"]
    assert "窗口礼仪培训" in texts["measures"] and "Omar" in texts["measures"]
    assert [slug for slug, text in texts.items() if GAP in text] == ["remedy"], "the customer's answer is not known yet"


def test_a_draft_that_was_begun_early_learns_what_came_since_and_keeps_own_words(bank, take, at, sign_in, clock):
    taken = take(RUDE)
    sun = sign_in("Sun")
    sun.post(f"/service/complaints/{taken.id}/report/start")
    assert f"Sun 于 {GAP} 接手核查" in sun.get(f"/service/complaints/{taken.id}/report").content.decode()
    own = f"根本原因有两条：{GAP}"
    sun.post(f"/service/complaints/{taken.id}/report", {"section-cause": own, "operation": "save"})
    clock.at += 10 * MINUTE
    case_accept(**at("Sun", 10), case=taken.case)
    page = sun.get(f"/service/complaints/{taken.id}/report").content.decode()
    assert "Sun 于 2026-11-23 10:40 接手核查" in page and own in page


def test_a_report_from_before_the_filled_template_keeps_its_template(bank, take, at):
    taken = take(RUDE, at=bank.now - timedelta(days=30))
    then = {"scope": bank.scope("Sun"), "now": bank.now - timedelta(days=29)}
    api.report_start(**then, complaint=taken.id)
    report = api.whole(**at("Sun"), complaint=taken.id).report
    assert (report.version, report.texts["measures"]) == (1, "")
