"""A complaint from the first word to the lesson: who may do what, what it needs, what is told to whom."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, scoped
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives.cases import (
    Recused,
    case,
    case_accept,
    case_close,
    case_milestone,
    case_reopen,
    case_resolve,
    case_verify,
)
from counterpoint.service import api
from counterpoint.service.models import Callback, Complaint, LessonRequest
from counterpoint.service.tests.conftest import RUDE, STOLEN, WAITED

MINUTE = timedelta(minutes=1)
FIX = {"root_cause": "attitude", "remedy": "当面道歉并重新办理"}
SECTIONS = ("facts", "finding", "cause", "remedy", "measures")


@pytest.fixture
def at(bank):
    """`at("Sun", 10)` gives scope and time of a deed ten minutes after receipt."""
    return lambda name, minutes=0: {"scope": bank.scope(name), "now": bank.now + minutes * MINUTE}


def row_of(taken):
    with unscoped("the test looks"):
        return Complaint.objects.get(pk=taken.id)


def solved(at, taken, minutes=30):
    """Resolved by Sun, verified by Ada."""
    case_accept(**at("Sun", minutes), case=taken.case)
    case_resolve(**at("Sun", minutes + 1), case=taken.case, fields=FIX)
    case_verify(**at("Ada", minutes + 2), case=taken.case, passed=True)


def close(at, taken, minutes=40, satisfied="yes"):
    return case_close(**at("Sun", minutes), case=taken.case, fields={"satisfied": satisfied})


def test_a_minor_complaint_goes_to_the_front_and_is_due_the_same_day(bank, take, at):
    taken = take(WAITED, contact="13800001111")
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now)
    assert (taken.level, seen.case.owner_name) == ("level_3", "Omar")
    assert {c.clock for c in seen.clocks} == {"same_day", "legal"}
    assert seen.case.due_at == bank.now.replace(hour=9, minute=0)  # 17:00 in Shanghai
    assert seen.case.title == "排队等候 · 网点当面"


def test_a_serious_complaint_goes_to_the_supervisor_within_two_hours_with_a_report_in_two_working_days(bank, take):
    taken = take(RUDE)
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now)
    due = {c.clock: c.due_at for c in seen.clocks}
    assert (taken.level, seen.case.owner_name) == ("level_2", "Sun")
    assert due["takeover"] == bank.now + timedelta(hours=2)
    assert due["report"] == bank.now.replace(hour=9, minute=0) + timedelta(days=2)
    assert due["legal"].date() == date(2026, 12, 8)


def test_a_grave_complaint_is_told_at_once_and_runs_day_and_night(bank, take):
    night = bank.now.replace(hour=15)  # 23:00 in Shanghai
    taken = take(STOLEN, at=night)
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=night)
    due = {c.clock: c.due_at for c in seen.clocks}
    assert taken.level == "level_1"
    assert due["contact"] == due["solution"] == night + 30 * MINUTE
    with unscoped("the test looks"):
        told = Message.objects.filter(dedupe__startswith=f"complaint:{taken.id}")
        assert {m.recipient.name for m in told} == {"Sun", "Ada"}
        assert all("三万" not in m.title + m.body for m in told)


def test_the_same_form_twice_is_one_complaint_and_other_words_under_its_key_are_refused(take):
    first, second = take(WAITED, key="one"), take(WAITED, key="one")
    assert (first.id, second.again) == (second.id, True)
    with pytest.raises(api.KeyTaken):
        take(RUDE, key="one")


def test_the_journal_and_the_case_know_no_word_of_the_customer(bank, take):
    taken = take(STOLEN, contact="13912345678")
    with unscoped("the test looks"):
        entries = JournalEntry.objects.filter(subject__in=[str(taken.id), str(taken.case)])
        told = " ".join(str(e.data) for e in entries)
    assert entries and "13912345678" not in told and "转走" not in told
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now)
    assert "转走" not in seen.model_dump_json()


def test_only_who_needs_them_reads_the_words(bank, take):
    taken = take(RUDE, contact="13912345678")
    assert api.whole(scope=bank.scope("Sun"), complaint=taken.id, now=bank.now).text == RUDE
    masked = api.whole(scope=bank.scope("Otto"), complaint=taken.id, now=bank.now)
    assert (masked.readable, masked.text, masked.contact, masked.words) == (False, "", "", ())
    follows = api.whole(scope=bank.scope("Mei"), complaint=taken.id, now=bank.now)
    assert (follows.readable, follows.text) == (False, ""), "who wrote it down may follow it, no more"
    with pytest.raises(NotFound):
        api.whole(scope=bank.scope("Omar"), complaint=taken.id, now=bank.now)
    with pytest.raises(NotFound):
        api.whole(scope=bank.scope("Stranger"), complaint=taken.id, now=bank.now)


def test_the_front_reads_what_was_given_to_it(bank, take):
    taken = take(WAITED)
    assert api.whole(scope=bank.scope("Omar"), complaint=taken.id, now=bank.now).text == WAITED


def test_who_is_involved_neither_owns_nor_decides_nor_sees_the_contact(bank, take, at):
    taken = take(RUDE, contact="13912345678", involved=(bank.people["Sun"].pk,))
    seen = case(scope=bank.scope("Ada"), case=taken.case, now=bank.now)
    assert seen.case.owner_name == "Ada"
    assert api.whole(scope=bank.scope("Sun"), complaint=taken.id, now=bank.now).contact == ""
    with pytest.raises(Recused):
        api.level_confirm(**at("Sun"), complaint=taken.id, level="level_2")
    with pytest.raises(Recused):
        api.report_start(**at("Sun"), complaint=taken.id)


def test_raising_the_level_works_at_once_lowering_needs_a_second_person(bank, take, at):
    taken = take(WAITED)
    raised = api.level_confirm(**at("Sun"), complaint=taken.id, level="level_2", reason="其实等了两小时")
    assert (raised.level, row_of(taken).confirmed_by) == ("level_2", bank.people["Sun"].pk)
    assert case(scope=bank.scope("Sun"), case=taken.case, now=bank.now).case.owner_name == "Sun"
    asked = api.level_confirm(**at("Sun", 1), complaint=taken.id, level="level_3", reason="看错了")
    assert asked.level == "level_2"
    done = api.level_confirm(**at("Ada", 2), complaint=taken.id, level="level_3", reason="同意")
    assert done.level == row_of(taken).level == "level_3"


def test_a_serious_complaint_closes_only_with_its_report_at_the_region(bank, take, at):
    taken = take(RUDE)
    solved(at, taken)
    with pytest.raises(api.ReportMissing):
        close(at, taken)
    api.report_start(**at("Sun", 40), complaint=taken.id)
    with pytest.raises(Invalid):
        api.report_submit(**at("Sun", 41), complaint=taken.id, texts={})
    api.report_submit(**at("Sun", 42), complaint=taken.id, texts=dict.fromkeys(SECTIONS, "已写"))
    seen = case(scope=bank.scope("Sun"), case=taken.case, now=bank.now + 43 * MINUTE)
    assert {c.clock: c.state for c in seen.clocks}["report"] == "kept"
    assert close(at, taken, 44).stage_kind == "closed"


def test_the_region_returns_a_report_with_a_reason_and_accepts_it_later(bank, take, at):
    taken = take(RUDE)
    case_accept(**at("Sun", 1), case=taken.case)
    api.report_start(**at("Sun", 2), complaint=taken.id)
    report = api.whole(**at("Sun", 2), complaint=taken.id).report
    assert "二级" in report.texts["facts"] and "服务态度" in report.texts["facts"]
    api.report_submit(**at("Sun", 3), complaint=taken.id, texts=dict.fromkeys(SECTIONS, "已写"))
    with pytest.raises(Forbidden):
        api.report_decide(**at("Ada", 4), complaint=taken.id, accepted=True)
    with pytest.raises(Invalid):
        api.report_decide(**at("Rita", 4), complaint=taken.id, accepted=False)
    api.report_decide(**at("Rita", 5), complaint=taken.id, accepted=False, reason="措施太笼统")
    api.report_submit(**at("Sun", 6), complaint=taken.id, texts={"measures": "12月5日前培训全员"})
    api.report_decide(**at("Rita", 7), complaint=taken.id, accepted=True)
    assert api.whole(**at("Sun", 8), complaint=taken.id).report.state == "accepted"


def test_closing_asks_for_a_lesson_and_plans_two_calls(bank, take, at):
    taken = take(WAITED, contact="13912345678")
    solved(at, taken)
    close(at, taken)
    with scoped(bank.scope("Sun")):
        lesson = LessonRequest.objects.get(complaint=taken.id)
        calls = list(Callback.objects.filter(complaint=taken.id))
    assert (lesson.level, lesson.cause, lesson.state) == ("level_3", "attitude", "asked")
    assert [c.due_on for c in calls] == [date(2026, 11, 24), date(2026, 11, 30)]
    api.lesson_take(scope=bank.scope("Sun"), lesson=lesson.pk, taken_as="academy.lesson:1", now=bank.now)
    with pytest.raises(api.Over):
        api.lesson_decline(**at("Sun", 60), complaint=taken.id, reason="不需要")


def test_a_lesson_is_declined_only_with_a_reason(bank, take, at):
    taken = take(WAITED)
    solved(at, taken)
    close(at, taken)
    with pytest.raises(Invalid):
        api.lesson_decline(**at("Sun", 50), complaint=taken.id, reason=" ")
    api.lesson_decline(**at("Sun", 51), complaint=taken.id, reason="同一事由上周已培训")
    assert api.whole(**at("Sun", 52), complaint=taken.id).lessons[0].state == "declined"


def test_reopening_starts_new_clocks_and_a_second_closing_asks_for_a_second_lesson(bank, take, at):
    taken = take(WAITED)
    solved(at, taken)
    close(at, taken)
    case_reopen(**at("Sun", 100), case=taken.case, reason="客户仍不满意")
    assert (row_of(taken).cycle, row_of(taken).closed_at) == (2, None)
    solved(at, taken, 110)
    close(at, taken, 120)
    with unscoped("the test looks"):
        assert LessonRequest.objects.filter(complaint=taken.id).count() == 2


def test_a_longer_legal_time_needs_another_person_and_moves_the_legal_clock(bank, take, at):
    taken = take(RUDE)
    with pytest.raises(Invalid):
        api.extension_ask(**at("Sun"), complaint=taken.id, days=60, reason="跨省取证")
    api.extension_ask(**at("Sun"), complaint=taken.id, days=30, reason="跨省取证")
    with pytest.raises(Forbidden):
        api.extension_decide(**at("Sun", 1), complaint=taken.id, granted=True)
    api.extension_decide(**at("Ada", 2), complaint=taken.id, granted=True)
    legal = next(c for c in case(**at("Sun", 3), case=taken.case).clocks if c.clock == "legal")
    assert legal.due_at == row_of(taken).legal_due_at
    assert legal.due_at.date() == date(2026, 12, 23)
    api.extension_ask(**at("Ada", 4), complaint=taken.id, days=60, reason="司法鉴定未出")
    with pytest.raises(api.SecondPersonNeeded):
        api.extension_decide(**at("Ada", 5), complaint=taken.id, granted=True)
    api.extension_decide(**at("Rita", 6), complaint=taken.id, granted=False)
    assert row_of(taken).legal_due_at == legal.due_at


def test_the_legal_clock_stops_when_the_answer_is_given_not_when_the_branch_clock_does(bank, take, at):
    taken = take(WAITED)
    solved(at, taken)
    clocks = {c.clock: c.state for c in case(**at("Sun", 60), case=taken.case).clocks}
    assert clocks == {"same_day": "kept", "legal": "running"}
    case_milestone(**at("Sun", 61), case=taken.case, slug="answered")
    assert {c.clock: c.state for c in case(**at("Sun", 62), case=taken.case).clocks}["legal"] == "kept"


def test_a_call_after_closing_is_over_after_three_tries(bank, take, at):
    taken = take(WAITED, contact="a@example.org")
    solved(at, taken)
    close(at, taken)
    call = api.whole(**at("Sun", 60), complaint=taken.id).callbacks[0]
    for minute in (61, 62, 63):
        api.callback_record(**at("Sun", minute), callback=call.pk, outcome="unreached")
    with pytest.raises(api.Over):
        api.callback_record(**at("Sun", 64), callback=call.pk, outcome="satisfied")


def test_words_are_kept_for_years_and_then_erased_for_good(bank, take, at):
    taken = take(WAITED, contact="13912345678")
    solved(at, taken)
    close(at, taken)
    compliance, later = bank.scope("Hana"), bank.now + timedelta(days=1200)
    with pytest.raises((Forbidden, NotFound)):
        api.complaint_erase(scope=bank.scope("Sun"), complaint=taken.id, now=later, reason="time_over")
    assert compliance  # nobody at headquarters operations may erase either
    with pytest.raises(Forbidden):
        api.complaint_erase(scope=compliance, complaint=taken.id, now=later, reason="time_over")


def test_a_repeat_by_the_same_customer_is_seen_and_suggested(bank, take):
    first = take("空调坏了大厅太热了受不了希望尽快修好", contact="138-0000-1111")
    second = take("大厅太热空调还是没修好", contact="138 0000 1111", at=bank.now + timedelta(days=3))
    assert row_of(second).repeats == 1
    assert second.level == "level_2"
    seen = api.whole(scope=bank.scope("Sun"), complaint=second.id, now=bank.now + timedelta(days=3))
    assert [(d.complaint, d.why) for d in seen.duplicates] == [(first.id, "customer")]
