"""The fairness ledger over quarters: counted from published rosters, seen by the branch, carried into new drafts."""

import io
from dataclasses import replace
from datetime import date, timedelta
from statistics import median

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from counterpoint.foundation.api import scoped
from counterpoint.science.rostering import Preference, Roster, RosterProblem, Shift
from counterpoint.team import api, ledger, shown_ledger, workbench
from counterpoint.team.ledger import Quarter
from counterpoint.team.models import StaffProfile
from counterpoint.team.tests.stories import WEEK, by, key, publish, revise

URL = reverse("team:fairness")
EXCEL = reverse("team:fairness-excel")
DAYS = st.dates(date(1990, 1, 1), date(2199, 12, 31))


@given(DAYS)
def test_a_quarter_begins_when_it_should_and_the_one_before_ends_the_day_before(day):
    quarter = ledger.quarter_of(day)
    assert quarter.first <= day < quarter.back(-1).first
    assert ledger.quarter_of(quarter.first - timedelta(days=1)) == quarter.back(1)
    assert ledger.quarter_in(quarter.label) == quarter


@given(DAYS)
def test_a_week_is_counted_in_the_quarter_of_most_of_its_days(day):
    monday = day - timedelta(days=day.weekday())
    held = [ledger.quarter_of(monday + timedelta(days=n)) for n in range(7)]
    assert ledger.quarter_of_week(monday) == max(set(held), key=held.count)


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-Q5", "2026-Q0", "26-Q1", "2026-q1", "２０２６-Q1", "2026-Q1 ", "-Q1"]
)
def test_what_names_no_quarter_is_none(text):
    assert ledger.quarter_in(text) is None


def week_of(team, draft, monday, shifts, wishes=()):
    """A published week: who works from when to when on which day; wishes of Mei."""
    problem = RosterProblem.from_dict(draft.problem)
    base = problem.days[0]
    dated = [replace(base, date=(monday + timedelta(days=n)).isoformat()) for n in range(7)]
    days = (*dated[:6], replace(dated[6], open=None, close=None))
    people = tuple(
        replace(p, preferences=tuple(wishes) if p.id == key(team, "Mei") else (), max_day=900, max_week=4000)
        for p in problem.people
    )
    cells = len(days) * problem.intervals
    problem = replace(
        problem, days=days, people=people, demand={"cash": (0,) * cells, "lobby": (0,) * cells}, rules=RULES,
        shifts=replace(problem.shifts, flexible=()),
    )  # fmt: skip
    schedule = Roster(tuple(Shift(key(team, name), day, start, end) for name, day, start, end in shifts))
    with scoped(team.scope("Sun")):
        StaffProfile.objects.update(overtime_agreed=600)
        row = api.roster_store(
            **by(team, "Sun"), branch=team.b01, week=monday, problem=problem.to_dict(),
            solution={"status": "habit", "roster": schedule.to_dict()},
        )  # fmt: skip
    reasons = dict.fromkeys(("shift.shape", "shift.closed", "minimum:cash"), "test")
    return publish(team, row, waivers=reasons)


from counterpoint.science.rostering.rules import china  # noqa: E402

RULES = tuple(replace(rule, hard=False, weight=1) for rule in china())


@pytest.fixture
def weeks(team, draft):
    """One week of the third quarter and two of the fourth; Mei's wishes: no Monday, and no Sunday (closed)."""
    wishes = (Preference(0, "off"), Preference(6, "off"))
    late, day = (660, 1140), (540, 1080)
    week_of(team, draft, date(2026, 9, 21), [("Mei", 1, *late), ("Omar", 5, *day)])
    week_of(team, draft, date(2026, 9, 28), [("Mei", 1, *late), ("Mei", 2, *day)], wishes)
    week_of(team, draft, date(2026, 11, 16), [("Mei", 0, *late), ("Omar", 0, *late), ("Omar", 5, 540, 600)], wishes)


def found(team, reader="Sun", count=2):
    rows = ledger.quarters(scope=team.scope(reader), branch=team.b01, until=Quarter(2026, 4), count=count)
    return {q.label: {line.name: line for line in lines} for q, lines in rows.items()}


def test_weeks_add_up_by_person_and_quarter(team, weeks):
    both = found(team)
    assert list(both) == ["2026-Q3", "2026-Q4"]
    mei, omar = both["2026-Q4"]["Mei"], both["2026-Q4"]["Omar"]
    assert (mei.weeks, mei.shifts, mei.hours, mei.lates, mei.weekends) == (2, 3, 25.0, 3, 0)
    assert (omar.shifts, omar.hours, omar.lates, omar.weekends) == (2, 9.0, 1, 1)
    assert both["2026-Q3"]["Omar"].weekends == 1 and both["2026-Q3"]["Mei"].lates == 1
    assert "Ada" not in both["2026-Q4"]


def test_overtime_is_what_goes_beyond_eight_hours_a_day(team, weeks):
    assert found(team)["2026-Q4"]["Mei"].overtime == 1.0  # the nine hours of one Wednesday


