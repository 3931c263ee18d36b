"""The calendar of self-checks: due, done, overdue, by whom; findings and missed checks become cases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import calendar, scoped
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists.definition import Due, Schedule
from counterpoint.primitives.checklists.models import Round
from counterpoint.primitives.checklists.scheduling import LEAD, due_of, period_of, slots
from counterpoint.primitives.content import items
from counterpoint.primitives.content.testing import content_folder  # noqa: F401
from counterpoint.role import selfchecks
from counterpoint.role.api import day_at
from counterpoint.role.sheets import evening_sheet

NOVEMBER = date(2026, 11, 1)
DUE = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
GOOD = {
    "box_difference": 0, "box_locked": "yes", "voucher_difference": 0, "voucher_order": "yes", "seals_away": "yes",
}  # fmt: skip


@pytest.fixture
def branch(bank):
    """b01 with the scope of its supervisor, and the clock's day."""

    class Branch:
        unit, scope = bank.b01, bank.scope("Sun")

        def at(self, now=bank.now):
            with scoped(self.scope):
                return {"scope": self.scope, "branch": self.unit, "today": day_at(self.unit, now), "language": "en"}

        def month(self, now=bank.now, first=NOVEMBER):
            return selfchecks.month_of(**self.at(now), first=first)

        def plan(self, now=bank.now):
            checklists.plan_branch(scope=bank.scope("Hana"), org_unit=self.unit, now=now)
            return bank.now

        def round_of(self, key):
            with scoped(self.scope):
                return Round.objects.get(checklist=key, business_date=bank.now.date())

        def do(self, key, answers, name="Mei", now=bank.now):
            scope, row = bank.scope(name), self.round_of(key)
            with scoped(scope):
                for item, value in answers.items():
                    checklists.answer_put(scope=scope, round=row.pk, item=item, value=value, now=now)
            return scope, row

    return Branch()


@pytest.fixture
def unsigned(content_folder):  # noqa: F811
    """The daily check without a signature picture, as a version of its own that rules from now on."""
    old = items("checklists", date(2026, 11, 23))["role.self.closing_daily"]
    from counterpoint.primitives.content.loader import row_of

    content_folder("checklists", {**row_of(old), "version": 9, "signature": False, "examples": []})


def of(month, key):
    return [one for one in month.checks if one.key == f"role.self.{key}"]


def test_a_month_shows_each_rhythm_on_its_day(branch):
    month = branch.month()
    assert [one.date.day for one in of(month, "vouchers_weekly")] == [4, 11, 18, 25]
    assert [one.date.day for one in of(month, "cash_box_monthly")] == [25]
    assert [one.date.day for one in of(month, "complaints_monthly")] == [5]
    assert len(of(month, "closing_daily")) == 25  # open Monday to Saturday
    assert of(month, "access_quarterly") == [] and month.weeks[0][0].date == date(2026, 10, 26)
    assert all(len(week) == 7 for week in month.weeks)


def test_a_day_that_is_closed_moves_to_the_next_open_one(branch):
    march = branch.month(first=date(2026, 3, 1))
    assert [one.date.day for one in of(march, "aml_monthly")] == [9]  # the eighth is a Sunday


def test_what_is_past_without_a_round_is_not_told_as_missed(branch):
    states = {one.date.day: one.state for one in of(branch.month(), "closing_daily")}
    assert states[20] == "unknown" and states[23] == "coming" and states[30] == "coming"


def test_due_then_done_with_name_and_result(branch, unsigned, bank):
    branch.plan()
    (today,) = [one for one in of(branch.month(), "closing_daily") if one.date == bank.now.date()]
    assert (today.state, today.level, today.role, today.who) == ("due", "info", "柜员", "Mei")
    scope, row = branch.do("role.self.closing_daily", GOOD)
    with scoped(scope):
        checklists.round_submit(scope=scope, round=row.pk, now=bank.now)
    (today,) = [one for one in of(branch.month(), "closing_daily") if one.date == bank.now.date()]
    assert (today.state, today.who, today.percent) == ("done", "Mei", 100)


def test_a_finding_opens_a_case_that_somebody_else_must_check(branch, unsigned, bank):
    branch.plan()
    scope, row = branch.do("role.self.closing_daily", GOOD | {"box_difference": 200})
    with scoped(scope):
        scored = checklists.round_submit(scope=scope, round=row.pk, now=bank.now)
    assert not scored.passed and len(scored.failed) == 1
    month = branch.month()
    (case,) = month.cases
    assert case.title == "尾箱账实不符" and month.failed == 1
    told = cases.case(scope=bank.scope("Sun"), case=case.id, now=bank.now)
    assert told.case.source == f"primitives.round:{row.pk}" and told.case.level == "serious"


def test_an_overdue_check_becomes_a_case_once(branch, bank):
    branch.plan()
    tonight = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)  # 18:00, half an hour after it was due
    checklists.escalate_late(now=tonight)
    assert checklists.escalate_late(now=tonight) == 0
    month = branch.month(tonight)
    (late,) = [one for one in of(month, "closing_daily") if one.date == bank.now.date()]
    assert (late.state, late.level) == ("late", "act")
    assert [case.title for case in month.cases] == ["日终尾箱与空白凭证自查逾期未做"]
    assert selfchecks.overdue(**branch.at(tonight)) == (late,)


