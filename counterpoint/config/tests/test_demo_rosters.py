"""The habitual week of every branch: five days each, weekends in turn, lunch in rotation, and no law broken."""

import re
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.config.demo import bank, cast, rosters
from counterpoint.config.demo.bank import demo_scope
from counterpoint.foundation.api import User, calendar, scoped
from counterpoint.science import rostering as books
from counterpoint.team import api as team
from counterpoint.team.models import FloatPlan, LeaveRequest

PLANS = cast.plans()
WEEK = date(2026, 11, 23)
HOLIDAY_WEEK = date(2026, 9, 28)  # Thursday to Wednesday is National Day; Saturday 10 October makes up for it
PEOPLE = {p.staff_no: SimpleNamespace(pk=f"id-{p.staff_no}") for plan in PLANS for p in plan.people}
SMALLEST = cast.plans(8, scale=0.3)[7]


def days_of(plan, week):
    hours = calendar.Hours(plan.hours)
    spans = [hours.on(week + timedelta(days=n), provisional=True) for n in range(7)]
    return tuple(
        books.Day((week + timedelta(days=n)).isoformat(), span[0][0], span[-1][1]) if span else books.Day(str(n))
        for n, span in enumerate(spans)
    )


def shifts(plan, week=WEEK, *, turns=False):
    return rosters._shifts(plan, PEOPLE, days_of(plan, week), week, turns)


@settings(max_examples=40)
@given(on=st.dates(date(1970, 1, 1), date(2100, 1, 1)))
def test_a_week_begins_on_its_monday(on):
    start = rosters.monday(on)
    assert start.weekday() == 0 and start <= on < start + timedelta(days=7)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
@pytest.mark.parametrize("week", [WEEK, HOLIDAY_WEEK], ids=["plain", "holiday"])
@pytest.mark.parametrize("turns", [False, True])
def test_nobody_works_twice_a_day_or_more_than_the_contract_or_on_a_closed_day(plan, week, turns):
    days = days_of(plan, week)
    contract = {f"id-{p.staff_no}": p.contract_minutes for p in plan.people}
    found = shifts(plan, week, turns=turns)
    worked = {}
    for one in found:
        assert days[one.day].open is not None
        worked.setdefault(one.person, []).append(one.day)
    for person, numbers in worked.items():
        assert len(numbers) == len(set(numbers)) <= 5
        assert len(numbers) * 480 <= contract[person]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_early_and_late_people_cover_the_doors_from_half_an_hour_before_to_half_an_hour_after(plan):
    days = days_of(plan, WEEK)
    for one in shifts(plan):
        day = days[one.day]
        opens, closes = day.open // 30 * 30, -(-day.close // 30) * 30
        assert (one.start, one.end) in ((opens - 30, closes), (opens, closes + 30))
        assert one.end - one.start <= 540


