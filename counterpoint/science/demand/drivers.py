"""Why a day is expected to differ from a usual one: the fitted day effect term by term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from counterpoint.science.demand import daylevel
from counterpoint.science.demand.grid import Grid
from counterpoint.science.demand.problem import DayInfo
from counterpoint.science.demand.total import TotalModel

Array = NDArray[np.float64]
USUAL_DAYS = 56  # calendar days before the horizon whose open days make up the usual day


@dataclass(frozen=True, eq=False)
class Drivers:
    """`usual`: customers on a usual day, the geometric mean of the fitted open days of the last eight weeks without
    tags, weather and festivals.

    `parts[name]` (asked days,): log effect of one driver against that usual day. For every open asked day the log of
    `usual` and all parts add up to the log of the fitted customers. Names: kind, weekday, month (place in the month),
    level, break, hours, recent (what the chosen model moves towards the last days alike), then "tag:payday",
    "weather:rain", "festival:Spring Festival" and so on.
    """

    usual: float
    parts: Mapping[str, Array]


def drivers_of(grid: Grid, asked: tuple[DayInfo, ...], model: TotalModel, moved: Array) -> Drivers | None:
    """The drivers of the asked days; None without a usable day in the history.

    `moved` is what the chosen model adds to the own one's log effects.
    """
    seen = len(grid.days)
    known = np.flatnonzero(grid.valid.any(axis=1) & (model.fitted.sum(axis=1) > 0))
    if not len(known):
        return None
    days = (*grid.days, *asked)
    recent = [row for row in known if (asked[0].date - grid.days[row].date).days <= USUAL_DAYS]
    usual = np.array(recent or known)
    found = terms_of(days, model.variances, model.weights)
    length = np.log(model.fitted[usual].sum(axis=1)) - model.effect[usual]  # log customers at log day effect zero
    constant = model.mean - sum(part[seen:] for part in found.values())  # the same for every asked day
    middle = {name: 0.0 if ":" in name else float(part[usual].mean()) for name, part in found.items()}
    level = float(constant.mean() + sum(middle.values()) + length.mean())
    parts = {name: part[seen:] - middle[name] for name, part in found.items()}
    size = model.profile.sum(axis=1)
    parts["hours"] = np.where(size > 0, np.log(np.where(size > 0, size, 1.0)) - length.mean(), 0.0)
    if moved.any():
        parts["recent"] = moved
    return Drivers(float(np.exp(level)), parts)


def terms_of(days: tuple[DayInfo, ...], variances: Array, weights: Array) -> dict[str, Array]:
    """Posterior mean of every named term on all days: its variance times its kernel times the evidence weights."""
    seen = len(weights)
    effect = dict(
        zip(daylevel.TERMS, variances[:-1, None] * (daylevel.kernels(days)[:, :, :seen] @ weights), strict=False)
    )
    out = {
        "kind": effect["kind"],
        "weekday": effect["weekday"] + effect["drift"],
        "month": effect["month"],
        "level": effect["level"] + effect["short"],
        "break": effect["break"],
    }
    given = dict(zip(daylevel.TERMS, variances, strict=True))
    rows = [dict.fromkeys(day.tags, 1.0) for day in days]
    out |= {f"tag:{name}": given["tags"] * part for name, part in _by_name(rows, weights).items()}
    rows = [dict(day.weather or {}) for day in days]
    out |= {f"weather:{name}": given["weather"] * part for name, part in _by_name(rows, weights).items()}
    for name in sorted({name for day in days for name in day.festivals}):
        only = [replace(day, festivals={k: v for k, v in day.festivals.items() if k == name}) for day in days]
        near = daylevel.near_festival(only)[:, :seen]
        once = near * daylevel.same_occasion(days)[:, :seen]
        out[f"festival:{name}"] = (given["festival"] * near + given["occasion"] * once) @ weights
    return out


def _by_name(rows: list[dict[str, float]], weights: Array) -> dict[str, Array]:
    out = {}
    for name in sorted({name for row in rows for name in row}):
        column = np.array([row.get(name, 0.0) for row in rows])
        out[name] = column * float(column[: len(weights)] @ weights)
    return out
