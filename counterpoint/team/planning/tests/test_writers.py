"""The plan on disk, opened again: every sheet and page, in both languages, and all three files or none."""

import io
import json
import math
from dataclasses import replace
from datetime import datetime

import pytest
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from pypdf import PdfReader

from counterpoint.team.planning import tables, writers
from counterpoint.team.planning.tests import examples
from counterpoint.team.planning.values import Note, WaitDay, Waits
from counterpoint.team.planning.words import METHOD, Speech

EN, ZH = Speech("en"), Speech("zh-hans")
ISSUE = {
    "row": 7,
    "column": "arrived",
    "value": "soon",
    "code": "unparsable",
    "severity": "error",
    "message": "No time.",
}


def book(plan):
    return load_workbook(io.BytesIO(writers.excel(plan)))


def rows(page):
    """Rows of a sheet below its heading, which stands after title and note."""
    return [list(row) for row in page.iter_rows(min_row=4, values_only=True)]


def text(plan):
    pages = PdfReader(io.BytesIO(writers.pdf(plan))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


class TestWorkbook:
    @pytest.mark.parametrize(("language", "say"), [("en", EN), ("zh-hans", ZH)])
    def test_its_sheets_are_named_in_the_plans_language(self, language, say):
        keys = (
            "summary",
            "forecast",
            "need",
            "roster_days",
            "roster_halves",
            "waits",
            "rules",
            "data",
            "method",
            "service",
        )
        assert book(examples.plan(language=language)).sheetnames == [say(key) for key in keys]

    def test_the_sheets_hold_what_the_tables_say(self):
        plan = examples.plan(language="en")
        found = book(plan)
        wanted = {
            "Summary": tables.summary(plan, EN),
            "People needed": list(tables.need(plan)),
            "Roster by day": list(tables.roster_days(plan, EN)),
            "Roster by half hour": [[c or None for c in row] for row in tables.roster_halves(plan, EN)],
            "Predicted waits": list(tables.waits(plan, EN)),
            "Service": list(tables.services(plan, EN)),
        }
        for name, body in wanted.items():
            held = [[c.date() if isinstance(c, datetime) else c for c in row] for row in rows(found[name])]
            assert held == [list(row) for row in body], name

    def test_the_sum_of_a_half_hour_is_called_all_services(self):
        assert [r[2] for r in rows(book(examples.plan())["客流预测"])[:4]] == ["现金", "转账", "理财", "全部业务"]

    def test_numbers_stay_numbers_and_dates_dates(self):
        first = rows(book(examples.plan())["客流预测"])[0]
        assert first == [datetime(2026, 11, 30), "09:00", "现金", 4, 2, 4, 6]

    def test_title_and_note_say_which_branch_week_and_that_waits_are_simulated(self):
        page = book(examples.plan())["预测等候"]
        assert page["A2"].value == "等候时间为模拟结果，并非实测。"
        assert book(examples.plan())["概要"]["A1"].value == "周排班方案 · 人民路支行 · 2026-11-30"
        assert "本网点" in book(examples.plan(branch=""))["概要"]["A1"].value

    def test_anonymous_people_are_said_to_be(self):
        assert book(examples.plan(anonymous=True))["排班表(按日)"]["A2"].value.startswith("未提供员工名单")
        assert "由对位生成" in book(examples.plan())["排班表(按日)"]["A2"].value

    def test_no_broken_rule_is_a_sentence_not_an_empty_sheet(self):
        assert rows(book(examples.plan())["规则与冲突"])[0][0] == "没有违反规则。"

    def test_data_problems_are_told_in_chinese_with_their_row(self):
        strange = {**ISSUE, "code": "brand_new", "severity": "warning", "row": 9}
        found = rows(book(examples.plan(issues=(ISSUE, strange)))["数据问题"])
        assert found == [
            [7, "arrived", "soon", "拒绝", "时间无法识别。"],
            [9, "arrived", "soon", "提醒", "No time."],
        ]

    def test_the_method_ends_with_the_plans_own_assumptions(self):
        view = examples.outlook(notes=(Note("left_before_queue", "2 left.", {"count": 2}), Note("odd", "Odd.")))
        found = rows(book(examples.plan(outlook=view))["方法与假设"])
        assert len(found) == len(METHOD) + 2
        assert [r[1] for r in found[-2:]] == ["2 名客户在排队前已离开，不计入柜面工作量。", "Odd."]

    @pytest.mark.parametrize("name", ["=1+1", "+SUM(A1)", "@cmd", "-2"])
    def test_a_name_that_looks_like_a_formula_is_text(self, name):
        plan = examples.plan()
        people = (replace(plan.problem.people[0], name=name), *plan.problem.people[1:])
        page = book(replace(plan, problem=replace(plan.problem, people=people)))["排班表(按日)"]
        cell = page["A4"]
        assert cell.value == name and cell.data_type == "s"

    def test_a_plan_without_a_roster_still_makes_a_book(self):
        plan = examples.plan(roster=None, waits=None, baseline=None, baseline_kind="", status="infeasible")
        found = book(plan)
        assert rows(found["排班表(半小时)"]) == [] and rows(found["预测等候"]) == []
        assert [r[1:4] for r in rows(found["排班表(按日)"])] == [["休"] * 3] * 4


class TestReport:
    def test_it_shows_summary_waits_roster_and_method(self):
        shown = text(examples.plan(language="en"))
        for words in ("Week plan", "95 %", "08:30–12:30", "Approved by", "CP-SAT", "seed 3", "0123456789ab"):
            assert words in shown, words
        assert "0123456789abc" not in shown

    def test_it_speaks_chinese(self):
        shown = text(examples.plan())
        for words in ("周排班方案", "预测等候", "审批签字", "没有违反规则"):
            assert words in shown, words

    def test_a_day_that_nobody_serves_is_printed(self):
        stranded = WaitDay("2026-12-02", (), 5.0, math.inf, math.inf, 0.0, 1.0, 0.0)
        shown = text(examples.plan(waits=Waits((*examples.waits().days[:2], stranded))))
        assert "12-02 周三 5 – – 0 %" in shown and "inf" not in shown

    def test_without_a_roster_it_prints_the_conflict_and_no_waits(self):
        restriction = {"words": "Mei works 3 hours", "source": "contract", "mark": "D"}
        plan = examples.plan(
            roster=None, waits=None, baseline=None, baseline_kind="", status="infeasible", language="en",
            conflicts=({"number": 1, "restrictions": [restriction]},),
        )  # fmt: skip
        shown = text(plan)
        assert "Mei works 3 hours" in shown and "Conflict 1" in shown and "Predicted waits" not in shown

    def test_names_are_never_code_of_the_page(self):
        plan = examples.plan(branch='#panic("x") *b* $y$ \\ "', language="en")
        assert 'panic("x")' in text(plan).replace("“", '"').replace("”", '"')

    def test_repeated_data_problems_are_counted_most_frequent_first_and_cut_at_twenty(self):
        kinds = [{**ISSUE, "code": f"odd{n}", "message": f"Kind {n}.", "row": n} for n in range(25)]
        counts = writers._issue_counts(examples.plan(issues=(*kinds, ISSUE, ISSUE)), EN)
        assert len(counts) == 20 and counts[0] == ["error", "arrived", "No time.", 2]


class TestCharts:
    def test_there_is_one_a_day_that_is_open_and_one_of_each_whole(self):
        images = writers.charts(examples.plan(), ZH)
        assert sorted(images) == ["forecast.svg", "need-0.svg", "need-1.svg", "waits.svg"]
        assert all(fromstring(content).tag.endswith("svg") for content in images.values())

    def test_without_waits_there_is_no_chart_of_them(self):
        assert "waits.svg" not in writers.charts(examples.plan(waits=None, baseline=None), ZH)

    def test_a_day_is_named_once_where_it_begins(self):
        shown = writers.charts(examples.plan(), ZH)["forecast.svg"].decode()
        assert shown.count("11-30 周一") == shown.count("12-01 周二") == 1 and "12-02" not in shown

    def test_people_on_posts_are_drawn_over_their_need(self):
        shown = fromstring(writers.charts(examples.plan(), EN)["need-1.svg"].decode())
        bars = shown.findall("{http://www.w3.org/2000/svg}rect")
        tall = [float(bar.get("height")) > 0 for bar in bars]
        assert tall == [False, True, True, True, True, False] * 2
        line = shown.find("{http://www.w3.org/2000/svg}polyline").get("points").split()
        heights = [float(point.split(",")[1]) for point in line][::2]
        assert len(set(heights[:5])) == 1 and heights[5] > heights[0]  # two people until half past eleven, then nobody


class TestFiles:
    def test_three_files_are_named_after_the_monday(self, tmp_path):
        made = writers.write_plan(examples.plan(), tmp_path / "new" / "folder")
        assert [f.name for f in made] == ["plan-2026-11-30.xlsx", "plan-2026-11-30.pdf", "plan-2026-11-30.json"]
        assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == sorted(f.name for f in made)
        assert json.loads(made[2].read_text(encoding="utf-8"))["branch"] == "人民路支行"
        assert made[1].read_bytes()[:5] == b"%PDF-"

    def test_writing_again_replaces_and_leaves_nothing_beside(self, tmp_path):
        writers.write_plan(examples.plan(), tmp_path)
        made = writers.write_plan(examples.plan(branch="解放路支行"), tmp_path)
        assert len(list(tmp_path.iterdir())) == 3
        assert json.loads(made[2].read_text(encoding="utf-8"))["branch"] == "解放路支行"

    @pytest.mark.parametrize("blocked", ["plan-2026-11-30.xlsx", "plan-2026-11-30.pdf", "plan-2026-11-30.json"])
    def test_when_one_file_cannot_be_put_in_place_the_others_are_not_there_either(self, tmp_path, blocked):
        (tmp_path / blocked).mkdir()
        with pytest.raises(OSError):
            writers.write_plan(examples.plan(), tmp_path)
        assert [p.name for p in tmp_path.iterdir()] == [blocked]

    def test_the_files_of_an_earlier_plan_are_as_they_were_when_the_new_ones_fail(self, tmp_path):
        first, second, third = writers.write_plan(examples.plan(), tmp_path)
        before = (first.read_bytes(), second.read_bytes())
        third.unlink()
        third.mkdir()
        with pytest.raises(OSError):
            writers.write_plan(examples.plan(branch="解放路支行"), tmp_path)
        assert (first.read_bytes(), second.read_bytes()) == before and len(list(tmp_path.iterdir())) == 3
