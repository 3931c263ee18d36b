"""Many rosters by one call: every branch a task for the cores of this machine or for a cluster.

Branches that share no people are independent, so each is a task of its own, of whichever family (see ``families``).
Branches that lend each other people: ``rostering.network``, whose branches go through the same executors.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from counterpoint.science.rostering import families, serial
from counterpoint.science.rostering.search import Limit

if TYPE_CHECKING:
    from counterpoint.science.fanout import Executor

FIRST = Limit(deterministic=10.0, gap=0.01)


@dataclass(frozen=True)
class Branch:
    """One branch to roster: its problem of any family, the seed, a ``limit`` in work units (seconds would make the
    answer depend on the machine) and where the search may ``start``."""

    name: str
    problem: families.Problem
    seed: int
    limit: Limit = FIRST
    start: families.Answer | None = None

    def pack(self) -> bytes:
        """The branch as compressed JSON, with the release that shall roster it. ValueError for a limit in seconds."""
        if self.limit.seconds is not None or self.limit.deterministic is None:
            raise ValueError(f"{self.name}: many rosters are limited by work units, not by seconds")
        text = {
            "release": release(), "problem": self.problem.to_dict(), "seed": self.seed,
            "limit": serial.plain(self.limit), "start": serial.plain(self.start),
        }  # fmt: skip
        return zlib.compress(json.dumps(text, ensure_ascii=False).encode(), 1)


@dataclass(frozen=True)
class ManyRosters:
    """Answers by branch that keep every hard rule: ``answers`` and what ``told`` of them (total, bound, status, work).

    ``failed`` says why a branch has none; the others are not harmed.
    """

    answers: Mapping[str, families.Answer]
    told: Mapping[str, Mapping[str, Any]]
    failed: Mapping[str, str]

    def to_frame(self) -> pd.DataFrame:
        """One row a branch: total (points), proven bound, status, work units."""
        columns = ["total", "bound", "status", "work"]
        rows = {name: [one[key] for key in columns] for name, one in self.told.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    def summary(self) -> str:
        """Two lines for a person, and the first branches without an answer."""
        total = sum(one["total"] for one in self.told.values())
        bound = sum(one["bound"] for one in self.told.values())
        lost = [f"{name}: {why}" for name, why in self.failed.items()]
        return "\n".join([
            f"{len(self.answers)} branches rostered, {len(self.failed)} without a roster",
            f"cost {total}, proven at least {bound}", *lost[:3],
        ])  # fmt: skip


def solve_many(
    branches: Iterable[Branch], executor: Executor | None = None, *, progress: Callable[[int], None] | None = None
) -> ManyRosters:
    """Roster every branch; ``executor`` defaults to the processes of this machine (see ``science.fanout``).

    The same answers as ``families.solve`` gives one by one, wherever they are made. A branch without any legal answer,
    or whose problem cannot be read, is named in ``failed``. Raises ValueError when two share a name.
    """
    from counterpoint.science import fanout

    problems: dict[str, families.Problem] = {}

    def tasks() -> Iterator[fanout.Task]:
        for branch in branches:
            if branch.name in problems:
                raise ValueError(f"two branches are called {branch.name!r}; names must differ")
            problems[branch.name] = branch.problem
            yield fanout.Task(branch.name, branch.pack())

    done = (executor or fanout.Local()).map(tasks(), roster_task, progress=progress)
    told = {one.name: json.loads(zlib.decompress(one.value)) for one in done if one.value is not None}
    answers = {name: families.read_answer(problems[name], json.dumps(one.pop("answer"))) for name, one in told.items()}
    return ManyRosters(answers, told, {one.name: one.error for one in done if one.error is not None})


def roster_task(payload: bytes) -> bytes:
    """The work of one task: ``Solution.to_dict`` as compressed JSON. ValueError when no legal answer was found."""
    from counterpoint.science import fanout

    text = json.loads(zlib.decompress(payload))
    fanout.refuse_other(text["release"], release(), "rostering release")
    problem = families.read(json.dumps(text["problem"]))
    start = families.read_answer(problem, json.dumps(text["start"])) if text["start"] else None
    found = families.solve(problem, seed=text["seed"], limit=Limit(**text["limit"]), start=start)
    if found.judgement is None or not found.judgement.feasible:
        raise ValueError(found.summary())
    return zlib.compress(json.dumps(found.to_dict()).encode(), 1)


@lru_cache(maxsize=1)
def release() -> str:
    """A mark of the rostering sources: equal marks, equal rosters."""
    from counterpoint.science import fanout

    return fanout.fingerprint(Path(__file__).parent)
