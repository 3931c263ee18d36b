"""The report after a play, written by itself from its rows: timeline, overruns, who, values, what was left out, how it
compares with earlier plays, what to learn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any
from uuid import UUID

from counterpoint.foundation.api import Scope, scoped
from counterpoint.primitives.playbooks import rules, scoring
from counterpoint.primitives.playbooks.definition import Playbook
from counterpoint.primitives.playbooks.engine import book_of, pauses_of
from counterpoint.primitives.playbooks.models import Play, PlayPage, PlayStep
from counterpoint.primitives.playbooks.queries import injects_of, log_of, names_of, steps_of, the_play
from counterpoint.primitives.playbooks.values import InjectView, LogLine, PlayView, StepView, settled_at, view

EARLIER = 5
SLOWER = 1.5  # times the median of at least LEAST_KNOWN earlier plays


LEAST_KNOWN = 2


@dataclass(frozen=True)
class ReportStep:
    """A step's round with what it took. `usual` is the median of earlier plays here, minutes."""

    step: StepView
    who: str
    minutes: float | None
    late_minutes: float | None
    usual: float | None


@dataclass(frozen=True)
class ReportInject:
    """News of a drill with how long the reaction took; `minutes` is None without one."""

    inject: InjectView
    who: str
    minutes: float | None


@dataclass(frozen=True)
class Earlier:
    """An earlier play of the same plan at the branch."""

    id: UUID
    mode: str
    started_at: datetime
    minutes: float
    score: int | None
    late: int


@dataclass(frozen=True)
class Finding:
    """Something to learn: `kind` is limit, late, skipped, unanswered, nobody, unfilled, slower or bottleneck;
    with `inject_late` and `inject_none` the step is the slug of the news."""

    kind: str
    step: str = ""
    number: float = 0.0

    @property
    def key(self) -> str:
        """Stable within the play, so that one lesson becomes one case."""
        return f"{self.kind}:{self.step}" if self.step else self.kind


@dataclass(frozen=True)
class Report:
    """Everything about a play that is over (or the report so far of one that runs)."""

    play: PlayView
    book: Playbook
    minutes: float
    limit_minutes: float | None
    score: scoring.Score
    steps: tuple[ReportStep, ...]
    left_out: tuple[str, ...]
    told: int
    earlier: tuple[Earlier, ...]
    findings: tuple[Finding, ...]
    slowest: str
    met_minutes: float
    log: tuple[LogLine, ...]
    people: dict[UUID, str]
    reason: str
    injects: tuple[ReportInject, ...] = ()

    @property
    def late(self) -> tuple[ReportStep, ...]:
        """Steps that were over their time."""
        return tuple(one for one in self.steps if one.late_minutes)


def report(*, scope: Scope, play: UUID, now: datetime) -> Report:
    """The report of a play in the caller's scope."""
    row = the_play(scope, play)
    with scoped(scope):
        book = book_of(row)
        rows = list(PlayStep.objects.filter(play=row))
        pages = list(PlayPage.objects.filter(step__play=row).select_related("step"))
        before = _earlier_plays(row)
        usual = _usual(before)
        news = injects_of(row, book)
        people = names_of([
            *(r.done_by for r in rows), *(r.entered_by for r in rows), *(one.reacted_by for one in news),
            row.started_by, row.ended_by,
        ])  # fmt: skip
        steps = tuple(_step(one, row, people, usual) for one in steps_of(row, book))
        until = row.ended_at or now
        found = scoring.score(book, scoring.facts_of(book, row, rows))
        findings = (*_findings(book, row, steps, pages), *_inject_findings(news, until))
        return Report(
            play=view(row), book=book, minutes=minutes_of(row, until),
            limit_minutes=None if row.limit_at is None else (row.limit_at - row.started_at).total_seconds() / 60,
            score=found, steps=steps, left_out=tuple(s.step.slug for s in steps if s.step.state == "skipped"),
            told=sum(page.people for page in pages), earlier=_earlier(before[:EARLIER]),
            findings=findings, slowest=_slowest(steps),
            met_minutes=minutes_of(row, row.limit_met_at or until), log=tuple(log_of(row)), people=people,
            reason=row.reason, injects=tuple(_inject(one, row, people) for one in news),
        )  # fmt: skip


def minutes_of(play: Play, until: datetime) -> float:
    """How long a play lasted; a drill's pauses do not count, a real one's do."""
    return rules.took(pauses_of(play) if play.drill else (), play.started_at, until)


