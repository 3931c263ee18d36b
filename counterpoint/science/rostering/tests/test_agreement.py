"""Corners in which solver and judge once went different ways, each with the least problem that shows it."""

from dataclasses import replace

import pytest

from counterpoint.science.rostering import (
    Day,
    Minimum,
    TwoPerson,
    evaluate,
    first_conflict,
    solve,
)
from counterpoint.science.rostering.tests.smallbranch import LOBBY, branch, need, plan, someone, works

MEI, OMAR = someone(), someone("omar")


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (540, 570, [540]),  # exactly one interval
        (555, 565, [540]),  # inside one interval: nobody may slip through between two ticks of the grid
        (555, 585, [540, 570]),  # a part of two
        (525, 541, [540]),  # one minute of the first
        (500, 540, []),  # over before the day begins
        (660, 690, []),
    ],
)
def test_a_two_person_task_counts_in_every_interval_that_it_touches(start, end, found):
    problem = branch(MEI, two_person=(TwoPerson("vault", "cash", start, end),))
    assert [v.start for v in evaluate(problem, plan(works("mei"))).hard] == found
    assert (solve(problem, seed=1).roster is None) == bool(found)
    assert {i.start for i in (first_conflict(problem).items if found else ())} <= set(found)


@pytest.mark.parametrize(
    ("opens", "closes", "post", "found"),
    [
        (540, 660, (None, None), [540, 570, 600, 630]),
        (555, 645, (None, None), [540, 570, 600, 630]),  # a quarter of an hour before and after the grid's ticks
        (570, 630, (None, None), [570, 600]),
        (540, 660, (555, 585), [540, 570]),
        (540, 660, (0, 541), [540]),
        (600, 660, (540, 600), []),  # the post's hours are over when the branch opens
    ],
)
def test_a_minimum_post_is_held_in_every_interval_that_is_open_for_a_part(opens, closes, post, found):
    problem = branch(MEI, minimums=(Minimum("cash", ("cash",), 1, *post),))
    problem = replace(problem, days=(Day("2026-11-30", opens, closes),))
    assert [v.start for v in evaluate(problem, plan()).hard] == found


def test_a_demand_known_only_by_its_p90_is_staffed_and_priced():
    wanted = need(1, 1, 1, 1, skill="lobby")
    problem = branch(someone(skills=LOBBY), demand={}, demand_p90=wanted)
    assert evaluate(problem, plan()).costs["under_p90"] == 4 * 12
    found = solve(problem, seed=1)
    assert (found.objective, found.bound) == (0, 0)
    assert found.evaluation.coverage["lobby"] == (1, 1, 1, 1)
