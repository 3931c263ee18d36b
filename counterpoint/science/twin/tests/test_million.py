"""A million customers a model against known values, within three standard errors over replications."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from counterpoint.science import queueing, twin
from counterpoint.science.twin.results import Result
from counterpoint.science.twin.tests.steady import MINUTES, WARM_UP, steady

MEAN, MILLION = 4.0, 1_000_000
EXPONENTIAL = twin.Duration(MEAN, shape="exponential")


def million(model: twin.BranchModel, per_minute: float, seed: int) -> Result:
    """As many hundred-hour runs as bring a million customers after the warm-up."""
    runs = int(np.ceil(MILLION / (per_minute * (MINUTES - WARM_UP))))
    rates = np.full((1, int(MINUTES / 30)), 30 * per_minute)
    result = twin.simulate(model, twin.one_person_a_counter(model), rates, runs, seed=seed)
    assert (result.times[:, 0] > WARM_UP).sum() >= 0.99 * MILLION
    return result


def z(result: Result, value: np.ndarray, expected: float, among: np.ndarray | None = None) -> float:
    """Distance of the mean over runs from the known value, in standard errors."""
    late = result.times[:, 0] > WARM_UP
    late = late if among is None else late & among
    run = result.codes[late, 0]
    count = np.bincount(run, minlength=result.replications)
    means = np.bincount(run, value[late], minlength=result.replications) / count
    return float((means.mean() - expected) / (means.std(ddof=1) / np.sqrt(means.size)))


def waits(result: Result) -> np.ndarray:
    return result.times[:, 1]


def test_mmc():
    model = steady(5, EXPONENTIAL)
    result = million(model, 4.5 / MEAN, seed=101)
    known = queueing.solve(queueing.Queue(4.5 / MEAN, 1 / MEAN, 5))
    assert abs(z(result, waits(result), known.mean_wait)) < 3
    assert abs(z(result, waits(result) > 0, known.p_wait)) < 3
    assert abs(z(result, waits(result) > 10, known.p_wait_longer(10))) < 3


def test_mmc_with_walk_outs():
    model = steady(5, EXPONENTIAL, patience=twin.Duration(8.0, shape="exponential"))
    result = million(model, 5.5 / MEAN, seed=102)
    known = queueing.solve(queueing.Queue(5.5 / MEAN, 1 / MEAN, 5, 1 / 8))
    left = result.codes[:, 4] == twin.STATUS_NAMES.index("abandoned")
    assert abs(z(result, waits(result), known.mean_wait)) < 3
    assert abs(z(result, left, known.abandonment)) < 3
    assert abs(z(result, waits(result) > 0, known.p_wait)) < 3


@pytest.mark.parametrize(
    ("service", "cv"), [(twin.Duration(MEAN, 0.6), 0.6), (twin.Duration(MEAN, shape="fixed"), 0.0)]
)
def test_mg1(service, cv):
    result = million(steady(1, service), 0.7 / MEAN, seed=103)
    assert abs(z(result, waits(result), queueing.mg1_mean_wait(0.7 / MEAN, MEAN, cv))) < 3


def test_priority_mmc():
    """Non-preemptive M/M/c of equal service: Cobham's waits with c servers (Kella and Yechiali 1985)."""
    tiers = (twin.Tier("vip", 0.3, 0), twin.Tier("normal", 0.7, 1))
    servers, load = 4, 3.4
    result = million(steady(servers, EXPONENTIAL, tiers), load / MEAN, seed=104)
    p_wait = queueing.solve(queueing.Queue(load / MEAN, 1 / MEAN, servers)).p_wait
    base = p_wait * MEAN / servers
    first = 0.3 * load / servers
    tier = result.codes[:, 3]
    known = (base / (1 - first), base / ((1 - first) * (1 - load / servers)))
    for number, expected in enumerate(known):
        assert abs(z(result, waits(result), expected, tier == number)) < 3


def test_time_varying_mmc_agrees_with_the_forward_equations():
    """M(t)/M/c of a day: share of each half hour's arrivals that wait, against the chain solved numerically."""
    servers, states = 4, 130
    profile = np.array([0.5, 0.7, 1.0, 1.4, 1.7, 1.5, 1.1, 0.9, 0.8, 0.9, 1.1, 1.2, 1.1, 0.9, 0.7, 0.5])
    rates = 30 * 0.85 * servers / MEAN * profile / profile.mean()
    model = steady(servers, EXPONENTIAL, minutes=480.0)
    runs = int(np.ceil(MILLION / rates.sum()))
    result = twin.simulate(model, twin.one_person_a_counter(model), rates[None], runs, seed=105)
    interval = np.minimum((result.times[:, 0] // 30).astype(int), 15)
    cell = result.codes[:, 0] * 16 + interval
    came = np.bincount(cell, minlength=runs * 16).reshape(runs, 16).sum(axis=0)
    waited = np.bincount(cell, result.times[:, 1] > 0, minlength=runs * 16).reshape(runs, 16)
    leaving = np.minimum(np.arange(states), servers) / MEAN

    def flow(_t: float, p: np.ndarray, rate: float) -> np.ndarray:
        arriving = np.full(states, rate)
        arriving[-1] = 0.0
        change = -(arriving + leaving) * p
        change[1:] += arriving[:-1] * p[:-1]
        change[:-1] += leaving[1:] * p[1:]
        return change

    p = np.zeros(states)
    p[0] = 1.0
    for k in range(16):
        grid = np.linspace(30 * k, 30 * (k + 1), 61)
        path = solve_ivp(flow, grid[[0, -1]], p, t_eval=grid, args=(rates[k] / 30,), rtol=1e-8, atol=1e-10).y
        p = path[:, -1]
        known = np.trapezoid(path[servers:].sum(axis=0), grid) / 30
        ratio = waited[:, k].sum() / came[k]
        residual = waited[:, k] - ratio * np.bincount(cell[interval == k] // 16, minlength=runs)
        error = np.sqrt((residual**2).sum()) / came[k]
        assert abs(ratio - known) < 3.3 * error, (k, ratio, known)  # sixteen looks at one day: 3 of one look
    assert p[-1] < 1e-9
