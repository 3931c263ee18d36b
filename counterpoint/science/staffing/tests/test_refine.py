"""Refining under judges whose truth is known: a table of people enough, the formula itself, and no hope at all."""

import dataclasses
import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import staffing
from counterpoint.science.staffing import Promise, ServiceLoad, Simulated, StaffingError, StaffingProblem
from counterpoint.science.staffing.datasets import branch_day
from counterpoint.science.staffing.require import levels


def day(*needs, minimums=None, opened=None):
    """A result of groups a, b … with these needs; the loads behind them do not matter here."""
    services = tuple(ServiceLoad(name, name, (1.0,) * len(need), 5.0) for name, need in zip("abc", needs, strict=False))
    problem = StaffingProblem(540, 30, services, Promise(10.0, 0.5), minimums=minimums or {}, opened=opened)
    plan = {name: tuple(need) for name, need in zip("abc", needs, strict=False)}
    same = {name: ("load",) * len(need) for name, need in plan.items()}
    return dataclasses.replace(staffing.require(problem), need=plan, reason=same)


class Judge:
    """Everybody is served where ``enough[group][n]`` people are, nobody elsewhere; remembers what it was asked."""

    def __init__(self, enough, miss=0.0):
        self.enough, self.miss, self.asked = enough, miss, []

    def __call__(self, need, seed):
        self.asked.append({group: tuple(series) for group, series in need.items()})
        found = {
            group: tuple(
                1.0 if people >= wanted else self.miss for people, wanted in zip(need[group], row, strict=True)
            )
            for group, row in self.enough.items()
        }
        return Simulated(found, {group: (1.0,) * len(row) for group, row in self.enough.items()})


class TestVerify:
    @pytest.mark.parametrize(
        ("level", "tolerance", "short"),
        [
            (0.5, 0.0, False),
            (math.nextafter(0.5, 0), 0.0, True),
            (0.25, 0.25, False),  # the tolerance itself is tolerated
            (math.nextafter(0.25, 0), 0.25, True),
            (math.nan, 0.0, False),  # nobody came, nobody was let down
        ],
    )
    def test_a_level_is_short_below_promise_less_tolerance(self, level, tolerance, short):
        simulated = Simulated({"a": (level,)}, {"a": (1.0,)})
        found = staffing.verify(day((2,)), simulate=lambda *_: simulated, seed=1, tolerance=tolerance)
        assert found.holds != short
        assert found.short == ((("a", 0, level),) if short else ())

    def test_closed_intervals_promise_nothing(self):
        simulated = Simulated({"a": (0.0, 0.9)}, {"a": (1.0, 1.0)})
        assert staffing.verify(day((1, 1), opened=(False, True)), simulate=lambda *_: simulated, seed=1).holds

    def test_the_seed_and_the_staffing_reach_the_judge(self):
        seen = []
        simulated = Simulated({"a": (1.0,)}, {"a": (4.0,)})
        found = staffing.verify(day((2,)), simulate=lambda need, seed: seen.append((need, seed)) or simulated, seed=42)
        assert seen == [({"a": (2,)}, 42)]
        assert found.to_frame()[["simulated", "customers"]].to_numpy().tolist() == [[1.0, 4.0]]

    def test_the_summary_names_the_number_and_the_worst(self):
        simulated = Simulated({"a": (0.40, 0.314, 0.9)}, {"a": (1.0,) * 3})
        found = staffing.verify(day((1, 1, 1)), simulate=lambda *_: simulated, seed=1)
        assert found.summary() == "2 intervals miss the simulated promise, the worst at 31 %"
        held = staffing.verify(day((1, 1, 1)), simulate=Judge({"a": (1, 1, 1)}), seed=1)
        assert held.summary() == "the simulated promise holds in every interval (1.5 person-hours)"


class TestRaising:
    def test_a_near_miss_gets_one_and_a_far_miss_two_and_one_before(self):
        near, far = Judge({"a": (1, 1, 9)}, miss=0.25), Judge({"a": (1, 1, 9)}, miss=0.0)
        staffing.refine(day((1, 1, 1)), simulate=near, seed=1, rounds=2)
        staffing.refine(day((1, 1, 1)), simulate=far, seed=1, rounds=2)
        assert near.asked[1] == {"a": (1, 1, 2)}
        assert far.asked[1] == {"a": (1, 2, 3)}

    def test_nobody_is_added_before_the_first_interval_or_before_opening(self):
        first, closed = Judge({"a": (9, 1)}), Judge({"a": (1, 9)})
        staffing.refine(day((1, 1)), simulate=first, seed=1, rounds=2)
        staffing.refine(day((0, 1), opened=(False, True)), simulate=closed, seed=1, rounds=2)
        assert first.asked[1] == {"a": (3, 1)}
        assert closed.asked[1] == {"a": (0, 3)}

    def test_only_the_group_that_misses_is_raised(self):
        judge = Judge({"a": (1, 1), "b": (2, 1)}, miss=0.4)
        found = staffing.refine(day((1, 1), (1, 1)), simulate=judge, seed=1)
        assert found.result.need == {"a": (1, 1), "b": (2, 1)}
        assert found.result.reason == {"a": ("load", "load"), "b": ("simulation", "load")}