def test_the_evening_sheet_tells_what_is_left_and_what_is_due_next(branch, bank):
    branch.plan()
    tonight = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
    checklists.escalate_late(now=tonight)
    asked = branch.at(tonight)
    with translation.override("en"), scoped(branch.scope):
        sheet = evening_sheet(**asked)
    left = {item.key: item for item in sheet.open_items}
    assert left["self_checks"].level == "act" and "Cash box" in left["self_checks"].found
    assert left["findings"].found == "1 finding is not put right"
    tomorrow = [(one.by, one.name, one.owner) for one in sheet.dues if one.what == "Self-check" and not one.late]
    assert tomorrow == [("11-24 17:30", "Cash box and blank vouchers at close", "Teller")]
    assert any(one.late and "Cash box" in one.name for one in sheet.dues)


def test_a_year_counts_every_check_by_month(branch, unsigned, bank):
    branch.plan()
    lines = {line.key: line for line in selfchecks.year_of(**branch.at(), year=2026)}
    assert len(lines) == 15
    assert [cell.total for cell in lines["role.self.access_quarterly"].cells] == [1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0]
    assert [cell.total for cell in lines["role.self.training_yearly"].cells] == [0] * 10 + [1, 0]
    november = lines["role.self.closing_daily"].cells[10]
    assert (november.done, november.total, november.state) == (0, 25, "due")


STATES = st.sampled_from(list(selfchecks.LEVELS))


@given(st.lists(STATES, max_size=12), st.randoms())
def test_a_streak_is_what_a_person_counts_from_today_back(states, random):
    """By words: without what is not due yet, the run of kept checks at the end."""
    held = [
        selfchecks.SelfCheck("k", "n", "day", "r", NOVEMBER + timedelta(days=n), "17:00", state, "", None, None, DUE)
        for n, state in enumerate(states)
    ]
    random.shuffle(held)
    marks = "".join("k" if s in ("done", "failed") else "" if s in ("due", "coming") else "x" for s in states)
    assert selfchecks.streak(held) == len(marks) - len(marks.rstrip("k"))


def test_the_year_tells_the_streak(branch, unsigned, bank):
    branch.plan()
    scope, row = branch.do("role.self.closing_daily", GOOD)
    with scoped(scope):
        checklists.round_submit(scope=scope, round=row.pk, now=bank.now)
    lines = {line.key: line.streak for line in selfchecks.year_of(**branch.at(), year=2026)}
    assert lines["role.self.closing_daily"] == 1 and lines["role.self.aml_monthly"] == 0


def test_another_branch_sees_nothing_of_it(branch, bank):
    branch.plan()
    stranger = bank.scope("Stranger")
    with scoped(stranger):
        today = day_at(bank.b03, bank.now)
    found = selfchecks.month_of(scope=stranger, branch=bank.b03, first=NOVEMBER, today=today, language="en")
    assert {one.state for one in found.checks} <= {"unknown", "coming"}
    mine = selfchecks.between(
        scope=stranger, branch=branch.unit, since=NOVEMBER, until=date(2026, 12, 1), today=today, language="en"
    )
    assert mine == ()


HOURS = calendar.Hours(dict.fromkeys(range(6), ((540, 1020),)))
SCHEDULES = st.builds(
    lambda every, day: Schedule(every, Due(after_close_minutes=0, day=None if every == "day" else day), "supervisor"),
    st.sampled_from(["day", "week", "month", "quarter", "year"]),
    st.integers(1, 366),
)


@given(SCHEDULES, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_the_calendar_and_the_list_of_the_day_agree(schedule, day):
    """What the tick puts on the list is on the calendar, and what the calendar has within the lead is on the list."""
    listed = {(slot.period, slot.date, slot.due_at) for slot in slots(schedule, HOURS, day)}
    ahead, shown = day, set()
    while ahead <= day + timedelta(days=LEAD[schedule.every]):
        first, last, period = period_of(schedule.every, ahead)
        due = due_of(schedule, HOURS, first, last)
        if due and day <= due[0] <= day + timedelta(days=LEAD[schedule.every]):
            shown.add((period, *due))
        ahead = last + timedelta(days=1)
    assert listed == shown


class TestPages:
    def test_the_month_shows_names_states_and_cases(self, branch, bank, sign_in):
        branch.plan()
        text = sign_in("Sun").get("/self-checks").content.decode()
        for words in ("自查日历", "日终尾箱与空白凭证自查", "空白凭证周查", "应办", "没有待整改事项"):
            assert words in text
        assert "2026-12" in text and "2026-10" in text

    def test_the_year_and_the_panel(self, branch, bank, sign_in):
        branch.plan()
        text = sign_in("Ada").get("/self-checks/year").content.decode()
        assert "反洗钱履职月度自查" in text and "每季" in text
        text = sign_in("Sun").get("/desk/panels/role.self_checks").content.decode()
        assert "日终尾箱与空白凭证自查" in text

    @pytest.mark.parametrize("query", ["?month=2026-13", "?month=soon", "?month=1900-01"])
    def test_a_month_that_does_not_exist_is_not_found(self, branch, sign_in, query):
        assert sign_in("Sun").get(f"/self-checks{query}").status_code == 404

    @pytest.mark.parametrize("query", ["?year=soon", "?year=1900", "?year=２０２６"])
    def test_neither_is_such_a_year(self, branch, sign_in, query):
        assert sign_in("Sun").get(f"/self-checks/year{query}").status_code == 404

    def test_tellers_have_no_calendar_and_regions_look_into_theirs(self, branch, sign_in):
        assert sign_in("Mei").get("/self-checks").status_code == 404
        assert sign_in("Rita").get("/self-checks").status_code == 200
