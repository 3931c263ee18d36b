"""The KPIs of a batch against pandas, group by group."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from counterpoint.science import twin
from counterpoint.science.twin.results import grouped_quantile


@pytest.fixture(scope="module")
def result():
    branch = twin.demo_branch(seed=2, size="small", payday=True)
    return twin.simulate(branch.model, branch.staffing, branch.rates * 1.6, 25, seed=4, first_replication=7)


def by_day(result, frame, column, how):
    days = range(result.first_replication, result.first_replication + result.replications)
    return getattr(frame.groupby("replication")[column], how)().reindex(days).to_numpy()


def test_counts_are_those_of_the_rows(result):
    rows = result.outcomes
    for name in ("served", "self_served", "abandoned", "balked", "turned_away", "dismissed"):
        mine = rows[rows.status == twin.STATUS_NAMES.index(name)]
        np.testing.assert_array_equal(result.kpis[name], np.nan_to_num(by_day(result, mine, "customer", "count")))
    assert result.kpis["abandoned"].sum() > 0
    assert result.kpis["self_served"].sum() > 0
    np.testing.assert_array_equal(result.kpis["arrivals"], by_day(result, rows, "customer", "count"))
    assert result.kpis["inside"].sum() == 0


def test_waits_are_of_those_called(result):
    called = result.outcomes[result.outcomes.status == twin.STATUS_NAMES.index("served")]
    np.testing.assert_allclose(result.kpis["wait_mean"], by_day(result, called, "waited", "mean"), rtol=1e-12)
    np.testing.assert_allclose(result.kpis["wait_median"], by_day(result, called, "waited", "median"), rtol=1e-12)
    p90 = called.groupby("replication").waited.quantile(0.9).to_numpy()
    np.testing.assert_allclose(result.kpis["wait_p90"], p90, rtol=1e-12)


def test_the_promise_counts_those_who_left(result):
    rows = result.outcomes
    promise = np.array([tier.promise for tier in result.model.tiers])[rows.tier]
    served = rows.status == twin.STATUS_NAMES.index("served")
    lost = rows.status.isin([twin.STATUS_NAMES.index(n) for n in ("abandoned", "balked", "dismissed")])
    kept = (served & (rows.waited <= promise)).groupby(rows.replication).sum()
    share = kept / (served | lost).groupby(rows.replication).sum()
    np.testing.assert_allclose(result.kpis["promise_share"], share.to_numpy(), rtol=1e-12)


def test_a_day_with_nobody_called_has_no_wait():
    branch = twin.demo_branch(seed=2, size="small")
    empty = twin.simulate(branch.model, branch.staffing, branch.rates * 0, 3, seed=1)
    assert np.isnan(empty.kpis["wait_mean"]).all()
    assert np.isnan(empty.kpis["wait_p90"]).all()
    assert (empty.kpis["arrivals"] == 0).all()


def test_people_still_inside_at_a_stop_are_counted():
    branch = twin.demo_branch(seed=2, size="small")
    stopped = twin.simulate(branch.model, branch.staffing, branch.rates * 2, 5, seed=1, until=660.0)
    status = stopped.outcomes.status
    inside = (status > twin.STATUS_NAMES.index("future")) & (status < twin.STATUS_NAMES.index("served"))
    assert stopped.kpis["inside"].sum() == inside.sum() > 0


@settings(deadline=None)
@given(some.data())
def test_grouped_quantiles_are_those_of_each_group(data):
    groups = data.draw(some.integers(1, 6))
    rows = data.draw(some.lists(some.tuples(some.integers(0, groups - 1), some.floats(0, 1e6)), max_size=40))
    q = data.draw(some.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))
    frame = pd.DataFrame(rows, columns=["group", "value"]).astype({"group": np.int64, "value": np.float64})
    found = grouped_quantile(frame.value.to_numpy(), frame.group.to_numpy(), groups, q)
    for g in range(groups):
        mine = frame.value[frame.group == g].to_numpy()
        assert np.isnan(found[g]) if mine.size == 0 else found[g] == pytest.approx(np.quantile(mine, q), rel=1e-12)
