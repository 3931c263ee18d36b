"""Pooled figures against plain NumPy on the waits themselves; the bootstrap against what it must do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.trust import compare
from counterpoint.science.trust.replay import Lived

DAYS = list(pd.date_range("2026-03-02", periods=4).date)


def lived(seed, n=200, scale=5.0):
    rng = np.random.default_rng(seed)
    waited = np.round(rng.exponential(scale, n) * (rng.random(n) < 0.7), 3)
    called = rng.random(n) < 0.9
    return Lived(np.sort(rng.uniform(540, 1020, n)), waited, called, ~called)


def counted(days, seconds=5.0):
    cuts = compare.edges(days)
    return [compare.count(day, cuts, seconds) for day in days], cuts


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0.0, 30.0), min_size=1, max_size=80), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_quantile_of_bins_lies_by_the_order_statistics_around_it(waits, q):
    waits = np.sort(np.array(waits))
    one = Lived(waits, waits, np.ones(len(waits), bool), np.zeros(len(waits), bool))
    (day,), cuts = counted([(one,)], seconds=-1)
    width = cuts[1] - cuts[0]
    found = compare.quantile(day.bins, cuts, q)[0]
    low, high = (np.quantile(waits, q, method=how) for how in ("lower", "higher"))
    below = np.quantile(waits, max(q - 1 / len(waits), 0), method="lower")
    assert min(low, below) - width <= found <= high + width


def test_many_waits_give_numpys_quantiles():
    (day,), cuts = counted([(lived(1, 5000),)])
    one = lived(1, 5000)
    waits = one.waited[(one.waited * 60 > 5) & one.called]
    for q in (0.5, 0.9):
        assert compare.quantile(day.bins, cuts, q)[0] == pytest.approx(np.quantile(waits, q), rel=0.01)


def test_an_empty_day_has_no_quantile():
    assert np.isnan(compare.quantile(np.zeros((1, 4)), np.arange(5.0), 0.5)[0])


def test_statistics_are_those_of_all_tickets_together():
    days = [(lived(k),) for k in range(3)]
    counts, cuts = counted(days)
    found = compare.statistics(np.ones((1, 3)), np.ones((1, 1)), counts, cuts)
    waited = np.concatenate([day[0].waited for day in days])
    called = np.concatenate([day[0].called for day in days])
    queued = waited * 60 > 5
    assert found["mean"][0] == pytest.approx(waited[queued].mean())
    assert found["walkout"][0] == pytest.approx(1 - called.mean())
    assert found["queued"][0] == pytest.approx(queued.mean())
    assert found["median"][0] == pytest.approx(np.median(waited[queued & called]), rel=0.02)


def test_a_day_drawn_twice_counts_twice():
    days = [(lived(k),) for k in range(3)]
    counts, cuts = counted(days)
    drawn = compare.statistics(np.array([[2.0, 0, 1]]), np.ones((1, 1)), counts, cuts)
    written = compare.statistics(np.ones((1, 3)), np.ones((1, 1)), [counts[0], counts[0], counts[2]], cuts)
    assert all(drawn[name][0] == pytest.approx(written[name][0]) for name in drawn)


def test_replications_weigh_as_one_day_not_as_many():
    counts, cuts = counted([tuple(lived(k) for k in range(10)), (lived(0),) * 10])
    inner = np.full((1, 10), 0.1)
    found = compare.statistics(np.ones((1, 2)), inner, counts, cuts)
    queued = [sum(one.waited * 60 > 5) for one in (lived(k) for k in range(10))]
    tickets = 400
    assert found["queued"][0] == pytest.approx((np.mean(queued) + queued[0]) / tickets)


def test_the_first_row_is_the_days_as_they_are_and_equal_days_have_no_error():
    days = [(lived(k),) for k in range(4)]
    counts, cuts = counted(days)
    here, there = compare.resample(counts, counts, cuts, 200, np.random.default_rng(1))
    assert len(here["p90"]) == 201
    for name in here:
        assert here[name] == pytest.approx(there[name]), "the same days are drawn for log and twin"
    assert here["p90"][1:].std() > 0


def width(first, n):
    actual, cuts = counted([(lived(k),) for k in range(first, first + n)])
    other = [compare.count((lived(1000 + k),), cuts, 5.0) for k in range(first, first + n)]
    here, there = compare.resample(actual, other, cuts, 400, np.random.default_rng(1))
    return (there["mean"] / here["mean"]).std()


def test_more_days_narrow_the_spread_of_resamples():
    assert width(0, 96) < 0.5 * np.mean([width(8 * k, 8) for k in range(12)])


def test_curves_rise_from_nothing_to_all_within_their_band():
    actual, cuts = counted([(lived(k),) for k in range(4)])
    twin = [compare.count([lived(100 * k + r) for r in range(20)], cuts, 5.0) for k in range(4)]
    table = compare.curves(DAYS, actual, twin, cuts)
    assert set(table["day"]) == set(DAYS)
    for _, part in table.groupby("day"):
        for name in ("logged", "simulated", "low", "high"):
            assert part[name].is_monotonic_increasing
            assert part[name].between(0, 1 + 1e-12).all()
        assert (part["low"] <= part["simulated"] + 1e-9).all()
        assert part["logged"].iloc[-1] > 0.97
        within = (part["logged"] >= part["low"] - 1e-9) & (part["logged"] <= part["high"] + 1e-9)
        assert within.mean() > 0.5


def test_half_hours_are_means_of_those_who_queued():
    arrived = np.array([545.0, 555, 565, 575, 580])
    waited = np.array([0.0, 4, 6, 3, np.nan])
    one = Lived(arrived, waited, np.ones(5, bool), np.zeros(5, bool))
    twin = Lived(arrived, waited + 1, np.ones(5, bool), np.zeros(5, bool))
    table = compare.half_hours(DAYS[:1], [one], [[twin, one]], 5.0)
    assert table["minute"].tolist() == [540, 570]
    assert table["tickets"].tolist() == [3, 2]
    assert table["logged"].tolist() == [5, 3]
    assert table["simulated"].tolist() == pytest.approx([((1 + 5 + 7) / 3 + 5) / 2, 3.5])


def test_rows_of_days_hold_both_sides():
    actual, cuts = counted([(lived(k),) for k in range(2)])
    twin = [compare.count([lived(9), lived(8)], cuts, 5.0)] * 2
    table = compare.day_rows(DAYS[:2], actual, twin, cuts)
    assert table.loc[DAYS[0], "tickets"] == 200
    assert table["median_twin"].nunique() == 1
    assert table["median"].nunique() == 2
