"""What exams, drills and choices beside the live day prove for a certificate."""

from __future__ import annotations

from collections.abc import Iterable

from counterpoint.academy import proving
from counterpoint.academy.certificates.evidence import Asked, digest
from counterpoint.academy.debrief import keeping, shadow
from counterpoint.academy.exams.queries import newest_grades
from counterpoint.academy.models import DrillSession, Judgement, ShadowDay, Sitting
from counterpoint.academy.models.drill import OVER
from counterpoint.academy.models.exams import SUBMITTED
from counterpoint.academy.rules import awarding
from counterpoint.academy.rules.awarding import Evidence
from counterpoint.foundation.api import scoped


def exam(asked: Asked) -> Iterable[Evidence]:
    """Sittings by their newest grade: the share of points, and whether it was a pass."""
    with scoped(asked.scope):
        rows = Sitting.objects.select_related("org_unit").filter(
            user=asked.user, blueprint__in=asked.keys, state=SUBMITTED
        )
        grades = newest_grades([row.pk for row in rows])
        found = [(row, grades[row.pk]) for row in rows if row.pk in grades]
    for row, grade in found:
        body = {"sitting": str(row.pk), "head": row.head, "grade": grade.number, "right": grade.right, "of": grade.of}
        if grade.day:
            body["day"] = grade.day.get("head", "")
        score = grade.day.get("total", grade.right / grade.of if grade.of else 0.0)
        yield Evidence(
            awarding.EXAM, row.blueprint, row.org_unit.date_at(row.started_at), str(row.pk), digest(body),
            {"passed": int(grade.passed), "score": score},
        )  # fmt: skip


def scenarios(asked: Asked) -> Iterable[Evidence]:
    """Carefully judged first plays of a scenario's days: the regret an hour in minutes."""
    with scoped(asked.scope):
        rows = DrillSession.objects.select_related("org_unit").filter(
            owner=asked.user, scenario__in=asked.keys, state=OVER
        )
        judged = {one.session_id: one for one in Judgement.objects.filter(session__in=rows, formula=keeping.FULLY)}
        found = [(row, judged[row.pk]) for row in rows if row.pk in judged and proving.counted(row)]
    for row, one in found:
        body = {"session": str(row.pk), "head": row.head, "game": row.game_hash, "formula": one.formula}
        yield Evidence(
            awarding.SCENARIOS, row.scenario, row.org_unit.date_at(row.over_at or row.begun_at), str(row.pk),
            digest(body), {"regret": one.regret},
        )  # fmt: skip


def shadow_licence(asked: Asked) -> Iterable[Evidence]:
    """The licence of choices beside the live day, once it can be reckoned: days, regimes, upper limit of the regret."""
    with scoped(asked.scope):
        days = list(ShadowDay.objects.filter(user=asked.user).order_by("-business_date"))
    held = shadow.licence_of(days, shadow.terms(asked.unit, asked.on))
    if held.high is None:
        return
    body = {"days": [str(day.pk) for day in days]}
    yield Evidence(
        awarding.SHADOW, awarding.SHADOW, days[0].business_date, str(days[0].pk), digest(body),
        {"days": held.days, "regimes": len(held.regimes), "regret": held.high},
    )  # fmt: skip
