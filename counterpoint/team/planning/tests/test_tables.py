"""The plan as rows, checked against a week that can be counted by hand."""

import math
from dataclasses import replace

import pytest

from counterpoint.science.rostering import Roster
from counterpoint.team.planning import tables
from counterpoint.team.planning.tests import examples
from counterpoint.team.planning.tests.examples import shift
from counterpoint.team.planning.values import WaitDay, Waits
from counterpoint.team.planning.words import Speech

EN, ZH = Speech("en"), Speech("zh-hans")


@pytest.fixture
def plan():
    return examples.plan()


class TestSummary:
    def test_it_counts_people_hours_and_customers(self, plan):
        found = dict(tables.summary(plan, EN))
        assert found["Branch"] == "人民路支行"
        assert found["History"] == "2026-10-26 to 2026-11-29: 400 tickets on 15 days"
        assert found["Customers expected"] == 55
        assert found["People in the roster"] == "4 / 4"
        assert found["Hours worked"] == 4 + 3 + 3 + 3 + 3
        assert found["Person-hours missing"] == 2.5
        assert found["Promise"] == "90 % wait under 15 min" and found["Solver"] == "proven best"

    def test_waits_of_both_patterns_stand_beside_each_other(self, plan):
        found = dict(tables.summary(plan, EN))
        assert found["Mean wait, this roster (min)"] == 2.0
        assert found["Mean wait, flat pattern, same hours (min)"] == 4.0
        assert found["Promise kept, this roster"] == "95 %" and found["Walk-outs, this roster"] == "2 %"
        last = dict(tables.summary(replace(plan, baseline_kind="last_week"), EN))
        assert "Mean wait, last week's pattern (min)" in last

    def test_a_week_with_a_day_that_nobody_serves_has_no_mean_wait(self, plan):
        stranded = WaitDay("2026-12-02", (), 5.0, math.inf, math.inf, 0.0, 1.0, 0.0)
        waits = Waits((*examples.waits().days[:2], stranded))
        assert dict(tables.summary(replace(plan, waits=waits), EN))["Mean wait, this roster (min)"] == "–"

    def test_without_a_roster_it_says_so_and_shows_no_waits(self):
        plan = examples.plan(roster=None, waits=None, baseline=None, baseline_kind="", status="infeasible")
        found = dict(tables.summary(plan, ZH))
        assert found["求解状态"] == "没有排班能满足全部硬性规则" and found["排班人数"] == "0 / 4"
        assert found["岗位缺口(人时)"] == "" and "平均等候(本方案,分钟)" not in found

    def test_a_branch_without_a_name_is_this_branch(self, plan):
        assert tables.summary(replace(plan, branch=""), ZH)[0] == ["网点", "本网点"]

    @pytest.mark.parametrize(
        ("status", "gap", "words"),
        [
            ("optimal", 0.0, "proven best"),
            ("feasible", 0.034, "within 3 % of the proven bound"),
            ("feasible", None, "within 0 % of the proven bound"),
            ("infeasible", None, "no roster keeps every hard rule"),
            ("unknown", None, "no roster found within the limit"),
        ],
    )
    def test_each_status_has_its_words(self, plan, status, gap, words):
        assert tables.status(replace(plan, status=status, gap=gap), EN) == words

    def test_the_forecasts_record_is_told_or_its_lack(self, plan):
        assert tables.record(plan, EN) == "error 25 % per half hour, 80 % inside P10–P90 (3 past weeks)"
        young = replace(plan, outlook=examples.outlook(scores={}))
        assert tables.record(young, EN) == "history too short to test"


class TestForecast:
    def test_every_open_half_hour_has_a_row_a_service_and_their_sum_last(self, plan):
        rows = list(tables.forecast(plan))
        assert len(rows) == (6 + 4) * 4
        assert [r[2] for r in rows[:4]] == ["现金", "转账", "理财", None]
        for first in range(0, len(rows), 4):
            *services, total = rows[first : first + 4]
            assert {tuple(r[:2]) for r in services} == {tuple(total[:2])}
            assert sum(r[3] for r in services) == pytest.approx(total[3])
        assert rows[0] == [examples.MONDAY, "09:00", "现金", 4.0, 2.0, 4.0, 6.0]
        assert rows[-1][:2] == [examples.WEEK[1], "11:00"]


