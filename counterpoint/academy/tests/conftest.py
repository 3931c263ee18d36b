"""What tests of learning tell their stories with: a lesson passed by its right answers, read from the content."""

import pytest

from counterpoint.academy import api
from counterpoint.academy.catalogue.questions import right_of
from counterpoint.academy.catalogue.reading import question, shelf
from counterpoint.academy.probes import Look, read

LEVELS = "academy.service.levels"


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
    return {slug: "" if value is None else str(value) for slug, value in found.items()}


@pytest.fixture
def passes(bank):
    """`passes("Sun")` has a person pass a lesson at the eastern branch, by right answers and right figures."""

    def go(name, lesson=LEVELS, unit=None):
        unit = unit or bank.b01
        here = {"scope": bank.scope(name), "now": bank.now}
        run = api.lesson_start(**here, unit=unit, lesson=lesson)
        for key, given in right_answers(bank, unit, lesson).items():
            api.lesson_answer(**here, run=run.pk, question_key=key, given=given)
        api.lesson_check(**here, run=run.pk, branch=unit, given=figures_of(bank, name, unit, lesson))
        return run

    return go
