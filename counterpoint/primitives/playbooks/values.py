"""What the playbooks answer: frozen values with slugs; pages and the open API put names to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from counterpoint.primitives.playbooks.models import Play, PlayStep


class Answer(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True)


class PlayView(Answer):
    """A play in one line. Times are UTC instants; `score` is there once a play is over."""

    id: UUID
    branch: str
    playbook: str
    version: int
    pack: str
    mode: str
    state: str
    trigger: str
    started_at: datetime
    started_by: UUID | None
    limit_at: datetime | None
    limit_passed_at: datetime | None
    limit_met_at: datetime | None
    ended_at: datetime | None
    score: int | None
    passed: bool | None


class StepView(Answer):
    """A step in one of its rounds. State: waiting, open, done, skipped, cancelled or unneeded. `at` is when it was
    settled by the branch's own word, `done_at` when the server heard of it."""

    slug: str
    round: int = 1
    state: str
    role: str
    ready_at: datetime | None = None
    due_at: datetime | None = None
    overran: bool = False
    acknowledged_at: datetime | None = None
    acknowledged_by: UUID | None = None
    at: datetime | None = None
    done_at: datetime | None = None
    claimed_at: datetime | None = None
    done_by: UUID | None = None
    answer: str = ""
    values: dict[str, Any] = {}
    note: str = ""


class PageView(Answer):
    """One rung of a contact tree."""

    step: str
    round: int
    order: int
    role: str
    due_at: datetime
    sent_at: datetime | None
    people: int
    cancelled: bool


class InjectView(Answer):
    """News that a drill was given, and how long a reaction took. `answer_due_at` is there when one is expected."""

    slug: str
    role: str
    shown_at: datetime | None
    answer_due_at: datetime | None = None
    reacted_at: datetime | None = None
    reacted_by: UUID | None = None
    text: str = ""

    def late(self, now: datetime) -> bool:
        """Whether the expected reaction came after its time, or has not come by now."""
        return self.answer_due_at is not None and (self.reacted_at or now) > self.answer_due_at


class LogLine(Answer):
    """One line of a play's log: what the journal holds, or what a person wrote. `claimed_at` is a time on paper."""

    at: datetime
    kind: str
    who: str
    step: str = ""
    text: str = ""
    link: str = ""
    claimed_at: datetime | None = None
    data: dict[str, Any] = {}


class PlayDetail(PlayView):
    """A play with its steps (in the plan's order, every round), contact state, log and the news that a drill was given
    so far (in order of time)."""

    steps: tuple[StepView, ...]
    pages: tuple[PageView, ...] = ()
    log: tuple[LogLine, ...] = ()
    injects: tuple[InjectView, ...] = ()


def view(play: Play) -> PlayView:
    """The row as a value."""
    return PlayView(**_head(play))


def _head(play: Play) -> dict[str, Any]:
    return {
        "id": play.pk, "branch": play.org_unit.code, "playbook": play.playbook, "version": play.version,
        "pack": play.pack, "mode": play.mode, "state": play.state, "trigger": play.trigger,
        "started_at": play.started_at, "started_by": play.started_by, "limit_at": play.limit_at,
        "limit_passed_at": play.limit_passed_at, "limit_met_at": play.limit_met_at, "ended_at": play.ended_at,
        "score": play.score, "passed": play.passed,
    }  # fmt: skip


def detail(
    play: Play,
    steps: tuple[StepView, ...],
    pages: tuple[PageView, ...],
    log: tuple[LogLine, ...],
    injects: tuple[InjectView, ...] = (),
) -> PlayDetail:
    """The row with everything around it."""
    return PlayDetail(**_head(play), steps=steps, pages=pages, log=log, injects=injects)


def settled_at(step: PlayStep) -> datetime | None:
    """When a step was settled by the branch's own word: the time on paper, else the server's."""
    return step.claimed_at or step.done_at


def step_view(step: PlayStep, role: str) -> StepView:
    """The row as a value."""
    at = settled_at(step)
    late = bool(step.due_at and at and at > step.due_at) or (at is None and step.overran_at is not None)
    return StepView(
        slug=step.slug, round=step.round, state=step.state, role=role, ready_at=step.ready_at, due_at=step.due_at,
        overran=late, acknowledged_at=step.acknowledged_at, acknowledged_by=step.acknowledged_by, at=at,
        done_at=step.done_at, claimed_at=step.claimed_at, done_by=step.done_by, answer=step.answer,
        values=step.values, note=step.note,
    )  # fmt: skip
