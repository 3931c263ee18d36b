"""Fan-out over a Spark cluster through Spark Connect: no Java and no driver in this process.

The workers need Python of the same minor version with this package installed beside numpy, pandas, numba and pyarrow.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from counterpoint.science.fanout.task import FanoutError, Outcome, Progress, Task, Work, attempt

TASKS_A_PARTITION = 16
LEAST_PARTITIONS = 32
PORT = 15002
ANSWER = "number long, name string, value binary, error string"
Frames = Iterator[pd.DataFrame]


@dataclass(frozen=True)
class Cluster:
    """The workers behind a Spark Connect ``session``.

    Tasks travel in waves of ``wave``, so that neither side holds all of them; a wave is cut into ``partitions``, the
    unit that Spark gives a worker and gives to another when one dies (None: by the size of the wave). A wave that the
    cluster gives up comes back as errors of its tasks.
    """

    session: Any
    partitions: int | None = None
    wave: int = 2000

    def map(self, tasks: Iterable[Task], fn: Work, *, progress: Progress | None = None) -> list[Outcome]:
        """Outcomes in the order of ``tasks``; see :class:`Executor`. Progress within a wave is by partitions."""
        outcomes: list[Outcome] = []
        feed = iter(tasks)
        while wave := list(islice(feed, self.wave)):
            done = len(outcomes)
            with _told(self.session, progress, done, len(wave)):
                outcomes += self._run(wave, fn)
            if progress is not None:
                progress(len(outcomes))
        return outcomes

    def _run(self, wave: list[Task], fn: Work) -> list[Outcome]:
        from pyspark.errors import PySparkException
        from pyspark.errors.exceptions.base import RetriesExceeded

        asked = pd.DataFrame(
            {
                "number": range(len(wave)),
                "name": [task.name for task in wave],
                "payload": [task.payload for task in wave],
            }
        )
        by_size = max(LEAST_PARTITIONS, -(-len(wave) // TASKS_A_PARTITION))
        partitions = min(len(wave), self.partitions or by_size)
        try:
            # The number of partitions is given with a column: otherwise Spark joins small ones to a few (AQE).
            spread = self.session.createDataFrame(asked).repartition(partitions, "number")
            found = spread.mapInPandas(each(fn), ANSWER).toPandas()
        except RetriesExceeded as error:  # the client has waited ten minutes for the server to come back
            raise FanoutError("The cluster does not answer any more; look at its Connect server.") from error
        except PySparkException as error:
            reason = f"the cluster gave up its wave of {len(wave)}: {_first_line(error)}"
            return [Outcome(task.name, None, reason) for task in wave]
        found = found.sort_values("number")
        if found["number"].tolist() != list(range(len(wave))):
            raise FanoutError(f"The cluster answered {len(found)} of {len(wave)} tasks; ask again.")
        rows = zip(found["name"], found["value"], found["error"], strict=True)
        return [Outcome(name, None if value is None else bytes(value), error) for name, value, error in rows]


def each(fn: Work) -> Callable[[Frames], Frames]:
    """What a worker does with its partition: frames of tasks in, frames of outcomes out."""

    def work(frames: Frames) -> Frames:
        for frame in frames:
            for number, name, payload in zip(frame["number"], frame["name"], frame["payload"], strict=True):
                outcome = attempt(fn, Task(name, bytes(payload)))
                yield pd.DataFrame(
                    {"number": [number], "name": [name], "value": [outcome.value], "error": [outcome.error]}
                )

    return work


@contextmanager
def _told(session: Any, progress: Progress | None, before: int, size: int) -> Iterator[None]:
    """Tell ``progress`` the share of partitions that are done, as tasks; the stage before only spreads them."""
    if progress is None:
        yield
        return
    tell, last = progress, [before]

    def handler(*, stages: Any, **_more: Any) -> None:
        _spreading, *working = sorted(stages or (), key=lambda stage: stage.stage_id) or [None]
        if not working:
            return
        now = before + size * working[-1].num_completed_tasks // max(1, working[-1].num_tasks)
        if last[0] < now < before + size:
            last[0] = now
            tell(now)

    session.registerProgressHandler(handler)
    try:
        yield
    finally:
        session.removeProgressHandler(handler)


def connect(address: str, *, timeout: float = 10.0) -> Cluster:
    """The cluster behind a Connect server, ``sc://host:port``; the client reads SPARK_CONNECT_AUTHENTICATE_TOKEN.

    Raises FanoutError when the client is not installed, nobody listens there (``timeout`` seconds), or the token is
    wrong.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise FanoutError("A cluster needs the Spark client: pip install 'counterpoint[cluster]'.") from error
    where = urlsplit(address)
    if where.scheme != "sc" or not where.hostname:
        raise FanoutError("The address of a cluster looks like sc://host:15002.")
    try:  # The client itself would try for ten minutes.
        socket.create_connection((where.hostname, where.port or PORT), timeout).close()
    except OSError as error:
        raise FanoutError(f"Nobody listens at {where.hostname}:{where.port or PORT} ({error}).") from error
    try:
        session = SparkSession.builder.remote(address).create()
        session.version  # noqa: B018 - the first question opens the channel
    except PySparkException as error:
        raise FanoutError(f"The Spark Connect server refuses: {_first_line(error)}") from error
    return Cluster(session)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
