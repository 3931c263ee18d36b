"""How sure a number is: 95 % intervals that hold for few cases too. Pure.

Shares and rates of events: `science.inference`. Mean: normal with the sample's own spread. Quantile: order statistics
by the binomial law (normal approximation with continuity).
"""

from collections.abc import Mapping
from math import ceil, floor, sqrt

from counterpoint.primitives.metrics.states import State, value_at
from counterpoint.science import inference

CERTAIN = 1.959964

Span = tuple[float, float]


def share(hits: float, count: float) -> Span | None:
    """Of a share of `count` trials; a count below its hits (two sources that disagree) has no interval."""
    if count <= 0 or not 0 <= hits <= count:
        return None
    return inference.share_limits(hits, count)


def events(count: float) -> Span:
    """Of a number of rare events."""
    return inference.count_limits(max(0.0, count))


def mean(state: State) -> Span | None:
    """Of a mean; a single value has none."""
    if state.n < 2:
        return None
    middle = state.total / state.n
    variance = max(0.0, (state.squares - state.n * middle * middle) / (state.n - 1))
    reach = CERTAIN * sqrt(variance / state.n)
    return middle - reach, middle + reach


def quantile(steps: Mapping[int, int], q: float, grid: float) -> Span | None:
    """Between the order statistics that hold the true quantile in 95 of 100 samples; None when there are too few."""
    count = sum(steps.values())
    reach = CERTAIN * sqrt(count * q * (1 - q))
    first, last = floor(count * q - reach), ceil(count * q + reach) + 1
    if first < 1 or last > count:
        return None
    return value_at(steps, first, grid), value_at(steps, last, grid)
