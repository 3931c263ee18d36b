"""Reads of disputes: mine, one with its ladder, what was decided before in cases like it, and how they go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from counterpoint.foundation.api import Scope, User, scoped
from counterpoint.primitives.cases import CaseDetail, CaseFilter, CaseView, Told, case, cases, timeline
from counterpoint.team import precedents
from counterpoint.team.actions.disputes import LEVELS, TYPE, found, is_party
from counterpoint.team.models import Dispute

VIEW = "team.dispute.view"
BOUNDED = 1000  # closed disputes that a search looks through, newest first
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Step:
    """A level that the dispute reached: who was asked, when, and why it came there."""

    level: str
    person: str
    at: datetime
    why: str


@dataclass(frozen=True)
class Precedent:
    """A closed dispute, without a name: its point, what was decided, how well it fits (0 to 1)."""

    case: UUID
    label: str
    topic: str
    decision: str
    holding: str
    closed_at: datetime
    score: float


@dataclass(frozen=True)
class DisputeView:
    """One dispute as its page shows it."""

    detail: CaseDetail
    claimant: str
    respondent: str
    steps: tuple[Step, ...]
    story: tuple[Told, ...]
    precedents: tuple[Precedent, ...]
    party: bool
    claims: bool


@dataclass(frozen=True)
class Statistics:
    """How the disputes raised since a date went. `days` is the median from raising to the end."""

    since: datetime
    raised: int
    ended: int
    by_level: tuple[tuple[str, int], ...]
    by_topic: tuple[tuple[str, int], ...]
    by_decision: tuple[tuple[str, int], ...]
    fell_through: int
    days: float | None


def my_disputes(*, scope: Scope, now: datetime) -> list[CaseView]:
    """What the caller raised, answers or decides, the open ones first."""
    with scoped(scope):
        mine = set(Dispute.objects.filter(claimant=scope.actor).values_list("pk", flat=True))
        mine |= set(Dispute.objects.filter(respondent=scope.actor).values_list("pk", flat=True))
    rows = cases(scope=scope, filters=CaseFilter(type=TYPE, sort="new", size=200), now=now).rows
    return sorted(
        (row for row in rows if row.id in mine or row.owner == scope.actor),
        key=lambda row: row.stage_kind in ("closed", "dropped"),
    )


def open_disputes(*, scope: Scope, now: datetime) -> list[CaseView]:
    """Every open dispute that the caller may see, by deadline."""
    return cases(scope=scope, filters=CaseFilter(type=TYPE, stage="unfinished", size=200), now=now).rows


def dispute(*, scope: Scope, dispute: UUID, now: datetime) -> DisputeView:
    """One dispute; precedents come with it while it is open, for those who may see disputes."""
    with scoped(scope):
        row = found(scope, dispute)
        people = {step["person"] for step in row.steps if step["person"]}
        names = {str(pk): name for pk, name in User.objects.filter(pk__in=people).values_list("pk", "name")}
    detail = case(scope=scope, case=dispute, now=now)
    story = timeline(scope=scope, case=dispute)
    steps = tuple(
        Step(s["level"], names.get(s["person"], ""), datetime.fromisoformat(s["at"]), s["why"]) for s in row.steps
    )
    running = detail.case.stage_kind in ("open", "doing", "resolved")
    words = " ".join([detail.case.title, *(line.text for line in story), *(f.shown for f in detail.fields)])
    fitting = find(scope=scope, text=words, now=now) if running else []
    return DisputeView(
        detail=detail, claimant=row.claimant.name, respondent=row.respondent.name, steps=steps, story=tuple(story),
        precedents=tuple(fitting), party=is_party(scope, row), claims=scope.actor == row.claimant_id,
    )  # fmt: skip


def find(*, scope: Scope, text: str, now: datetime, most: int = 5) -> list[Precedent]:
    """Closed disputes of the caller's scope whose point is close to a text; empty without the right to see disputes.

    Only what was written without names is searched and shown, never the story of the case.
    """
    if not scope.may(VIEW):
        return []
    rows = cases(scope=scope, filters=CaseFilter(type=TYPE, stage="closed", sort="new", size=BOUNDED), now=now).rows
    rows = [row for row in rows if row.fields.get("holding")]
    documents = [f"{row.title} {row.fields.get('rule', '')} {row.fields['holding']}" for row in rows]
    return [_precedent(rows[f.place], f.score) for f in precedents.ranked(text, documents, most)]


def _precedent(row: CaseView, score: float) -> Precedent:
    held = row.fields
    return Precedent(
        case=row.id, label=row.label, topic=held.get("topic", ""), decision=held.get("decision", ""),
        holding=held["holding"], closed_at=row.ended_at or row.opened_at, score=round(score, 3),
    )  # fmt: skip


def statistics(*, scope: Scope, now: datetime, since: datetime | None = None) -> Statistics:
    """How disputes of the last year went, over everything that the caller may see."""
    since = since or now - YEAR
    rows = cases(scope=scope, filters=CaseFilter(type=TYPE, sort="new", size=5000), now=now).rows
    rows = [row for row in rows if row.opened_at >= since]
    with scoped(scope):
        steps = dict(Dispute.objects.filter(opened_at__gte=since).values_list("pk", "steps"))
    ended = [row for row in rows if row.stage_kind == "closed" and row.ended_at]
    took = [(row.ended_at - row.opened_at).total_seconds() / 86400 for row in ended if row.ended_at]
    levels = Counter(row.level for row in rows)
    return Statistics(
        since=since, raised=len(rows), ended=len(ended), by_level=tuple((k, levels[k]) for k in LEVELS),
        by_topic=tuple(Counter(str(row.fields.get("topic", "")) for row in rows).most_common()),
        by_decision=tuple(Counter(str(row.fields.get("decision", "")) for row in ended).most_common()),
        fell_through=sum(any(s["why"] == "late" for s in steps.get(row.id, ())) for row in rows),
        days=round(median(took), 1) if took else None,
    )  # fmt: skip
