"""Words of the reports: both languages say the same, and whatever lower rooms can note has words."""

import ast
import inspect
import re
from importlib import import_module
from string import Formatter

import pytest

from counterpoint.team import shown
from counterpoint.team.planning import calibrate, crew, outlook
from counterpoint.team.planning.values import Note
from counterpoint.team.planning.words import (
    ISSUES_ZH,
    METHOD,
    NOTES_ZH,
    SEVERITIES_ZH,
    WEEKDAYS,
    WORDS,
    Speech,
    clock,
    percent,
)

FORECASTING = ("counterpoint.science.demand.forecast", "counterpoint.science.demand.grid")
ZH, EN = Speech("zh-hans"), Speech("en")


def places(text):
    return sorted(name for _t, name, _f, _c in Formatter().parse(text) if name)


@pytest.mark.parametrize("key", sorted(WORDS))
def test_both_languages_name_the_same_values(key):
    english, chinese = WORDS[key]
    assert places(english) == places(chinese)


def test_chinese_words_are_chinese_and_english_words_are_not():
    chinese = re.compile(r"[\u4e00-\u9fff]")
    for key, (english, words) in WORDS.items():
        assert chinese.search(words) and not chinese.search(english), key
    assert all(chinese.search(text) for text in (*NOTES_ZH.values(), *ISSUES_ZH.values(), *SEVERITIES_ZH.values()))


def test_a_word_is_filled_in_and_an_unknown_one_is_a_mistake_of_ours():
    assert EN("history_value", first="a", last="b", tickets=3, days=2) == "a to b: 3 tickets on 2 days"
    assert ZH("coverage_chart", day="周一").startswith("周一")
    with pytest.raises(KeyError):
        EN("no such word")


@pytest.mark.parametrize(("language", "chinese"), [("zh-hans", True), ("zh-hant", True), ("zh", True), ("en", False)])
def test_every_chinese_is_chinese(language, chinese):
    assert Speech(language).chinese is chinese


def test_weekdays_begin_with_monday():
    assert [ZH.weekday(n) for n in (0, 6)] == ["周一", "周日"] and [EN.weekday(n) for n in (0, 6)] == ["Mon", "Sun"]
    assert {len(names) for names in WEEKDAYS.values()} == {7}


def test_the_method_is_told_in_each_language():
    assert len(EN.method()) == len(ZH.method()) == len(METHOD)
    assert all("science." in line for line in (*EN.method(), *ZH.method()))


def noted(*modules):
    """Codes of every Note and every ("code", "text") pair that these modules can make."""
    found = set()
    for module in modules:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            first = node.args[0]
            if isinstance(first, ast.Tuple) and len(first.elts) == 2:
                first = first.elts[0]
            elif getattr(node.func, "id", "") != "Note":
                continue
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def test_everything_the_planner_notes_has_chinese_words():
    codes = noted(calibrate, crew, outlook)
    assert {"shared_skill", "patience", "anonymous_staff"} <= codes
    assert codes <= set(NOTES_ZH)


def test_everything_the_forecast_assumes_has_chinese_words_in_the_report_and_on_the_pages():
    codes = {f"forecast.{code}" for code in noted(*map(import_module, FORECASTING))}
    assert {"forecast.no_history", "forecast.outside_hours", "forecast.days_without_records"} <= codes
    assert codes <= set(NOTES_ZH)
    assert codes <= set(shown.NOTES)


class TestNotes:
    left = Note("left_before_queue", "3 customers left.", {"count": 3})

    def test_english_is_the_notes_own_text(self):
        assert EN.note(self.left) == "3 customers left."

    def test_chinese_fills_the_values_in(self):
        assert ZH.note(self.left) == "3 名客户在排队前已离开，不计入柜面工作量。"
        shared = Note("shared_skill", "x", {"service": "转账", "with": "现金", "share": 0.876})
        assert ZH.note(shared) == "业务 转账 与 现金 由同一批人办理(88%),共用一项技能。"

    @pytest.mark.parametrize("values", [{}, {"number": 3}])
    def test_values_that_do_not_fit_leave_the_english_text(self, values):
        assert ZH.note(Note("left_before_queue", "3 customers left.", values)) == "3 customers left."

    def test_a_value_of_the_wrong_kind_leaves_the_english_text(self):
        assert ZH.note(Note("assumed_minutes", "English.", {"service": "x", "minutes": "many"})) == "English."

    def test_an_unknown_note_is_shown_as_it_is(self):
        assert ZH.note(Note("brand_new", "Something new.")) == "Something new."


def test_a_data_problem_and_its_gravity_are_said_in_the_language():
    assert (
        ZH.issue("duplicate", "x") == ISSUES_ZH["duplicate"] and EN.issue("duplicate", "Same ticket.") == "Same ticket."
    )
    assert ZH.issue("brand_new", "Something new.") == "Something new."
    assert [ZH.severity(name) for name in ("error", "ignored", "warning")] == ["拒绝", "忽略", "提醒"]
    assert EN.severity("error") == "error" and ZH.severity("odd") == "odd"


@pytest.mark.parametrize(
    ("minute", "text"), [(0, "00:00"), (9, "00:09"), (540, "09:00"), (1439, "23:59"), (1440, "24:00")]
)
def test_minutes_read_as_a_clock(minute, text):
    assert clock(minute) == text


@pytest.mark.parametrize(("share", "text"), [(0, "0 %"), (0.9, "90 %"), (0.005, "0 %"), (0.996, "100 %"), (1, "100 %")])
def test_a_share_reads_as_a_percentage(share, text):
    assert percent(share) == text
