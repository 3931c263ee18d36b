"""Fan-out over processes of this machine, which may die without taking the work with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import current_process, get_context
from multiprocessing.reduction import ForkingPickler

from counterpoint.science.fanout.task import Outcome, Progress, Task, Work, attempt
from counterpoint.science.twin.parts import cores

AHEAD = 3
Numbered = tuple[int, Task]
Keep = Callable[[int, Outcome], None]


@dataclass(frozen=True, slots=True)
class Local:
    """``workers`` processes of this machine (None: one a core), started anew so that they inherit nothing.

    Tasks are taken as they are needed, ``AHEAD`` a worker. When a process dies, the tasks then under way are run again,
    each alone; one that ends its process ``tries`` times is given up with an error. With one worker, or inside a
    process that may have no children (a job worker), the work is done right here, and a crash is the caller's.
    """

    workers: int | None = None
    tries: int = 2

    def map(self, tasks: Iterable[Task], fn: Work, *, progress: Progress | None = None) -> list[Outcome]:
        """Outcomes in the order of ``tasks``; see :class:`Executor`."""
        found: dict[int, Outcome] = {}

        def keep(number: int, outcome: Outcome) -> None:
            found[number] = outcome
            if progress is not None:
                progress(len(found))

        feed = enumerate(tasks)
        workers = cores(self.workers)
        if workers == 1 or current_process().daemon:
            for number, task in feed:
                keep(number, attempt(fn, task))
        else:
            ForkingPickler.dumps(fn)  # raises here what would leave the pool waiting for ever on some Python releases
            while lost := _together(feed, fn, workers, keep):
                _alone(lost, fn, self.tries, keep)
        return [found[number] for number in range(len(found))]


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _together(feed: Iterator[Numbered], fn: Work, workers: int, keep: Keep) -> list[Numbered]:
    """Work on the feed until it is empty or a process dies; returns what was then under way."""
    under_way: dict[int, tuple[Task, Future[Outcome] | None]] = {}
    pool = _pool(workers)
    try:
        while True:
            for number, task in islice(feed, AHEAD * workers - len(under_way)):
                under_way[number] = task, None
                under_way[number] = task, pool.submit(attempt, fn, task)
            if not under_way:
                return []
            futures = [future for _, future in under_way.values() if future is not None]
            wait(futures, return_when=FIRST_COMPLETED)
            _collect(under_way, keep)
    except BrokenProcessPool:
        return sorted((number, task) for number, (task, _) in under_way.items())
    finally:
        pool.shutdown(cancel_futures=True)


def _collect(under_way: dict[int, tuple[Task, Future[Outcome] | None]], keep: Keep) -> None:
    """Keep what is finished, then say whether a process died."""
    broken = None
    for number, (_, future) in list(under_way.items()):
        if future is None or not future.done():
            continue
        try:
            outcome = future.result()
        except BrokenProcessPool as error:
            broken = error
            continue
        del under_way[number]
        keep(number, outcome)
    if broken is not None:
        raise broken


def _alone(lost: list[Numbered], fn: Work, tries: int, keep: Keep) -> None:
    """Run each task with a process to itself, so that it is plain which one kills it."""
    pool = _pool(1)
    try:
        for number, task in lost:
            for _ in range(tries):
                try:
                    outcome = pool.submit(attempt, fn, task).result()
                    break
                except BrokenProcessPool:
                    pool.shutdown()
                    pool = _pool(1)
            else:
                outcome = Outcome(task.name, None, _died(tries))
            keep(number, outcome)
    finally:
        pool.shutdown(cancel_futures=True)


def _died(tries: int) -> str:
    return f"its process ended {tries} times while it ran alone (killed, crashed or out of memory); it was given up"
