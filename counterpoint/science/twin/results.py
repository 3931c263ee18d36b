"""What is read off simulated days: waits, promises, walk-outs, balking, utilisation, queues, with their spread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from counterpoint.science.twin.kernel import kpi_kernel, quantile_kernel
from counterpoint.science.twin.kernel import kpis as table
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray, IntArray
from counterpoint.science.twin.model import BranchModel, require
from counterpoint.science.twin.parts import split
from counterpoint.science.twin.staffing import Staffing

KPI_NAMES = (
    "arrivals", "served", "self_served", "abandoned", "balked", "turned_away", "dismissed", "no_cash",
    "inside", "wait_mean", "wait_median", "wait_p90", "promise_share", "walkout_share", "utilisation",
)  # fmt: skip
QUANTILES = (0.5, 0.9)  # of the waits of a day: wait_median, wait_p90
OUTCOME_FLOATS = ("arrival", "waited", "ticket", "start", "end")
OUTCOME_INTS = ("replication", "customer", "service", "tier", "status", "counter", "person", "device")


@dataclass(frozen=True)
class Result:
    """Outcomes of simulated days.

    ``times`` (n x 5: arrival, minutes waited in all queues, ticket, start and end minute) and ``codes`` (n x 8:
    replication, customer, service, tier, status, counter, person, device) have a row a customer, all replications
    one after the other. ``by_counter`` and ``by_person`` are replications x (counters | people) x 2: busy minutes
    and minutes ready (open and staffed | on duty). ``workers`` threads read the KPIs. Where no rows were kept,
    ``times`` and ``codes`` are empty and ``days`` has what KPIs are made from, replications x columns of the kernel.
    """

    model: BranchModel
    staffing: Staffing
    replications: int
    first_replication: int
    seed: int
    times: FloatArray
    codes: IntArray
    by_counter: FloatArray
    by_person: FloatArray
    workers: int = 1
    days: FloatArray | None = None

    def _need_rows(self) -> None:
        require(self.days is None, "No rows of customers were kept of these days: simulate them with rows=True.")

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a customer: ``OUTCOME_INTS`` and ``OUTCOME_FLOATS`` as columns."""
        self._need_rows()
        codes = pd.DataFrame(self.codes, columns=list(OUTCOME_INTS))
        return codes.join(pd.DataFrame(self.times, columns=list(OUTCOME_FLOATS)))

    @property
    def _rep(self) -> IntArray:
        return self.codes[:, 0] - self.first_replication

    @cached_property
    def _called(self) -> NDArray[np.bool_]:
        status = self.codes[:, 4]
        return (status == lay.SERVED) | (status == lay.AT_COUNTER) | (status == lay.NO_CASH)

    @cached_property
    def kpis(self) -> dict[str, FloatArray]:
        """Each KPI of ``KPI_NAMES`` as one value a replication; NaN where a day has nothing to measure.

        Waits are minutes waited by customers called to a counter. ``promise_share``: of those called, walked out,
        balked or dismissed, the share called within their tier's promise. ``walkout_share``: abandoned over arrivals
        let in. ``utilisation``: busy over ready minutes of all counters.
        """
        days = self._read_days() if self.days is None else self.days
        kpis: dict[str, FloatArray] = {"arrivals": days[:, table.K_ARRIVALS], "inside": days[:, table.K_INSIDE]}
        for number in range(lay.SERVED, lay.NO_CASH + 1):
            kpis[lay.STATUS_NAMES[number]] = days[:, table.K_FINAL + number - lay.SERVED]
        called, kept = days[:, table.K_CALLED], days[:, table.K_KEPT]
        kpis["wait_median"], kpis["wait_p90"] = days[:, table.K_QUANTILES], days[:, table.K_QUANTILES + 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            kpis["wait_mean"] = days[:, table.K_WAITED] / called
            kpis["promise_share"] = kept / (called + kpis["abandoned"] + kpis["balked"] + kpis["dismissed"])
            kpis["walkout_share"] = kpis["abandoned"] / (kpis["arrivals"] - kpis["turned_away"])
            kpis["utilisation"] = self.by_counter[:, :, 0].sum(axis=1) / self.by_counter[:, :, 1].sum(axis=1)
        return {name: kpis[name] for name in KPI_NAMES}

    def _read_days(self) -> FloatArray:
        promises, times, codes = promises_of(self.model), *map(np.ascontiguousarray, (self.times, self.codes))
        first, quantiles = self.first_replication, np.array(QUANTILES)
        rows = np.searchsorted(codes[:, 0], first + np.arange(self.replications + 1))

        def read(a: int, b: int) -> FloatArray:
            mine = slice(rows[a], rows[b])
            return cast(FloatArray, kpi_kernel(times[mine], codes[mine], first + a, b - a, promises, quantiles))

        return np.concatenate(split(self.replications, self.workers, read))

    def summary(self) -> pd.DataFrame:
        """KPI rows: mean with 95 % interval of the mean, and P10, P50, P90 of single days."""
        return pd.DataFrame({name: spread(values) for name, values in self.kpis.items()}).T

    def to_frame(self) -> pd.DataFrame:
        """One row a replication, one column a KPI."""
        frame = pd.DataFrame(self.kpis)
        frame.index = pd.RangeIndex(
            self.first_replication, self.first_replication + self.replications, name="replication"
        )
        return frame

    def waits(self, by: tuple[str, ...] = ("service", "interval"), interval_minutes: float = 30.0) -> pd.DataFrame:
        """Waits of those called, pooled over replications, by any of ``service``, ``tier``, ``interval`` of arrival.

        Columns: ``customers`` (a day), ``mean``, ``median``, ``p90``, ``within_promise``. ``interval`` is the minute
        at which the interval starts.
        """
        self._need_rows()
        keys = [self._key(name, interval_minutes)[self._called] for name in by]
        waited = self.times[self._called, 1]
        promises = promises_of(self.model)[self.codes[self._called, 3]]
        frame = pd.DataFrame({"waited": waited, "kept": waited <= promises})
        groups = frame.groupby(keys)
        return pd.DataFrame(
            {
                "customers": groups["waited"].size() / self.replications,
                "mean": groups["waited"].mean(),
                "median": groups["waited"].median(),
                "p90": groups["waited"].quantile(0.9),
                "within_promise": groups["kept"].mean(),
            }
        ).rename_axis(list(by))

    def _key(self, name: str, interval_minutes: float) -> NDArray[np.generic]:
        if name == "interval":
            start = self.model.open_minute
            return start + interval_minutes * np.floor((self.times[:, 0] - start) / interval_minutes)
        codes = {"service": (self.model.service_codes, 2), "tier": (self.model.tier_codes, 3)}
        names, column = codes[name]
        return np.array(names, dtype=object)[self.codes[:, column]]

    def queue_path(self, step: float = 5.0, end: float | None = None) -> pd.DataFrame:
        """Tickets waiting at every ``step`` minutes from opening: mean, P10, P50, P90 over replications.

        A ticket waits from the minute it is taken to the minute it is called or given up; pass ``end`` for a day that
        was stopped early.
        """
        grid, path = self.queue_sizes(step, end)
        low, middle, high = np.quantile(path, [0.1, 0.5, 0.9], axis=0)
        values = {"mean": path.mean(axis=0), "p10": low, "p50": middle, "p90": high}
        return pd.DataFrame(values, index=pd.Index(grid, name="minute"))

    def queue_sizes(self, step: float = 5.0, end: float | None = None) -> tuple[FloatArray, FloatArray]:
        """The minutes of :meth:`queue_path`, and tickets waiting then: replications x minutes."""
        self._need_rows()
        stop = self.model.close_minute + self.model.overrun_minutes if end is None else end
        grid = np.arange(self.model.open_minute, stop, step)
        took = ~np.isnan(self.times[:, 2])
        left = np.where(self.times[:, 3] >= self.times[:, 2], self.times[:, 3], self.times[:, 4])
        left = np.where(np.isnan(left), np.inf, left)
        size = np.zeros((self.replications, grid.size + 1))
        for minute, sign in ((self.times[:, 2], 1), (left, -1)):
            inside = took & (minute <= grid[-1])
            cell = np.searchsorted(grid, minute[inside], side="left")
            np.add.at(size, (self._rep[inside], cell), sign)
        return grid, size[:, :-1].cumsum(axis=1)

    def utilisation(self) -> pd.DataFrame:
        """Busy share and ready minutes a day of every counter and person, mean over replications."""
        rows = []
        for what, codes, values in (
            ("counter", self.model.counter_codes, self.by_counter),
            ("person", self.staffing.codes, self.by_person),
        ):
            busy, ready = values.sum(axis=0).T
            with np.errstate(invalid="ignore", divide="ignore"):
                rows += [
                    (what, *row)
                    for row in zip(
                        codes, busy / ready, busy / self.replications, ready / self.replications, strict=True
                    )
                ]
        return pd.DataFrame(rows, columns=["what", "code", "utilisation", "busy_minutes", "ready_minutes"])


def spread(values: FloatArray) -> dict[str, float]:
    """Mean with its 95 % Student interval, and quantiles, of one value a replication; NaNs are left out."""
    kept = values[~np.isnan(values)]
    if kept.size == 0:
        return dict.fromkeys(("mean", "low", "high", "p10", "p50", "p90"), float("nan"))
    mean = float(kept.mean())
    half = float("nan")
    if kept.size > 1:
        half = float(stats.t.ppf(0.975, kept.size - 1) * kept.std(ddof=1) / np.sqrt(kept.size))
    p10, p50, p90 = np.quantile(kept, [0.1, 0.5, 0.9])
    return {"mean": mean, "low": mean - half, "high": mean + half, "p10": p10, "p50": p50, "p90": p90}


def grouped_quantile(values: FloatArray, group: IntArray, groups: int, q: float) -> FloatArray:
    """Quantile ``q`` of ``values`` within each group (0..groups-1), linear between order statistics; NaN if empty."""
    return cast(FloatArray, quantile_kernel(values, group, groups, np.array([q]))[:, 0])


def promises_of(model: BranchModel) -> FloatArray:
    """The promise of each tier in minutes."""
    return np.array([tier.promise for tier in model.tiers])
