"""The definition executed on rows in memory: frame and part in, states out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterpoint.primitives.metrics import intervals
from counterpoint.primitives.metrics.definition import COUNT, QUANTILES, SPREAD, Metric, Part, Term
from counterpoint.primitives.metrics.states import State

if TYPE_CHECKING:
    import pandas as pd

StateOf = Callable[[Part], State]


def chosen(frame: "pd.DataFrame", part: Part) -> "pd.DataFrame":
    """The rows that a part counts: its condition holds and its column is known."""
    rows = frame[part.where.mask(frame)]
    return rows if part.kind == COUNT else rows[rows[part.column].notna()]


def states(frame: "pd.DataFrame", part: Part, by: Sequence[str]) -> dict[tuple[Any, ...], State]:
    """States by the values of columns; rows without a value in one of them are left out."""
    import pandas as pd

    rows = chosen(frame, part)
    rows = rows[rows[list(by)].notna().all(axis=1)]
    if rows.empty:
        return {}
    if len(by) == 1:
        codes, keys = pd.factorize(rows[by[0]])
        named = [(key,) for key in keys]
    else:
        codes, found = pd.factorize(pd.MultiIndex.from_frame(rows[list(by)]))
        named = list(found)
    return dict(zip(named, _grouped(rows, part, codes, len(named)), strict=True))


def state(frame: "pd.DataFrame", part: Part) -> State:
    """The part's state over all rows of the frame."""
    import numpy as np

    rows = chosen(frame, part)
    return _grouped(rows, part, np.zeros(len(rows), dtype="int64"), 1)[0]


def _grouped(rows: "pd.DataFrame", part: Part, codes: Any, groups: int) -> list[State]:
    """One state for each group number from 0 on."""
    import numpy as np

    counts = np.bincount(codes, minlength=groups)
    if part.kind == COUNT:
        return [State(int(n), float(n), float(n)) for n in counts]
    values = rows[part.column].to_numpy(dtype="float64")
    totals = np.bincount(codes, weights=values, minlength=groups)
    squares = np.bincount(codes, weights=values * values, minlength=groups)
    steps = _steps(values, part, codes, groups) if part.kind == SPREAD else [{}] * groups
    return [
        State(int(n), float(total), float(square), found)
        for n, total, square, found in zip(counts, totals, squares, steps, strict=True)
    ]


def _steps(values: Any, part: Part, codes: Any, groups: int) -> list[dict[int, int]]:
    """Places on the grid and their counts, group by group."""
    import numpy as np

    places = np.floor(values / part.grid + 0.5).astype("int64")
    pairs, counts = np.unique(np.stack([codes, places]), axis=1, return_counts=True)
    found: list[dict[int, int]] = [{} for _ in range(groups)]
    for group, place, count in zip(*pairs.tolist(), counts.tolist(), strict=True):
        found[group][place] = count
    return found


@dataclass(frozen=True)
class Answer:
    """A value with its volume and 95 % interval; everything None where there is nothing to divide by."""

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None


def answer(metric: Metric, state_of: StateOf) -> Answer:
    """The metric's value from the states of its parts."""
    if metric.part is None:
        return _ratio(metric, state_of)
    found = state_of(metric.part)
    if metric.measure in QUANTILES:
        q = QUANTILES[metric.measure]
        middle = found.quantile(q, metric.part.grid)
        span = intervals.quantile(found.steps, q, metric.part.grid) if found.n else None
        return _scaled(metric, middle, found.n, span)
    if metric.measure == "mean":
        return _scaled(metric, found.total / found.n if found.n else None, found.n, intervals.mean(found))
    if metric.measure == "count":
        return _scaled(metric, float(found.n), found.n, intervals.events(found.n))
    return _scaled(metric, found.total if found.n else None, found.n, None)


def _ratio(metric: Metric, state_of: StateOf) -> Answer:
    top, _ = _sum(metric.numerator, state_of)
    base, rows = _sum(metric.denominator, state_of)
    counted = all(term.part.kind == COUNT for term in metric.denominator)
    volume = round(base) if metric.volume == "base" or counted else rows
    if base <= 0:
        return Answer(None, max(0, volume))
    span = None
    if metric.interval == "share":
        span = intervals.share(top, base)
    elif metric.interval == "rate" and top >= 0:
        low, high = intervals.events(top)
        span = (low / base, high / base)
    return _scaled(metric, top / base, volume, span)


def _sum(terms: Iterable[Term], state_of: StateOf) -> tuple[float, int]:
    """The signed sum of terms, and how many rows stand behind it."""
    total, rows = 0.0, 0
    for term in terms:
        found = state_of(term.part)
        total += term.sign * found.total
        rows += found.n
    return total, rows


def _scaled(metric: Metric, value: float | None, n: int, span: intervals.Span | None) -> Answer:
    low, high = span or (None, None)
    times = metric.scale
    return Answer(
        None if value is None else value * times, n, None if low is None else low * times,
        None if high is None else high * times,
    )  # fmt: skip


def answer_of(metric: Metric, frames: "Mapping[str, pd.DataFrame]") -> Answer:
    """The metric's value over whole frames, one for each of its relations."""
    return answer(metric, lambda part: state(frames[part.relation], part))
