"""How the branch total divides among services: by hand at first, then recovered from counts."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.demand import DemandProblem, Params, plain_days
from counterpoint.science.demand.grid import build
from counterpoint.science.demand.shares import base_shares, fit_shares

DAYS = plain_days(date(2026, 1, 5), 43, hours=dict.fromkeys(range(7), ((540, 600),)))
ASKED = DAYS[42:]


def grid_of(**counts):
    """Both half hours of every day get these counts per service: one for both, or one each."""
    rows = [
        (day.date, minute, name, pair[n] if isinstance(pair, list) else pair)
        for day in DAYS[:42]
        for n, minute in enumerate((540, 570))
        for name, pair in counts.items()
    ]
    history = pd.DataFrame(rows, columns=["date", "minute", "service", "count"])
    return build(DemandProblem(history, DAYS, (ASKED[0].date,)), 400)


def divided(model):
    """Shares on the asked day, interval by interval, as the middle of every path."""
    weight = np.exp(model.shape[:, 0, 18:20] + model.mean[:, [0]])
    return weight / weight.sum(axis=0)


class TestBase:
    @pytest.mark.parametrize(
        ("seen", "defaults", "expected"),
        [
            ({"a": 30, "b": 10}, {}, [0.75, 0.25]),
            ({"a": 30, "b": 10}, {"a": 1.0, "b": 1.0}, None),
            ({"a": 0, "b": 0}, {"a": 3.0, "b": 1.0}, [0.75, 0.25]),  # nothing seen: the table
            ({"a": 0, "b": 0}, {}, [0.5, 0.5]),  # nothing known: alike
            ({"a": 0, "b": 0}, {"a": 1.0, "b": -5.0}, [1.0, 0.0]),  # a negative share is none
        ],
    )
    def test_what_was_seen_goes_before_what_was_given(self, seen, defaults, expected):
        found = base_shares(grid_of(**seen), np.ones(42), defaults)
        tickets = 84 * sum(seen.values())
        if expected is None:  # the table is worth fifty tickets, half of them each
            expected = [(84 * 30 + 25) / (tickets + 50), (84 * 10 + 25) / (tickets + 50)]
        assert found == pytest.approx(expected, abs=1e-4)
        assert found.sum() == pytest.approx(1.0)

    def test_older_days_count_less(self):
        grid = grid_of(a=10, b=10)
        counts = grid.counts.copy()
        counts[0, :21] *= 3  # a was the busier one three weeks ago
        weight = np.where(np.arange(42) < 21, 0.0, 1.0)
        assert base_shares(replace(grid, counts=counts), weight, {}) == pytest.approx([0.5, 0.5], abs=1e-3)
        assert base_shares(replace(grid, counts=counts), np.ones(42), {}) == pytest.approx([2 / 3, 1 / 3], abs=1e-3)


class TestFit:
    def test_constant_shares_are_found_again(self):
        found = divided(fit_shares(grid_of(a=60, b=30, c=10), ASKED, Params(), {}))
        assert pytest.approx(np.array([[0.6, 0.3, 0.1]] * 2), abs=0.01) == found.T

    def test_a_service_of_the_morning_is_forecast_for_the_morning(self):
        found = divided(fit_shares(grid_of(early=[80, 20], late=[20, 80]), ASKED, Params(), {}))
        assert found[0] == pytest.approx([0.8, 0.2], abs=0.05)

    def test_a_closed_service_has_no_share_and_the_others_the_whole(self):
        shut = (replace(ASKED[0], services_closed=frozenset({"c"})),)
        found = divided(fit_shares(grid_of(a=60, b=30, c=10), shut, Params(), {}))
        assert found[2].tolist() == [0.0, 0.0]
        assert found[0] == pytest.approx([2 / 3, 2 / 3], abs=0.02)

    def test_days_on_which_a_service_was_closed_do_not_lower_its_share(self):
        grid = grid_of(a=50, b=50)
        counts = grid.counts.copy()
        counts[1, -14:] = 0
        shut = tuple(
            replace(day, services_closed=frozenset({"b"})) if n >= 28 else day for n, day in enumerate(grid.days)
        )
        told = fit_shares(replace(grid, counts=counts, days=shut), ASKED, Params(), {})
        silent = fit_shares(replace(grid, counts=counts), ASKED, Params(), {})
        assert divided(silent)[1, 0] < 0.15 and divided(told)[1, 0] > 0.25
        assert told.spread[1] < 0.05  # nor do they make its intervals look noisy

    def test_a_single_service_takes_everybody_for_certain(self):
        model = fit_shares(grid_of(only=40), ASKED, Params(), {})
        assert divided(model).tolist() == [[1.0, 1.0]]
        assert model.cov.sum() == model.spread.sum() == 0.0
