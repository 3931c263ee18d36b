"""The pure planner: a small simulated branch from its tickets to the written plan."""

import io
import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from openpyxl import load_workbook

from counterpoint.science.rostering import Person, Rule, Skill, evaluate
from counterpoint.team import planning
from counterpoint.team.planning import crew, heldout, pictures, waits
from counterpoint.team.planning.sketch import sketch
from counterpoint.team.planning.values import Outlook, PlanInputError, Promise
from counterpoint.team.planning.words import WORDS, Speech
from counterpoint.team.planning.writers import excel, write_plan
from counterpoint.team.tests import small
from counterpoint.team.tests.small import WEEK


@pytest.fixture
def asked():
    return small.asked()


@pytest.fixture
def plan():
    return small.plan()


def test_a_plan_has_a_forecast_a_need_a_roster_and_waits(plan):
    assert plan.status in ("optimal", "feasible") and plan.judgement["feasible"]
    assert plan.outlook.day_mean[:3].min() > 20 and plan.outlook.day_mean[3:].max() == 0
    assert set(plan.outlook.skills) == {"cash", "desk"}
    ours = plan.waits.overall()
    assert 0 < ours["wait_mean"] < 30 and 0 < ours["within"] <= 1


def test_the_same_input_and_seed_give_the_same_plan(asked, plan):
    again = planning.plan_week(asked)
    assert again.to_json() == plan.to_json()


def test_the_judge_agrees_with_what_the_plan_says(plan):
    assert evaluate(plan.problem, plan.roster).total == plan.objective


def test_without_a_staff_list_people_are_anonymous_and_the_plan_says_so(plan):
    assert plan.anonymous and plan.problem.people[0].name == "员工 01"
    assert "anonymous_staff" in {note.code for note in plan.outlook.notes}


def test_service_times_come_from_the_log(plan):
    by_code = {s.code: s for s in plan.outlook.services}
    assert by_code["cash"].source == "log" and 4 < by_code["cash"].minutes < 6
    assert by_code["transfer"].minutes > by_code["cash"].minutes


def test_an_outlook_survives_json(plan):
    again = Outlook.from_dict(json.loads(json.dumps(plan.outlook.to_dict())))
    assert np.allclose(again.mean, plan.outlook.mean, atol=1e-3)
    assert again.only(WEEK[:2]).mean.shape[1] == 2
    with pytest.raises(PlanInputError):
        again.only((date(2027, 1, 1),))


def test_impossible_contracts_give_a_conflict_with_priced_ways_out(asked):
    rules = (Rule("day.max_minutes", 480, "minutes", "hours rule", "V", hard=True),)
    people = (Person("p1", "Mei", (Skill("cash"),), min_day=60), Person("p2", "Omar", (Skill("desk"),), min_day=60))
    stuck = planning.plan_week(replace(asked, people=people, rules=rules, minimums={"cash": 2}))
    assert stuck.roster is None and stuck.waits is None and stuck.status == "infeasible"
    words = [item["words"] for conflict in stuck.conflicts for item in conflict["restrictions"]]
    assert words and all(item["source"] for c in stuck.conflicts for item in c["restrictions"])
    assert len(stuck.ways_out) >= 2 and stuck.ways_out == tuple(sorted(stuck.ways_out, key=lambda w: w["cost"]))
    assert excel(stuck)[:2] == b"PK"


def test_the_sketch_keeps_leave_and_hours(plan):
    from counterpoint.science.rostering import Window

    away = replace(plan.problem.people[0], unavailable=(Window(0, 0, 1440, "leave"),))
    problem = replace(plan.problem, people=(away, *plan.problem.people[1:]))
    found = sketch(problem)
    assert found.of(away.id, 0) is None and found.shifts
    keys = {v.key for v in evaluate(problem, found).hard}
    assert keys <= {"minimum", "coverage"} or not keys


def test_more_people_on_posts_wait_less(plan):
    view = plan.outlook
    codes = tuple(s.code for s in view.services)
    few = [waits.Post(f"p{n}", 540, 720, codes) for n in range(2)]
    many = [waits.Post(f"p{n}", 540, 720, codes) for n in range(5)]
    slow, quick = (waits.play_day(view, 0, posts, seed=1, replications=30) for posts in (few, many))
    assert quick.wait_mean < slow.wait_mean and quick.within >= slow.within


def test_two_people_in_a_row_share_a_counter_and_two_at_once_do_not():
    shared = [waits.Post("a", 540, 600, ("x",)), waits.Post("b", 600, 660, ("x",))]
    apart = [waits.Post("a", 540, 620, ("x",)), waits.Post("b", 600, 660, ("x",))]
    assert waits.seated(shared)[1] == 1 and waits.seated(apart)[1] == 2


