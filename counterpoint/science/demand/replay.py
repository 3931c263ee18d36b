"""Past days forecast again as they would have been then: the evidence for the choice of a model and its width.

One fit serves all origins. The day effects of the first days are forecast by the leading block of the same Cholesky
factor (`daylevel.Past`); only the time-of-day shape is estimated anew. What an origin does take from later days are the
variances, the width of the noise and which cells were found wild.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand import within
from counterpoint.science.demand.grid import Grid
from counterpoint.science.demand.total import TotalModel

Array = NDArray[np.float64]
ENOUGH_DAYS = 28
FARTHEST = 63


@dataclass(frozen=True, eq=False)
class Replay:
    """One row for every day forecast again from an origin, days without a record left out.

    `origin`, `row`: indexes of the first day not known and of the day itself, so `ahead` = row - origin + 1 days.
    `mean`, `var`: its log effect. `shape`, `actual` (rows, intervals): expectation at log effect zero, and what came;
    `use` says where that may be compared. `within` (intervals, intervals): covariance of the log noise before the mean
    of the day is taken out.
    """

    origin: NDArray[np.intp]
    row: NDArray[np.intp]
    mean: Array
    var: Array
    shape: Array
    within: Array
    actual: Array
    use: NDArray[np.bool_]

    @property
    def ahead(self) -> NDArray[np.intp]:
        return self.row - self.origin + 1

    @property
    def expected(self) -> Array:
        """Customers per interval, shape (rows, intervals); 0 where nothing may be compared."""
        return np.asarray(np.exp(self.mean)[:, None] * self.shape * self.use, dtype=float)

    def noise(self, rows: NDArray[np.intp]) -> Array:
        """Covariance of the log noise around the mean of each day, shape (rows, intervals, intervals)."""
        weight = self.shape[rows] * self.use[rows]
        return within.centred(self.within, weight / weight.sum(axis=1, keepdims=True))

    @property
    def weeks(self) -> int:
        """How many origins there are."""
        return len(np.unique(self.origin))


def replay(grid: Grid, model: TotalModel, weeks: int, farthest: int) -> Replay | None:
    """The days of the last `weeks` weeks from the Monday-to-Monday origins before them, up to `farthest` days ahead.

    None when fewer than 28 days stand before every origin. Deterministic.
    """
    seen, farthest = len(grid.days), min(farthest, FARTHEST)
    stops = [seen - 7 * week for week in range(1, weeks + max(0, farthest // 7 - 1) + 1)]
    origins, rows, means, variances, shapes = [], [], [], [], []
    for stop in (one for one in stops if one >= ENOUGH_DAYS):
        ahead = np.arange(stop, min(stop + max(farthest, 7), seen))
        ahead = ahead[ahead >= seen - 7 * weeks]
        mean, cov = model.past.ahead(stop, ahead)
        origins.append(np.full(len(ahead), stop))
        rows.append(ahead)
        means.append(mean)
        variances.append(np.diag(cov))
        shapes.append(model.shape_at(stop, ahead))
    if not rows:
        return None
    origin, row = np.concatenate(origins), np.concatenate(rows)
    shape = np.concatenate(shapes)
    use = grid.valid[row] & model.valid[row] & (shape > 0)
    keep = use.any(axis=1)
    shape, use = shape[keep], use[keep]
    return Replay(
        origin[keep], row[keep], np.concatenate(means)[keep], np.concatenate(variances)[keep], shape,
        _noise(model, shape.shape[1], grid.interval), grid.total[row[keep]], use,
    )  # fmt: skip


def _noise(model: TotalModel, width: int, interval: int) -> Array:
    """Covariance of the log noise of all intervals before the mean of the day is taken out."""
    starts = np.arange(width) * float(interval)
    root = np.sqrt(model.spread)
    mixed = np.tensordot(model.mixture, within.parts(np.abs(starts[:, None] - starts[None, :])), axes=1)
    return np.asarray(mixed * root[:, None] * root[None, :], dtype=float)
