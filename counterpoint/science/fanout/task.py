"""The port: named pieces of work in, an answer or an error in words out, wherever it ran."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Work = Callable[[bytes], bytes]
Progress = Callable[[int], None]


class FanoutError(RuntimeError):
    """Work that cannot be given out at all; the message says why and what to do."""


def fingerprint(package: Path) -> str:
    """A mark of a package's sources without its tests: equal marks, equal code on both sides."""
    sources = sorted(path for path in package.rglob("*.py") if "tests" not in path.parts)
    return f"{zlib.crc32(b''.join(path.read_bytes() for path in sources)):08x}"


def refuse_other(made_for: str, here: str, what: str) -> None:
    """FanoutError when a task was made by other code than the worker has, so that no numbers are mixed."""
    if made_for != here:
        raise FanoutError(
            f"The task was made for {what} {made_for}, here is {here}: "
            "install the same release of counterpoint on all workers."
        )


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: a ``name`` for people and everything it needs as bytes."""

    name: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: its ``value``, or the ``error`` in words."""

    name: str
    value: bytes | None
    error: str | None = None


class Executor(Protocol):
    """Where work is done."""

    def map(self, tasks: Iterable[Task], fn: Work, *, progress: Progress | None = None) -> list[Outcome]:
        """The outcome of ``fn(payload)`` of every task, in the order of the tasks.

        ``fn`` must be importable by name wherever it runs. A task that raises, or whose process dies again and again,
        becomes an outcome with an error and harms no other. ``progress`` is told how many are done so far, in the
        caller's process. Raises FanoutError when there is nowhere to run.
        """
        ...


def attempt(fn: Work, task: Task) -> Outcome:
    """Run one task; an exception becomes an error that names its kind."""
    try:
        return Outcome(task.name, fn(task.payload))
    except Exception as error:  # whatever the work raises is its outcome
        return Outcome(task.name, None, f"{type(error).__name__}: {error}")
