"""What learning brings to competence: a passed lesson is a small piece of evidence, an open one may close a gap.

Exams, drills and the simulator call the same door, `role.api.evidence_add`; each tells of its own evidence with
`role.api.tell_evidence`, as here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean
from uuid import UUID

from django.urls import reverse

from counterpoint.academy.catalogue.lessons import LESSONS
from counterpoint.academy.catalogue.reading import pinned, shelf
from counterpoint.academy.learning.queries import runs_of, standing
from counterpoint.academy.models import LessonAnswer, LessonRun
from counterpoint.academy.models.learning import PASSED
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import OrgUnit, Scope, clock, scoped
from counterpoint.role import api as role

WHOLE, CHANGE = 0.2, 0.1  # size of a lesson, and of what changed of one, as evidence; times the lesson's weight
REF = "academy.lesson"


def passed(scope: Scope, run: LessonRun, weights: dict[str, float], now: datetime) -> None:
    """The evidence of a passed lesson: the share that the first answers were right. Inside `scoped(scope)`."""
    score = _first_answers(run)
    for key, weight in sorted(weights.items()):
        if weight > 0:
            role.evidence_add(
                scope=scope, unit=run.org_unit, user=run.user_id, competency=key, source="learning", score=score,
                size=(CHANGE if run.diff_of_id else WHOLE) * weight, ref=f"{REF}:{run.pk}", now=now,
            )  # fmt: skip


def _first_answers(run: LessonRun) -> float:
    """Mean of the first answer to each question; a lesson without any was passed by its button."""
    first: dict[str, float] = {}
    for question, score in LessonAnswer.objects.filter(run=run).order_by("at", "id").values_list("question", "score"):
        first.setdefault(question, score)
    return fmean(first.values()) if first else 1.0


def _tell(scope: Scope, user: UUID, refs: Sequence[str]) -> dict[str, role.Origin]:
    """Names of the lessons that the evidence came from; never what was answered."""
    with scoped(scope):
        ids = [ref.partition(":")[2] for ref in refs]
        runs = LessonRun.objects.select_related("org_unit").filter(pk__in=ids, user=user)
        held = {f"{REF}:{run.pk}": run for run in runs}
    found = {}
    for ref, run in held.items():
        item = pinned(LESSONS, run.lesson, run.version, run.org_unit)
        if item is not None:
            found[ref] = role.Origin(tell(item.value.names), reverse("academy:lesson", args=[run.lesson]))
    return found


def _open(scope: Scope, unit: OrgUnit, user: UUID, posts: frozenset[str]) -> list[role.Thing]:
    """Lessons for the person's posts that are not passed yet."""
    held = shelf(unit, unit.date_at(clock.now()))
    runs = runs_of(scope, [user]).get(user, {})
    found = []
    for key in held.for_roles(posts):
        body = held.lessons[key].value
        if standing(key, runs.get(key, []), held.on).state != PASSED:
            name, url = tell(body.names), reverse("academy:lesson", args=[key])
            found.append(role.Thing(key, name, url, float(body.minutes), body.competencies, "learning", WHOLE))
    return found


role.tell_evidence(REF, _tell)
role.offer_things(_open)
