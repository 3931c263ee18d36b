"""What exams and drills bring to competence: the house adds each piece once, when it is graded or judged carefully.

An exam weighs what its counted questions teach; eight questions' weight on one competency are a whole piece. Of a day
the first play counts, without a trainer's help: 1 is the best that was found, 0 doing nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BLUEPRINTS
from counterpoint.academy.catalogue.lessons import LESSONS
from counterpoint.academy.catalogue.questions import QUESTIONS
from counterpoint.academy.catalogue.reading import pinned, ruling
from counterpoint.academy.catalogue.scenarios import SCENARIOS
from counterpoint.academy.drill import given, log
from counterpoint.academy.models import DrillSession, Grade, Judgement, Sitting
from counterpoint.academy.models.exams import days_that_stand
from counterpoint.academy.rules.words import tell
from counterpoint.foundation.api import OrgUnit, Scope, scoped, system_scope
from counterpoint.role import api as role

EXAM, DRILL = "academy.exam", "academy.drill"
WHOLE = 8.0  # questions' weight on a competency that make a whole piece of evidence
OWN_DAY = {"role.hall_steering": 1.0}  # what the own branch's day trains
COUNTED = ("practice", "league", "exam")


def _house(unit: OrgUnit) -> Scope:
    return system_scope((role.EVIDENCE,), (unit.path,), label="academy.evidence")


def exam(sitting: Sitting, first: Grade, now: datetime) -> None:
    """The evidence of an exam at its first grade."""
    weights: dict[str, float] = defaultdict(float)
    worths: dict[str, float] = defaultdict(float)
    for slot, worth in zip(sitting.form, first.worths, strict=False):
        if slot["counts"]:
            for key, weight in _taught(sitting, slot).items():
                weights[key] += weight
                worths[key] += weight * (worth or 0.0)
    for key, weight in sorted(weights.items()):
        if weight > 0:
            role.evidence_add(
                scope=_house(sitting.org_unit), unit=sitting.org_unit, user=sitting.user_id, competency=key,
                source="exam", score=worths[key] / weight, size=min(1.0, weight / WHOLE),
                ref=f"{EXAM}:{sitting.pk}", now=now,
            )  # fmt: skip


def _taught(sitting: Sitting, slot: Mapping[str, object]) -> Mapping[str, float]:
    """The competencies that a question asks for: its own, else those of its lesson."""
    unit = sitting.org_unit
    item = pinned(QUESTIONS, str(slot["question"]), int(str(slot["version"])), unit)
    if item is None:
        return {}
    lesson = ruling(LESSONS, item.value.lesson, unit, unit.date_at(sitting.started_at))
    found: Mapping[str, float] = item.value.competencies or (lesson.value.competencies if lesson else {})
    return found


def drill(session: DrillSession, judged: Judgement, now: datetime) -> None:
    """The evidence of a day that was judged carefully, when it is the first play of it. Inside a scope."""
    span = judged.data["nothing"]["total"] - judged.data["reached"]
    if span <= 0 or not counted(session):
        return
    score = min(1.0, max(0.0, (judged.data["nothing"]["total"] - judged.data["loss"]["total"]) / span))
    for key, weight in sorted(_trained(session).items()):
        if weight > 0:
            role.evidence_add(
                scope=_house(session.org_unit), unit=session.org_unit, user=session.owner_id, competency=key,
                source="simulator", score=score, size=weight, ref=f"{DRILL}:{session.pk}", now=now,
            )  # fmt: skip


def counted(session: DrillSession) -> bool:
    """Whether a session stands and is its owner's first play of that day, alone and unaided. Inside a scope."""
    if not DrillSession.objects.filter(days_that_stand(), pk=session.pk).exists():
        return False
    mine = DrillSession.objects.filter(owner=session.owner_id, game_hash=session.game_hash).order_by("begun_at", "pk")
    first = mine.values_list("pk", flat=True).first()
    helped = bool(given.hand_of(log.lines(session))) or session.seats.exclude(user=session.owner_id).exists()
    return session.purpose in COUNTED and session.parent_id is None and first == session.pk and not helped


def _trained(session: DrillSession) -> Mapping[str, float]:
    item = pinned(SCENARIOS, session.scenario, session.version, session.org_unit) if session.version else None
    return item.value.competencies if item else OWN_DAY


def _tell_exams(scope: Scope, user: UUID, refs: Sequence[str]) -> dict[str, role.Origin]:
    with scoped(scope):
        ids = [ref.partition(":")[2] for ref in refs]
        rows = list(Sitting.objects.select_related("org_unit").filter(pk__in=ids, user=user))
    found = {}
    for row in rows:
        item = pinned(BLUEPRINTS, row.blueprint, row.version, row.org_unit)
        name = tell(item.value.names) if item else row.blueprint
        own = scope.actor == user
        found[f"{EXAM}:{row.pk}"] = role.Origin(name, reverse("academy:result", args=[row.pk]) if own else "")
    return found


def _tell_drills(scope: Scope, user: UUID, refs: Sequence[str]) -> dict[str, role.Origin]:
    with scoped(scope):
        ids = [ref.partition(":")[2] for ref in refs]
        rows = list(DrillSession.objects.select_related("org_unit").filter(pk__in=ids, owner=user))
    found = {}
    for row in rows:
        item = pinned(SCENARIOS, row.scenario, row.version, row.org_unit) if row.version else None
        name = tell(item.value.names) if item else _("My branch's day")
        own = scope.actor == user
        found[f"{DRILL}:{row.pk}"] = role.Origin(name, reverse("academy:debrief", args=[row.pk]) if own else "")
    return found


role.tell_evidence(EXAM, _tell_exams)
role.tell_evidence(DRILL, _tell_drills)