class TestNeed:
    def test_missing_people_add_up_to_what_the_judge_counts(self, plan):
        rows = list(tables.need(plan))
        assert len(rows) == (6 + 4) * 2
        assert sum(r[6] for r in rows) / 2 == plan.judgement["short_hours"]
        at = {(r[0], r[1], r[2]): r[3:] for r in rows}
        assert at[examples.MONDAY, "09:00", "cash"] == [2, 3, 2, 0]
        assert at[examples.MONDAY, "10:30", "cash"] == [2, 3, 3, 0]
        assert at[examples.MONDAY, "10:30", "desk"] == [1, 2, 0, 1]
        assert at[examples.WEEK[1], "09:30", "cash"] == [2, 3, 1, 1]

    def test_without_a_roster_nobody_is_counted_and_nothing_is_called_missing(self):
        rows = list(tables.need(examples.plan(roster=None)))
        assert rows and all(r[5] is None and r[6] is None for r in rows)

    def test_a_need_without_customers_is_still_shown(self, plan):
        need = {"cash": plan.outlook.need["cash"].copy()}
        need["cash"][2, 0] = 1
        view = replace(plan.outlook, need=need, need_p90=need)
        rows = [r for r in tables.need(replace(plan, outlook=view)) if r[0] == examples.WEEK[2]]
        assert [r[1:4] for r in rows] == [["09:00", "cash", 1]]


class TestRoster:
    def test_a_row_a_person_with_a_cell_a_day_and_the_weeks_hours(self, plan):
        rows = {r[0]: r[1:] for r in tables.roster_days(plan, EN)}
        assert list(rows) == ["Mei", "Omar", "孙", "Ada"]
        assert rows["Mei"] == ["08:30-12:30 cash 08:30", "09:00-12:00 cash 09:00", "off", 7.0]
        assert rows["孙"] == ["09:00-12:00 desk 09:00, cash 10:30, desk 11:00", "off", "off", 3.0]
        assert rows["Ada"][0] == "off" and rows["Ada"][-1] == 3.0

    def test_without_a_roster_everybody_is_off(self):
        rows = list(tables.roster_days(examples.plan(roster=None), ZH))
        assert [r[1:] for r in rows] == [["休", "休", "休", 0]] * 4

    @pytest.mark.parametrize(
        ("made", "words"),
        [
            (shift("x", 0, 540, 1050, ("cash", 720), ("lobby", 1050), lunch=(720, 750)),
             "09:00-17:30 (lunch 12:00) cash 09:00, lobby 12:00"),
            (shift("x", 0, 540, 660, ("cash", 600), ("cash", 660)), "09:00-11:00 cash 09:00"),
            (shift("x", 0, 540, 660), "09:00-11:00"),
        ],
    )  # fmt: skip
    def test_a_shift_is_told_with_its_lunch_and_changes_of_post(self, made, words):
        assert tables.shift_words(made, EN) == words

    def test_posts_are_told_in_their_order_whatever_order_they_are_stored_in(self):
        made = shift("x", 0, 540, 720, ("cash", 600), ("desk", 660), ("cash", 720))
        turned = replace(made, tasks=made.tasks[::-1])
        assert tables.shift_words(turned, EN) == tables.shift_words(made, EN)
        assert tables.shift_words(made, EN).endswith("cash 09:00, desk 10:00, cash 11:00")

    def test_half_hours_show_the_post_lunch_presence_and_absence(self, plan):
        with_lunch = shift("mei", 0, 510, 720, ("cash", 600), lunch=(630, 660))
        rows = list(tables.roster_halves(replace(plan, roster=Roster((with_lunch,))), ZH))
        assert rows == [["2026-11-30", "Mei", "cash", "cash", "cash", "·", "午休", "·", "·", ""]]
        assert tables.half_hours(plan.problem) == [510, 540, 570, 600, 630, 660, 690, 720]
        assert len(list(tables.roster_halves(plan, ZH))) == 5

    def test_half_hours_of_no_roster_are_no_rows(self):
        assert list(tables.roster_halves(examples.plan(roster=None), EN)) == []


