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
        (("names",), {"en": "x"}, "lacks its name in zh-hans"),
        (("surprise",), 1, "does not know surprise"),
        (("pass_mark",), 120, "pass_mark must be a number from 0 to 100"),
        (item(0, "kind"), "guess", "item clean: kind 'guess' is not one of"),
        (item(0, "slug"), "a b", "needs a slug"),
        (item(1, "slug"), "clean", "the item clean stands twice"),
        (item(0, "limits"), {"min": 1}, "limits belong to a number"),
        (item(1, "limits"), {"min": 9, "max": 1}, "which nothing meets"),
        (item(2, "choices"), None, "a choice needs choices"),
        (item(2, "good"), ["none"], "which cannot be answered"),
        (item(2, "good"), None, "say which choices are good"),
        (item(0, "evidence"), "maybe", "evidence 'maybe' is not one of"),
        (item(0, "weight"), -1, "weight must be a number"),
        (item(0, "on_fail"), {"level": "high"}, "names no case type"),
        (("schedule",), {"every": "hour"}, "every 'hour' is not one of"),
        (("schedule",), {"every": "day", "role": "supervisor", "due": {}}, "needs exactly one of"),
        (("schedule",), {"every": "week", "role": "supervisor", "due": {"by": "17:00"}}, "needs the day of the week"),
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
    with pytest.raises(ValueError, match="stands twice"):
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
