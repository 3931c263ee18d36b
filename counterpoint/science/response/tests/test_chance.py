"""The chance of meeting a limit against closed forms: sums, maxima, mixtures and repeats of known distributions."""

from itertools import product
from math import erf, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from counterpoint.science.response import Prior, ResponseError, Stage, chance

SURE = Prior(weight=0.0)
CHAIN = (Stage("a", {"": ("b",)}), Stage("b", {"": ("c",)}), Stage("c"))


def ask(stages, limit, measured, answered=None, **more):
    return chance(stages, limit=limit, measured=measured, answered=answered or {}, seed=7, **more)


def test_steps_one_after_another_are_the_convolution_of_their_times():
    measured = {"a": [10, 20, 20], "b": [5, 40], "c": [1, 2, 3, 4]}
    for limit in (22, 27, 47, 62.5):
        exact = np.mean([sum(times) <= limit for times in product(*measured.values())])
        found = ask(CHAIN, limit, measured, prior=SURE, worlds=400)
        assert found.value == pytest.approx(exact, abs=0.03)


def test_exponential_steps_are_an_erlang_distribution():
    rng = np.random.default_rng(3)
    measured = {key: rng.exponential(10.0, 4000) for key in "abc"}
    for limit in (15, 30, 60):
        found = ask(CHAIN, limit, measured, prior=SURE)
        assert found.value == pytest.approx(stats.erlang.cdf(limit, 3, scale=10), abs=0.02)
        assert found.high - found.low < 0.12


def test_parallel_steps_last_as_long_as_the_longest():
    stages = (Stage("start", {"": ("a", "b")}), Stage("a", {"": ("end",)}), Stage("b", {"": ("end",)}), Stage("end"))
    rng = np.random.default_rng(4)
    measured = {"start": [0.0], "a": rng.uniform(0, 10, 4000), "b": rng.uniform(0, 10, 4000), "end": [0.0]}
    for limit in (3, 5, 8):
        assert ask(stages, limit, measured, prior=SURE).value == pytest.approx((limit / 10) ** 2, abs=0.02)


def test_branches_mix_and_unneeded_steps_cost_nothing():
    stages = (Stage("ask", {"yes": ("long",), "no": ("short",)}), Stage("long", {"": ()}), Stage("short"))
    found = ask(stages, 10, {"ask": [1], "long": [60], "short": [5]}, {"ask": {"yes": 2999, "no": 6999}}, prior=SURE)
    assert found.value == pytest.approx(0.7, abs=0.02)
    assert found.bottleneck == "long"
    assert found.stages[1].comes_up == pytest.approx(0.3, abs=0.02)


def test_a_repeating_step_is_geometric():
    stages = (Stage("look", {"go": (), "wait": ()}, again=frozenset({"wait"}), again_minutes=9),)
    found = ask(stages, 30, {"look": [1]}, {"look": {"go": 5000, "wait": 5000}}, prior=SURE)
    assert found.value == pytest.approx(1 - 0.5**3, abs=0.02)  # 1, 11 or 21 minutes; the fourth look is at 31


def test_a_limit_may_end_at_a_stage_before_the_last():
    measured = {"a": [10, 20], "b": [5, 40], "c": [500]}
    assert ask(CHAIN, 45, measured, prior=SURE, until="b").value == pytest.approx(0.5, abs=0.1)
    assert ask(CHAIN, 51, measured, prior=SURE, until="b", worlds=2000).value == pytest.approx(0.75, abs=0.02)
    with pytest.raises(ResponseError):
        ask(CHAIN, 45, measured, until="d")


def test_an_unmeasured_step_is_the_log_normal_of_its_prior():
    prior = Prior()
    for within, limit in ((10, 10), (10, 6), (30, 45)):
        total = sqrt(prior.spread**2 + prior.doubt**2)
        exact = 0.5 * (1 + erf(log(limit / (prior.share * within)) / total / sqrt(2)))
        found = ask((Stage("one", within=within),), limit, {}, worlds=2000)
        assert found.value == pytest.approx(exact, abs=0.03)
    assert ask((Stage("one", within=10),), 10, {}, worlds=2000).value == pytest.approx(0.80, abs=0.03)


