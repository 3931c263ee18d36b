"""The curriculum is whole: every mechanism of the outline's chapters 1 to 6 is taught, practised and asked about, in
both languages, and every lesson stands in the one course that it names."""

from collections.abc import Iterable
from typing import Any

import pytest

from counterpoint.academy.catalogue.lessons import LEAST_QUESTIONS, MECHANISMS
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.models import Enrolment
from counterpoint.academy.tests.test_catalogue import words
from counterpoint.foundation.scope import scoped
from counterpoint.primitives import content
from counterpoint.primitives.content import yaml_text

UNITS = 56  # at least so many lessons
COURSES_A_CHAPTER = 3  # at most


def held(kind: str) -> dict[str, Any]:
    """The newest version of every item of a kind, by key."""
    return {one.key: one for one in sorted(content.every(kind), key=lambda item: item.version)}


def whole(mechanism: str, lessons: Iterable[Any], questions: dict[str, Any]) -> str:
    """What a mechanism lacks: a lesson, a checked exercise, questions, a language; "" for nothing."""
    taught = [one for one in lessons if mechanism in one.body["mechanism"]]
    if not taught:
        return "no lesson"
    for one in taught:
        body = yaml_text.plain(dict(one.body))
        exercise = body["exercise"]
        probes = [line["probe"] for line in (*exercise.get("asks", ()), *exercise.get("checks", ()))]
        asked = [questions[key] for key in body["questions"] if key in questions]
        if not probes or not any(example["passes"] for example in one.examples):
            return f"{one.key}: no exercise that is checked"
        if len(asked) < LEAST_QUESTIONS:
            return f"{one.key}: too few questions"
        said = [*words(body), *(group for item in asked for group in words(yaml_text.plain(dict(item.body))))]
        if not all(group.get("zh-hans", "").strip() and group.get("en", "").strip() for group in said):
            return f"{one.key}: a language is missing"
    return ""


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_mechanism_has_lesson_exercise_and_questions_in_both_languages(mechanism):
    assert whole(mechanism, held("lessons").values(), held("questions")) == ""


def sabotaged(**more):
    """A lesson that holds, with some fields of its body changed."""
    item = held("lessons")["academy.service.levels"]
    body = yaml_text.plain(dict(item.body)) | more
    return type(item)(**{**vars(item), "body": body})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mechanism": ["4.2"]}, "no lesson"),
        ({"exercise": {"how": "practice", "checks": []}}, "no exercise"),
        ({"questions": ["academy.service.levels.q1"]}, "too few"),
        ({"why": {"zh-hans": "只有中文", "en": " "}}, "language"),
    ],
)
def test_what_is_missing_is_found(change, told):
    assert whole("4.1", [sabotaged()], held("questions")) == ""
    assert told in whole("4.1", [sabotaged(**change)], held("questions"))


def test_there_are_enough_units():
    assert len(held("lessons")) >= UNITS


def test_every_lesson_stands_in_the_one_course_that_it_names():
    lessons, courses = held("lessons"), held("courses")
    places = [(lesson, key) for key, one in courses.items() for lesson in one.value.lessons]
    assert sorted(places) == sorted((key, one.value.course) for key, one in lessons.items())
    for lesson, key in places:
        chapters = {int(one.partition(".")[0]) for one in lessons[lesson].value.mechanism}
        assert courses[key].value.chapter in chapters, lesson


def test_chapters_have_few_courses():
    chapters = [one.value.chapter for one in held("courses").values()]
    assert set(chapters) == {1, 2, 3, 4, 5, 6}
    assert max(map(chapters.count, chapters)) <= COURSES_A_CHAPTER


def test_a_course_that_went_into_another_is_found_by_its_old_key():
    courses = held("courses")
    gone = [key for one in courses.values() for key in one.value.replaces]
    assert len(set(gone)) == len(gone) and not set(gone) & set(courses)


def test_whoever_was_assigned_to_a_course_that_is_gone_finds_the_new_one(bank, sign_in):
    on = bank.b01.date_at(bank.now)
    assert shelf(bank.b01, on).course("academy.service.answering").key == "academy.service"
    assert shelf(bank.b01, on).course("academy.nothing") is None
    with scoped(bank.scope("Ada")):
        Enrolment.objects.create(
            org_unit=bank.b01, user=bank.people["Sun"], course="academy.service.answering", version=1, due_on=on,
            origin="trainer", at=bank.now,
        )  # fmt: skip
    page = sign_in("Sun").get("/academy/").content.decode()
    assert "投诉：受理、分级、答复" in page and "academy.service.answering" not in page