def test_held_out_days_are_judged_with_earlier_days_only(asked):
    one = heldout.held_out(asked, [date(2026, 11, 25)])[0]
    assert one.people == 3 and one.arrivals > 20 and 0 <= one.inside <= 1
    assert one.wait_predicted >= 0 and one.wait_actual > 0


def test_people_are_shared_out_by_largest_remainder():
    assert crew._shares({"a": 3.0, "b": 1.0}, 4) == {"a": 3, "b": 1}
    assert sum(crew._shares({"a": 1.0, "b": 1.0, "c": 1.0}, 8).values()) == 8


def test_the_workbook_reads_again_with_every_sheet(plan):
    book = load_workbook(io.BytesIO(excel(plan)))
    assert len(book.worksheets) == 10 and book.worksheets[0].title == "概要"
    english = load_workbook(io.BytesIO(excel(replace(plan, language="en"))))
    assert "Forecast" in english.sheetnames
    rows = list(english["Roster by day"].iter_rows(values_only=True))
    assert any(row[0] == "员工 01" for row in rows)


def test_all_three_files_are_written_or_none(plan, tmp_path, monkeypatch):
    from pypdf import PdfReader

    from counterpoint.team.planning import writers

    files = write_plan(plan, tmp_path / "out")
    assert [f.suffix for f in files] == [".xlsx", ".pdf", ".json"]
    assert "排班" in PdfReader(files[1]).pages[0].extract_text()
    assert json.loads(files[2].read_text())["format"] == "counterpoint.plan/1"

    def refuse(_plan):
        raise OSError("disk full")

    monkeypatch.setattr(writers, "pdf", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_plan(plan, tmp_path / "none")
    assert not (tmp_path / "none").exists() or not list((tmp_path / "none").iterdir())


@pytest.mark.parametrize(
    ("text", "weekday", "span"),
    [
        ("mon-fri 09:00-17:00", 4, ((540, 1020),)),
        ("周一至周五 9:00-17:00; sat 09:30-16:00", 5, ((570, 960),)),
        ("sun-thu 07:00-24:00", 6, ((420, 1440),)),
        ("mon 09:00-12:00 13:30-17:00", 0, ((540, 720), (810, 1020))),
    ],
)
def test_opening_hours_are_read_as_people_write_them(text, weekday, span):
    weekly = planning.parse_hours(text)
    assert weekly[weekday] == span
    assert planning.parse_hours(planning.hours_text(weekly)) == weekly


@pytest.mark.parametrize("text", ["", "mon", "mon 17:00-09:00", "xyz 09:00-17:00", "mon 9-17"])
def test_hours_that_mean_nothing_say_how_to_write_them(text):
    with pytest.raises(PlanInputError, match="mon"):
        planning.parse_hours(text)


def test_opening_hours_are_inferred_from_the_tickets(asked):
    assert planning.inferred_hours(asked.log) == dict.fromkeys((0, 1, 2), ((540, 720),))


@pytest.mark.parametrize("text", ["90% < 15 min", "90 % ≤ 15 分钟", "90% within 15 minutes"])
def test_a_promise_is_read_in_several_spellings(text):
    assert Promise.parse(text) == Promise(0.9, 15)


def test_a_promise_that_is_none_is_refused():
    with pytest.raises(PlanInputError, match="90%"):
        Promise.parse("quickly")


def test_pictures_are_well_formed_whatever_the_words():
    from defusedxml.ElementTree import fromstring

    labels = ["<09:00>", "09:30", "10:00"]
    for text in (
        pictures.band_chart(labels, [1, 2, 3], [0, 1, 2], [2, 3, 4]),
        pictures.step_chart(labels, [1, 0, 2], [1, 1, 1], [2, 2, 2]),
        pictures.lines_chart(labels, [("a & b", [1.0, None, 2.0], False), ("c", [0.0, 0.0, 0.0], True)]),
    ):
        assert fromstring(text).tag.endswith("svg")


def test_every_word_exists_in_both_languages():
    assert all(english and chinese for english, chinese in WORDS.values())
    assert Speech("en")("off") == "off" and Speech("zh-hans")("off") == "休"


def test_every_data_problem_that_history_can_name_has_chinese_words():
    import inspect
    import re

    from counterpoint.science.history import log
    from counterpoint.team.planning.words import ISSUES_ZH, Speech

    source = inspect.getsource(log)
    codes = set(re.findall(r'"(\w+)",\s*(?:"(?:warning|error|ignored)"|severity)', source))
    assert codes == set(ISSUES_ZH)
    assert Speech("zh-hans").issue("duplicate", "x") == ISSUES_ZH["duplicate"]
    assert Speech("en").issue("duplicate", "x") == "x"
