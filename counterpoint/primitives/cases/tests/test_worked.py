"""Worked examples of kinds of case: the build computes each, and every shipped kind has one for each of its clocks."""

import pytest
from django.utils import translation

from counterpoint.primitives.cases.worked import dues
from counterpoint.primitives.content import every, kind_of
from counterpoint.primitives.content.loader import wrong_example

KIND = "case_types"


def held(key, pack="any"):
    return max((i for i in every(KIND) if (i.key, i.pack) == (key, pack)), key=lambda item: item.version)


def wrong(item, **example):
    with translation.override("en"):
        return wrong_example(kind_of(KIND), item, example)


def test_every_shipped_kind_with_clocks_has_an_example_for_each_clock(db):
    for item in every(KIND):
        named = {clock for example in item.examples for clock in example["due"]}
        assert named == {clock.slug for clock in item.value.clocks}, item.key
        assert [wrong_example(kind_of(KIND), item, one) for one in item.examples] == [""] * len(item.examples)
    assert len(held("service.complaint", "cn").examples) >= 2


def test_the_outlines_own_times_hold(db):
    complaint = held("service.complaint", "cn")
    late = {"level": "level_2", "at": "2026-09-30 16:00"}  # the last day before the National Day holidays
    assert dues(complaint.value, late) == {
        "takeover": "2026-10-08 10:00", "report": "2026-10-09 17:00", "legal": "2026-10-15 24:00",
    }  # fmt: skip


def test_an_example_that_does_not_hold_says_what_comes_out(db):
    task = held("primitives.task")
    assert "2026-11-30 11:00" in wrong(task, level="urgent", at="2026-11-27 15:00", due={"done": "2026-11-27 19:00"})
    assert wrong(task, level="urgent", at="2026-11-27 15:00", due={}), "every clock of the level is named"


def test_a_pause_and_a_later_level_move_the_deadline(db):
    task = held("primitives.task")
    asked = {"level": "normal", "at": "2026-11-23 10:30"}
    assert dues(task.value, asked) == {"done": "2026-11-26 17:00"}
    waited = {**asked, "pauses": [["2026-11-24 10:00", "2026-11-25 10:00"]]}
    assert dues(task.value, waited) == {"done": "2026-11-27 17:00"}
    assert dues(task.value, {**asked, "levels": {"2026-11-23 11:00": "urgent"}}) == {"done": "2026-11-23 14:30"}
    held_up = {**asked, "pauses": [["2026-11-24 10:00", "2026-11-24 09:00"]]}
    assert dues(task.value, held_up)["done"] >= "2026-11-26 17:00"


@pytest.mark.parametrize("spoilt", [
    {"level": "none", "at": "2026-11-23 10:30", "due": {}}, {"level": "normal", "due": {}},
    {"level": "normal", "at": "tomorrow", "due": {}}, {"level": "normal", "at": "2026-11-23 10:30", "due": {}, "x": 1},
    {"level": "normal", "at": "2026-11-23 10:30", "due": {}, "pack": "moon"},
])  # fmt: skip
def test_what_is_no_example_is_refused_in_words(db, spoilt):
    assert wrong(held("primitives.task"), **spoilt)
