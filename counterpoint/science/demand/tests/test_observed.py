"""The running day: what counts as observed, what is refused, and the update against a search for its peak."""

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from counterpoint.science.demand import DemandInputError, DemandProblem, Params, forecast, nowcast, plain_days
from counterpoint.science.demand.nowcast import laplace

DAYS = plain_days(date(2026, 1, 5), 29, hours=dict.fromkeys(range(7), ((540, 720),)))
TODAY = DAYS[-1].date
BEFORE, AFTER = slice(18, 20), slice(20, 24)  # half hours of 9:00 to 10:00 and of 10:00 to 12:00


def planned(**services):
    """A forecast of today from four weeks in which every half hour brought these counts."""
    rows = [
        (day.date, minute, name, count)
        for day in DAYS[:-1]
        for minute in range(540, 720, 30)
        for name, count in services.items()
    ]
    history = pd.DataFrame(rows, columns=["date", "minute", "service", "count"])
    return forecast(DemandProblem(history, DAYS, (TODAY,)), Params(calibrate_weeks=0, paths=400), seed=1)


@pytest.fixture(scope="module")
def plan():
    return planned(cash=20, wealth=5)


def seen(*entries):
    return pd.DataFrame(entries, columns=["minute", "service", "count"])


def update(plan, frame, at=600):
    return nowcast(plan, frame, day=TODAY, at=at, seed=2, paths=400)


class TestWhatCounts:
    @pytest.mark.parametrize(
        ("at", "fixed"),
        [(0, 0), (540, 0), (569, 0), (570, 1), (599, 1), (600, 2), (719, 5), (720, 6), (1440, 6), (5000, 6)],
    )
    def test_an_interval_is_known_when_it_has_ended(self, plan, at, fixed):
        found = update(plan, seen((540, "cash", 25)), at)
        assert int((np.ptp(found.total_quantile[:, 0, 18:24], axis=0) == 0).sum()) == fixed
        assert (found is plan) == (fixed == 0)

    def test_rows_of_one_interval_add_up_and_an_interval_without_a_row_is_empty(self, plan):
        found = update(plan, seen((540, "cash", 10), (555, "cash", 7), (545, "wealth", 2)))
        assert found.mean[:, 0, 18].tolist() == [17, 2]
        assert found.mean[:, 0, 19].tolist() == [0, 0]

    def test_rows_of_the_future_and_of_closed_hours_are_not_used(self, plan):
        morning = [(540, "cash", 22), (570, "cash", 19)]
        plain = update(plan, seen(*morning))
        noisy = update(plan, seen(*morning, (660, "cash", 500), (60, "wealth", 500)))
        assert np.array_equal(plain.total_mean, noisy.total_mean)

    def test_the_note_says_how_many_by_when(self, plan):
        note = update(plan, seen((540, "cash", 25), (570, "wealth", 3), (600, "cash", 99)), at=607).assumptions[-1]
        assert (note.code, note.text) == ("nowcast", "Corrected by 28 tickets recorded by 10:07.")

    def test_a_finished_day_is_what_was_counted(self, plan):
        frame = seen(*[(540 + 30 * k, "cash", k) for k in range(6)])
        found = update(plan, frame, at=720)
        assert found.day_quantile[:, :, 0].tolist() == [[15, 0, 15]] * 3

    def test_a_branch_without_services_needs_no_service_column(self):
        found = update(planned(all=20), pd.DataFrame({"minute": [540, 570], "count": [30, 31]}))
        assert found.total_mean[0, BEFORE].tolist() == [30, 31]

    def test_no_frame_at_all_is_a_silent_morning(self, plan):
        found = update(plan, pd.DataFrame())
        assert found.total_mean[0, BEFORE].sum() == 0
        assert found.total_mean[0, AFTER].sum() < plan.total_mean[0, AFTER].sum()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame({"count": [1]}), r"observed lacks the column\(s\) minute"),
        (pd.DataFrame({"service": ["cash"]}), r"lacks the column\(s\) count, minute"),
        (pd.DataFrame({"minute": [540], "count": [1]}), "service 'all' is not in this forecast"),
        (seen((540, "gold", 1)), "service 'gold' is not in this forecast of 2026-02-02"),
        (seen((-30, "cash", 1)), "observed holds the minute -30; it must be 0 to 1439"),
        (seen((1440, "cash", 1)), "the minute 1440"),
        (seen((math.nan, "cash", 1)), "the minute nan"),
        (seen((540, "cash", -1)), "observed holds the count -1; it must be 0 or more"),
        (seen((540, "cash", math.nan)), "the count nan"),
        (seen((540, "cash", "many")), "the count many"),
    ],
)
def test_a_morning_that_cannot_be_counted_is_refused(plan, frame, said):
    with pytest.raises(DemandInputError, match=said):
        update(plan, frame)


class TestLaplace:
    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 200)), min_size=1, max_size=5), st.floats(0.01, 0.5))
    def test_the_mode_is_where_a_general_search_finds_it(self, cells, variance):
        prior = np.array([mean for mean, _ in cells])
        count = np.array([n for _, n in cells], dtype=float)
        gap = np.abs(np.arange(len(cells))[:, None] - np.arange(len(cells)))
        cov = variance * 0.6**gap
        precision = np.linalg.inv(cov)

        def height(x):
            return (
                float((np.exp(x) - count * x).sum() + 0.5 * (x - prior) @ precision @ (x - prior)),
                np.exp(x) - count + precision @ (x - prior),
            )

        peak = minimize(height, prior, jac=True, method="BFGS", options={"gtol": 1e-9}).x
        mean, after = laplace(prior, cov, np.arange(len(cells)), count)
        assert mean == pytest.approx(peak, abs=1e-4)
        assert np.linalg.inv(after) == pytest.approx(precision + np.diag(np.exp(peak)), rel=1e-2, abs=1e-2)

    def test_a_cell_tied_to_nothing_keeps_its_prior(self):
        mean, cov = laplace(np.array([2.0, 3.0]), np.diag([0.2, 0.3]), np.array([0]), np.array([50.0]))
        assert mean[0] > 2.0 and mean[1] == 3.0
        assert cov[1, 1] == 0.3 and cov[0, 1] == 0.0

    def test_a_count_as_expected_moves_nothing_and_narrows(self):
        mean, cov = laplace(np.array([np.log(40.0)]), np.array([[0.1]]), np.array([0]), np.array([40.0]))
        assert mean[0] == pytest.approx(np.log(40.0))
        assert cov[0, 0] == pytest.approx(1 / (1 / 0.1 + 40), rel=1e-4)

    @pytest.mark.parametrize(
        ("variance", "count", "peak"),
        # where exp(x) + x / variance reaches the count, found by bisection
        [(0.125, 14.0, 1.29406), (0.125, 100.0, 4.19616), (1.0, 1e6, 13.81550), (0.125, 0.0, -0.11178)],
    )
    def test_one_customer_expected_and_a_flood_or_nobody_come(self, variance, count, peak):
        mean, cov = laplace(np.array([0.0]), np.array([[variance]]), np.array([0]), np.array([count]))
        assert mean[0] == pytest.approx(peak, abs=1e-4)
        assert cov[0, 0] == pytest.approx(1 / (1 / variance + np.exp(peak)), rel=5e-3)
