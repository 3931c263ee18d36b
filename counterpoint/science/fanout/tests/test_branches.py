"""Branches as tasks: exact there and back, the same bits from every executor, failures by name."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science import fanout, twin
from counterpoint.science.fanout import branches as module

FEW = 10


def bank(n=8, replications=5, seed=3):
    return list(fanout.varied_branches(n, seed=seed, replications=replications))


@given(st.integers(0, 10**6), st.integers(0, 20_000))
@settings(deadline=None, max_examples=25)
def test_a_branch_comes_back_from_its_task_exactly(seed, number):
    branch = fanout.varied_branch(number, seed=seed)
    back = fanout.Branch.from_task(branch.to_task())
    assert (back.name, back.model, back.staffing, back.seed) == (
        branch.name,
        branch.model,
        branch.staffing,
        branch.seed,
    )
    assert back.rates.tobytes() == branch.rates.tobytes() and back.rates.shape == branch.rates.shape


@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=FEW)
def test_sampled_rate_paths_travel_too(seed):
    branch = fanout.varied_branch(0, seed=seed)
    paths = np.random.default_rng(seed).uniform(0.5, 1.5, (3, 1, 1)) * branch.rates
    many = replace(branch, rates=paths, replications=6)
    found = fanout.simulate_branches([many], fanout.Local(1)).to_frame()
    expected = twin.simulate(many.model, many.staffing, paths, 6, seed=many.seed).summary()
    assert found.loc[many.name, ("wait_p90", "mean")] == expected.loc["wait_p90", "mean"]


def test_every_executor_gives_the_same_bits_as_asking_the_twin_itself():
    asked = bank()
    here, processes = (fanout.simulate_branches(asked, fanout.Local(n)) for n in (1, 3))
    assert here.values.tobytes() == processes.values.tobytes() and here.names == processes.names
    for row, branch in zip(here.values, asked, strict=True):
        own = twin.simulate(branch.model, branch.staffing, branch.rates, 5, seed=branch.seed).summary()
        assert row.tobytes() == own.to_numpy().tobytes()


def test_who_else_is_in_the_batch_changes_nothing():
    asked = bank()
    whole = fanout.simulate_branches(asked, fanout.Local(1))
    half = fanout.simulate_branches(asked[5:2:-1], fanout.Local(1))
    assert half.values.tobytes() == whole.values[5:2:-1].tobytes()


def test_branches_of_a_bank_differ_and_a_larger_bank_only_adds():
    some, more = bank(20), bank(40)
    assert [b.to_task() for b in some] == [b.to_task() for b in more[:20]]
    assert len({b.model.to_json() for b in more}) == 40
    assert len({len(b.model.counters) for b in more}) >= 4
    assert len({b.seed for b in more}) == 40


def test_a_branch_that_cannot_be_simulated_is_named_and_the_others_are_there():
    asked = bank(5)
    asked[2] = replace(asked[2], rates=np.zeros((3, 4)))
    found = fanout.simulate_branches(asked, fanout.Local(1))
    assert list(found.failed) == ["B00002"] and "ModelError" in found.failed["B00002"]
    frame = found.to_frame()
    assert frame.loc["B00002"].isna().all() and frame.drop("B00002")[("arrivals", "mean")].gt(0).all()
    assert np.isfinite(found.summary().loc["wait_mean", "p50"])


def test_a_task_of_another_engine_is_refused(monkeypatch):
    task = bank(1)[0].to_task()
    monkeypatch.setattr(module, "engine_version", lambda: "ffffffff")
    with pytest.raises(fanout.FanoutError, match="same release"):
        fanout.Branch.from_task(task)


def test_two_branches_of_one_name_are_refused():
    with pytest.raises(fanout.FanoutError, match="B00000"):
        fanout.simulate_branches([*bank(1), *bank(1)], fanout.Local(1))


def test_a_bank_of_which_nothing_could_be_simulated_has_empty_figures():
    broken = replace(bank(1)[0], rates=np.zeros((3, 4)))
    assert fanout.simulate_branches([broken], fanout.Local(1)).summary().isna().all(axis=None)
    assert fanout.simulate_branches([], fanout.Local(1)).to_frame().empty
