"""The definition executed on rows in memory: frame and part in, states out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from counterpoint.primitives.metrics import intervals
from counterpoint.primitives.metrics.definition import COUNT, QUANTILES, SPREAD, Metric, Part, Term
from counterpoint.primitives.metrics.states import State

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

StateOf = Callable[[Part], State]


def mask_of(frame: "pd.DataFrame", part: Part) -> "NDArray[np.bool_]":
    """Which rows a part counts: its condition holds and its column is known."""
    mask = part.where.mask(frame).to_numpy(dtype=bool)
    return mask if part.kind == COUNT else mask & frame[part.column].notna().to_numpy()


def chosen(frame: "pd.DataFrame", part: Part) -> "pd.DataFrame":
    """The rows that a part counts."""
    return frame[mask_of(frame, part)]


@dataclass(frozen=True)
class Groups:
    """The rows of a frame by key: a number for each row (−1 without a key), and the keys by number."""

    codes: "NDArray[np.int64]"
    keys: list[tuple[Any, ...]]


def groups(frame: "pd.DataFrame", by: Sequence[str]) -> Groups:
    """Rows by the values of columns; a row that misses one of them has no key."""
    import numpy as np
    import pandas as pd

    codes, keys = np.zeros(len(frame), dtype="int64"), [()]
    for name in by:
        own, values = pd.factorize(frame[name])
        both = np.where((codes < 0) | (own < 0), -1, codes * max(len(values), 1) + own)
        known, places = np.unique(both[both >= 0], return_inverse=True)
        codes = np.full(len(frame), -1, dtype="int64")
        codes[both >= 0] = places
        keys = [(*keys[code // len(values)], values[code % len(values)]) for code in known.tolist()]
    return Groups(codes, keys)


def states(frame: "pd.DataFrame", part: Part, by: Groups) -> dict[tuple[Any, ...], State]:
    """The part's states by key; keys without a value are left out."""
    mask = mask_of(frame, part) & (by.codes >= 0)
    found = _grouped(frame, part, mask, by.codes[mask], len(by.keys))
    return {key: one for key, one in zip(by.keys, found, strict=True) if one.n}


def state(frame: "pd.DataFrame", part: Part) -> State:
    """The part's state over all rows of the frame."""
    import numpy as np

    mask = mask_of(frame, part)
    return _grouped(frame, part, mask, np.zeros(int(mask.sum()), dtype="int64"), 1)[0]


def _grouped(frame: "pd.DataFrame", part: Part, mask: Any, codes: Any, count: int) -> list[State]:
    """One state for each group number from 0 on."""
    import numpy as np

    counts = np.bincount(codes, minlength=count)
    if part.kind == COUNT:
        return [State(int(n), float(n), float(n)) for n in counts]
    values = frame[part.column].to_numpy(dtype="float64")[mask]
    totals = np.bincount(codes, weights=values, minlength=count)
    squares = np.bincount(codes, weights=values * values, minlength=count)
    steps = _steps(values, part, codes, count) if part.kind == SPREAD else [{}] * count
    return [
        State(int(n), float(total), float(square), found)
        for n, total, square, found in zip(counts, totals, squares, steps, strict=True)
    ]


def _steps(values: Any, part: Part, codes: Any, groups: int) -> list[dict[int, int]]:
    """Places on the grid and their counts, group by group."""
    import numpy as np

    places = np.floor(values / part.grid + 0.5).astype("int64")
    low = int(places.min()) if len(places) else 0
    width = int(places.max()) - low + 1 if len(places) else 1
    pairs, counts = np.unique(codes * width + places - low, return_counts=True)
    found: list[dict[int, int]] = [{} for _ in range(groups)]
    for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
        found[pair // width][pair % width + low] = count
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
