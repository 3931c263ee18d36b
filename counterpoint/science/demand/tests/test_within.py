"""The noise inside a day: independent against remembered, and what the morning may say of the afternoon."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science.demand import within

STARTS = 540 + 30.0 * np.arange(16)


@pytest.mark.parametrize("planted", [(1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0)])
def test_a_planted_memory_is_found(planted):
    rng = np.random.default_rng(4)
    mean = np.tile(np.linspace(60, 140, 16), (600, 1))
    usual = mean[0] / mean[0].sum()
    spread = np.full(16, 0.03)
    cov = within.day_cov(spread, np.array(planted), STARTS, usual)
    noise = rng.multivariate_normal(np.zeros(16), cov, 600)
    count = rng.poisson(mean * np.exp(noise - np.diag(cov) / 2))
    found = within.mixture_of(count.astype(float), mean, np.ones(mean.shape, bool), np.diag(cov), 30)
    again = within.day_cov(np.diag(cov), found, STARTS, usual)
    assert again[7] == pytest.approx(cov[7], abs=0.005)  # in the middle of the day; its ends come out a little wide
    assert int(np.argmax(found)) == int(np.argmax(planted))


def test_few_days_lean_on_what_is_usual():
    rng = np.random.default_rng(4)
    mean = np.full((2, 16), 80.0)
    few = within.mixture_of(
        rng.poisson(mean * rng.lognormal(0, 0.2, mean.shape)).astype(float),
        mean,
        np.ones(mean.shape, bool),
        np.full(16, 0.04),
        30,
    )
    assert (few > 0).sum() >= 3
    nothing = within.mixture_of(mean, mean, np.zeros(mean.shape, bool), np.full(16, 0.04), 30)
    assert nothing == pytest.approx(within.PRIOR)


def test_counts_that_scatter_less_than_chance_say_nothing():
    mean = np.full((50, 16), 80.0)
    found = within.mixture_of(mean, mean, np.ones(mean.shape, bool), np.full(16, 0.04), 30)
    assert found == pytest.approx(within.PRIOR)


@given(
    st.lists(st.floats(0.01, 100), min_size=2, max_size=10),
    st.lists(st.floats(0, 2), min_size=4, max_size=4),
    st.integers(5, 60),
)
def test_the_days_own_mean_is_certain_and_the_rest_is_a_covariance(weight, mixture, interval):
    """The centred noise carries nothing of the day level, by the projection written out."""
    share = np.array(weight) / sum(weight)
    starts = interval * np.arange(len(share)).astype(float)
    spread = np.linspace(0.01, 0.3, len(share))
    cov = within.day_cov(spread, np.array(mixture), starts, np.array(weight))
    away = np.eye(len(share)) - np.outer(np.ones(len(share)), share)
    root = np.sqrt(np.outer(spread, spread))
    gap = np.abs(starts[:, None] - starts[None, :])
    plain = mixture[0] * (gap == 0) + sum(
        m * np.exp(-gap / t) for m, t in zip(mixture[1:], within.MEMORY[1:], strict=True)
    )
    assert cov == pytest.approx(away @ (plain * root) @ away.T, abs=1e-9)
    assert share @ cov @ share == pytest.approx(0, abs=1e-9)
    assert np.linalg.eigvalsh(cov).min() > -1e-9
