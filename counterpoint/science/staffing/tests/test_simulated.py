"""The twin as a judge: against a counter played by hand, and on days so plain that the answer is known."""

import heapq
import math

import numpy as np
import pytest

from counterpoint.science import staffing
from counterpoint.science.staffing import Promise, ServiceLoad, StaffingError, StaffingProblem


def judged(problem, need, *, replications=20, seed=1):
    return staffing.by_twin(problem, replications=replications)(need, seed)


def played(arrivals, step, mean, cv, people, within, days, seed):
    """Level by interval of arrival: one line before ``people`` counters, served in order, log-normal times."""
    rng = np.random.default_rng(seed)
    sigma = math.sqrt(math.log1p(cv**2))
    came, kept = np.zeros(len(arrivals)), np.zeros(len(arrivals))
    for _ in range(days):
        coming = [n * step + rng.uniform(0, step) for n, rate in enumerate(arrivals) for _ in range(rng.poisson(rate))]
        free = [0.0] * people
        for when in sorted(coming):
            start = max(when, free[0])
            heapq.heapreplace(free, start + rng.lognormal(math.log(mean) - sigma**2 / 2, sigma))
            came[int(when // step)] += 1
            kept[int(when // step)] += start - when <= within
    return kept / came, came / days


def test_levels_and_customers_agree_with_counters_played_by_hand():
    arrivals, mean, cv, people, within = (8.0, 14.0, 12.0, 4.0), 6.0, 0.6, 2, 5.0
    service = ServiceLoad("deposit", "cash", arrivals, mean, cv)
    problem = StaffingProblem(540, 30, (service,), Promise(within, 0.9))
    level, customers = played(arrivals, 30, mean, cv, people, within, 1500, seed=6)
    found = judged(problem, {"cash": (people,) * 4}, replications=4000)
    assert found.level["cash"] == pytest.approx(level, abs=0.035)
    assert found.customers["cash"] == pytest.approx(arrivals, rel=0.03)
    assert customers == pytest.approx(arrivals, rel=0.03)


def plain(**arrivals):
    """Services that always take one minute, each in the group of its own name."""
    services = tuple(ServiceLoad(name, name, rates, 1.0, 0.0) for name, rates in arrivals.items())
    return StaffingProblem(540, 30, services, Promise(0.0, 0.9))


class TestPlainDays:
    def test_with_somebody_for_everybody_nobody_waits(self):
        found = judged(plain(a=(3.0, 3.0)), {"a": (20, 20)})
        assert found.level["a"] == (1.0, 1.0)

    def test_an_interval_without_people_serves_nobody_in_time(self):
        problem = plain(a=(0.0, 6.0, 6.0))
        found = judged(problem, {"a": (20, 0, 20)})
        assert math.isnan(found.level["a"][0])
        assert found.level["a"][1] == 0.0
        assert found.level["a"][2] > 0.3  # the line of the interval before goes first
        assert found.customers["a"][0] == 0.0

    def test_a_gap_in_the_shifts_is_kept_apart_from_a_whole_day(self):
        problem = plain(a=(6.0, 6.0, 0.0))
        assert judged(problem, {"a": (20, 0, 20)}).level["a"][1] == 0.0
        assert judged(problem, {"a": (20, 20, 20)}).level["a"][1] == 1.0

    def test_people_of_one_group_do_not_serve_another(self):
        problem = plain(a=(4.0, 4.0), b=(4.0, 4.0))
        found = judged(problem, {"a": (20, 20), "b": (0, 0)})
        assert found.level == {"a": (1.0, 1.0), "b": (0.0, 0.0)}

    def test_a_post_without_services_has_no_customers_and_no_level(self):
        services = plain(a=(4.0,)).services
        problem = StaffingProblem(540, 30, services, Promise(0.0, 0.9), minimums={"lobby": 2})
        found = judged(problem, {"a": (20,), "lobby": (2,)})
        assert math.isnan(found.level["lobby"][0])
        assert found.customers["lobby"] == (0.0,)

    def test_each_group_is_judged_by_its_own_promise(self):
        services = tuple(ServiceLoad(name, name, (12.0,) * 4, 2.0, 0.0) for name in "ab")
        problem = StaffingProblem(540, 30, services, promises={"a": Promise(0.0, 0.9), "b": Promise(60.0, 0.9)})
        found = judged(problem, {"a": (1,) * 4, "b": (1,) * 4})
        assert max(found.level["a"]) < 0.9
        assert min(found.level["b"]) == 1.0

    def test_impatient_customers_who_walk_out_were_not_served_in_time(self):
        services = (ServiceLoad("a", "a", (12.0, 12.0, 12.0), 5.0, 0.0, 2.0),)
        problem = StaffingProblem(540, 30, services, Promise(600.0, 0.9))
        level = judged(problem, {"a": (1, 1, 1)}, replications=200).level["a"]
        assert 6 / 12 * 0.8 < level[1] < 6 / 12 * 1.2  # one of two: twelve come, six fit into half an hour
        assert judged(problem, {"a": (20, 20, 20)}).level["a"] == (1.0,) * 3

    def test_a_day_without_anybody_keeps_no_promise_and_needs_none_without_customers(self):
        found = judged(plain(a=(0.0, 6.0)), {"a": (0, 0)})
        assert math.isnan(found.level["a"][0]) and found.level["a"][1] == 0.0
        assert found.customers["a"] == (0.0, 6.0)
        quiet = plain(a=(0.0, 0.0))
        checked = staffing.verify(staffing.require(quiet), simulate=staffing.by_twin(quiet), seed=1)
        assert checked.holds and checked.result.hours == 0

    def test_the_same_seed_brings_the_same_people_and_another_seed_others(self):
        problem = plain(a=(6.0, 6.0))
        one, again, other = (judged(problem, {"a": (1, 1)}, seed=seed) for seed in (1, 1, 2))
        assert one == again
        assert one.customers != other.customers


class TestHours:
    @pytest.mark.parametrize(
        ("opened", "allowed"),
        [
            ((True, True, True, True), True),
            ((False, True, True, False), True),
            ((False, False, True, False), True),
            ((True, False, True, True), False),
            ((False, False, False, False), False),
        ],
    )
    def test_the_branch_opens_once_and_closes_once(self, opened, allowed):
        arrivals = tuple(4.0 * is_open for is_open in opened)
        problem = StaffingProblem(
            540, 30, (ServiceLoad("a", "a", arrivals, 1.0, 0.0),), Promise(0.0, 0.9), {}, {}, opened
        )
        if not allowed:
            with pytest.raises(StaffingError, match="one unbroken stretch of open intervals"):
                staffing.by_twin(problem)
            return
        found = judged(problem, {"a": (20,) * 4})
        assert [not math.isnan(level) for level in found.level["a"]] == list(opened)
        assert found.customers["a"] == pytest.approx(arrivals, rel=0.4)

    def test_each_service_that_comes_at_night_is_named(self):
        services = tuple(
            ServiceLoad(code, "a", rates, 1.0)
            for code, rates in (("x", (1.0, 2.0)), ("y", (0.0, 2.0)), ("z", (3.0, 0.0)))
        )
        with pytest.raises(StaffingError, match=r"Customers of \['x', 'z'\] arrive while the branch is closed"):
            staffing.by_twin(StaffingProblem(540, 30, services, opened=(False, True)))
