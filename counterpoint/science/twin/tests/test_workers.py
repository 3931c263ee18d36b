"""Threads share a batch: whoever runs a replication, every bit of the result is the same."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import twin
from counterpoint.science.twin import parts
from counterpoint.science.twin.tests.random_days import random_commands, random_model, random_staffing

ARRAYS = ("times", "codes", "by_counter", "by_person")


def same(one, other):
    """Bit by bit, not nearly: NaN equals NaN and -0.0 differs from 0.0."""
    return all(getattr(one, name).tobytes() == getattr(other, name).tobytes() for name in ARRAYS) and all(
        one.kpis[name].tobytes() == other.kpis[name].tobytes() for name in one.kpis
    )


@given(st.integers(0, 10**6), st.integers(1, 40), st.integers(0, 500))
@settings(deadline=None, max_examples=20)
def test_any_number_of_workers_gives_the_same_bits(seed, replications, first):
    rng = np.random.default_rng(seed)
    model = random_model(rng)
    staffing = random_staffing(rng, model)
    rates = rng.uniform(0, 4, size=(2, len(model.services), 4))
    commands = [*random_commands(rng, model, staffing, 4), twin.AddCustomers(580.0, "S0", 7, 20.0)]
    until = float(rng.choice([np.inf, 640.0]))
    asked = {"seed": seed, "commands": commands, "first_replication": first, "until": until}
    alone = twin.simulate(model, staffing, rates, replications, **asked)
    for workers in (2, 3, 7, None):
        assert same(twin.simulate(model, staffing, rates, replications, workers=workers, **asked), alone)


@given(st.integers(1, 60), st.lists(st.integers(1, 59), max_size=5), st.integers(2, 5))
@settings(deadline=None, max_examples=20)
def test_odd_splits_over_calls_and_threads_give_the_same_bits(replications, cuts, workers):
    branch = twin.demo_branch(seed=4, size="small")
    asked = (branch.model, branch.staffing, branch.rates)
    whole = twin.simulate(*asked, replications, seed=9)
    ends = [0, *sorted({c for c in cuts if c < replications}), replications]
    pieces = [twin.simulate(*asked, b - a, seed=9, first_replication=a, workers=workers) for a, b in pairwise(ends)]
    for name in ARRAYS:
        assert getattr(whole, name).tobytes() == b"".join(getattr(piece, name).tobytes() for piece in pieces)


def test_plans_compared_on_many_threads_are_the_same_plans():
    branch = twin.demo_branch(seed=4, size="small")
    plans = {"plan": (branch.staffing, ()), "outage": (branch.staffing, [twin.DeviceDown(600.0, "C1")])}
    one, three = (twin.compare(branch.model, branch.rates, plans, 20, seed=3, workers=n) for n in (1, 3))
    assert all(same(one.results[name], three.results[name]) for name in plans)


@given(st.integers(1, 500), st.integers(1, 9))
def test_parts_cover_every_replication_once_and_in_order(n, workers):
    pieces = parts.parts(n, workers)
    assert [i for a, b in pieces for i in range(a, b)] == list(range(n))
    assert len(pieces) == 1 or (workers > 1 and min(b - a for a, b in pieces) >= parts.LEAST)


def test_an_error_in_one_part_reaches_the_caller():
    def work(first, end):
        if first > 0:
            raise ArithmeticError("the second part")
        return end

    with pytest.raises(ArithmeticError, match="second part"):
        parts.split(100, 2, work)


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_calls_answer_in_their_order(workers):
    assert parts.each([lambda i=i: i * i for i in range(20)], workers) == [i * i for i in range(20)]
    assert parts.each([], workers) == []


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_are_refused(workers):
    branch = twin.demo_branch(seed=4, size="small")
    with pytest.raises(twin.ModelError, match="workers"):
        twin.simulate(branch.model, branch.staffing, branch.rates, 2, seed=1, workers=workers)


@given(st.integers(0, 10**6), st.sampled_from([1, 3]))
@settings(deadline=None, max_examples=25)
def test_days_that_keep_no_rows_have_the_same_kpis(seed, workers):
    rng = np.random.default_rng(seed)
    model = random_model(rng, full=bool(rng.random() < 0.5))
    staffing = random_staffing(rng, model)
    rates = rng.uniform(0, 4, size=(2, len(model.services), 4))
    asked = {"seed": seed, "commands": random_commands(rng, model, staffing, 4), "first_replication": 5}
    until = float(rng.choice([np.inf, 620.0]))
    kept = twin.simulate(model, staffing, rates, 12, until=until, **asked)
    lean = twin.simulate(model, staffing, rates, 12, until=until, workers=workers, rows=False, **asked)
    assert len(lean.codes) == len(lean.times) == 0
    assert all(lean.kpis[name].tobytes() == kept.kpis[name].tobytes() for name in twin.KPI_NAMES)
    assert lean.by_counter.tobytes() == kept.by_counter.tobytes()


def test_what_needs_rows_says_so_where_none_were_kept():
    branch = twin.demo_branch(seed=4, size="small")
    lean = twin.simulate(branch.model, branch.staffing, branch.rates, 3, seed=9, rows=False)
    for ask in (lambda: lean.outcomes, lean.waits, lean.queue_sizes, lean.queue_path):
        with pytest.raises(twin.ModelError, match="rows=True"):
            ask()


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_draws_made_ahead_for_many_are_those_made_for_each_alone(size):
    branch = twin.demo_branch(seed=8, size=size)
    tiers = tuple(replace(t, patience_factor=0.7 + 0.2 * i, work_factor=1.3) for i, t in enumerate(branch.model.tiers))
    model = replace(branch.model, tiers=tiers)
    batch = twin.simulate(model, branch.staffing, branch.rates, 30, seed=11)
    for r in range(30):
        people = twin.replication(model, branch.rates, r, seed=11)
        alone = twin.run_day(model, branch.staffing, people).result
        mine = batch.codes[:, 0] == r
        assert alone.times.tobytes() == batch.times[mine].tobytes()
        assert np.array_equal(alone.codes[:, 1:], batch.codes[mine, 1:])
