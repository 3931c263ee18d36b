"""The form of a kind: filled with a definition and sent as it is, it gives the definition back."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pytest
from django.http import QueryDict
from django.utils import translation

from counterpoint.primitives import content
from counterpoint.primitives.content import ClockTime, Count, Kind, Names, Share, yaml_text
from counterpoint.primitives.content.schema_form import MOST_FIELDS, Form, Pairs, changed, settled


@dataclass(frozen=True)
class Step:
    say: str
    minutes: Count | None = None
    critical: bool = False


@dataclass(frozen=True)
class Until:
    minutes: Count = 0
    end_of_day: bool = False


@dataclass(frozen=True)
class Thing:
    key: str
    names: Names
    runs: Literal["opening", "always"]
    steps: tuple[Step, ...] = ()
    within: dict[str, Until] = field(default_factory=dict)
    where: dict[str, int | str | dict[str, float]] = field(default_factory=dict)
    limits: Until | None = None
    words: tuple[str, ...] = ()
    days: tuple[Literal["mon", "tue"], ...] = ()
    at: tuple[float, float] = (0.0, 0.0)
    since: date | None = None
    opens: ClockTime = "09:00"
    share: Share = 0.5
    value: int | str = 1
    either: tuple[int | str, ...] = ()


KIND = Kind("things", type=Thing)
FULL = {
    "names": {"zh-hans": "事", "en": "Thing"}, "runs": "always",
    "steps": [{"say": "你好", "minutes": 3, "critical": True}, {"say": ""}],
    "within": {"red": {"minutes": 30}, "low": {"end_of_day": True}}, "where": {"a": 1, "b": {"gt": 3.0}, "c": "x"},
    "limits": {"minutes": 4}, "words": ["甲", "乙"], "days": ["tue"], "at": [1.5, 2.0], "since": "2026-01-02",
    "opens": "08:30", "share": 0.25, "value": "text",
    "either": ["no", "7", 7, "x: y"],
}  # fmt: skip


def form(kind=KIND, problems=()):
    return Form(kind.schema(), lambda name, value: "", dict(problems))


def sent(fields):
    """What a browser sends of these fields."""
    data = QueryDict(mutable=True)

    def put(one):
        if (one.widget == "optional" or one.may_lack) and one.checked:
            data[one.name + ".~has"] = "1"
        if one.widget == "choices":
            for value, _label, on in one.options:
                if on:
                    data.appendlist(one.name, value)
        elif one.widget == "choice":
            data[one.name] = next((value for value, _label, on in one.options if on), "")
        elif one.widget == "flag":
            if one.checked:
                data[one.name] = "on"
        elif one.widget == "row":
            data[one.name + ".~row"] = "1"
        elif (
            not one.parts and not one.rows and one.widget not in {"rows", "map", "group", "optional", "names", "tuple"}
        ):
            data[one.name] = one.value
        if one.widget != "optional" or one.checked:
            for part in (*one.parts, *(row for _n, row in one.rows)):
                put(part)

    for one in fields:
        put(one)
    return data


def again(kind, body, do=""):
    data = sent(form(kind).fields(body))
    read = form(kind).read(data, data.getlist)
    return settled(changed(read, do) if do else read)


def test_a_form_sent_as_it_is_gives_the_same_definition():
    assert again(KIND, FULL) == FULL | {"steps": [FULL["steps"][0], {"say": ""}]}
    assert KIND.value_of("x", again(KIND, FULL)) == KIND.value_of("x", FULL)


def test_what_says_nothing_beyond_its_default_is_left_out():
    short = {"names": {"zh-hans": "事"}, "runs": "always"}
    assert again(KIND, short) == short


def test_every_definition_of_the_house_survives_its_form():
    seen = 0
    for kind in content.kinds():
        for item in content.every(kind.name) if kind.type else ():
            fields = form(kind).fields(yaml_text.plain(dict(item.body)))
            if sum(one.count for one in fields) > MOST_FIELDS:
                continue
            read = again(kind, yaml_text.plain(dict(item.body)))
            value = kind.value_of(item.key, read)
            assert kind.build or value == item.value, (kind.name, item.key)
            seen += 1
    assert seen > 30


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("add:steps", {"steps": [*FULL["steps"], {"say": ""}]}),
        ("drop:steps.0", {"steps": [{"say": ""}]}),
        ("up:steps.1", {"steps": [{"say": ""}, FULL["steps"][0]]}),
        ("up:steps.0", {}),
        ("drop:within.0", {"within": {"low": {"end_of_day": True}}}),
        ("drop:steps.9", {}),
        ("drop:nowhere.0", {}),
        ("dance:steps", {}),
    ],
)
def test_buttons_add_remove_and_move_rows(do, expected):
    found = again(KIND, FULL, do)
    if do == "add:steps":
        found["steps"][-1] = {"say": ""}
    assert found == FULL | expected


def test_a_new_pair_of_a_map_is_empty_until_it_is_filled():
    data = sent(form().fields(FULL))
    body = changed(form().read(data, data.getlist), "add:within")
    assert isinstance(body["within"], Pairs) and body["within"][-1] == ("", None)
    fields = {one.name: one for one in form().fields(body)}
    assert len(fields["within"].rows) == 3


def test_what_is_no_number_comes_back_as_it_was_typed_and_is_named():
    data = sent(form().fields(FULL))
    data["share"], data["steps.0.minutes"] = "half", "3.5"
    read = settled(form().read(data, data.getlist))
    with translation.override("en"), pytest.raises(ValueError) as told:
        KIND.value_of("x", read)
    assert {one.field for one in told.value.problems} == {"share", "steps.0.minutes"}
    shown = {one.name: one for one in form(problems=[("share", ("must be a number",))]).fields(read)}
    assert shown["share"].value == "half" and shown["share"].errors == ("must be a number",)


def test_what_is_wrong_with_a_row_is_shown_at_the_row():
    shown = {one.name: one for one in form(problems=[("steps.1", ("it leads nowhere",))]).fields(FULL)}
    assert [row.errors for _n, row in shown["steps"].rows] == [(), ("it leads nowhere",)]


def test_widgets_fit_what_is_asked():
    widgets = {one.name: one.widget for one in form().fields(FULL)}
    assert widgets == {
        "names": "names", "runs": "choice", "steps": "rows", "within": "map", "where": "map", "limits": "optional",
        "words": "lines", "days": "choices", "at": "tuple", "since": "date", "opens": "clock", "share": "number",
        "value": "scalar", "either": "lines",
    }  # fmt: skip
