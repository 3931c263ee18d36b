"""Many series by one call: every branch a task for the cores of this machine or for a cluster."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from counterpoint.science.demand.forecast import forecast
from counterpoint.science.demand.grid import ALL, Array, counts_from_log
from counterpoint.science.demand.problem import DayInfo, DemandInputError, DemandProblem, Outage, Params
from counterpoint.science.history import TicketLog

if TYPE_CHECKING:
    from counterpoint.science.fanout import Executor


@dataclass(frozen=True, eq=False)
class Series:
    """One branch to forecast. `balk_share` of the problem must be a number here."""

    name: str
    problem: DemandProblem
    seed: int
    params: Params = field(default_factory=Params)


@dataclass(frozen=True, eq=False)
class ManyForecasts:
    """`total[name]`: mean, then the quantiles, of the branch total, shape (1 + levels, days, intervals).

    `failed` says why a branch has none; the others are not harmed.
    """

    total: dict[str, Array]
    failed: dict[str, str]

    def to_frame(self) -> pd.DataFrame:
        """One row a branch: customers expected on each day of its horizon."""
        return pd.DataFrame({name: pd.Series(one[0].sum(axis=1)) for name, one in self.total.items()}).T

    def summary(self) -> dict[str, float]:
        expected = sum(float(one[0].sum()) for one in self.total.values())
        return {"series": float(len(self.total)), "failed": float(len(self.failed)), "expected": expected}


def forecast_many(
    series: Iterable[Series],
    executor: Executor | None = None,
    *,
    progress: Callable[[int], None] | None = None,
) -> ManyForecasts:
    """Forecast every series; `executor` defaults to the processes of this machine (see `science.fanout`).

    The same numbers as `forecast` gives one by one, wherever it runs. Raises DemandInputError when two share a name.
    """
    from counterpoint.science import fanout

    names: set[str] = set()

    def tasks() -> Iterator[fanout.Task]:
        for one in series:
            if one.name in names:
                raise DemandInputError(f"Two series are called {one.name!r}; names must differ.")
            names.add(one.name)
            yield fanout.Task(one.name, pack(one))

    outcomes = (executor or fanout.Local()).map(tasks(), forecast_task, progress=progress)
    found = {one.name: _load(one.value) for one in outcomes if one.value is not None}
    return ManyForecasts(found, {one.name: one.error for one in outcomes if one.error is not None})


def forecast_task(payload: bytes) -> bytes:
    """The work of one task: the array of `ManyForecasts.total`, in single precision."""
    one = unpack(payload)
    found = forecast(one.problem, one.params, seed=one.seed)
    out = io.BytesIO()
    np.save(out, np.concatenate([found.total_mean[None], found.total_quantile]).astype("<f4"))
    return zlib.compress(out.getvalue(), 1)


def _load(value: bytes) -> Array:
    return np.asarray(np.load(io.BytesIO(zlib.decompress(value)), allow_pickle=False), dtype=float)


@lru_cache(maxsize=1)
def release() -> str:
    """A mark of the forecasting sources: equal marks, equal numbers."""
    from counterpoint.science import fanout

    return fanout.fingerprint(Path(__file__).parent)


def pack(one: Series) -> bytes:
    """The series as compressed JSON; DemandInputError when it holds what cannot travel."""
    given = one.problem
    if isinstance(given.balk_share, pd.DataFrame):
        raise DemandInputError(f"{one.name}: balk_share must be one number when many series are forecast.")
    frame = given.history
    if isinstance(frame, TicketLog):
        frame = counts_from_log(frame, given.interval)
    service = frame["service"].astype(str) if "service" in frame.columns else pd.Series(ALL, index=frame.index)
    code, names = pd.factorize(service)
    day = pd.to_datetime(frame["date"], errors="coerce").to_numpy().astype("datetime64[D]").astype(np.int64)
    history = {
        "day": day.tolist(),
        "minute": frame["minute"].tolist(),
        "service": code.tolist(),
        "names": list(names),
        "count": frame["count"].tolist(),
    }
    text: dict[str, Any] = {
        "release": release(),
        "name": one.name,
        "seed": one.seed,
        "params": asdict(one.params),
        "history": history,
        "days": [
            [d.date.isoformat(), d.open, d.kind, sorted(d.tags), dict(d.weather or {}), sorted(d.services_closed),
             dict(d.festivals)]
            for d in given.days
        ],
        "horizon": [day.isoformat() for day in given.horizon],
        "interval": given.interval,
        "outages": [[o.date.isoformat(), o.start, o.end] for o in given.outages],
        "balk_share": given.balk_share,
        "default_daily": given.default_daily,
        "default_shares": dict(given.default_shares),
        "default_profile": sorted(given.default_profile.items()),
    }  # fmt: skip
    return zlib.compress(json.dumps(text, ensure_ascii=False).encode(), 1)


def unpack(payload: bytes) -> Series:
    """The series of `pack`; FanoutError when another release of counterpoint packed it."""
    from counterpoint.science import fanout

    text = json.loads(zlib.decompress(payload))
    fanout.refuse_other(text["release"], release(), "forecasting release")
    history = text["history"]
    frame = pd.DataFrame(
        {
            "date": np.array(history["day"], dtype=np.int64).astype("datetime64[D]").astype("datetime64[s]"),
            "minute": history["minute"],
            "service": pd.Categorical.from_codes(history["service"], history["names"]),
            "count": history["count"],
        }
    )
    days = tuple(
        DayInfo(date.fromisoformat(on), tuple(map(tuple, spans)), kind, frozenset(tags), weather or None,
                frozenset(shut), festivals)
        for on, spans, kind, tags, weather, shut, festivals in text["days"]
    )  # fmt: skip
    problem = DemandProblem(
        frame, days, tuple(map(date.fromisoformat, text["horizon"])), text["interval"],
        tuple(Outage(date.fromisoformat(on), start, end) for on, start, end in text["outages"]), text["balk_share"],
        text["default_daily"], text["default_shares"], dict(map(tuple, text["default_profile"])),
    )  # fmt: skip
    params = text["params"] | {"quantiles": tuple(text["params"]["quantiles"])}
    return Series(text["name"], problem, text["seed"], Params(**params))