def test_measuring_narrows_the_interval_and_outweighs_the_prior():
    stage = (Stage("one", within=10),)
    rng = np.random.default_rng(5)
    widths, values = [], []
    for count in (0, 5, 50, 500):
        found = ask(stage, 10, {"one": rng.lognormal(log(14), 0.3, count)})
        widths.append(found.high - found.low)
        values.append(found.value)
    assert widths == sorted(widths, reverse=True)
    truth = 0.5 * (1 + erf(log(10 / 14) / 0.3 / sqrt(2)))
    assert abs(values[-1] - truth) < abs(values[0] - truth) and values[-1] == pytest.approx(truth, abs=0.04)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    truth = stats.erlang.cdf(40, 3, scale=10)
    hits = 0
    for seed in range(60):
        rng = np.random.default_rng(1000 + seed)
        measured = {key: rng.exponential(10.0, 12) for key in "abc"}
        found = chance(CHAIN, limit=40, measured=measured, answered={}, seed=seed, prior=SURE, worlds=120, runs=200)
        hits += found.low <= truth <= found.high
    assert 45 <= hits <= 60  # 90 % of 60 is 54; a small sample's bootstrap is a little narrow


def test_the_bottleneck_is_where_the_time_goes_on_the_critical_path():
    stages = (
        Stage("a", {"": ("slow", "wide")}),
        Stage("slow", {"": ("end",)}),
        Stage("wide", {"": ("end",)}),
        Stage("end"),
    )
    found = ask(stages, 50, {"a": [5], "slow": [40, 60], "wide": [35], "end": [5]}, prior=SURE)
    assert found.bottleneck == "slow"
    assert found.stages[1].share == pytest.approx(60 / 70, abs=0.02) and found.stages[2].share == 0
    assert sum(one.share for one in found.stages) == pytest.approx(1)


TIMES = st.lists(st.floats(0, 120), max_size=6)


@given(limit=st.floats(1, 300), more=st.floats(0, 300), times=TIMES, seed=st.integers(0, 99))
def test_a_longer_limit_never_lowers_the_chance(limit, more, times, seed):
    asked = {"measured": {"a": times}, "answered": {}, "seed": seed, "worlds": 20, "runs": 20}
    near, far = chance(CHAIN, limit=limit, **asked), chance(CHAIN, limit=limit + more, **asked)
    assert near.value <= far.value
    assert 0 <= near.low <= near.high <= 1
    assert near == chance(CHAIN, limit=limit, **asked)


def test_a_plan_under_way_knows_what_has_passed():
    rng = np.random.default_rng(6)
    measured = {"a": [1.0], "b": rng.exponential(10.0, 4000), "c": rng.exponential(10.0, 4000)}
    under_way = (
        Stage("a", {"": ("b",)}, ready=0.0, took=12.0, answer=""),
        Stage("b", {"": ("c",)}, ready=12.0, so_far=20.0),  # exponential: what is left is as long as at the beginning
        Stage("c"),
    )
    found = ask(under_way, 50, measured, prior=SURE)
    assert found.value == pytest.approx(stats.erlang.cdf(50 - 32, 2, scale=10), abs=0.02)


def test_what_is_no_plan_is_refused():
    for stages in (
        (),
        (Stage("a"), Stage("a")),
        (Stage("a", {"": ("a",)}),),
        (Stage("a", {"x": ()}, again=frozenset("x")),),
    ):
        with pytest.raises(ResponseError):
            ask(stages, 10, {})
    for limit, times in ((0, []), (float("nan"), []), (10, [-1]), (10, [float("inf")])):
        with pytest.raises(ResponseError):
            ask(CHAIN, limit, {"a": times})


def test_it_tells_its_answer():
    found = ask(CHAIN, 60, {"a": [10, 12]})
    assert "within 60 min" in found.summary() and list(found.to_frame()["measured"]) == [2, 0, 0]
    assert exp(0) <= found.p90 >= found.median
