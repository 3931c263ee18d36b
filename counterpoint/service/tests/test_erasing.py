"""What is personal of a complaint is erased once its time is over: by compliance, with a reason, for good."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation import actions, roles
from counterpoint.foundation.access import system_scope
from counterpoint.foundation.api import Forbidden, Invalid, NotFound, StoredFile, files
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.scope import scoped, unscoped
from counterpoint.primitives.cases import case_accept, case_close, case_comment, case_resolve, case_verify, timeline
from counterpoint.primitives.cases.tests.examples import PICTURE
from counterpoint.service import api
from counterpoint.service.models import Complaint
from counterpoint.service.tests.conftest import WAITED

MINUTE = timedelta(minutes=1)
LATER = timedelta(days=1200)


@pytest.fixture
def cora(bank):
    """Headquarters compliance."""
    root = system_scope(tuple(roles.table()))
    with scoped(root):
        user = actions.person_add(
            scope=root, now=bank.now, org_unit=bank.hq, staff_no="cora", name="Cora", password="x" * 16
        )
        actions.post_grant(
            scope=root, now=bank.now, org_unit=bank.hq, user=user, role="hq_compliance", since=date(2026, 1, 1)
        )
    bank.people["Cora"] = user
    return bank.scope("Cora")


@pytest.fixture
def closed(bank, take):
    """A closed complaint with a photo, contact, a remedy, a note and a piece of evidence."""
    taken = take(WAITED, contact="13912345678", photos=(("a.png", PICTURE),))

    def at(name, minutes):
        return {"scope": bank.scope(name), "now": bank.now + minutes * MINUTE, "case": taken.case}

    with scoped(bank.scope("Sun")):
        proof = files.store(scope=bank.scope("Sun"), org_unit=bank.b01, name="b.png", content=PICTURE, now=bank.now)
    case_accept(**at("Sun", 1))
    case_comment(**at("Sun", 2), text="客户姓王", files=[proof.pk])
    case_resolve(**at("Sun", 3), fields={"root_cause": "staffing", "remedy": "向王女士道歉"})
    case_verify(**at("Ada", 4), passed=True)
    case_close(**at("Sun", 5), fields={"satisfied": "yes"})
    return taken


def row_of(taken):
    with unscoped("the test looks"):
        return Complaint.objects.get(pk=taken.id)


def test_words_contact_photo_notes_and_evidence_go_and_figures_and_journal_stay(bank, closed, cora):
    with unscoped("the test looks"):
        before, stored = JournalEntry.objects.count(), StoredFile.objects.count()
    now = bank.now + LATER
    api.complaint_erase(scope=cora, complaint=closed.id, reason="customer_asked", now=now)
    row = row_of(closed)
    assert (row.text, row.contact, row.customer, row.digest, row.photos, row.words) == ("", "", "", "", [], [])
    assert (row.level, row.root_cause, row.satisfied, row.erased_at) == ("level_3", "staffing", True, now)
    told = timeline(scope=cora, case=closed.case)
    assert not any(line.text or line.files for line in told) and told[0].kind == "opened"
    assert "王" not in api.whole(scope=cora, complaint=closed.id, now=now).detail.model_dump_json()
    with unscoped("the test looks"):
        assert StoredFile.objects.count() == stored - 2
        entry = JournalEntry.objects.get(kind="service.complaint_erased")
        assert JournalEntry.objects.count() > before and entry.data["reason"] == "customer_asked"
        assert entry.actor == bank.people["Cora"].pk
    with pytest.raises(api.Over):
        api.complaint_erase(scope=cora, complaint=closed.id, reason="time_over", now=now)


def test_it_takes_the_right_a_reason_and_the_end_of_the_time_of_keeping(bank, closed, cora):
    def erase(scope, at, reason="time_over"):
        api.complaint_erase(scope=scope, complaint=closed.id, reason=reason, now=at)

    with pytest.raises(api.MustBeKept):
        erase(cora, bank.now + timedelta(days=1000))
    with pytest.raises(Invalid):
        erase(cora, bank.now + LATER, reason="because")
    for name in ("Sun", "Ada", "Hana", "Otto"):
        with pytest.raises((Forbidden, NotFound)):
            erase(bank.scope(name), bank.now + LATER)
    assert row_of(closed).text == WAITED


def test_the_page_says_what_goes_and_what_stays_and_erases_once_confirmed(bank, closed, cora, sign_in, clock):
    url = f"/service/complaints/{closed.id}/erase"
    sign = sign_in("Cora")
    early = sign.get(url).content.decode()
    assert "依法保存至 2029-11-25" in early and "彻底删除</button>" not in early
    assert "没有需要删除的内容" in sign.get("/service/complaints/erasing").content.decode()
    clock.at += LATER
    page = sign.get(url).content.decode()
    for words in ("1 张客户照片", "1 个证据文件", "以下内容将被彻底删除", "以下内容保留", "数据统计不变"):
        assert words in page, words
    assert str(closed.id) in sign.get("/service/complaints/erasing").content.decode()
    assert sign.post(url, {"reason": "time_over"}).status_code == 422 and row_of(closed).text == WAITED
    assert sign.post(url, {"reason": "time_over", "sure": "1"}).status_code == 302
    after = sign.get(f"/service/complaints/{closed.id}").content.decode()
    assert "已于 2030-03-07 删除" in after and WAITED not in after


def test_what_is_past_its_time_is_erased_together(bank, closed, cora, sign_in, clock):
    clock.at += LATER
    sign = sign_in("Cora")
    answer = sign.post("/service/complaints/erasing/all", {"complaint": [str(closed.id)]}, follow=True)
    assert [str(m) for m in answer.context["messages"]] == ["已删除 1 起投诉的个人信息。"]
    assert row_of(closed).erased_at and "没有需要删除的内容" in answer.content.decode()


@pytest.mark.parametrize("name", ["Sun", "Hana", "Rita"])
def test_nobody_else_has_the_pages(bank, closed, sign_in, name):
    client = sign_in(name)
    assert client.get("/service/complaints/erasing").status_code == 404
    assert client.get(f"/service/complaints/{closed.id}/erase").status_code == 404
