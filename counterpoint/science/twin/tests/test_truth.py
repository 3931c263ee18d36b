"""The twin against formulas: M/M/1, M/M/c, M/M/c+M, M/G/1, Cobham's priorities, Little's law."""

import numpy as np
import pytest
from numba import njit
from scipy import special, stats

from counterpoint.science import queueing, twin
from counterpoint.science.twin.kernel import count_kernel
from counterpoint.science.twin.kernel.draws import normal_quantile
from counterpoint.science.twin.tests.steady import MINUTES, WARM_UP, steady


@njit
def quantile(p):
    return normal_quantile(p)


def days(model, per_minute, replications=60, seed=11):
    rates = np.full((1, int(MINUTES / 30)), 30 * per_minute)
    return twin.simulate(model, twin.one_person_a_counter(model), rates, replications, seed=seed)


def z_score(result, measure, expected):
    """Standardised distance of the mean over replications from the formula, after the warm-up."""
    frame = result.outcomes[result.outcomes.arrival > WARM_UP]
    values = frame.groupby("replication").apply(measure, include_groups=False)
    return (values.mean() - expected) / (values.std(ddof=1) / np.sqrt(len(values)))


def mean_wait(frame):
    return frame.waited.mean()


def share_waiting(frame):
    return (frame.waited > 0).mean()


def share_lost(frame):
    return (frame.status == twin.STATUS_NAMES.index("abandoned")).mean()


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 2.4), (5, 4.0)])
def test_mmc_waits_agree_with_erlang_c(servers, load):
    result = days(steady(servers, twin.Duration(4, shape="exponential")), load / 4)
    formula = queueing.solve(queueing.Queue(load / 4, 1 / 4, servers))
    assert abs(z_score(result, mean_wait, formula.mean_wait)) < 3.5
    assert abs(z_score(result, share_waiting, formula.p_wait)) < 3.5
    longer = z_score(result, lambda frame: (frame.waited > 5).mean(), formula.p_wait_longer(5))
    assert abs(longer) < 3.5


@pytest.mark.parametrize(("servers", "load"), [(5, 5.5), (8, 7.0)])
def test_impatient_waits_agree_with_erlang_a(servers, load):
    patience = twin.Duration(8, shape="exponential")
    result = days(steady(servers, twin.Duration(4, shape="exponential"), patience=patience), load / 4)
    formula = queueing.solve(queueing.Queue(load / 4, 1 / 4, servers, 1 / 8))
    assert abs(z_score(result, mean_wait, formula.mean_wait)) < 3.5
    assert abs(z_score(result, share_lost, formula.abandonment)) < 3.5
    assert abs(z_score(result, share_waiting, formula.p_wait)) < 3.5


def test_log_normal_service_agrees_with_pollaczek_and_khinchine():
    result = days(steady(1, twin.Duration(4, 0.6)), 0.7 / 4)
    assert abs(z_score(result, mean_wait, queueing.mg1_mean_wait(0.7 / 4, 4, 0.6))) < 3.5


def test_two_tiers_agree_with_cobham():
    tiers = (twin.Tier("vip", 0.3, 0), twin.Tier("normal", 0.7, 1))
    result = days(steady(1, twin.Duration(4, shape="exponential"), tiers), 0.7 / 4)
    first, second = queueing.cobham_waits([0.21 / 4, 0.49 / 4], [4, 4], [1, 1])
    assert abs(z_score(result, lambda frame: frame.waited[frame.tier == 0].mean(), first)) < 3.5
    assert abs(z_score(result, lambda frame: frame.waited[frame.tier == 1].mean(), second)) < 3.5


def test_littles_law_holds_on_the_sample_path():
    """The area under the queue equals the minutes waited: an identity, day by day, walk-outs included."""
    branch = twin.demo_branch(seed=3, size="small")
    for number in range(5):
        customers = twin.replication(branch.model, branch.rates, number, seed=5)
        day = twin.run_day(branch.model, branch.staffing, customers)
        frame = twin.events_frame(day.events, day.state)
        frame = frame[frame.customer >= 0]
        ticket = frame[frame.kind == "join_queue"].set_index("customer").minute
        gone = frame[frame.kind.isin(["start_service", "abandon", "dismiss"])].groupby("customer").minute.last()
        step = np.concatenate([np.ones(len(ticket)), -np.ones(len(ticket))])
        minute = np.concatenate([ticket.to_numpy(), gone.loc[ticket.index].to_numpy()])
        order = np.argsort(minute, kind="stable")
        area = float((np.cumsum(step[order])[:-1] * np.diff(minute[order])).sum())
        assert area == pytest.approx(float((gone.loc[ticket.index] - ticket).sum()), rel=1e-9)


def test_uniforms_are_uniform_and_quantiles_normal():
    table = twin.draw_customers(steady(1, twin.Duration(4)), np.full((1, 200), 100.0), seed=99)
    for column in range(5, 9):
        assert stats.kstest(table.draws[:, column], "uniform").pvalue > 1e-3
    sigma = np.sqrt(np.log1p(0.36))
    z = np.log(table.draws[:, 2] / 4) / sigma + sigma / 2
    assert stats.kstest(z, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(table.draws[:, [0, 2, 5, 6, 7, 8]].T)[np.triu_indices(6, 1)]).max() < 0.035
    for p in (1e-12, 1e-4, 0.07, 0.2, 0.5, 0.77, 0.95, 1 - 1e-9):
        assert quantile(p) == pytest.approx(special.ndtri(p), rel=1e-12, abs=1e-15)


def test_counts_are_poisson_also_when_large():
    for mean in (0.7, 30.0, 150.0):
        _, counts = count_kernel(np.full((1, 1, 1), mean), 5, 0, 4000, True)
        assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / 4000))
        assert counts.var() == pytest.approx(mean, rel=0.12)
