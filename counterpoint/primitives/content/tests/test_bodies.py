"""Typed bodies: what a kind accepts, what it says of a wrong one, and files that a test adds while it runs."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

import pytest
from django.utils import translation
from pydantic import Field

from counterpoint.primitives import content
from counterpoint.primitives.content import (
    ClockTime,
    ContentError,
    Count,
    Kind,
    Named,
    Names,
    Share,
    registry,
    yaml_text,
)
from counterpoint.primitives.content.bodies import BodyError
from counterpoint.primitives.content.testing import content_folder  # noqa: F401


@dataclass(frozen=True)
class Level:
    slug: str
    minutes: Count
    from_: Annotated[ClockTime, Field(alias="from")] = "09:00"


@dataclass(frozen=True)
class Ladder(Named):
    key: str
    names: Names
    levels: tuple[Level, ...]
    share: Share = 0.5
    at: tuple[float, float] = (0.0, 0.0)
    runs: Literal["opening", "always"] = "opening"
    since: date | None = None
    where: dict[str, int | str | dict[str, float]] = field(default_factory=dict)


GOOD = {"names": {"zh-hans": "阶梯"}, "levels": [{"slug": "red", "minutes": 30}]}


@pytest.fixture
def kind(monkeypatch):
    """The kind `ladders`, for this test."""
    found = Kind("ladders", type=Ladder, check=lambda one: "" if one.levels else "a ladder needs a level")
    monkeypatch.setattr(registry, "_kinds", registry._kinds | {"ladders": found})
    with translation.override("en"):
        yield found


def test_a_body_becomes_a_frozen_value_with_tuples_dates_and_defaults(kind):
    found = kind.value_of("x", GOOD | {"since": date(2026, 1, 1), "where": {"a": 1, "b": {"gt": 3}, 4: "x"}})
    assert found == Ladder(
        "x",
        {"zh-hans": "阶梯"},
        (Level("red", 30),),
        since=date(2026, 1, 1),
        where={"a": 1, "b": {"gt": 3.0}, "4": "x"},
    )
    assert found.name("en") == "阶梯"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"levels": [{"slug": "red"}]}, "levels.0.minutes: is missing"),
        ({"levels": [{"slug": "red", "minutes": -1}]}, "levels.0.minutes: must be 0 or more, not -1"),
        ({"levels": [{"slug": "red", "minutes": True}]}, "levels.0.minutes: must be a whole number, not true"),
        ({"levels": [{"slug": "red", "minutes": "9"}]}, 'levels.0.minutes: must be a whole number, not "9"'),
        (
            {"levels": [{"slug": "red", "minutes": 9, "colour": 1}]},
            "levels.0.colour: is no field here; known are: slug, minutes, from",
        ),
        ({"levels": [{"slug": 3, "minutes": 9}]}, "levels.0.slug: must be text"),
        ({"levels": [{"slug": "a", "minutes": 9, "from": "noon"}]}, "levels.0.from: "),
        ({"levels": []}, "a ladder needs a level"),
        ({"levels": {}}, "levels: must be a list"),
        ({"share": 1.2}, "share: must be 1 or less, not 1.2"),
        ({"at": [1]}, "at.1: is missing"),
        ({"runs": "never"}, "runs: 'never' is not one of: 'opening', 'always'"),
        ({"since": "soon"}, "since: must be a date such as 2026-11-23"),
        ({"names": {"en": "Ladder"}}, "names: a name in zh-hans is needed"),
        ({"names": {"zh-hans": "阶", "de": "Leiter"}}, "names: 'de' is no language"),
        ({"where": {"a": [1]}}, "where.a: must be a whole number, not [1] or must be text"),
        ({"share": float("nan")}, "Out of range"),
        ({"step": 1}, "step: is no field here; known are: names, levels, share"),
    ],
)
def test_a_wrong_body_is_told_by_field_and_what_is_allowed(kind, wrong, words):
    with pytest.raises(ValueError) as told:
        kind.value_of("x", GOOD | wrong)
    assert words in str(told.value)


def test_all_wrong_fields_are_told_at_once(kind):
    with pytest.raises(ValueError) as told:
        kind.value_of("x", {"levels": [{}], "share": 7})
    assert {p.field for p in told.value.problems} == {"names", "levels.0.slug", "levels.0.minutes", "share"}


def test_the_schema_says_what_the_type_says(kind):
    schema = kind.schema()
    assert set(schema["required"]) == {"names", "levels"} and "key" not in schema["properties"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["share"] == {
        "default": 0.5, "maximum": 1, "minimum": 0, "title": "Share", "type": "number",
    }  # fmt: skip
    assert schema["$defs"]["Level"]["properties"]["from"]["format"] == "clock"


def test_every_kind_of_the_house_has_a_type_and_its_schema(kind):
    for one in content.kinds():
        assert one.schema()["type"] == "object"


FILE = """
    key: branch
    version: 1
    source: branch practice
    mark: D
    effective_from: 2020-01-01
    names: {zh-hans: 本行阶梯}
    levels: [{slug: red, minutes: 30}]
