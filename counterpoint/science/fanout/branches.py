"""Many branches through the twin: each is one task, and one row of KPIs comes back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from counterpoint.science import twin
from counterpoint.science.fanout.local import Local
from counterpoint.science.fanout.task import Executor, FanoutError, Progress, Task, fingerprint, refuse_other
from counterpoint.science.twin.kernel.layout import FloatArray

STATISTICS = ("mean", "low", "high", "p10", "p50", "p90")
SHAPE = (len(twin.KPI_NAMES), len(STATISTICS))


@dataclass(frozen=True, eq=False)
class Branch:
    """A branch and what to simulate of it; ``rates``, ``replications`` and ``seed`` as in :func:`twin.simulate`."""

    name: str
    model: twin.BranchModel
    staffing: twin.Staffing
    rates: FloatArray
    seed: int
    replications: int = 100
    interval_minutes: float = 30.0

    def to_task(self) -> Task:
        """The branch as bytes, numbers exact, with the version of the engine that shall run it."""
        text = {
            "engine": engine_version(),
            "model": self.model.to_json(),
            "staffing": self.staffing.to_json(),
            "rates": np.asarray(self.rates, dtype=np.float64).tolist(),
            "seed": self.seed,
            "replications": self.replications,
            "interval_minutes": self.interval_minutes,
        }
        return Task(self.name, zlib.compress(json.dumps(text, ensure_ascii=False).encode(), 1))

    @classmethod
    def from_task(cls, task: Task) -> Branch:
        """The branch of :meth:`to_task`; FanoutError when it was made for another engine."""
        text = json.loads(zlib.decompress(task.payload))
        refuse_other(text["engine"], engine_version(), "engine")
        return cls(
            task.name, twin.BranchModel.from_json(text["model"]), twin.Staffing.from_json(text["staffing"]),
            np.array(text["rates"], dtype=np.float64), text["seed"], text["replications"], text["interval_minutes"],
        )  # fmt: skip


@lru_cache(maxsize=1)
def engine_version() -> str:
    """A fingerprint of the twin's sources: equal fingerprints, equal engine."""
    return fingerprint(Path(twin.__file__).parent)


def simulate_branch(payload: bytes) -> bytes:
    """The work of one task: KPIs x ``STATISTICS`` as little-endian floats."""
    branch = Branch.from_task(Task("", payload))
    result = twin.simulate(
        branch.model, branch.staffing, branch.rates, branch.replications, seed=branch.seed,
        interval_minutes=branch.interval_minutes, rows=False,
    )  # fmt: skip
    rows = result.summary().loc[list(twin.KPI_NAMES), list(STATISTICS)]
    return rows.to_numpy(dtype="<f8").tobytes()


@dataclass(frozen=True, eq=False)
class BranchKpis:
    """KPIs of many branches: ``values`` is branches x KPIs x ``STATISTICS``, NaN for those that ``failed`` and why."""

    names: tuple[str, ...]
    values: FloatArray
    failed: dict[str, str]

    def to_frame(self) -> pd.DataFrame:
        """One row a branch; columns are (KPI, statistic)."""
        columns = pd.MultiIndex.from_product([twin.KPI_NAMES, STATISTICS], names=["kpi", "statistic"])
        flat = self.values.reshape(len(self.names), len(columns))
        return pd.DataFrame(flat, index=pd.Index(self.names, name="branch"), columns=columns)

    def summary(self) -> pd.DataFrame:
        """KPI rows: how the branches' means spread, P10, P50 and P90 over branches that did not fail."""
        means = pd.DataFrame(self.values[:, :, 0], columns=list(twin.KPI_NAMES))
        return means.quantile([0.1, 0.5, 0.9]).set_axis(["p10", "p50", "p90"]).T


def simulate_branches(
    branches: Iterable[Branch], executor: Executor | None = None, *, progress: Progress | None = None
) -> BranchKpis:
    """Simulate every branch; ``executor`` defaults to the processes of this machine.

    Every branch carries its own seed, so the numbers are bit for bit the same whichever executor runs them, on machines
    of one kind. Raises FanoutError when two branches share a name.
    """
    seen: set[str] = set()

    def tasks() -> Iterator[Task]:
        for branch in branches:
            if branch.name in seen:
                raise FanoutError(f"Two branches are called {branch.name!r}; names must differ.")
            seen.add(branch.name)
            yield branch.to_task()

    outcomes = (executor or Local()).map(tasks(), simulate_branch, progress=progress)
    values = np.full((len(outcomes), *SHAPE), np.nan)
    for row, outcome in zip(values, outcomes, strict=True):
        if outcome.value is not None:
            row[:] = np.frombuffer(outcome.value, dtype="<f8").reshape(SHAPE)
    failed = {outcome.name: outcome.error for outcome in outcomes if outcome.error is not None}
    return BranchKpis(tuple(outcome.name for outcome in outcomes), values, failed)
