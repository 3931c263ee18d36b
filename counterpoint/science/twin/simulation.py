"""Many days at once: replications of one plan, and plans compared on the same customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from counterpoint.science.twin.commands import Command, encode_commands, encode_surges
from counterpoint.science.twin.customers import (
    CustomerTable,
    Rates,
    clean_seed,
    draw_customers,
    law_table,
    rate_paths,
    tier_table,
)
from counterpoint.science.twin.engine import Events, advance
from counterpoint.science.twin.kernel import batch_kernel, collect_kernel, count_kernel
from counterpoint.science.twin.kernel import kpis as table
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray, IntArray
from counterpoint.science.twin.model import BranchModel, require
from counterpoint.science.twin.parts import cores, split
from counterpoint.science.twin.results import QUANTILES, Result, promises_of, spread
from counterpoint.science.twin.staffing import Staffing
from counterpoint.science.twin.state import NO_COMMANDS, State, blank, initial_state


@dataclass(frozen=True)
class DayResult:
    """One day: its last ``state``, all ``events`` and the ``result`` (a :class:`Result` of one replication)."""

    state: State
    events: Events
    result: Result

    def summary(self) -> dict[str, float]:
        """KPIs of the day by name."""
        return {name: float(values[0]) for name, values in self.result.kpis.items()}

    def to_frame(self) -> pd.DataFrame:
        """One row a customer."""
        return self.result.outcomes


def day_seed(seed: int, replication: int) -> int:
    """The seed with which :func:`draw_customers` gives the people of one replication of :func:`simulate`."""
    seeds, _ = count_kernel(np.zeros((1, 1, 1)), clean_seed(seed), replication, 1, True)
    return int(seeds[0])


def run_day(
    model: BranchModel,
    staffing: Staffing,
    customers: CustomerTable,
    commands: Sequence[Command] = (),
    *,
    seed: int | None = None,
) -> DayResult:
    """Run one day to its end; ``seed`` (default: the customers') draws the people of AddCustomers."""
    state, events = advance(initial_state(model, staffing, customers), np.inf, commands, seed=seed)
    return DayResult(state, events, outcome(state))


def outcome(state: State) -> Result:
    """What a state holds, read like a batch of one replication."""
    n = len(state.customers)
    times, codes = np.empty((n, 5)), np.empty((n, 8), dtype=np.int64)
    by_counter = np.empty((1, len(state.model.counters), 2))
    by_person = np.empty((1, len(state.staffing.people), 2))
    collect_kernel(state.st, state.tm, state.customers.draws, 0, 0, n, times, codes, by_counter[0], by_person[0])
    return Result(state.model, state.staffing, 1, 0, state.customers.seed, times, codes, by_counter, by_person)


def simulate(
    model: BranchModel,
    staffing: Staffing,
    rates: Rates,
    replications: int = 200,
    *,
    seed: int,
    commands: Sequence[Command] = (),
    interval_minutes: float = 30.0,
    start_minute: float | None = None,
    first_replication: int = 0,
    until: float = np.inf,
    workers: int | None = 1,
    rows: bool = True,
) -> Result:
    """Simulate ``replications`` days of one plan.

    ``rates``: expected arrivals per service and interval (services x intervals, or a mapping by service code, or
    paths x services x intervals: replication r takes path r modulo their number, as sampled from a forecast).
    Replication r is bit for bit ``run_day(model, staffing, draw_customers(model, rates, seed=day_seed(seed, r)),
    commands)``, whatever batch it is in; split a batch with ``first_replication``. The same ``seed`` gives every plan
    the same people. ``workers`` threads share the replications (None: all cores), which changes no bit of the result.
    Without ``rows`` the KPIs of each day are read while it is still at hand and no row a customer is kept: a sixth
    faster, and thousands of days need no memory. What is asked of rows then raises ModelError, the KPIs are the same.
    Raises ModelError on wrong shapes or codes.
    """
    require(replications >= 1, f"replications must be 1 or more, not {replications}.")
    paths = rate_paths(model, rates)
    surges = encode_surges(commands, model)
    cm = encode_commands(commands, model, staffing) if commands else NO_COMMANDS
    start = float(model.open_minute if start_minute is None else start_minute)  # a whole number would compile anew
    plan = BatchPlan(
        paths, start, float(interval_minutes), surges, cm, clean_seed(seed), int(first_replication), int(replications),
        float(until), cores(workers),
    )  # fmt: skip

    def count(a: int, b: int) -> IntArray:
        return cast(IntArray, count_kernel(paths, plan.seed, first_replication + a, b - a, True)[1])

    counts = np.concatenate(split(replications, plan.workers, count)) + int(surges[:, 3].sum())
    st, tm = blank(model, staffing, int(counts.max()))
    none = np.empty((0, lay.D_WIDTH)), np.empty((0, 4), dtype=np.int64)
    return run_plan(model, staffing, (st, tm, *none), 0, counts, plan, redraw=False, rows=rows)


@dataclass(frozen=True)
class BatchPlan:
    """What a batch draws and obeys: rate paths, first minute and width of intervals, surges, commands, seed, size.

    ``workers`` threads run it.
    """

    rates: FloatArray
    start: float
    width: float
    surges: FloatArray
    commands: FloatArray
    seed: int
    first: int
    replications: int
    until: float
    workers: int = 1


Prepared = tuple[IntArray, FloatArray, FloatArray, IntArray]


def run_plan(
    model: BranchModel, staffing: Staffing, start: Prepared, present: int, counts: IntArray, plan: BatchPlan,
    *, redraw: bool, rows: bool = True,
) -> Result:  # fmt: skip
    """Run a batch from one prepared start (st, tm, draws, who) with ``present`` rows; ``counts`` bound the others.

    The result has ``rows`` to read KPIs and all else off, or only the KPIs.
    """
    n = plan.replications
    offsets = np.concatenate([[0], np.cumsum(counts + present)]).astype(np.int64)
    size = int(offsets[-1]) if rows else 0
    times, codes = np.empty((size, lay.OUT_FLOATS)), np.empty((size, lay.OUT_INTS), dtype=np.int64)
    days = np.empty((0 if rows else n, table.K_QUANTILES + len(QUANTILES)))
    promises, quantiles = promises_of(model), np.array(QUANTILES)
    by_counter = np.zeros((n, len(model.counters), 2))
    by_person = np.zeros((n, len(staffing.people), 2))
    st, tm, draws, who = start
    room, law, tiers = int(counts.max()) + present, law_table(model), tier_table(model)

    def run(a: int, b: int) -> bool:
        """Replications a to b - 1 in their place of the outputs; whether all rows of the place were used."""
        batch_kernel(
            st, tm, draws, who, present, room, plan.rates, plan.start, plan.width, law, tiers, plan.surges,
            plan.commands, plan.seed, plan.first + a, plan.until, redraw, offsets[a : b + 1], times, codes,
            by_counter[a:b], by_person[a:b], days[a:b], promises, quantiles,
        )  # fmt: skip
        return bool((codes[offsets[a] : offsets[b], 0] >= 0).all())  # none, where no rows are kept

    if not all(split(n, plan.workers, run)):
        used = codes[:, 0] >= 0
        times, codes = times[used], codes[used]
    return Result(
        model, staffing, n, plan.first, plan.seed, times, codes, by_counter, by_person, plan.workers,
        None if rows else days,
    )  # fmt: skip


@dataclass(frozen=True)
class Comparison:
    """Plans on the same customers: the ``results`` by name, the first being the baseline."""

    results: dict[str, Result]

    def differences(self, name: str) -> pd.DataFrame:
        """Plan ``name`` minus the baseline, one row a replication, paired on the same people."""
        baseline = next(iter(self.results.values()))
        return self.results[name].to_frame() - baseline.to_frame()

    def to_frame(self) -> pd.DataFrame:
        """Rows (plan, KPI): mean paired difference to the baseline with 95 % interval, and P10, P50, P90 of days."""
        names = list(self.results)[1:]
        rows = {
            (name, kpi): spread(values.to_numpy(dtype=np.float64))
            for name in names
            for kpi, values in self.differences(name).items()
        }
        return pd.DataFrame(rows).T.rename_axis(["plan", "kpi"])

    def summary(self) -> pd.DataFrame:
        """Mean KPI of each plan, one column a plan."""
        return pd.DataFrame({name: result.summary()["mean"] for name, result in self.results.items()})


Plan = tuple[Staffing, Sequence[Command]]


def compare(
    model: BranchModel,
    rates: Rates,
    plans: Mapping[str, Plan],
    replications: int = 200,
    *,
    seed: int,
    interval_minutes: float = 30.0,
    start_minute: float | None = None,
    workers: int | None = 1,
) -> Comparison:
    """Simulate every plan (staffing, commands) on the same people; the first plan is the baseline.

    ``workers`` as in :func:`simulate`.
    """
    require(len(plans) >= 2, "compare needs a baseline and at least one other plan.")
    return Comparison(
        {
            name: simulate(
                model, staffing, rates, replications, seed=seed, commands=commands,
                interval_minutes=interval_minutes, start_minute=start_minute, workers=workers,
            )
            for name, (staffing, commands) in plans.items()
        }
    )  # fmt: skip


def replication(
    model: BranchModel, rates: Rates, number: int, *, seed: int, interval_minutes: float = 30.0,
    start_minute: float | None = None,
) -> CustomerTable:  # fmt: skip
    """The people of replication ``number`` of :func:`simulate`, to look at one of its days closely."""
    paths = rate_paths(model, rates)
    return draw_customers(
        model, paths[number % len(paths)], seed=day_seed(seed, number), interval_minutes=interval_minutes,
        start_minute=start_minute,
    )  # fmt: skip