"""


def test_a_file_added_while_the_house_runs_is_read_from_the_next_call_on(kind, content_folder):  # noqa: F811
    assert content.items("ladders", date(2026, 1, 1)) == {}
    content_folder("ladders", FILE)
    found = content.get("ladders", "branch", date(2026, 1, 1))
    assert found.value.levels == (Level("red", 30),) and not found.may_stop
    assert found.file == "content/ladders/added.yaml"
    content_folder("ladders", FILE.replace("version: 1", "version: 2").replace("30", "20"), name="newer")
    assert content.get("ladders", "branch", date(2026, 1, 1)).value.levels == (Level("red", 20),)
    assert content.version("ladders", "branch", 1).value.levels == (Level("red", 30),)
    with pytest.raises(ContentError, match="no version 3"):
        content.version("ladders", "branch", 3)


def test_a_pinned_version_is_the_packs_own_when_it_has_one(kind, content_folder):  # noqa: F811
    content_folder("ladders", FILE)
    content_folder("ladders", FILE.replace("version: 1", "version: 2\n    pack: intl").replace("30", "9"), name="intl")
    assert content.version("ladders", "branch", 2, "intl").value.levels[0].minutes == 9
    assert content.version("ladders", "branch", 1, "intl").value.levels[0].minutes == 30
    with pytest.raises(ContentError):
        content.version("ladders", "branch", 2, "cn")


def test_a_text_that_people_send_has_no_anchors():
    with pytest.raises(yaml_text.YamlFault, match="anchors"):
        yaml_text.load("key: &a [x]\nlevels: *a\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("key: a\nkey: b\n", "stands twice"),
        ("key: [", "is no YAML"),
        ("? [1, 2]\n: 3\n", "a key must be text"),
        ("x" * 300_000, "longer than"),
    ],
)
def test_yaml_that_hides_something_is_refused(kind, content_folder, text, words):  # noqa: F811
    content_folder("ladders", text)
    with pytest.raises(ContentError, match=words):
        content.every("ladders")


@pytest.mark.parametrize(
    ("wrong", "fillable"),
    [
        ({"names": {"en": "Ladder"}}, True),
        ({"levels": [{"slug": "red"}]}, True),
        ({"names": {"zh-hans": "阶", "de": "Leiter"}}, False),
        ({"share": "half"}, False),
        ({"step": 1}, False),
    ],
)
def test_a_form_can_show_what_is_missing_or_breaks_a_rule_and_would_lose_anything_else(kind, wrong, fillable):
    with pytest.raises(BodyError) as told:
        kind.value_of("x", GOOD | wrong)
    assert [one.fillable for one in told.value.problems] == [fillable]
