"""Small-count noise does not alarm; a real change does."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.primitives.metrics import frames, intervals, rules
from counterpoint.primitives.metrics.definition import Bounds
from counterpoint.primitives.metrics.frames import Answer
from counterpoint.primitives.metrics.rules import Facts, judge
from counterpoint.primitives.metrics.states import State, merge
from counterpoint.primitives.metrics.tests import feeds


def metric(direction="down", measure="ratio", **threshold):
    body = {"code": "M", "names": {"zh-hans": "测"}, "unit": "%", "direction": direction,
            "relation": "t.r", "measure": measure, "value": "minutes", "thresholds": [{"slug": "one", **threshold}],
            "numerator": [{"count": True, "where": {"bad": True}}], "denominator": [{"count": True}]}  # fmt: skip
    if measure != "ratio":
        body = {k: v for k, v in body.items() if k not in ("numerator", "denominator")}
    return feeds.made("t.m", body)


def share(hits, n):
    low, high = intervals.share(hits, n)
    return Answer(100 * hits / n, n, 100 * low, 100 * high)


def said(one, now, **facts):
    return judge(one, one.thresholds[0], Facts(now, **facts)).why


def test_too_few_cases_say_nothing():
    one = metric(kind="absolute", high=5, min_volume=20)
    assert said(one, share(3, 19)) == "volume"
    assert said(one, Answer(None, 0)) == "volume"


def test_a_value_over_the_limit_alarms_only_when_chance_is_out():
    one = metric(kind="absolute", high=5, min_volume=20)
    assert said(one, share(2, 30)) == "unsure"
    assert said(one, share(60, 400)) == "breach"
    assert said(metric(kind="absolute", high=5, min_volume=20, sure=False), share(2, 30)) == "breach"


@pytest.mark.parametrize(
    ("direction", "value", "why"), [("up", 80, "breach"), ("up", 95, "fine"), ("band", 99, "breach")]
)
def test_each_direction_has_its_bad_side(direction, value, why):
    bounds = {"up": Bounds(90, None), "band": Bounds(65, 80)}[direction]
    one = metric(direction, kind="target", min_volume=1)
    assert said(one, Answer(value, 100, value - 1, value + 1), target=bounds) == why


def test_the_third_day_in_a_row_alarms_and_a_closed_day_between_does_not_break_the_run():
    one = metric(kind="target", periods=3, min_volume=30, sure=False)
    late, closed, kept = share(8, 60), Answer(None, 0), share(1, 60)
    bounds = Bounds(None, 5)
    assert said(one, late, before=[late, closed, late], target=bounds) == "breach"
    assert said(one, late, before=[late, kept, late], target=bounds) == "fine"
    assert said(one, late, before=[late], target=bounds) == "volume"
    assert said(one, late, before=[late, share(3, 10)], target=bounds) == "fine"


def test_a_percent_change_is_against_what_is_usual():
    one = metric(kind="percent_change", by=30, min_volume=50)
    usual = [share(40, 400)] * 4
    assert said(one, share(60, 400), against=usual) == "breach"
    assert said(one, share(50, 400), against=usual) == "fine"
    assert said(one, share(9, 60), against=usual) == "unsure"
    assert said(one, share(60, 400), against=[]) == "no_history"
    assert said(one, share(60, 400), against=[Answer(0.0, 400, 0, 1)]) == "no_history"


def test_a_change_that_does_not_matter_is_no_alarm():
    usual = [share(8, 400)] * 4
    one = metric(kind="percent_change", by=30, min_volume=50, high=10)
    assert said(one, share(32, 400), against=usual) == "fine"  # 8 % where 2 % is usual
    assert said(one, share(60, 400), against=usual) == "breach"
    own = metric(kind="computed_sigma", sigmas=3, min_volume=20, high=20)
    history = [Answer(float(v), 100) for v in (9, 10, 11, 10, 9, 11, 10, 10, 12, 8)]
    assert said(own, Answer(18.0, 100), history=history) == "fine"
    assert said(own, Answer(21.0, 100), history=history) == "breach"


def test_the_own_history_sets_the_limit():
    one = metric(kind="computed_sigma", sigmas=3, min_volume=20)
    history = [Answer(float(v), 100) for v in (9, 10, 11, 10, 9, 11, 10, 10, 12, 8)]
    assert said(one, Answer(18.0, 100), history=history) == "breach"
    assert said(one, Answer(12.0, 100), history=history) == "fine"
    assert said(one, Answer(2.0, 100), history=history) == "fine"
    assert said(one, Answer(18.0, 100, 8.0, 28.0), history=history) == "fine"  # this day alone is not sure enough
    assert said(one, Answer(18.0, 100), history=history[:7]) == "no_history"


def test_two_hundred_quiet_branches_over_sixty_days_hardly_ever_alarm():
    """Nothing changes anywhere: rare events and small shares, at their target."""
    random = np.random.default_rng(7)
    absolute = metric(kind="absolute", high=5, min_volume=30)
    target = metric(kind="target", periods=3, min_volume=30, sure=False)
    sigma = metric(kind="computed_sigma", sigmas=3, min_volume=20)
    alarms = {"absolute": 0, "target": 0, "sigma": 0}
    for _branch in range(200):
        n = random.integers(20, 120, 88)
        days = [share(int(hits), int(count)) for hits, count in zip(random.binomial(n, 0.03), n, strict=True)]
        for day in range(28, 88):
            before = days[day - 3 : day][::-1]
            alarms["absolute"] += said(absolute, days[day]) == "breach"
            alarms["target"] += said(target, days[day], before=before, target=Bounds(None, 5)) == "breach"
            alarms["sigma"] += said(sigma, days[day], history=days[day - 28 : day]) == "breach"
    assert alarms["absolute"] < 12, alarms  # of 12,000 branch days
    assert alarms["target"] < 60, alarms
    assert alarms["sigma"] < 60, alarms


def test_a_doubled_share_is_found_within_days():
    random = np.random.default_rng(8)
    one = metric(kind="absolute", high=5, min_volume=30)
    found = sum(
        any(said(one, share(int(random.binomial(150, 0.12)), 150)) == "breach" for _day in range(3)) for _b in range(50)
    )
    assert found >= 48


counts = st.integers(0, 400)


@settings(max_examples=200)
@given(counts, counts)
def test_a_shares_interval_holds_it_and_narrows_with_cases(a, b):
    hits, n = min(a, b), max(a, b, 1)
    low, high = intervals.share(hits, n)
    assert 0 <= low <= hits / n + 1e-12 and hits / n - 1e-12 <= high <= 1
    four = intervals.share(4 * hits, 4 * n)
    assert four[1] - four[0] <= high - low + 1e-12


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    random = np.random.default_rng(9)
    hits = random.binomial(60, 0.07, 2000)
    held = sum(low <= 0.07 <= high for low, high in (intervals.share(int(h), 60) for h in hits)) / 2000
    assert 0.92 < held < 0.99
    events = random.poisson(3.5, 2000)
    assert 0.94 < sum(a <= 3.5 <= b for a, b in (intervals.events(int(k)) for k in events)) / 2000 < 0.999
    inside = 0
    for _ in range(400):
        sample = random.exponential(5, 90)
        steps = merge(State(steps={math.floor(v / 0.1 + 0.5): 1}) for v in sample).steps
        low, high = intervals.quantile(steps, 0.9, 0.1)
        inside += low <= 5 * math.log(10) <= high
    assert 0.91 < inside / 400 < 0.995


def test_a_mean_of_one_has_no_interval_and_few_values_no_quantile_interval():
    assert intervals.mean(State(1, 5.0, 25.0)) is None
    assert intervals.quantile({10: 8}, 0.9, 0.1) is None


def test_a_share_of_two_sources_that_disagree_has_no_interval():
    one = metric(kind="absolute", high=5)
    found = frames.answer(one, lambda part: State(12, 12.0) if part.where.tests else State(10, 10.0))
    assert (found.value, found.low) == (120.0, None)


def test_the_error_of_an_answer_without_interval_is_nothing():
    assert rules._error(Answer(4.0, 9)) == 0
