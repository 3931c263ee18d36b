"""Content of the academy is complete in both languages, cites what exists, and refuses what is not."""

from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest

from counterpoint.academy.catalogue.lessons import MECHANISMS
from counterpoint.academy.catalogue.reading import micro_of
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives import content
from counterpoint.primitives.content import yaml_text
from counterpoint.primitives.content.bodies import BodyError
from counterpoint.primitives.content.checking import check_items
from counterpoint.primitives.content.testing import content_folder  # noqa: F401

KINDS = ("courses", "lessons", "questions", "standards", "micro_lessons")
ON = date(2026, 12, 1)


def items(kind):
    return content.every(kind)


def lesson(**more):
    """The body of a lesson that holds, with some fields changed."""
    body = yaml_text.plain(dict(next(one for one in items("lessons") if one.key == "academy.service.levels").body))
    return deepcopy(body) | more


def refused(kind, body):
    with pytest.raises(BodyError) as wrong:
        content.kind_of(kind).value_of("academy.some", body)
    return str(wrong.value)


def words(node):
    """Every group of words of a body."""
    if isinstance(node, dict):
        if "zh-hans" in node:
            yield node
        else:
            for one in node.values():
                yield from words(one)
    elif isinstance(node, list | tuple):
        for one in node:
            yield from words(one)


@pytest.mark.parametrize("kind", KINDS)
def test_content_holds_and_every_word_is_said_in_both_languages(kind):
    held = items(kind)
    assert held and check_items(content.kind_of(kind), held) == []
    for item in held:
        for group in words(yaml_text.plain(dict(item.body))):
            assert group["zh-hans"].strip() and group["en"].strip(), item.key


@pytest.mark.parametrize("item", items("lessons"), ids=lambda one: one.key)
def test_a_lesson_is_worked_and_asks_at_least_five_questions_of_its_own(item):
    body = item.value
    assert len(body.questions) >= 5
    verdicts = {one["passes"] for one in item.examples}
    assert verdicts == {True, False}, "an exercise needs an example that passes and one that fails"
    questions = {one.key: one for one in items("questions")}
    for key in body.questions:
        assert questions[key].value.lesson == item.key
        assert any(one["score"] == 1 for one in questions[key].examples)
        assert any(one["score"] < 1 for one in questions[key].examples)
    assert sum(questions[key].value.depth != "know" for key in body.questions) >= 2


def test_the_outline_has_fifty_three_mechanisms():
    assert len(MECHANISMS) == 53 and MECHANISMS[0] == "1.1" and MECHANISMS[-1] == "6.8"


def test_a_lesson_without_exercise_or_with_four_questions_is_refused():
    body = lesson()
    del body["exercise"]
    assert "exercise" in refused("lessons", body)
    assert "questions" in refused("lessons", lesson(questions=body["questions"][:4]))


@pytest.mark.parametrize(
    "change",
    [
        {"why": {"zh-hans": "只有中文"}},
        {"mechanism": ["9.9"]},
        {"roles": ["wizard"]},
        {"questions": ["a", "b", "c", "d", "d"]},
        {"blocks": [{"text": {"zh-hans": "一", "en": "one"}, "ask": {"zh-hans": "二", "en": "two"}}] * 4},
        {"blocks": [{"bank": {"probe": "nothing", "fields": ["n"], "words": {"zh-hans": "数", "en": "n"}}}] * 4},
        {"changes": [{"since_version": 1, "words": {"zh-hans": "新", "en": "new"}, "blocks": [99]}]},
    ],
)
def test_a_lesson_that_does_not_hold_is_refused(change):
    assert refused("lessons", lesson(**change))


@pytest.mark.parametrize(
    ("cited", "told"),
    [
        ({"version": 9}, " 9"),
        ({"field": "clocks.gone"}, "clocks.gone"),
        ({"key": "service.nothing"}, "service.nothing"),
        ({"kind": "nothings"}, "nothings"),
    ],
)
def test_a_citation_of_what_does_not_exist_is_found(cited, told):
    body = lesson()
    body["rules"][0] |= cited
    kind = content.kind_of("lessons")
    item = next(one for one in items("lessons") if one.key == "academy.service.levels")
    broken = replace(item, value=kind.value_of(item.key, body), examples=())
    assert any(told in problem.message for problem in check_items(kind, [broken]))


def test_a_worked_example_that_does_not_hold_is_found():
    kind = content.kind_of("lessons")
    item = next(one for one in items("lessons") if one.key == "academy.numbers.reading")
    wrong = dict(item.examples[0]) | {"passes": False}
    assert kind.check_example(item.value, wrong)
    assert kind.check_example(item.value, dict(item.examples[1]) | {"failing": "nothing"})


