"""The effect of training: against counting by hand, and a rehearsal with planted effects."""

from itertools import combinations
from math import inf

import numpy as np
import pytest

from counterpoint.science.inference import Panel, TooLittle, effect
from counterpoint.science.inference.effect import LIKE, _interval

BEFORE, AFTER = 16, 10


def weeks(seed, *, branches=40, treated=8, planted=0.0, drift=0.0):
    """Mean waits in minutes: own level of each branch, common weeks, and noise that hangs together within a branch."""
    rng = np.random.default_rng(seed)
    count = BEFORE + AFTER
    values = rng.normal(12, 3, (branches, 1)) + rng.normal(0, 1, (1, count))
    noise = np.zeros((branches, count))
    noise[:, 0] = rng.normal(0, 1.2, branches)
    for week in range(1, count):
        noise[:, week] = 0.5 * noise[:, week - 1] + rng.normal(0, 1.2 * np.sqrt(1 - 0.25), branches)
    marks = np.zeros(branches, dtype=bool)
    marks[rng.choice(branches, treated, replace=False)] = True
    values = values + noise * rng.uniform(0.7, 1.3, (branches, 1))
    values[marks, BEFORE:] += planted
    values[marks] += drift * np.arange(count)
    return Panel(values, marks, BEFORE)


def by_hand(panel, members):
    """The statistic of one set, with loops."""
    values, since = panel.values, panel.since
    half = since // 2
    means = [row[:since].mean() for row in values]
    drifts = [row[half:since].mean() - row[:half].mean() for row in values]
    change = [row[since:].mean() - row[:since].mean() for row in values]
    found = []
    for one in members:

        def unlike(other, one=one):
            a, b = (means[one] - means[other]) / np.std(means), (drifts[one] - drifts[other]) / np.std(drifts)
            return (a * a + b * b) ** 0.5

        like = sorted((other for other in range(len(values)) if other not in members), key=unlike)[:LIKE]
        found.append(change[one] - sum(change[other] for other in like) / len(like))
    return sum(found) / len(found)


def test_all_sets_counted_by_hand():
    panel = weeks(3, branches=9, treated=2, planted=-2.0)
    every = [by_hand(panel, members) for members in combinations(range(9), 2)]
    true = by_hand(panel, tuple(np.flatnonzero(panel.treated)))
    found = effect(panel, seed=1)
    assert found.assignments == 36 and found.estimate == pytest.approx(true)
    assert found.p == pytest.approx(sum(abs(one) >= abs(true) - 1e-9 for one in every) / 36)


def test_the_interval_is_what_the_test_does_not_refute():
    panel = weeks(5, branches=14, treated=3, planted=-1.5)
    found = effect(panel, seed=1)

    def p_of(delta):
        moved = panel.values.copy()
        moved[panel.treated, panel.since :] -= delta
        return effect(Panel(moved, panel.treated, panel.since), seed=1).p

    for end in (found.low, found.high):
        inward = 1e-6 if end == found.low else -1e-6
        assert p_of(end + inward) > 0.05 >= p_of(end - inward)


def test_with_few_branches_nothing_can_be_refuted():
    found = effect(weeks(1, branches=4, treated=1, planted=-8.0), seed=1)
    assert (found.low, found.high) == (-inf, inf) and found.p >= 0.25 == found.least_p and not found.found


def test_a_set_that_mirrors_the_true_one_opens_one_side():
    low, high = _interval(np.array([2.0, -2.0, 0.5] * 20), np.array([1.0, -1.0, 0.0] * 20))
    assert (low, high) == (-inf, inf)


def test_a_trend_before_is_seen():
    assert effect(weeks(11), seed=1).parallel
    assert not effect(weeks(11, drift=0.25), seed=1).parallel


def test_gaps_are_nothing_before_and_the_effect_after():
    found = effect(weeks(7, planted=-3.0), seed=1)
    assert np.mean(found.gaps[:BEFORE]) == pytest.approx(0, abs=1e-12)
    assert np.mean(found.gaps[BEFORE:]) == pytest.approx(-3, abs=1.0) and len(found.to_frame()) == BEFORE + AFTER


def test_missing_weeks_are_left_out():
    panel = weeks(7, planted=-2.0)
    panel.values[3, 5] = panel.values[8, 20] = np.nan
    assert effect(panel, seed=1).estimate == pytest.approx(effect(weeks(7, planted=-2.0), seed=1).estimate, abs=0.3)


def test_the_same_seed_says_the_same():
    assert effect(weeks(2), seed=4) == effect(weeks(2), seed=4)


@pytest.mark.parametrize("wrong", ["nobody", "everybody", "early", "late", "empty"])
def test_too_little_is_said(wrong):
    panel = weeks(1)
    marks, values, since = panel.treated.copy(), panel.values.copy(), panel.since
    if wrong in ("nobody", "everybody"):
        marks[:] = wrong == "everybody"
    since = {"early": 3, "late": BEFORE + AFTER - 1}.get(wrong, since)
    if wrong == "empty":
        values[0, since:] = np.nan
    with pytest.raises(TooLittle):
        effect(Panel(values, marks, since), seed=1)


def test_a_small_rehearsal():
    """Sixty panels of each kind: the planted effect lies in the interval, nothing is hardly ever called something."""
    held = [effect(weeks(seed, planted=-1.5), seed=seed, draws=199) for seed in range(60)]
    assert np.mean([one.low <= -1.5 <= one.high for one in held]) >= 0.9
    nulls = [effect(weeks(1000 + seed), seed=seed, draws=199) for seed in range(60)]
    assert np.mean([one.found for one in nulls]) <= 0.15


@pytest.mark.slow
def test_the_rehearsal():
    """A thousand of each kind: recovered within the interval in nine of ten, null refuted in at most six of a hundred,
    and the smallest effect that would be found is found about four times in five."""
    held = [effect(weeks(seed, planted=-1.5), seed=seed) for seed in range(1000)]
    recovered = np.mean([one.low <= -1.5 <= one.high for one in held])
    nulls = [effect(weeks(5000 + seed), seed=seed) for seed in range(1000)]
    refuted = np.mean([one.found for one in nulls])
    least = float(np.median([one.detectable for one in nulls]))
    power = np.mean([effect(weeks(9000 + seed, planted=-least), seed=seed, draws=199).found for seed in range(400)])
    told = f"recovered {recovered:.3f}, null refuted {refuted:.3f}, detectable {least:.2f}, power there {power:.2f}"
    assert recovered >= 0.90 and refuted <= 0.06 and 0.7 <= power <= 0.9, told
