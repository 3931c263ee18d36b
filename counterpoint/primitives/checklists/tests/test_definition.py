"""A checklist file is understood whole or refused with a sentence that says what and where."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from counterpoint.primitives.checklists import definition
from counterpoint.primitives.checklists.tests.world import WALK
from counterpoint.primitives.content import check, get, kind_of, loader
from counterpoint.primitives.content.bodies import BodyError

BODY = {k: v for k, v in yaml.safe_load(WALK.read_text())[0].items() if k in {"names", "sections", "pass_mark"}}


def changed(path, value):
    """The good body with one value replaced; None takes it out."""
    body = copy.deepcopy(BODY)
    place = body
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return body


def read(body):
    return kind_of("checklists").value_of("probe.walk", body)


def item(number, name, section=0):
    return ("sections", section, "items", number, name)


def daily(**due):
    return {"every": "day", "role": "supervisor", "due": due}


WEEKLY = {"every": "week", "role": "supervisor", "due": {"by": "17:00", "day": 2}}


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("sections",), [], "sections: 至少 1 项"),
        (("sections",), None, "sections: 缺少"),
        (("sections", 0, "items"), [], "sections.0.items: 至少 1 项"),
        (("sections", 1, "slug"), "hall", "以下短名称重复：hall"),
        (("sections", 0, "names"), {"en": "x"}, "sections.0.names: 缺少简体中文名称"),
        (("names",), {"en": "x"}, "names: 缺少简体中文名称"),
        (("names",), None, "names: 缺少"),
        (("names",), {"zh-hans": "x", "fr": "y"}, "names: 没有“fr”这种语言"),
        (("surprise",), 1, "surprise: 此处没有这个字段"),
        (("pass_mark",), 120, "pass_mark: 不得大于 100"),
        (("pass_mark",), -1, "pass_mark: 不得小于 0"),
        (("pass_mark",), "high", "pass_mark: 应为数字"),
        (("signature",), "yes", "signature: 应为"),
        (item(0, "kind"), "guess", "sections.0.items.0.kind: 'guess' 不在可选值之内"),
        (item(0, "kind"), None, "sections.0.items.0.kind: 缺少"),
        (item(0, "slug"), "a b", "sections.0.items.0.slug: 短名称最多 48 个"),
        (item(0, "slug"), "é", "sections.0.items.0.slug: 短名称最多 48 个"),
        (item(0, "slug"), 49 * "a", "sections.0.items.0.slug: 短名称最多 48 个"),
        (item(0, "slug"), "", "sections.0.items.0.slug: 至少 1 个字符"),
        (item(1, "slug"), "clean", "以下短名称重复：clean"),
        (item(0, "slug", 1), "clean", "以下短名称重复：clean"),
        (item(0, "limits"), {"min": 1}, "sections.0.items.0: 只有数字题才能设上下限"),
        (item(1, "limits"), {"min": 9, "max": 1}, "sections.0.items.1.limits: 上限低于下限"),
        (item(1, "limits"), {"least": 9}, "limits.least: 此处没有这个字段"),
        (item(0, "expiry"), {"warn_days": 3}, "sections.0.items.0: 只有日期题才能设有效期"),
        (item(0, "expiry", 1), {"warn_days": 3651}, "expiry.warn_days: 不得大于 3650"),
        (item(0, "expiry", 1), {"warn_days": -1}, "expiry.warn_days: 不得小于 0"),
        (item(2, "choices"), None, "sections.0.items.2: 只有选项类型才有选项"),
        (item(0, "choices"), [{"slug": "a", "names": {"zh-hans": "a"}}], "sections.0.items.0: 只有选项类型才有选项"),
        (item(2, "choices"), [{"slug": "na", "names": {"zh-hans": "a"}}], "choices.0.slug: “na”"),
        (item(2, "choices"), [{"slug": "a b", "names": {"zh-hans": "a"}}], "choices.0.slug: 短名称最多 48 个"),
        (item(2, "good"), ["none"], "sections.0.items.2: none 被列为合格，但不在可选答案中"),
        (item(0, "good"), ["all"], "sections.0.items.0: all 被列为合格，但不在可选答案中"),
        (item(2, "good"), None, "sections.0.items.2: 请注明哪些选项合格"),
        (item(0, "evidence"), "maybe", "evidence: 'maybe' 不在可选值之内"),
        (item(0, "weight"), -1, "weight: 不得小于 0"),
        (item(0, "weight"), 1001, "weight: 不得大于 1000"),
        (item(0, "weight"), True, "weight: 应为数字"),
        (item(0, "critical"), "yes", "critical: 应为"),
        (item(0, "on_fail"), {"level": "high", "title": {"zh-hans": "x"}}, "on_fail.type: 缺少"),
        (item(0, "on_fail"), {"type": "", "title": {"zh-hans": "x"}}, "on_fail.type: 至少 1 个字符"),
        (item(0, "on_fail"), {"type": "x"}, "on_fail.title: 缺少"),
        (item(0, "on_fail"), {"type": "x", "title": {"en": "x"}}, "on_fail.title: 缺少简体中文名称"),
        (item(0, "colour"), "red", "sections.0.items.0.colour: 此处没有这个字段"),
        (("schedule",), {**WEEKLY, "every": "hour"}, "schedule.every: 'hour' 不在可选值之内"),
        (("schedule",), {**WEEKLY, "phase": "noon"}, "schedule.phase: 'noon' 不在可选值之内"),
        (("schedule",), {**WEEKLY, "role": ""}, "schedule.role: 至少 1 个字符"),
        (("schedule",), {**WEEKLY, "due": {"by": "17:00"}}, "schedule: 缺少周期中的第几天"),
        (("schedule",), {**WEEKLY, "due": {"by": "17:00", "day": 0}}, "schedule.due.day: 不得小于 1"),
        (("schedule",), {**WEEKLY, "due": {"by": "17:00", "day": 367}}, "schedule.due.day: 不得大于 366"),
        (("schedule",), {"every": "day", "due": {"by": "17:00"}}, "schedule.role: 缺少"),
        (("schedule",), {"every": "day", "role": "supervisor"}, "schedule.due: 缺少"),
        (("schedule",), daily(), "schedule.due: 完成时点须填且只填一项"),
        (("schedule",), daily(by="17:00", after_close_minutes=0), "schedule.due: 完成时点须填且只填一项"),
        (("schedule",), daily(by="soon"), "schedule.due.by: 应为时间"),
        (("schedule",), daily(by="25:00"), "schedule.due.by: 应为时间"),
        (("schedule",), daily(by=1020), "schedule.due.by: 应为文字"),
        (("schedule",), daily(before_open_minutes=-1), "schedule.due.before_open_minutes: 不得小于 0"),
        (("schedule",), {**WEEKLY, "late": {"level": "x", "title": {"zh-hans": "x"}}}, "schedule.late.type: 缺少"),
    ],
)  # fmt: skip
def test_a_bad_file_says_what_is_wrong(path, value, words):
    with pytest.raises(BodyError) as refused:
        read(changed(path, value))
    assert words in str(refused.value)


@pytest.mark.parametrize("place", ["section", "item"])
def test_the_signature_of_a_signed_checklist_keeps_its_short_names_to_itself(place):
    body = changed(("sections", 0, "slug"), "sign") if place == "section" else changed(item(0, "slug"), "signature")
    assert read(body).items
    with pytest.raises(BodyError, match="以下短名称重复"):
        read({**body, "signature": True})


def test_a_good_file_is_read_as_written():
    found = read(BODY)
    assert [one.slug for one in found.items][:3] == ["clean", "warmth", "light"]
    assert found.item("clean").good == ("yes",) and found.item("exit").evidence == "always"
    assert not found.item("extinguisher").na and found.item("clean").na
    assert definition.references(found) == [("case_types", "probe.hazard")]
    assert found.name("en") == "Walk" and found.name("fr") == "巡查"


def test_a_bare_yes_in_yaml_means_the_word():
    body = changed(item(0, "good"), [True])
    assert read(body).item("clean").good == ("yes",)


def test_a_signature_of_the_checklist_is_an_item_of_every_round():
    found = read({**BODY, "signature": True})
    assert found.items[-1].kind == "signature" and found.items[-1].evidence == "always" and found.items[-1].required


def test_a_body_has_a_schema():
    kind = kind_of("checklists")
    assert "sections" in kind.schema()["properties"]


def test_the_example_of_the_explanation_is_one():
    page = Path(loader.PACKAGE.parent, "docs", "explanation", "rounds.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    kind = kind_of("checklists")
    (found,) = loader.read_text(text, kind, "docs")
    assert [kind.check_example(found.value, example) for example in found.examples] == [""]


def test_an_example_that_tells_a_wrong_list_of_unchecked_items_is_refused():
    body, kind = read(BODY), kind_of("checklists")
    answers = {item.slug: "yes" for item in body.items if item.kind == "yes_no"}
    assert kind.check_example(body, {"answers": answers, "unchecked": []}) == ""
    assert "unchecked" in kind.check_example(body, {"answers": answers, "unchecked": ["clean"]})


def test_the_content_check_runs_the_examples(content, bank, monkeypatch):
    monkeypatch.setattr(loader, "resolve", lambda kind, key: True)
    assert [problem for problem in check() if "probe" in problem.key] == []
    assert get("checklists", "probe.walk", bank.now.date()).version == 1
