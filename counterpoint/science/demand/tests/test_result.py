"""Paths, quantiles and tables of a forecast: counted again from the paths, and kept whole in every view."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.science.demand import Assumption, DayInfo
from counterpoint.science.demand.calibrate import Calibration
from counterpoint.science.demand.result import Latent, assemble, draw, factor_of, quantiles
from counterpoint.science.demand.shares import ShareModel

DAYS = (
    DayInfo(date(2026, 1, 5), ((540, 660),)),
    DayInfo(date(2026, 1, 6), ((540, 600),)),
    DayInfo(date(2026, 1, 7), (), "closed"),
)
CELLS = ((0, 9), (0, 10), (1, 9))  # day and hour of each open cell
RATE = np.array([30.0, 12.0, 20.0])


def latent(shares=(0.5, 0.3, 0.2), *, cov=None, spread=0.0, known=None, moved=0.0):
    size = len(shares)
    with np.errstate(divide="ignore"):
        shape = np.log(np.array(shares))[:, None, None] + np.zeros((size, 3, 24))
    share = ShareModel(shape, np.zeros((size, 3)), np.full((size, 3, 3), moved), np.full(size, spread))
    day, interval = (np.array(column) for column in zip(*CELLS, strict=True))
    over = np.full((size, 3), np.nan) if known is None else known
    return Latent(day, interval, np.log(RATE), np.zeros((3, 3)) if cov is None else cov, share, over)


def assembled(source, *, names=("a", "b", "c"), levels=(0.1, 0.5, 0.9), paths=400, seed=1):
    return assemble(
        source, days=DAYS, services=names, interval=60, width=24, levels=levels, paths=paths, seed=seed,
        assumptions=(Assumption("guess", "Something was guessed."),), calibration=Calibration(),
    )  # fmt: skip


class TestQuantiles:
    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.integers(0, 50), min_size=1, max_size=40), st.lists(st.floats(0.001, 0.999), min_size=1, max_size=5)
    )
    def test_a_quantile_is_the_smallest_count_with_enough_paths_at_or_below(self, counts, levels):
        found = quantiles(np.array(counts)[:, None], tuple(levels))[:, 0]
        for level, value in zip(levels, found, strict=True):
            enough = [
                count for count in sorted(counts) if sum(c <= count for c in counts) >= level * len(counts) - 1e-12
            ]
            assert value == enough[0]

    def test_no_cells_have_no_quantiles(self):
        assert quantiles(np.zeros((10, 0)), (0.1, 0.9)).shape == (2, 0)


class TestFactor:
    @pytest.mark.parametrize(
        "cov",
        [
            np.array([[2.0, 0.6], [0.6, 1.0]]),
            np.ones((3, 3)),  # perfectly tied: singular
            np.zeros((2, 2)),
            np.array([[1.0, 1.0 + 1e-12], [1.0 + 1e-12, 1.0]]),  # a rounding away from a covariance
            np.zeros((0, 0)),
        ],
    )
    def test_its_square_is_the_covariance(self, cov):
        root = factor_of(cov)
        assert root @ root.T == pytest.approx(cov, abs=1e-9)


class TestPaths:
    def test_customers_divide_among_services_as_the_shares_say(self):
        paths = draw(latent(), 40_000, seed=2)
        assert paths.mean(axis=0) == pytest.approx(np.outer([0.5, 0.3, 0.2], RATE), rel=0.02)
        assert paths.sum(axis=1).var(axis=0) == pytest.approx(RATE, rel=0.05)  # still Poisson as a whole

    @pytest.mark.parametrize(("spread", "moved"), [(0.3, 0.0), (0.0, 0.3)])
    def test_uncertain_shares_move_customers_between_services_and_make_none(self, spread, moved):
        calm, moving = draw(latent(), 20_000, seed=3), draw(latent(spread=spread, moved=moved), 20_000, seed=3)
        assert moving.sum(axis=1).mean(axis=0) == pytest.approx(RATE, rel=0.02)
        assert moving.sum(axis=1).var(axis=0) == pytest.approx(RATE, rel=0.06)
        assert (moving.var(axis=0) > 1.2 * calm.var(axis=0)).all()

    def test_a_service_without_a_share_has_no_customer(self):
        assert draw(latent((0.6, 0.0, 0.4)), 500, seed=4)[:, 1].sum() == 0

    def test_recorded_cells_come_back_in_every_path(self):
        known = np.full((3, 3), np.nan)
        known[:, 0] = [7, 0, 3]
        paths = draw(latent(known=known), 50, seed=5)
        assert (paths[:, :, 0] == [7, 0, 3]).all()
        assert np.ptp(paths[:, 0, 1]) > 0

    def test_the_same_seed_gives_the_same_paths_and_another_others(self):
        assert np.array_equal(draw(latent(), 30, seed=6), draw(latent(), 30, seed=6))
        assert not np.array_equal(draw(latent(), 30, seed=6), draw(latent(), 30, seed=7))

    def test_a_rate_beyond_all_reason_is_bounded(self):
        source = latent(cov=np.diag([2500.0, 0.0, 0.0]))
        assert draw(source, 200, seed=8).max() < 1.1e6


class TestViews:
    def test_every_figure_is_counted_from_the_paths_it_came_with(self):
        result = assembled(latent(cov=np.full((3, 3), 0.05), spread=0.1), seed=9)
        paths = result.sample(400, seed=9)
        assert paths.shape == (400, 3, 3, 24)
        assert result.mean == pytest.approx(paths.mean(axis=0))
        assert result.total_mean == pytest.approx(paths.sum(axis=1).mean(axis=0))
        days = paths.sum(axis=3)
        assert result.day_mean[:3] == pytest.approx(days.mean(axis=0))
        assert result.day_mean[3] == pytest.approx(days.sum(axis=1).mean(axis=0))
        for level, whole in zip(result.levels, result.day_quantile, strict=True):
            rank = int(np.ceil(level * 400)) - 1
            assert np.array_equal(whole[3], np.sort(days.sum(axis=1), axis=0)[rank])

    def test_levels_come_in_order_and_name_their_columns(self):
        frame = assembled(latent(), levels=(0.9, 0.025, 0.5)).to_frame()
        assert list(frame.columns) == ["date", "minute", "service", "mean", "p2.5", "p50", "p90"]
        assert (frame["p2.5"] <= frame["p50"]).all() and (frame["p50"] <= frame["p90"]).all()

    def test_the_tables_list_open_cells_only_in_order_and_agree(self):
        result = assembled(latent())
        services, total, whole = (result.to_frame(level) for level in ("service", "total", "day"))
        assert services[["date", "minute"]].drop_duplicates().to_numpy().tolist() == [
            [DAYS[0].date, 540], [DAYS[0].date, 600], [DAYS[1].date, 540],
        ]  # fmt: skip
        assert services["service"].tolist() == ["a", "b", "c"] * 3
        by_cell = services.groupby(["date", "minute"])["mean"].sum()
        assert by_cell.to_numpy() == pytest.approx(total["mean"].to_numpy())
        assert whole["service"].tolist() == ["a", "b", "c", "all"] * 3
        assert whole[whole["service"] == "all"]["mean"].tolist() == pytest.approx(
            [total[total["date"] == day.date]["mean"].sum() for day in DAYS]
        )

    def test_the_summary_names_each_days_peak_and_none_of_a_closed_day(self):
        found = assembled(latent()).summary()
        assert [row["peak"] for row in found["days"]] == ["09:00", "09:00", None]
        assert [row["date"] for row in found["days"]] == ["2026-01-05", "2026-01-06", "2026-01-07"]
        first, closed = found["days"][0], found["days"][2]
        assert first["low"] <= first["expected"] <= first["high"]
        assert (closed["expected"], closed["low"], closed["high"]) == (0, 0, 0)
        assert found["assumptions"] == ["guess: Something was guessed."]
        assert found["services"] == 3
