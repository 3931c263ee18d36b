"""Who comes, and everything that chance decides about each of them, drawn before the day begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from counterpoint.science.twin.kernel import count_kernel, draw_kernel
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray, IntArray
from counterpoint.science.twin.model import BranchModel, require

LISTED = 1 << 17
DRAW_NAMES = (
    "arrival", "patience", "counter_minutes", "self_minutes", "triage_minutes",
    "u_triage", "u_divert", "u_fallback", "u_balk",
)  # fmt: skip
Rates = ArrayLike | Mapping[str, ArrayLike]
Arrival = tuple[float, str] | tuple[float, str, str]


@dataclass(frozen=True, eq=False)
class CustomerTable:
    """The people of one day, numbered by interval, service and order drawn; listed or added ones after.

    ``draws`` is n x 9 in the order of ``DRAW_NAMES`` (minutes, or uniforms); ``who`` is n x 4: service, tier, stream,
    ordinal. Stream and ordinal name a customer across tables: the same seed gives them the same draws always.
    """

    draws: FloatArray
    who: IntArray
    seed: int

    def __len__(self) -> int:
        return len(self.who)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CustomerTable):
            return NotImplemented
        return bool(
            self.seed == other.seed and np.array_equal(self.who, other.who) and np.array_equal(self.draws, other.draws)
        )

    __hash__ = None  # type: ignore[assignment]

    @property
    def arrival(self) -> FloatArray:
        """Arrival minutes."""
        return self.draws[:, lay.D_ARRIVAL]

    @property
    def patience(self) -> FloatArray:
        """Minutes of waiting each would bear."""
        return self.draws[:, lay.D_PATIENCE]

    @property
    def service(self) -> IntArray:
        """Service index of each."""
        return self.who[:, 0]

    @property
    def tier(self) -> IntArray:
        """Tier index of each."""
        return self.who[:, 1]

    def arrival_order(self) -> IntArray:
        """Customer numbers in order of arrival; equal minutes by number."""
        return cast(IntArray, np.argsort(self.arrival, kind="stable").astype(np.int64))

    def to_frame(self, model: BranchModel) -> pd.DataFrame:
        """One row a customer with service and tier by code."""
        frame = pd.DataFrame(self.draws, columns=list(DRAW_NAMES))
        frame.insert(1, "service", np.array(model.service_codes, dtype=object)[self.service])
        frame.insert(2, "tier", np.array(model.tier_codes, dtype=object)[self.tier])
        return frame


def law_table(model: BranchModel) -> FloatArray:
    """Durations (and amounts) as the kernel takes them, numbered as in its layout; shape, mean, sigma a row."""
    none = (2.0, 0.0, 0.0)
    rows = [s.counter.law() for s in model.services]
    rows += [s.self_service.law() if s.self_service else none for s in model.services]
    rows.append(model.triage.duration.law() if model.triage else none)
    rows.append(model.patience.law() if model.patience else (2.0, np.inf, 0.0))
    rows += [law.law() for h in (model.authorisation, model.assistance) for law in (h.duration, h.alone)]
    rows.append(model.pickup.back.law() if model.pickup else none)
    rows += [s.form.law() if s.form else none for s in model.services]
    rows += [s.cash.law() if s.cash else none for s in model.services]
    return np.array(rows, dtype=np.float64)


def tier_table(model: BranchModel) -> FloatArray:
    """Share, patience factor and work factor of each tier."""
    return np.array([(t.share, t.patience_factor, t.work_factor) for t in model.tiers], dtype=np.float64)


def rate_paths(model: BranchModel, rates: Rates) -> FloatArray:
    """Expected arrivals as paths x services x intervals, from one table, many, or a mapping by service code."""
    if isinstance(rates, Mapping):
        rows = {code: np.atleast_1d(np.asarray(values, dtype=np.float64)) for code, values in rates.items()}
        lengths = {row.size for row in rows.values()}
        require(len(lengths) == 1, "Rates of the services must all have the same number of intervals.")
        table = np.zeros((len(model.services), lengths.pop()))
        for code, row in rows.items():
            table[model.index("service", code)] = row
    else:
        table = np.asarray(rates, dtype=np.float64)
    if table.ndim == 2:
        table = table[None]
    fits = table.ndim == 3 and table.shape[1] == len(model.services) and table.size > 0
    require(fits, f"Rates must be (paths x) {len(model.services)} services x intervals, not shape {table.shape}.")
    require(bool(np.all(np.isfinite(table) & (table >= 0))), "Rates must be finite and 0 or more.")
    return np.ascontiguousarray(table)


def clean_seed(seed: int) -> int:
    """Seed folded into 0..2**63-1."""
    return int(seed) & 0x7FFF_FFFF_FFFF_FFFF


def listed_rows(model: BranchModel, arrivals: Sequence[Arrival]) -> FloatArray:
    """Given arrivals as surge rows of one person each, numbered within their service."""
    seen: dict[int, int] = {}
    rows = []
    for arrival in arrivals:
        service = model.index("service", arrival[1])
        tier = model.index("tier", arrival[2]) if len(arrival) == 3 else -1
        number = seen.get(service, 0)
        seen[service] = number + 1
        rows.append((service, float(arrival[0]), 0.0, 1, LISTED + number, tier))
    return np.array(rows, dtype=np.float64).reshape(len(rows), 6)


def draw_customers(
    model: BranchModel,
    rates: Rates | None = None,
    *,
    arrivals: Sequence[Arrival] = (),
    seed: int,
    interval_minutes: float = 30.0,
    start_minute: float | None = None,
    after: float = -np.inf,
) -> CustomerTable:
    """Draw the customers of one day.

    ``rates`` are expected arrivals per service and interval (services x intervals, or a mapping by code); intervals
    are ``interval_minutes`` long from ``start_minute`` (default: opening). Counts are Poisson. ``arrivals`` lists
    further people as (minute, service) or (minute, service, tier). Raising a rate adds people and changes nobody else.
    Raises ModelError on unknown codes or wrong shapes.
    """
    seed = clean_seed(seed)
    path = rate_paths(model, np.zeros((len(model.services), 1)) if rates is None else rates)
    require(path.shape[0] == 1, "draw_customers takes one table of rates; simulate takes many.")
    start = model.open_minute if start_minute is None else start_minute
    extras = listed_rows(model, arrivals)
    _, counts = count_kernel(path, seed, 0, 1, False)
    capacity = int(counts[0]) + len(extras)
    draws = np.empty((capacity, lay.D_WIDTH))
    who = np.empty((capacity, 4), dtype=np.int64)
    order = np.empty(capacity, dtype=np.int64)
    n = draw_kernel(
        draws, who, order, 0, path[0], start, interval_minutes, after, law_table(model), tier_table(model), extras, seed
    )
    return freeze(draws[:n], who[:n], seed)


def freeze(draws: FloatArray, who: IntArray, seed: int) -> CustomerTable:
    """A table of contiguous arrays. They stay writable only because Numba would compile everything twice otherwise."""
    draws, who = np.ascontiguousarray(draws), np.ascontiguousarray(who)
    return CustomerTable(draws, who, seed)