class TestLowering:
    def test_neighbours_are_not_lowered_in_one_round(self):
        judge = Judge({"a": (1,) * 8})
        found = staffing.refine(day((3,) * 8), simulate=judge, seed=1, rounds=30)
        for before, after in pairwise(judge.asked):
            lowered = [n for n, (x, y) in enumerate(zip(before["a"], after["a"], strict=True)) if y < x]
            assert all(second - first > 2 for first, second in pairwise(lowered))
        assert found.result.need == {"a": (1,) * 8}
        assert found.holds

    def test_minimum_posts_and_the_last_person_stay(self):
        judge = Judge({"a": (0, 0), "b": (0, 0)})
        found = staffing.refine(day((4, 4), (4, 4), minimums={"a": 2}), simulate=judge, seed=1, rounds=40)
        assert found.result.need == {"a": (2, 2), "b": (1, 1)}

    def test_closed_intervals_and_intervals_without_much_room_are_left(self):
        """Promise 0.5: there is room above 0.8."""
        levels_seen = {0.80: 3, 0.81: 2}
        for level, people in levels_seen.items():
            simulated = Simulated({"a": (level, 1.0)}, {"a": (1.0, 1.0)})
            found = staffing.refine(
                day((3, 3), opened=(True, False)), simulate=lambda *_, s=simulated: s, seed=1, rounds=2
            )
            assert found.result.need == {"a": (people, 3)}

    def test_a_person_who_was_missed_comes_back_and_is_not_tried_again(self):
        judge = Judge({"a": (3,)})
        found = staffing.refine(day((3,)), simulate=judge, seed=1, rounds=12)
        assert judge.asked == [{"a": (3,)}, {"a": (2,)}]
        assert found.result.need == {"a": (3,)} and found.holds
        assert found.result.reason == {"a": ("load",)}
        assert found.rounds == 2


TABLE = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=8)


class TestAnyTable:
    @settings(max_examples=60, deadline=None)
    @given(TABLE, st.integers(0, 2))
    def test_with_rounds_enough_the_promise_holds_and_nothing_enough_was_raised(self, cells, minimum):
        start, enough = [max(a, minimum) for a, _ in cells], [b for _, b in cells]
        judge = Judge({"a": enough})
        found = staffing.refine(day(start, minimums={"a": minimum}), simulate=judge, seed=1, rounds=200)
        need = found.result.need["a"]
        assert found.holds
        assert all(people >= wanted for people, wanted in zip(need, enough, strict=True))
        assert all(people >= minimum for people in need)
        if all(a >= b for a, b in zip(start, enough, strict=True)):
            assert all(people <= before for people, before in zip(need, start, strict=True))

    @settings(max_examples=60, deadline=None)
    @given(TABLE, st.integers(1, 10))
    def test_what_comes_back_is_the_best_of_what_was_simulated(self, cells, rounds):
        start, enough = [a for a, _ in cells], [b for _, b in cells]
        judge = Judge({"a": enough})
        found = staffing.refine(day(start), simulate=judge, seed=1, rounds=rounds)
        assert len(judge.asked) == found.rounds <= rounds
        scored = [
            (sum(x < y for x, y in zip(asked["a"], enough, strict=True)), sum(asked["a"])) for asked in judge.asked
        ]
        need = found.result.need["a"]
        assert (len(found.short), sum(need)) == min(scored)
        assert found.simulated.level == Judge(judge.enough)(found.result.need, 1).level
        changed = [why == "simulation" for why in found.result.reason["a"]]
        assert changed == [x != y for x, y in zip(need, start, strict=True)]


def test_the_formula_as_its_own_judge_leaves_its_answer_and_its_level():
    """One person fewer breaks the promise in the formula, so refining may not find anything to change for good."""
    problem = branch_day(200)
    result = staffing.require(problem)
    customers = dict.fromkeys(problem.groups, (1.0,) * problem.intervals)
    found = staffing.refine(
        result, simulate=lambda need, _: Simulated(levels(problem, need), customers), seed=1, tolerance=0.0, rounds=60
    )
    assert found.holds
    assert found.result.need == result.need
    assert found.result.level == result.level


@pytest.mark.parametrize("rounds", [0, -1])
def test_refining_without_a_single_simulation_is_refused(rounds):
    with pytest.raises(StaffingError, match="at least one simulation"):
        staffing.refine(day((1,)), simulate=Judge({"a": (1,)}), seed=1, rounds=rounds)