def test_of_each_post_the_first_comes_early_and_the_second_late():
    for plan in PLANS:
        days, starts = days_of(plan, WEEK), {}
        for one in shifts(plan):
            starts.setdefault(one.person, set()).add(one.start - days[one.day].open // 30 * 30)
        for group in rosters._groups(plan).values():
            for place, person in enumerate(group):
                assert starts[f"id-{person.staff_no}"] == {0 if place % 2 else -30}


def test_in_turns_late_days_go_round_and_unevenly():
    weeks = [WEEK - timedelta(weeks=back) for back in range(8)]
    late = {}
    for week in weeks:
        days = days_of(PLANS[0], week)
        for one in shifts(PLANS[0], week, turns=True):
            late.setdefault(one.person, set()).add(one.start >= days[one.day].open)
    both = [person for person, seen in late.items() if seen == {True, False}]
    assert len(both) >= 2 and len(late) > len(both)  # most change sides by the week, some never do


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_lunch_lies_between_two_tasks_of_the_same_post(plan):
    for one in shifts(plan):
        first, second = one.tasks
        assert first.end == one.lunch.start in rosters.LUNCHES and second.start == one.lunch.end
        assert one.lunch.end - one.lunch.start == 30 and first.skill == second.skill
        assert one.start <= first.start < first.end and second.end <= one.end


def test_people_of_one_post_do_not_eat_all_at_once():
    for plan in PLANS:
        eating = {}
        for one in shifts(plan):
            eating.setdefault((one.day, one.tasks[0].skill), []).append(one.lunch.start)
        assert all(len(set(starts)) > 1 for starts in eating.values() if len(starts) > 1)


def test_tellers_are_split_as_the_counters_are_and_everybody_holds_one_post():
    for plan in PLANS:
        groups = rosters._groups(plan)
        cash, other = plan.counters.count("cash"), plan.counters.count("non_cash")
        tellers = len(plan.of_role("teller"))
        assert len(groups["cash"]) + len(groups["non_cash"]) == tellers
        assert abs(len(groups["cash"]) - tellers * cash / (cash + other)) <= 0.5
        names = [person.staff_no for group in groups.values() for person in group]
        assert len(names) == len(set(names))


OPEN = tuple(books.Day(str(n), 540, 1020) for n in range(7))


@pytest.mark.parametrize(
    ("place", "size", "days", "contract", "expected"),
    [
        (2, 3, OPEN, 2400, [0, 1, 2, 3, 4]),
        (0, 3, OPEN, 2400, [0, 2, 3, 4, 5]),
        (1, 3, OPEN, 2400, [0, 1, 2, 4, 6]),
        (2, 3, OPEN, 1920, [0, 1, 2, 3]),
        (0, 3, OPEN, 1920, [2, 3, 4, 5]),
        (0, 3, (*OPEN[:5], books.Day("5"), books.Day("6")), 2400, [0, 1, 2, 3, 4]),
        (2, 3, (books.Day("0"), *OPEN[1:]), 2400, [1, 2, 3, 4]),
        (0, 1, OPEN, 480, [5]),
    ],
    ids=[
        "free at the weekend", "saturday for a tuesday", "sunday for a thursday", "four days loses friday",
        "four days keeps the saturday", "closed at the weekend", "closed on monday", "one day",
    ],
)  # fmt: skip
def test_days_of_work_follow_the_turn(place, size, days, contract, expected):
    week = date(2026, 11, 23)
    assert week.isocalendar().week % 3 == 0, "the turns of this table begin in such a week"
    assert rosters._working(place, size, days, week, contract) == expected


@settings(max_examples=40)
@given(size=st.integers(3, 12), weeks=st.integers(0, 52))
def test_in_three_weeks_everybody_of_a_post_has_one_saturday_and_one_sunday(size, weeks):
    first = date(2025, 12, 29) + timedelta(weeks=min(weeks, 49))  # within one year, so that week numbers go on by one
    for place in range(size):
        worked = [rosters._working(place, size, OPEN, first + timedelta(weeks=n), 2400) for n in range(3)]
        assert sum(5 in days for days in worked) == 1 and sum(6 in days for days in worked) == 1


# --- through the team's own verbs -----------------------------------------------------------------------------------
@pytest.fixture
def built(db):
    return bank.build([SMALLEST], now=datetime(2026, 11, 13, tzinfo=UTC), since=date(2026, 1, 1))


def test_the_habit_meets_every_rule_that_the_roster_is_judged_by(built):
    problem, roster = rosters.habit(SMALLEST, built.units["b08"], built.people, WEEK)
    broken = [
        f"{finding.day} {finding.words}" for finding in books.evaluate(problem, roster).violations if finding.hard
    ]
    assert broken == []


def test_the_demand_is_at_least_one_where_the_doors_are_open_and_at_most_the_counters(built):
    problem, _roster = rosters.habit(SMALLEST, built.units["b08"], built.people, WEEK)
    width = (problem.end - problem.start) // problem.step
    for skill, needs in problem.demand.items():
        assert len(needs) == 7 * width
        most = 1 if skill == "lobby" else SMALLEST.counters.count(skill)
        assert set(needs) <= set(range(most + 1))
        for number, day in enumerate(problem.days):
            mine = needs[number * width : (number + 1) * width]
            assert any(mine) is (day.open is not None)


def test_published_weeks_are_read_back_as_shifts_and_a_week_that_nobody_asked_for_has_none(built):
    count = rosters.publish_weeks([SMALLEST], built, (WEEK,), now=datetime(2026, 11, 13, tzinfo=UTC))
    assert count == 1
    scope, branch = demo_scope(), built.units["b08"]
    with scoped(scope):
        monday = team.shifts_on(scope=scope, branch=branch, day=WEEK)
        assert {shift.user for shift in monday} <= {user.pk for user in built.people.values()}
        assert len(monday) >= len(SMALLEST.counters)
        assert team.shifts_on(scope=scope, branch=branch, day=WEEK + timedelta(days=7)) == ()


def test_without_a_planner_nothing_is_asked_for(built, monkeypatch):
    monkeypatch.setattr(rosters, "find_spec", lambda name: None)
    assert rosters.ask_for_tomorrow(SMALLEST, built, WEEK, now=None) is False


# --- who helps at the near branches ---------------------------------------------------------------------------------
WEST = [plan for plan in cast.plans() if plan.region == "west"]
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def helped(db, clock):
    made = datetime(2026, 11, 13, tzinfo=UTC)
    built = bank.build(WEST, now=made, since=date(2026, 1, 1))
    assert rosters.help_next_week(WEST, built, TUESDAY, published=made, now=clock.now())
    return built


def test_where_tellers_are_ill_next_week_the_solver_finds_help_that_pays(helped):
    with scoped(demo_scope()):
        plan = FloatPlan.objects.select_related("org_unit").get()
        ill = {leave.profile.user_id for leave in LeaveRequest.objects.filter(kind="sick", state="approved")}
    assert (plan.org_unit.code, plan.week, len(ill)) == ("west", date(2026, 11, 30), rosters.ILL)
    moves, lines = plan.payload["moves"], {row["code"]: row for row in plan.payload["branches"]}
    assert moves and {(move["home"], move["branch"]) for move in moves} == {("b07", "b08")}
    assert not {move["person"] for move in moves} & {str(pk) for pk in ill}
    assert lines["b08"]["short"] < lines["b08"]["short_alone"]
    assert sum(row["total"] for row in lines.values()) + plan.payload["moving"] < sum(
        row["alone"] for row in lines.values()
    )


def test_the_regions_page_of_next_week_shows_it_in_chinese(helped, client):
    client.force_login(User.objects.get(pk=helped.people["xi92"].pk))  # with the password that was set afterwards
    answer = client.get("/team/floating")
    assert answer.status_code == 200, answer.headers
    page = answer.content.decode()
    assert "柳镇支行" in page and "科技园支行" in page and "本周尚未测算。" not in page
    assert re.search(r"有 [1-9]\d* 个支援日划算", page)


def test_a_region_with_too_few_branches_is_left_as_it_is(built):
    assert rosters.help_next_week([SMALLEST], built, TUESDAY, published=None, now=None) is False
