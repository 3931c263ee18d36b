"""What tests of learning tell their stories with: a lesson passed by its right answers, read from the content."""

from datetime import timedelta

import pytest

from counterpoint.academy import api
from counterpoint.academy.catalogue.lessons import played
from counterpoint.academy.catalogue.questions import right_of
from counterpoint.academy.catalogue.reading import question, shelf
from counterpoint.academy.models import LessonRun
from counterpoint.academy.practice import worlds
from counterpoint.academy.probes import Look, read
from counterpoint.academy.rules.checking import NOTHING
from counterpoint.foundation.api import scoped
from counterpoint.primitives import content

LEVELS = "academy.service.levels"  # its exercise is practised
READING = "academy.numbers.reading"  # its exercise is read on a page


def right_answers(bank, unit, lesson=LEVELS):
    """Every question of the lesson with its right answer today."""
    on = unit.date_at(bank.now)
    held = shelf(unit, on).lessons[lesson]
    found = {}
    for item in filter(None, (question(key, unit, on) for key in held.value.questions)):
        found[item.key] = list(right_of(item.value, on, unit.rule_pack, unit.path))
    return found


def figures_of(bank, name, unit, lesson=LEVELS):
    """What the product's page says now for every figure of the exercise, as a learner would type it."""
    exercise = shelf(unit, unit.date_at(bank.now)).lessons[lesson].value.exercise
    look = Look(bank.scope(name), unit, bank.now)
    found = {ask.slug: read(ask.probe, look, ask.args).get(ask.field) for ask in exercise.asks}
    return {slug: NOTHING if value is None else str(value) for slug, value in found.items()}


def practised_lessons():
    """Lessons whose exercise is done in a practice branch."""
    return [one for one in content.every("lessons") if one.value.exercise.how == "practice"]


def play(world, example, real):
    """Let the learner act as a worked example says, one act a minute; the host's time afterwards."""
    for one in played(example):
        real = max(real, world.base_real) + timedelta(minutes=1)
        worlds.play(world, one, world.now(real), real)
    return max(real, world.base_real)


def rehearse(bank, name, item, example=None, unit=None):
    """(verdict, run) of a worked example, without one the solution, that is played in a fresh practice branch, one act
    a minute."""
    example = example or next(one for one in item.examples if one["passes"])
    here, unit = {"scope": bank.scope(name), "now": bank.now}, unit or bank.b01
    run = api.lesson_start(**here, unit=unit, lesson=item.key)
    run = api.practice_begin(**here, run=run.pk, branch=unit, title="练习", real=bank.now)
    real = play(worlds.held(run.world), example, bank.now)
    return api.lesson_check(**here, run=run.pk, branch=unit, given={}, real=real), run


def answer_all(bank, name, run, unit, lesson=LEVELS):
    """Answer every question of a run right."""
    for key, given in right_answers(bank, unit, lesson).items():
        api.lesson_answer(scope=bank.scope(name), now=bank.now, run=run.pk, question_key=key, given=given)


@pytest.fixture
def passes(bank):
    """`passes("Sun")` has a person pass a lesson at the eastern branch, by right answers and right figures. A practised
    exercise is taken as done: that it can be is shown where exercises are played."""

    def go(name, lesson=LEVELS, unit=None):
        unit = unit or bank.b01
        here = {"scope": bank.scope(name), "now": bank.now}
        run = api.lesson_start(**here, unit=unit, lesson=lesson)
        if shelf(unit, unit.date_at(bank.now)).lessons[lesson].value.exercise.how == "practice":
            with scoped(here["scope"]):
                LessonRun.objects.filter(pk=run.pk).update(verdict={"passed": True, "lines": []})
        else:
            api.lesson_check(**here, run=run.pk, branch=unit, given=figures_of(bank, name, unit, lesson))
        answer_all(bank, name, run, unit, lesson)
        return run

    return go
