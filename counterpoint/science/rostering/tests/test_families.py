"""One door: every family is read, solved, judged and written by the same calls."""

from __future__ import annotations

import json

import pytest

from counterpoint.science.rostering import Limit, Progress, families
from counterpoint.science.rostering.activities.tests.test_judge import SOLUTION
from counterpoint.science.rostering.activities.tests.test_judge import TEXT as ACTIVITIES
from counterpoint.science.rostering.schedules.tests.test_reader import TEXT as SCHEDULES
from counterpoint.science.rostering.tests.cases import week

WORK = Limit(deterministic=0.5)
TEXTS = {"week": json.dumps(week().to_dict()), "schedules": SCHEDULES, "activities": ACTIVITIES}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_problem_comes_back_equal_from_its_json(kind):
    problem = families.read(TEXTS[kind])
    assert families.read(json.dumps(problem.to_dict())) == problem


@pytest.mark.parametrize("kind", TEXTS)
def test_every_family_is_solved_judged_and_written_by_the_same_calls(kind):
    problem = families.read(TEXTS[kind])
    found = families.solve(problem, seed=1, limit=WORK)
    assert found.answer is not None and found.judgement is not None
    assert found.judgement == families.judge(problem, found.answer)
    assert found.bound <= found.judgement.total and found.gap is not None
    assert str(found.judgement.total) in found.summary()
    again = families.read_answer(problem, json.dumps(found.to_dict()))
    assert again == found.answer
    alone = families.read_answer(problem, json.dumps(found.to_dict()["answer"]))
    assert alone == found.answer


@pytest.mark.parametrize("kind", TEXTS)
def test_equal_seed_and_work_give_an_equal_answer_and_a_start_is_never_made_worse(kind):
    problem = families.read(TEXTS[kind])
    first = families.solve(problem, seed=1, limit=WORK)
    assert families.solve(problem, seed=1, limit=WORK).answer == first.answer
    assert first.judgement is not None
    if first.judgement.feasible:
        onward = families.solve(problem, seed=2, limit=Limit(deterministic=0.05), start=first.answer)
        assert onward.judgement is not None and onward.judgement.total <= first.judgement.total


@pytest.mark.parametrize("kind", TEXTS)
def test_a_limit_in_seconds_is_by_the_callers_clock(kind):
    problem, ticks = families.read(TEXTS[kind]), iter(range(10**9))
    with pytest.raises(ValueError, match="needs a clock"):
        families.solve(problem, seed=1, limit=Limit(deterministic=None, seconds=5))
    timed = Limit(deterministic=1.0, seconds=50)
    found = families.solve(problem, seed=1, limit=timed, clock=lambda: float(next(ticks)))
    assert found.seconds > 0


def test_every_better_answer_is_told():
    heard: list[Progress] = []
    families.solve(families.read(SCHEDULES), seed=1, limit=WORK, on_progress=heard.append)
    assert heard and all(step.bound <= step.objective for step in heard)


def test_a_published_solution_is_an_answer():
    problem = families.read(ACTIVITIES)
    answer = families.read_answer(problem, SOLUTION)
    assert isinstance(answer, tuple) and answer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "neither"),
        ("{", "no JSON"),
        ('{"format": "somebody/1"}', "none of"),
        ('{"format": "counterpoint.roster/1"}', "missing"),
    ],
)
def test_what_is_no_problem_is_told_apart(text, words):
    with pytest.raises(ValueError, match=words):
        families.read(text)


def test_an_answer_to_another_kind_of_problem_is_refused():
    schedules, activities = families.read(SCHEDULES), families.read(ACTIVITIES)
    plan = families.solve(schedules, seed=1, limit=WORK).answer
    assert plan is not None
    with pytest.raises(ValueError, match="no answer to"):
        families.judge(activities, plan)
    with pytest.raises(ValueError, match="no answer to"):
        families.solve(activities, seed=1, limit=WORK, start=plan)
    with pytest.raises(ValueError, match="none was found"):
        families.read_answer(schedules, '{"format": "counterpoint.answer/1", "answer": null}')


@pytest.mark.parametrize("kind", TEXTS)
def test_what_is_compiled_beforehand_needs_no_problem_of_that_size(kind):
    families.prepare(families.read(TEXTS[kind]))
