"""A checklist file is understood whole or refused with a sentence that says what and where."""

import copy
import re
from pathlib import Path

import pytest
import yaml

from counterpoint.primitives.checklists import definition
from counterpoint.primitives.checklists.tests.world import WALK
from counterpoint.primitives.content import check, get, kind_of, loader

BODY = {k: v for k, v in yaml.safe_load(WALK.read_text())[0].items() if k in {"key", "names", "sections", "pass_mark"}}


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


def item(number, name, section=0):
    return ("sections", section, "items", number, name)


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("sections",), [], "needs a list “sections”"),
        (("names",), {"en": "x"}, "缺少中文名称"),
        (("surprise",), 1, "does not know surprise"),
        (("pass_mark",), 120, "pass_mark must be a number from 0 to 100"),
        (item(0, "kind"), "guess", "项目 clean: kind 'guess' is not one of"),
        (item(0, "slug"), "a b", "的短名称最多 48 个"),
        (item(1, "slug"), "clean", "以下短名称重复：clean"),
        (item(0, "limits"), {"min": 1}, "只有数字题才能设上下限"),
        (item(1, "limits"), {"min": 9, "max": 1}, "上限低于下限"),
        (item(2, "choices"), None, "只有选项题才有选项"),
        (item(2, "good"), ["none"], "不在可选答案中"),
        (item(2, "good"), None, "请注明哪些选项合格"),
        (item(0, "evidence"), "maybe", "evidence 'maybe' is not one of"),
        (item(0, "weight"), -1, "weight must be a number"),
        (item(0, "on_fail"), {"level": "high"}, "缺少事项类型"),
        (("schedule",), {"every": "hour"}, "every 'hour' is not one of"),
        (("schedule",), {"every": "day", "role": "supervisor", "due": {}}, "只能填一项"),
        (("schedule",), {"every": "week", "role": "supervisor", "due": {"by": "17:00"}}, "缺少周期中的第几天"),
        (("schedule",), {"every": "day", "role": "supervisor", "due": {"by": "soon"}}, "is no time"),
        (("schedule",), {"every": "day", "due": {"by": "17:00"}}, "names no role"),
    ],
)  # fmt: skip
def test_a_bad_file_says_what_is_wrong(path, value, words):
    with pytest.raises(ValueError, match=r".") as refused:
        definition.parse(changed(path, value))
    assert words in str(refused.value)


def test_a_good_file_is_read_as_written():
    found = definition.parse(BODY)
    assert [one.slug for one in found.items][:3] == ["clean", "warmth", "light"]
    assert found.item("clean").good == ("yes",) and found.item("exit").evidence == "always"
    assert not found.item("extinguisher").na and found.item("clean").na
    assert definition.references(found) == [("case_types", "probe.hazard")]
    assert found.name("en") == "Walk" and found.name("fr") == "巡查"


def test_a_bare_yes_in_yaml_means_the_word():
    body = changed(item(0, "good"), [True])
    assert definition.parse(body).item("clean").good == ("yes",)


def test_a_signature_of_the_checklist_is_an_item_of_every_round():
    found = definition.parse({**BODY, "signature": True})
    assert found.items[-1].kind == "signature" and found.items[-1].evidence == "always" and found.items[-1].required


def test_a_body_has_a_schema_and_says_which_field_is_wrong():
    kind = kind_of("checklists")
    assert "sections" in kind.schema()["properties"]
    with pytest.raises(ValueError, match="kind"):
        kind.value_of("x", changed(item(0, "kind"), "guess"))
    with pytest.raises(ValueError, match="短名称重复"):
        kind.value_of("x", changed(item(1, "slug"), "clean"))
    assert kind.value_of("probe.walk", BODY) == definition.parse(BODY)


def test_the_example_of_the_explanation_is_one():
    page = Path(loader.PACKAGE.parent, "docs", "explanation", "rounds.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    kind = kind_of("checklists")
    (found,) = loader.read_text(text, kind, "docs")
    assert [kind.check_example(found.value, example) for example in found.examples] == [""]


def test_the_content_check_runs_the_examples(content, bank, monkeypatch):
    monkeypatch.setattr(loader, "resolve", lambda kind, key: True)
    assert [problem for problem in check() if "probe" in problem.key] == []
    assert get("checklists", "probe.walk", bank.now.date()).version == 1