class TestWaits:
    def test_the_whole_day_comes_before_its_half_hours_for_each_pattern(self, plan):
        rows = list(tables.waits(plan, EN))
        assert [r[:3] for r in rows] == [
            [name, day, part]
            for name in ("this roster", "flat pattern, same hours")
            for day, parts in (("2026-11-30", 2), ("2026-12-01", 2), ("2026-12-02", 1))
            for part in ("whole day", "09:00")[:parts]
        ]
        assert rows[0][3:] == [33.0, 2.0, None, 4.0, 0.95]
        assert rows[1][3:] == [33.0, 2.0, 1.0, 4.0, 0.95]

    def test_a_day_that_nobody_serves_has_empty_cells(self, plan):
        stranded = WaitDay("2026-12-02", (), 5.0, math.inf, math.inf, 0.0, 1.0, 0.0)
        (row,) = tables.waits(replace(plan, waits=Waits((stranded,)), baseline=None), EN)
        assert row == ["this roster", "2026-12-02", "whole day", 5.0, None, None, None, 0.0]

    def test_without_a_roster_there_are_none(self):
        assert list(tables.waits(examples.plan(roster=None, waits=None, baseline=None, baseline_kind=""), EN)) == []


class TestRules:
    violation = {"key": "leave", "words": "Ada is on leave", "source": "leave", "mark": "D", "hard": True, "cost": 0}
    soft = {**violation, "words": "few rest", "hard": False, "cost": 60}

    def test_broken_rules_conflicts_and_ways_out_follow_each_other(self, plan):
        restriction = {"words": "Mei works 3 hours", "source": "contract", "mark": "D"}
        made = replace(
            plan,
            judgement={**plan.judgement, "violations": [self.violation, self.soft]},
            conflicts=({"number": 1, "restrictions": [restriction]}, {"number": 2, "restrictions": [restriction] * 2}),
            ways_out=({"kind": "borrow", "words": "borrow Bo", "cost": 90},),
        )
        assert list(tables.rules(made, EN)) == [
            ["Broken rule", "Ada is on leave", "leave", "D", "yes", 0],
            ["Broken rule", "few rest", "leave", "D", "no", 60],
            ["Conflict 1", "Mei works 3 hours", "contract", "D", "yes", None],
            ["Conflict 2", "Mei works 3 hours", "contract", "D", "yes", None],
            ["Conflict 2", "Mei works 3 hours", "contract", "D", "yes", None],
            ["Way out 1", "borrow Bo", "borrow", "", "no", 90],
        ]

    def test_a_clean_roster_has_none(self, plan):
        assert list(tables.rules(plan, EN)) == []


def test_services_say_where_their_minutes_come_from(plan):
    assert list(tables.services(plan, EN)) == [
        ["现金", "cash", 300, 280, 5.0, 0.5, "measured in the log"],
        ["转账", "desk", 90, 12, 8.0, 0.6, "mean of all services"],
        ["理财", "desk", 10, 0, 20.0, 0.4, "default"],
    ]


@pytest.mark.parametrize(("text", "words"), [("2026-11-30", "11-30 周一"), ("2027-01-03", "01-03 周日")])
def test_a_day_is_named_by_date_and_weekday(text, words):
    assert tables.day_name(text, ZH) == words


@pytest.mark.parametrize(
    ("value", "endless", "shown"), [(1.234, None, 1.23), (0.0, "–", 0.0), (math.inf, "–", "–"), (math.inf, None, None)]
)
def test_a_wait_is_rounded_or_called_endless(value, endless, shown):
    assert tables.minutes(value, 2, endless) == shown
