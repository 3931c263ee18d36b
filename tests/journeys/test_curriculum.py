"""A trainee goes through the curriculum in the browser, lesson by lesson, until each is passed.

`make curriculum` takes every lesson that the content holds and prints a table, with LESSONS=academy.risk those
whose key begins so; without it three are taken, one of each kind of exercise.
"""

import os
import sys

import pytest

from tests.journeys.prompter import Prompter
from tests.journeys.trainee import take

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WANTED = os.environ.get("COUNTERPOINT_CURRICULUM")  # beginnings of keys, commas between; unset: the sample
WHOLE = WANTED is not None
TRAINEE = "sun01"
PATIENCE = 90  # seconds for a page; a whole curriculum runs beside other work
BY_HAND = "academy.planning.roster"  # a roster is changed in its editor
TAKEN_ELSEWHERE = "academy.people.disputes"  # by hand, on the pages of its practice branch


@pytest.fixture
def prompter(demo_home):
    """Knows what is right."""
    one = Prompter(demo_home, TRAINEE)
    yield one
    one.close()


def sample(lessons):
    """A lesson whose figures are read from an indicator, and two that are practised: one of them by hand."""
    kinds = (
        lambda one: one["probes"] == ["metric"],
        lambda one: one["key"] == BY_HAND,
        lambda one: one["how"] == "practice" and one["key"] not in (TAKEN_ELSEWHERE, BY_HAND),
    )
    return [next(one for one in lessons if kind(one)) for kind in kinds]


def strict(sun):
    """Refused and missing pages are complaints too."""

    def answered(response):
        if 400 <= response.status < 500:
            sun.note(f"{response.status} {response.url}")

    sun.context.on("response", answered)
    return sun


def test_a_trainee_passes_the_lessons_in_a_browser(visitor, prompter, capsys):
    lessons = prompter.ask("lessons")
    wanted = [one for one in lessons if one["key"].startswith(tuple(WANTED.split(",")))] if WHOLE else sample(lessons)
    sun, taken = strict(visitor(TRAINEE, patience=PATIENCE)), []
    for lesson in wanted:
        taken.append(take(sun, prompter, lesson))
        told(capsys, f"{len(taken):>3} {taken[-1].line}")
    failed = [one.line for one in taken if one.faults]
    counts = {name: sum(getattr(one, name) for one in taken) for name in ("pages", "probes", "acts", "questions")}
    told(capsys, f"{len(taken) - len(failed)} of {len(taken)} lessons passed; done on pages, by probes, acted, and "
                 f"questions: {counts}")  # fmt: skip
    assert failed == []
    stands_as_passed(sun, [lesson["key"] for lesson in wanted])


def told(capsys, line):
    """A line of the table, at once; nothing of a sample."""
    if WHOLE:
        with capsys.disabled():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()


def stands_as_passed(sun, keys):
    """The trainee's own list of courses says of each lesson that it is passed."""
    sun.go("/academy/courses")
    for key in keys:
        row = sun.find(f"li:has(a[href$='/academy/lesson/{key}'])").last
        assert "已通过" in row.inner_text(), f"{key}: {row.inner_text()!r}"