@pytest.mark.parametrize("act", [{"do": "service.magic"}, {"do": "case.close", "args": {"magic": 1}}])
def test_an_example_plays_only_acts_that_exist_with_what_they_take(act):
    kind = content.kind_of("lessons")
    item = next(one for one in items("lessons") if one.key == "academy.service.levels")
    assert kind.check_example(item.value, item.examples[0]) == ""
    assert "magic" in kind.check_example(item.value, {"play": [act], "passes": True})
    assert "magic" in kind.check_example(item.value, {"play": [], "passes": False, "failing": ["magic"]})


PRACTICE = {
    "how": "practice",
    "task": {"zh-hans": "办结", "en": "Close it"},
    "open": {"url": "service:complaints"},
    "post": "supervisor",
    "stage": [{"do": "service.complaint", "post": "lobby_manager", "minutes_before": 6}],
    "checks": [
        {"probe": "case", "args": {"type": "service.complaint"}, "field": "level", "op": "is", "values": ["level_1"],
         "words": {"zh-hans": "定为一级", "en": "Level 1"}},
    ],
}  # fmt: skip


def test_an_exercise_in_the_practice_branch_can_be_written_and_judged():
    kind = content.kind_of("lessons")
    value = kind.value_of("academy.some", lesson(exercise=PRACTICE))
    assert kind.check_example(value, {"found": ["level_1"], "passes": True}) == ""
    assert kind.check_example(value, {"found": ["level_3"], "passes": False, "failing": "case"}) == ""
    assert refused("lessons", lesson(exercise={**PRACTICE, "checks": []}))
    for wrong in ({"post": "wizard"}, {"world": "drill"}, {"stage": [{"do": "magic"}]},
                  {"stage": [{"do": "service.complaint", "post": "auditor"}]}):  # fmt: skip
        assert refused("lessons", lesson(exercise={**PRACTICE, **wrong}))
    assert refused("lessons", lesson(exercise={**PRACTICE, "checks": [PRACTICE["checks"][0] | {"values": []}]}))


RULE = """
    key: academy.test.cash
    version: {version}
    source: test
    mark: V
    effective_from: {since}
    {until}
    names: {{zh-hans: 现金, en: Cash}}
    choice: {choice}
"""
QUESTION = """
    key: academy.test.q1
    version: 1
    source: test
    mark: V
    effective_from: 2020-01-01
    form: rule
    stem: {zh-hans: 必须问吗, en: Must you ask}
    why: {zh-hans: 看规则, en: See the rule}
    options:
      - {slug: must, words: {zh-hans: 必须, en: Always}, why: {zh-hans: 旧规, en: Old}}
      - {slug: risk, words: {zh-hans: 看风险, en: By risk}, why: {zh-hans: 新规, en: New}}
    rule: {kind: standards, key: academy.test.cash, field: choice}
    lesson: academy.service.levels
    depth: apply
    prior: 3
    examples:
      - {answer: must, score: 1, day: 2025-12-31}
      - {answer: must, score: 0, day: 2026-01-01}
      - {answer: risk, score: 1, day: 2026-01-01}
"""


def test_the_right_answer_moves_with_the_rule_on_the_day_of_the_case(content_folder):  # noqa: F811
    old = RULE.format(version=1, since="2020-01-01", until="effective_to: 2026-01-01", choice="must")
    content_folder("standards", old, "old")
    content_folder("standards", RULE.format(version=2, since="2026-01-01", until="", choice="risk"), "new")
    content_folder("questions", QUESTION)
    assert check_items(content.kind_of("questions"), [one for one in items("questions") if "test" in one.key]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"right": ["nobody"]},
        {"right": ["a", "b"]},
        {"form": "number"},
        {"form": "rule"},
        {"form": "order"},
        {"stem": {"en": "only English"}},
    ],
)
def test_a_question_that_does_not_hold_is_refused(change):
    body = yaml_text.plain(dict(next(one for one in items("questions") if one.key.endswith("levels.q1")).body))
    assert refused("questions", deepcopy(body) | change)


def test_a_micro_lesson_is_short_enough_to_be_read_aloud():
    body = yaml_text.plain(dict(items("micro_lessons")[0].body))
    assert "300" in refused("micro_lessons", body | {"words": {"zh-hans": "字" * 301, "en": "long"}})


def test_every_morning_has_a_micro_lesson_and_they_take_turns(bank):
    with unscoped("the test reads content"):
        names = [micro_of(bank.b01, date(2026, 12, day)).key for day in range(1, 8)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "kind, key", [("lessons", "academy.service.levels"), ("questions", "academy.service.levels.q1")]
)
def test_competencies_are_those_of_the_model(kind, key):
    item = next(one for one in items(kind) if one.key == key)
    assert ("competencies", "role.complaints") in content.kind_of(kind).references(item.value)
    strange = replace(item, value=replace(item.value, competencies={"role.magic": 1}))
    assert any("role.magic" in one.message for one in check_items(content.kind_of(kind), [strange]))
