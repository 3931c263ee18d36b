"""Cold start: a new branch takes its first forecast from branches like it."""

from datetime import date, timedelta

import numpy as np
import pytest

from counterpoint.science.demand import (
    DemandInputError,
    DemandProblem,
    Params,
    Peer,
    borrow,
    forecast,
    synthetic_branch,
)

QUICK = Params(paths=200, calibrate_weeks=0)


def peer(seed, daily, counters):
    return Peer(synthetic_branch(seed=seed, days=90, daily=daily).problem(1), {"counters": counters})


PEERS = [peer(1, 100, 3), peer(2, 110, 3), peer(3, 400, 9), peer(4, 420, 10)]
NEW = synthetic_branch(seed=9, days=20, daily=105)


def empty(given=None):
    problem = NEW.problem(10)
    return DemandProblem(problem.history.iloc[:0], problem.days, problem.horizon, **(given or {}))


def test_a_small_branch_starts_from_the_small_ones():
    started = borrow(empty(), {"counters": 3}, PEERS)
    assert started.default_daily == pytest.approx(105, rel=0.25)
    assert sum(started.default_shares.values()) == pytest.approx(1.0)
    assert started.default_shares["cash"] == pytest.approx(0.34, abs=0.03)
    assert borrow(empty(), {"counters": 10}, PEERS).default_daily > 300


def test_the_first_forecast_is_nearer_than_without():
    actual = NEW.actual(10).sum(axis=1)
    borrowed = forecast(borrow(empty(), {"counters": 3}, PEERS), QUICK, seed=1)
    alone = forecast(empty(), QUICK, seed=1)
    near = np.abs(borrowed.day_mean[-1] - actual).sum()
    assert near < 0.6 * np.abs(alone.day_mean[-1] - actual).sum()
    assert {one.code for one in borrowed.assumptions} >= {"no_history"}


def test_what_the_caller_gives_stays():
    started = borrow(empty({"default_daily": 77.0}), {"counters": 3}, PEERS)
    assert started.default_daily == 77.0


def test_without_a_peer_or_a_trait_it_is_refused():
    with pytest.raises(DemandInputError, match="No peer"):
        borrow(empty(), {"counters": 3}, [])
    with pytest.raises(DemandInputError, match="lacks the trait"):
        borrow(empty(), {"staff": 3}, PEERS)
    young = Peer(synthetic_branch(seed=1, days=8).problem(1), {"counters": 3})
    with pytest.raises(DemandInputError, match="No peer"):
        borrow(empty(), {"counters": 3}, [young])


def test_the_dates_of_the_peers_need_not_be_those_of_the_branch():
    old = Peer(
        synthetic_branch(seed=1, days=60, start=date(2025, 1, 6) + timedelta(days=7)).problem(1), {"counters": 3}
    )
    assert borrow(empty(), {"counters": 3}, [old]).default_daily > 0