def test_wishes_count_on_open_days_only(team, weeks):
    mei = found(team)["2026-Q4"]["Mei"]
    assert (mei.asked, mei.granted, mei.share) == (2, 1, 0.5)
    assert found(team)["2026-Q4"]["Omar"].share is None


def test_a_week_published_anew_is_counted_once_and_as_it_is_now(team, weeks):
    week = found(team)["2026-Q4"]["Omar"].shifts
    row = api.roster_published_for(scope=team.scope("Sun"), branch=team.b01, day=date(2026, 11, 16))
    copy = revise(team, row)
    assert found(team)["2026-Q4"]["Omar"].shifts == week  # a draft counts nothing
    from counterpoint.team.tests.stories import edit

    changed = edit(team, copy, api.Cell(key(team, "Omar"), 0, off=True)).roster
    publish(team, changed, waivers=dict.fromkeys(("shift.shape", "shift.closed"), "test"))
    assert found(team)["2026-Q4"]["Omar"].shifts == week - 1


def test_nobody_of_another_branch_reads_it(team, weeks, sign_in):
    assert not any(found(team, "Stranger").values()) and not any(found(team, "Bo").values())
    page = sign_in("Bo").get(URL, {"quarter": "2026-Q4"})
    assert "Omar" not in page.content.decode()


@pytest.mark.parametrize("reader", ["Sun", "Mei", "Ada"])
def test_everybody_at_the_branch_sees_it(team, weeks, sign_in, reader):
    page = sign_in(reader).get(URL, {"quarter": "2026-Q4"})
    text = page.content.decode()
    assert page.status_code == 200 and "公平台账 2026-Q4" in text
    assert "晚班：Mei 最多（3 次），Omar 最少（1），中位数 2" in text
    assert reverse("team:fairness") + "?quarter=2026-Q3" in text.replace("&amp;", "&")


@pytest.mark.parametrize(("reader", "planning"), [("Sun", True), ("Mei", False)])
def test_an_empty_quarter_says_how_it_fills(team, sign_in, reader, planning):
    text = sign_in(reader).get(URL, {"quarter": "2025-Q1"}).content.decode()
    assert "本季度还没有已发布的排班。" in text
    assert ("打开计划页" in text) is planning


@pytest.mark.parametrize("asked", ["2026-Q5", "soon", "1800-Q1", "9999-Q4"])
def test_a_quarter_that_is_none_is_not_found(team, sign_in, asked):
    assert sign_in("Sun").get(URL, {"quarter": asked}).status_code == 404
    assert sign_in("Sun").get(EXCEL, {"quarter": asked}).status_code == 404


def test_the_workbook_holds_the_quarter_with_its_median_and_all_quarters(team, weeks, sign_in):
    book = load_workbook(io.BytesIO(sign_in("Mei").get(EXCEL, {"quarter": "2026-Q4"}).content))
    first, second = ([[c.value for c in row] for row in sheet.iter_rows()] for sheet in book.worksheets)
    rows = {row[0]: row[1:] for row in first}
    assert rows["Mei"][:5] == [2, 3, 25, 3, 0]
    assert rows["团队中位数"] == [median(pair) for pair in zip(rows["Mei"], rows["Omar"], strict=True)]
    assert {(row[0], row[1]) for row in second} >= {("2026-Q3", "Mei"), ("2026-Q4", "Omar")}


def test_measures_that_nobody_has_are_not_drawn():
    line = ledger.Line("u", "Mei", 1, 5, 40.0, 2, 0, 0.0, 0, 0)
    assert [one.key for one in shown_ledger.charts((line,), "")] == ["fairness-lates"]
    assert shown_ledger.charts((), "") == []


def test_what_was_carried_lately_goes_into_the_next_draft(team, weeks):
    with scoped(team.scope("Sun")):
        people = {p.name: p.history for p in workbench.people_of(team.b01, [WEEK])}
    assert (people["Mei"].lates, people["Omar"].lates, people["Omar"].weekends) == (1, 1, 1)  # of eight weeks


def test_overtime_of_the_month_so_far_is_carried(team, draft):
    long = [("Mei", day, 540, 1080) for day in range(3)]
    week_of(team, draft, date(2026, 11, 16), long)
    week_of(team, draft, date(2026, 10, 26), [("Mei", 0, 540, 1080), ("Mei", 6, 540, 1080)])  # the Sunday is November's
    with scoped(team.scope("Sun")):
        people = {p.name: p.history for p in workbench.people_of(team.b01, [date(2026, 11, 23)])}
    assert (people["Mei"].overtime_month, people["Omar"].overtime_month) == (4 * 60, 0)


def test_a_full_week_beyond_forty_hours_is_overtime_too():
    limits = {"day.max_minutes": 480, "week.max_minutes": 2400}
    six = [(date(2026, 11, 16) + timedelta(days=n), 480) for n in range(6)]
    assert workbench._overtime(six, limits) == 480
    assert workbench._overtime(six, {}) == 0
