"""How well a play went: 60 points for steps in time, 20 for the limit of the whole, 20 for completeness.

A critical step counts twice, and a play that skipped one has not passed. Design default, the same for drill and real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from counterpoint.primitives.playbooks import rules
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.models import Play, PlayStep
from counterpoint.primitives.playbooks.values import settled_at

TIMELY, WHOLE, COMPLETE = 60, 20, 20


@dataclass(frozen=True)
class StepFact:
    """What scoring knows of a step's round. `in_time` is None when nobody limits it."""

    slug: str
    settled: bool
    skipped: bool
    in_time: bool | None
    filled: bool


@dataclass(frozen=True)
class PlayFacts:
    """What scoring knows of a play. `limit_kept` is None when the plan has no limit."""

    steps: tuple[StepFact, ...]
    limit_kept: bool | None
    finished: bool


@dataclass(frozen=True)
class Score:
    """Points of 100, the three parts as shares, and whether the pass mark was reached."""

    points: int
    timely: float
    complete: float
    limit_kept: bool | None
    passed: bool


def score(book: Playbook, facts: PlayFacts) -> Score:
    """The score of a play; an unfinished one gets points only for what was done."""
    timely = _share(book, [s for s in facts.steps if s.in_time is not None], lambda s: bool(s.in_time))
    complete = _share(book, facts.steps, lambda s: s.settled and not s.skipped and s.filled)
    kept = facts.limit_kept if facts.finished or facts.limit_kept is None else False
    if kept is None:
        points = (TIMELY + WHOLE) * timely + COMPLETE * complete
    else:
        points = TIMELY * timely + WHOLE * kept + COMPLETE * complete
    skipped = any(book.by_slug[s.slug].critical and (s.skipped or not s.settled) for s in facts.steps)
    rounded = round(points)
    return Score(rounded, timely, complete, kept, facts.finished and rounded >= book.drill_pass and not skipped)


def _share(book: Playbook, steps: Iterable[StepFact], good: Callable[[StepFact], bool]) -> float:
    weights = [(2 if book.by_slug[s.slug].critical else 1, good(s)) for s in steps]
    total = sum(weight for weight, _ in weights)
    return sum(weight for weight, fine in weights if fine) / total if total else 1.0


def facts_of(book: Playbook, play: Play, steps: Sequence[PlayStep]) -> PlayFacts:
    """The rows as scoring sees them."""
    found = []
    for row in steps:
        step, at = book.by_slug[row.slug], settled_at(row)
        limit = row.due_at
        found.append(
            StepFact(
                row.slug, row.state in ("done", "skipped"), row.state == "skipped",
                None if limit is None else (row.state == "done" and at is not None and at <= limit),
                not rules.missing(step, row.values),
            )
        )  # fmt: skip
    kept = None if play.limit_at is None else bool(play.limit_met_at and play.limit_met_at <= play.limit_at)
    return PlayFacts(tuple(found), kept, play.state == "completed")
