"""What the judge finds is said in the reader's language, for every rule that it knows."""

import ast
import inspect
from importlib import import_module

import pytest
from django.utils import translation

from counterpoint.science.rostering import (
    Day,
    Flexible,
    Minimum,
    Person,
    Pin,
    Roster,
    RosterProblem,
    Shift,
    ShiftRules,
    Skill,
    Task,
    Window,
    rules,
)
from counterpoint.team.planning import judge
from counterpoint.team.violations import named

NAMES = {"mei": "梅"}
CHECKS = ast.parse(inspect.getsource(import_module("counterpoint.science.rostering.checks")))


def violation(key, **more):
    whole = {
        "key": key, "person": "mei", "day": 0, "start": 540, "amount": 30, "words": "the judge's own words",
        "source": "contract", "mark": "D", "hard": True, "cost": 0,
    }  # fmt: skip
    return {**whole, **more}


def said(key, language="en", **more):
    with translation.override(language):
        return named(violation(key, **more), NAMES)


def constants(position, *names):
    """Constant arguments at a position of calls of these names in the judge's checks."""
    found = set()
    for node in ast.walk(CHECKS):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and len(node.args) > position:
            value = node.args[position]
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found.add(value.value)
    return found


KEYS = sorted(
    constants(0, "_hard", "Violation") | set(rules.KEYS) | {"minimum:cash", "two_person:vault", "coverage:cash"}
)


@pytest.mark.parametrize("key", KEYS)
def test_every_rule_of_the_judge_has_words_in_both_languages(key):
    english, chinese = said(key)["text"], said(key, "zh-hans")["text"]
    assert "the judge's own words" not in (english, chinese)
    assert english != chinese and "%(" not in english + chinese


def test_the_judge_has_no_fewer_rules_than_this_test_knows():
    assert {"leave", "lunch", "pin", "core", "shift.twice", "overtime.agreed", "contract.min_week"} <= set(KEYS)
    assert len(KEYS) >= 26


@pytest.mark.parametrize("source", sorted(constants(6, "Violation") | constants(4, "_hard") | {"roster data"}))
def test_every_source_of_the_judges_own_is_translated(source):
    assert said("leave", "zh-hans", source=source)["source"] != source


def test_a_law_is_cited_as_the_content_has_it():
    law = "Labour Law of the PRC (2018) art. 38, at least one day of rest a week"
    assert said("week.rest_days", "zh-hans", source=law)["source"] == law


@pytest.mark.parametrize(
    ("key", "more", "words"),
    [
        ("task.overlap", {}, "梅 is on two posts at once at 09:00"),
        ("contract.max_day", {}, "梅 works 30 minutes more than the contract's day"),
        ("minimum:lobby", {"person": None, "amount": 1}, "Lobby lacks 1 at 09:00"),
        ("coverage:vault", {"person": None, "amount": 2, "start": 0}, "vault lacks 2 at 00:00"),
        ("two_person:cash", {"person": None, "amount": 1}, "Cash needs 1 more at 09:00"),
        ("leave", {"start": None}, "梅 is on leave"),
        ("leave", {"person": "gone"}, " is on leave"),
    ],
)
def test_words_name_the_person_the_post_the_amount_and_the_time(key, more, words):
    assert said(key, **more)["text"] == words


def test_limits_that_differ_by_rule_pack_are_not_named_by_number():
    for key in ("day.max_minutes", "week.max_minutes", "rest.between_minutes", "overtime.day_max_minutes"):
        for language in ("en", "zh-hans"):
            digits = [c for c in said(key, language, amount="#")["text"] if c.isdigit()]
            assert not digits, (key, language)


def test_an_unknown_rule_keeps_the_judges_words():
    assert said("brand.new")["text"] == "the judge's own words"


def test_everything_else_is_handed_on():
    found = said("leave", cost=7)
    assert {k: found[k] for k in ("key", "person", "day", "start", "amount", "mark", "hard", "cost")} == {
        k: violation("leave", cost=7)[k] for k in ("key", "person", "day", "start", "amount", "mark", "hard", "cost")
    }
    assert found["words"] == "the judge's own words"


def test_a_name_with_a_percent_sign_is_only_a_name():
    with translation.override("en"):
        assert named(violation("leave"), {"mei": "100%(name)s"})["text"] == "100%(name)s is on leave"


def test_a_broken_roster_is_told_in_chinese_from_end_to_end():
    problem = RosterProblem(
        days=(Day("2026-11-30", 540, 720),), start=540, end=720, step=30,
        people=(Person("mei", "Mei", (Skill("cash"),), min_day=60, unavailable=(Window(0, 0, 1440, "leave"),)),),
        demand={}, shifts=ShiftRules(flexible=(Flexible(540, 600, 120, 180, 30),), lead=0, tail=0), lunch=None,
        minimums=(Minimum("lobby", ("lobby",), 1),), pins=(Pin("mei", 0, "off"),),
    )  # fmt: skip
    roster = Roster((Shift("mei", 0, 540, 720, None, (Task(540, 720, "lobby"),)),))
    with translation.override("zh-hans"):
        texts = [named(v, NAMES)["text"] for v in judge(problem, roster)[1]["violations"]]
    assert any("休假" in t for t in texts) and any("证书" in t for t in texts) and any("手工固定" in t for t in texts)
    assert not any("Mei" in t for t in texts)