def _earlier_plays(play: Play) -> list[Play]:
    rows = Play.objects.filter(
        org_unit=play.org_unit, playbook=play.playbook, state=Play.State.COMPLETED, started_at__lt=play.started_at
    )
    return list(rows.order_by("-started_at")[:20])


def _usual(before: Sequence[Play]) -> dict[str, float]:
    times: dict[str, list[float]] = {}
    pauses = {one.pk: pauses_of(one) for one in before}
    for row in PlayStep.objects.filter(play__in=before, state=PlayStep.State.DONE):
        at = settled_at(row)
        if at is not None:
            times.setdefault(row.slug, []).append(rules.took(pauses[row.play_id], row.ready_at, at))
    return {slug: median(held) for slug, held in times.items() if len(held) >= LEAST_KNOWN}


def _step(one: StepView, play: Play, people: dict[Any, str], usual: dict[str, float]) -> ReportStep:
    minutes = None
    if one.ready_at is not None and one.at is not None:
        minutes = rules.took(pauses_of(play), one.ready_at, one.at)
    late = None
    if one.due_at is not None and one.at is not None and one.at > one.due_at:
        late = (one.at - one.due_at).total_seconds() / 60
    return ReportStep(one, people.get(one.done_by, ""), minutes, late, usual.get(one.slug))


def _inject(one: InjectView, play: Play, people: dict[Any, str]) -> ReportInject:
    minutes = None
    if one.shown_at is not None and one.reacted_at is not None:
        minutes = rules.took(pauses_of(play), one.shown_at, one.reacted_at)
    return ReportInject(one, people.get(one.reacted_by, ""), minutes)


def _inject_findings(news: Sequence[InjectView], until: datetime) -> list[Finding]:
    """Expected reactions that came late or not at all; what never came in, or was still in its time when the drill
    ended, teaches nothing."""
    found = []
    for one in news:
        if one.shown_at is None or one.answer_due_at is None:
            continue
        if not one.late(until):
            continue
        if one.reacted_at is None:
            found.append(Finding("inject_none", one.slug))
        else:
            found.append(Finding("inject_late", one.slug, (one.reacted_at - one.answer_due_at).total_seconds() / 60))
    return found


def _earlier(before: Sequence[Play]) -> tuple[Earlier, ...]:
    late = Counter(
        row.play_id
        for row in PlayStep.objects.filter(play__in=before, due_at__isnull=False, state=PlayStep.State.DONE)
        if (at := settled_at(row)) is not None and row.due_at is not None and at > row.due_at
    )
    return tuple(
        Earlier(
            one.pk, one.mode, one.started_at, minutes_of(one, one.ended_at or one.started_at), one.score, late[one.pk]
        )
        for one in before
    )  # fmt: skip


def _slowest(steps: Sequence[ReportStep]) -> str:
    known = [one for one in steps if one.minutes is not None]
    return max(known, key=lambda one: one.minutes or 0.0).step.slug if known else ""


def _findings(book: Playbook, play: Play, steps: Sequence[ReportStep], pages: Sequence[PlayPage]) -> list[Finding]:
    found: list[Finding] = []
    met = play.limit_met_at or play.ended_at
    if play.limit_at and met and met > play.limit_at:
        found.append(Finding("limit", number=(met - play.limit_at).total_seconds() / 60))
    for one in steps:
        slug = one.step.slug
        if one.late_minutes:
            found.append(Finding("late", slug, one.late_minutes))
        elif one.minutes and one.usual and one.minutes > SLOWER * one.usual and one.minutes - one.usual > 1:
            found.append(Finding("slower", slug, one.minutes - one.usual))
        if one.step.state == "skipped":
            found.append(Finding("skipped", slug))
        elif one.step.state == "done" and rules.missing(book.by_slug[slug], one.step.values):
            found.append(Finding("unfilled", slug))
    found += [Finding("nobody", page.step.slug) for page in pages if page.sent_at and not page.people]
    found += [Finding("unanswered", slug) for slug in _unanswered(pages)]
    return list({one.key: one for one in found}.values())


def _unanswered(pages: Sequence[PlayPage]) -> list[str]:
    """Steps whose whole tree of at least two rungs was told and that nobody acknowledged."""
    by_step: dict[UUID, list[PlayPage]] = {}
    for page in pages:
        by_step.setdefault(page.step_id, []).append(page)
    return [
        tree[0].step.slug
        for tree in by_step.values()
        if len(tree) > 1 and all(page.sent_at for page in tree) and tree[0].step.acknowledged_at is None
    ]
