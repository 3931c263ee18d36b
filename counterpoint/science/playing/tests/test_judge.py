"""What a decision cost: regret is never negative and adds up; skill is told from luck; better play ranks better."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from counterpoint.science import playing, twin
from counterpoint.science.playing.foresight import foresight
from counterpoint.science.playing.policies import expecting
from counterpoint.science.playing.tests.days import demo, random_orders

CLOSE = 1e-6


@cache
def reference(seed: int, budget: int = 120) -> playing.Best:
    return playing.best(demo(seed), budget=budget)


def telescopes(seed: int, number: int, best: playing.Best) -> bool:
    """Asserts the laws of regret on one random policy; whether the reference held without its help."""
    game, orders = demo(seed), random_orders(demo(seed), number)
    found = playing.judge(game, orders, best, seed=1, futures=4, replans=1, each=20)
    regrets = found.hindsight.regrets
    assert min(regrets) >= 0.0
    assert found.regret >= 0.0
    assert sum(regrets) == pytest.approx(found.loss.total - found.reference.loss, abs=CLOSE)
    assert found.loss.total == playing.play(game, orders).loss.total
    return found.loss.total >= best.loss


@pytest.mark.parametrize("number", range(3))
def test_regret_is_not_negative_and_the_points_add_up_to_it(number: int) -> None:
    telescopes(number % 2, number, reference(number % 2))


@pytest.mark.slow
def test_so_it_is_for_a_thousand_random_policies_on_twenty_days() -> None:
    floors, held = {}, 0
    for number in range(1000):
        seed = number % 20
        if seed not in floors:
            floors[seed] = playing.bound(demo(seed), 1.0)
        assert playing.play(demo(seed), random_orders(demo(seed), number), log=False).loss.total >= floors[seed]
        held += telescopes(seed, number, reference(seed, 400))
    assert held == 1000


def test_points_are_every_order_and_every_quiet_quarter_of_an_hour() -> None:
    game = demo(0)
    some = [playing.Order.of(second, "window-close", counter="K1") for second in (33_000, 33_000, 33_300, 40_000)]
    points = playing.points_of(game, some)
    seconds = [point.second for point in points]
    assert seconds[:4] == [32_400, 33_000, 33_300, 34_200]
    assert len(points[1].orders) == 2
    assert seconds == sorted(set(seconds))
    assert max(np.diff(seconds)) < 2 * 900
    assert [point.second for point in playing.points_of(game, ())] == list(range(32_400, 61_200, 900))


def test_a_blunder_is_named_by_both_judgements() -> None:
    """Both cash tellers sent away and called back: no point before costs as much, and after the event none at all."""
    game = demo(0)
    blunder = [playing.Order.of(570 * 60, "person-move", user=f"teller-{i}", place="back_office") for i in (1, 2)]
    repair = [playing.Order.of(590 * 60, "window-open", user=f"teller-{i}", counter=f"K{i}") for i in (1, 2)]
    found = playing.judge(game, [*blunder, *repair], reference(0), seed=3, futures=60).to_frame().set_index("second")
    assert found.loc[570 * 60, "low"] > found.loc[: 569 * 60, "before"].max()
    assert found["after"].iloc[1:].idxmax() == 570 * 60


def test_what_is_not_repaired_costs_again_every_quarter_of_an_hour() -> None:
    blunder = [playing.Order.of(570 * 60, "person-move", user=f"teller-{i}", place="back_office") for i in (1, 2)]
    found = playing.judge(demo(0), blunder, reference(0), seed=3, futures=8)
    own = found.hindsight.regrets[[point.second for point in found.hindsight.points].index(570 * 60)]
    assert 0 < own < 0.2 * found.regret


def test_judging_before_the_event_knows_nothing_of_what_the_story_will_bring() -> None:
    """The same day with and without a failure to come is judged alike until it comes."""
    calm = demo(0)
    shut = tuple(twin.CloseCounter(0.0, f"K{i}") for i in (1, 2, 3))
    story = replace(calm, injects=(playing.Inject("shut", 590.0, commands=shut),))
    orders = [playing.Order.of(second, "diversion", service="S02", share=0) for second in (34_300, 35_000)]
    known = [one.regret for one in foresight(calm, orders, seed=5, futures=8) if one.second < 590 * 60]
    told = [one.regret for one in foresight(story, orders, seed=5, futures=8) if one.second < 590 * 60]
    assert known == told
    assert any(regret.value != 0.0 for regret in known)
    assert len(expecting(playing.play(story, (), 580.0)).commands) == 0


def test_who_comes_decides_hindsight_but_not_foresight() -> None:
    """Another draw of those still to come changes no judgement of the past."""
    game = demo(0)
    draws = game.people.draws.copy()
    late = draws[:, 0] > 640.0
    draws[late, 2] *= 3.0
    other = replace(game, people=replace(game.people, draws=draws))
    points = [playing.Point(second, ()) for second in (34_200, 36_000, 37_800)]
    assert foresight(game, (), seed=5, futures=8, points=points) == foresight(
        other, (), seed=5, futures=8, points=points
    )
    assert playing.play(game).loss != playing.play(other).loss


def test_a_point_weighs_as_long_as_it_lasts() -> None:
    """Judged over an hour, a point that lasts a quarter counts a quarter, so that overlapping hours count once."""
    some = [playing.Order.of(33_000, "window-close", counter="K1")]
    judged = foresight(demo(0), some, seed=1, futures=4)
    assert [one.share for one in judged[:3]] == pytest.approx([10 / 60, 15 / 60, 15 / 60])
    assert sum(one.share for one in judged) == pytest.approx(8.0)
    counted = [one.regret.value * one.share for one in judged]
    assert playing.day_regret(judged) == pytest.approx(sum(counted) / 8.0)


def test_what_was_best_has_no_regret() -> None:
    found = foresight(demo(0), (), seed=2, futures=12)
    for one in found:
        if one.done == one.better:
            assert one.regret.value == 0.0


def test_a_better_answer_is_worth_its_points() -> None:
    game = demo(0, story=True)
    wait = playing.Order.of(601 * 60, "answer", inject="machine", choice="wait")
    points = [point for point in playing.points_of(game, [wait]) if point.orders]
    judged = foresight(game, [wait], seed=1, futures=40, points=points)[0]
    assert judged.better == "answer:call_vendor:machine"
    assert judged.regret.value >= 10.0


def regret_of(seed: int, policy: playing.Policy, futures: int = 40) -> float:
    day = playing.follow(demo(seed), policy, every=15, log=False)
    return playing.day_regret(foresight(demo(seed), day.orders, seed=1000 + seed, futures=futures))


def test_the_skilled_rank_above_the_naive() -> None:
    better = 0
    for seed in range(2):
        skilled = regret_of(seed, playing.advised(seed, futures=30), 20)
        better += skilled < min(regret_of(seed, playing.nothing, 20), regret_of(seed, playing.erratic(seed), 20))
    assert better == 2


@pytest.mark.slow
def test_so_they_do_on_nineteen_of_twenty_seeds() -> None:
    better = 0
    for seed in range(200):
        skilled = regret_of(seed, playing.advised(seed))
        better += skilled < min(regret_of(seed, playing.nothing), regret_of(seed, playing.erratic(seed)))
    assert better >= 190


def test_two_copies_of_one_policy_are_tied() -> None:
    days = {
        name: [regret_of(seed, playing.advised(salt + seed, futures=25), 20) for seed in range(3)]
        for name, salt in (("one", 0), ("other", 10**6))
    }
    assert playing.ranking(days)["tied"].all()


@pytest.mark.slow
def test_so_they_are_in_ten_leagues_of_ten_days() -> None:
    tied = 0
    for league in range(10):
        days = {
            name: [regret_of(10 * league + day, playing.advised(salt + day, futures=50)) for day in range(10)]
            for name, salt in (("one", 0), ("other", 10**6))
        }
        tied += bool(playing.ranking(days)["tied"].all())
    assert tied == 10


def test_skill_luck_and_plan_add_up_to_the_loss() -> None:
    game = demo(1)
    expected = playing.expectation(game, seed=9, days=3, futures=8, every=60)
    found = playing.judge(game, (), reference(1), seed=1, futures=8, replans=0, expected=expected)
    split = found.split
    assert split is not None
    assert split.loss == pytest.approx(split.expected.value + split.skill + split.luck)
    assert set(found.summary()) >= {"loss", "best", "regret", "expected", "skill", "luck"}
    assert expected.low < expected.value < expected.high


def test_means_have_the_interval_of_the_textbook() -> None:
    """Values 1, 2, 3: mean 2, t(0.975, 2) = 4.3027, half 4.3027 / sqrt(3)."""
    mean = playing.Mean.of([1.0, 2.0, 3.0])
    assert (mean.value, mean.high) == (pytest.approx(2.0), pytest.approx(2.0 + 4.3027 / np.sqrt(3), abs=1e-4))
    assert playing.paired([2.0, 3.0, 4.0], [1.0, 2.0, 3.0]).value == 1.0


def test_a_ranking_says_who_is_tied_with_the_first() -> None:
    days = {"far": [9.0, 9.5, 9.2], "near": [1.2, 0.8, 1.1], "first": [1.0, 0.9, 1.1]}
    expected = pd.Series([True, True, False], index=["first", "near", "far"], name="tied")
    pd.testing.assert_series_equal(playing.ranking(days)["tied"], expected, check_dtype=False)
