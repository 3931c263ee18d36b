"""The end of a sitting and its grade: submitted exactly once, graded in the same transaction; graded again on a stated
basis without touching what was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.academy import proving
from counterpoint.academy.catalogue.blueprints import BLUEPRINTS, BlueprintBody
from counterpoint.academy.catalogue.questions import QUESTIONS, worth
from counterpoint.academy.catalogue.reading import pinned, question
from counterpoint.academy.exams import chains, playing_day
from counterpoint.academy.exams.forms import slots_of
from counterpoint.academy.learning import cards
from counterpoint.academy.models import Grade, Sitting
from counterpoint.academy.models.exams import DEADLINE, OPEN, PERSON, SUBMITTED
from counterpoint.academy.rules.grading import Graded, grade
from counterpoint.academy.verbs import MANAGE
from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, journal, scoped
from counterpoint.primitives.content import ContentError, Item

LETTERS = 200
DROPPED = "dropped"
Basis = Callable[[Sitting, dict[str, Any]], dict[str, Any] | None]  # the basis of a new grade; None to leave the old


def blueprint_of(sitting: Sitting) -> Item:
    """The exam in the version that the sitting began with."""
    item = pinned(BLUEPRINTS, sitting.blueprint, sitting.version, sitting.org_unit)
    if item is None:
        raise NotFound(_("There is no such exam here."))
    return item


def close_if_due(sitting: Sitting, now: datetime) -> bool:
    """Submit a sitting whose deadline and grace are over, as of its deadline, whoever finds it and however late."""
    if sitting.state != OPEN or now <= sitting.closes_at:
        return False
    return submit_row(sitting, sitting.deadline_at, DEADLINE, None)


@transaction.atomic
def submit_row(sitting: Sitting, at: datetime, by: str, scope: Scope | None) -> bool:
    """From open to submitted with the first grade; False when somebody else has done it. Inside a scope."""
    held = Sitting.objects.select_for_update(of=("self",)).get(pk=sitting.pk)
    rows = chains.lines(held) if held.state == OPEN else []
    head = rows[-1].hash if rows else ""
    changed = Sitting.objects.filter(pk=sitting.pk, state=OPEN).update(
        state=SUBMITTED, submitted_at=at, submitted_by=by, head=head, lines=len(rows)
    )
    sitting.refresh_from_db(fields=["state", "submitted_at", "submitted_by", "head", "lines", "form", "deadline_at"])
    if not changed:
        return False
    playing_day.ended(held, at)
    first = _write_grade(sitting, {}, "", scope, at)
    data = {"user": str(sitting.user_id), "exam": sitting.blueprint, "by": by, "lines": len(rows), "head": head}
    journal.record(
        scope=scope if by == PERSON else None, org_unit=sitting.org_unit, kind="academy.sitting_submitted",
        subject=str(sitting.pk), at=at, data={**data, "passed": first.passed},
    )  # fmt: skip
    cards.from_sitting(sitting, first.worths, at)
    proving.exam(sitting, first, at)
    return True


def worths_of(sitting: Sitting, versions: Mapping[str, int] | None = None) -> list[float | None]:
    """What the counting answer of each slot is worth on the day of the sitting; None where none was given. Inside a
    scope."""
    unit, on = sitting.org_unit, sitting.org_unit.date_at(sitting.started_at)
    held = chains.counted(chains.lines(sitting))
    found: list[float | None] = []
    for number, slot in enumerate(sitting.form, 1):
        save = held.get(number)
        version = (versions or {}).get(slot["question"], slot["version"])
        item = pinned(QUESTIONS, slot["question"], version, unit)
        if save is None or not save.value or item is None:
            found.append(None)
            continue
        try:
            found.append(worth(item.value, list(save.value), on, unit.rule_pack, unit.path))
        except ContentError:  # the rule that says what is right has gone
            found.append(None)
    return found


def graded(
    sitting: Sitting, basis: Mapping[str, Any], worths: Sequence[float | None], day: Mapping[str, Any] | None = None
) -> Graded:
    """The grade on a basis, without writing it; `day` are the figures of the day that was played."""
    body: BlueprintBody = blueprint_of(sitting).value
    dropped = set(basis.get("dropped", ()))
    form = [{**slot, "counts": slot["counts"] and slot["question"] not in dropped} for slot in sitting.form]
    played = None if basis.get("day") == DROPPED else playing_day.counting(body, day or {})
    return grade(slots_of(form), worths, body.cut.theory, body.cut.theta, played)


def _write_grade(sitting: Sitting, basis: Mapping[str, Any], why: str, scope: Scope | None, at: datetime) -> Grade:
    worths = worths_of(sitting, basis.get("versions"))
    last = Grade.objects.filter(sitting=sitting).order_by("-number").first()
    day = dict(last.day) if last else playing_day.figures(sitting)  # the engine of its time has judged it
    found = graded(sitting, basis, worths, day)
    if day:
        day["total"] = found.total
    row = Grade(
        org_unit=sitting.org_unit, sitting=sitting, number=last.number + 1 if last else 1, basis=dict(basis),
        right=found.right, of=found.of, theta=found.theta, sd=found.sd, passed=found.passed, worths=worths,
        day=day, why=why[:LETTERS], by=scope.actor if scope else None, at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


def grade_again(
    *, scope: Scope, unit: OrgUnit, question_key: str, how: str, why: str, now: datetime
) -> tuple[int, int]:  # fmt: skip
    """Grade every submitted sitting that asked a question again: `drop` it, or `key` it by its version in force.
    Returns how many grades were written and how many results turned. Doing it twice writes nothing more."""
    if how not in ("drop", "key"):
        raise Invalid(_("Say whether the question is dropped or its key corrected."), field="how")

    def basis_of(row: Sitting, basis: dict[str, Any]) -> dict[str, Any] | None:
        return _other(row, basis, question_key, how, now)

    def asked(row: Sitting) -> bool:
        return any(slot["question"] == question_key for slot in row.form)

    told = {"question": question_key, "how": how}
    return _everybody(scope, unit, asked, basis_of, told, why, now)


def grade_without_day(
    *, scope: Scope, unit: OrgUnit, game_hash: str, why: str, now: datetime
) -> tuple[int, int]:  # fmt: skip
    """Grade every submitted sitting with this day again by its questions alone; as `grade_again`."""

    def basis_of(_row: Sitting, basis: dict[str, Any]) -> dict[str, Any]:
        return {**basis, "day": DROPPED}

    def played(row: Sitting) -> bool:
        return bool(row.day.get("game_hash") == game_hash)

    return _everybody(scope, unit, played, basis_of, {"question": "", "how": "day"}, why, now)


@transaction.atomic
def _everybody(
    scope: Scope, unit: OrgUnit, concerned: Callable[[Sitting], bool], basis_of: Basis, told: dict[str, str], why: str,
    now: datetime,
) -> tuple[int, int]:  # fmt: skip
    scope.require(MANAGE, unit.path)
    if not why.strip():
        raise Invalid(_("Say why."), field="why")
    written = turned = 0
    with scoped(scope):
        rows = Sitting.objects.select_related("org_unit").filter(state=SUBMITTED)
        for row in rows.order_by("started_at").iterator(chunk_size=200):
            if concerned(row):
                new, other = _again(row, basis_of, told, why.strip(), scope, now)
                written, turned = written + new, turned + other
    return written, turned


def _other(row: Sitting, basis: dict[str, Any], key: str, how: str, now: datetime) -> dict[str, Any] | None:
    """The basis without a question, or by its version in force; None when it has none."""
    if how == "drop":
        return {**basis, "dropped": sorted({*basis.get("dropped", ()), key})}
    item = question(key, row.org_unit, row.org_unit.date_at(now))
    return None if item is None else {**basis, "versions": {**basis.get("versions", {}), key: item.version}}


def _again(
    row: Sitting, basis_of: Basis, told: dict[str, str], why: str, scope: Scope, now: datetime
) -> tuple[int, int]:  # fmt: skip
    last = Grade.objects.filter(sitting=row).order_by("-number").first()
    basis = basis_of(row, dict(last.basis) if last else {})
    if basis is None or (last is not None and basis == last.basis):
        return 0, 0
    new = _write_grade(row, basis, why, scope, now)
    journal.record(
        scope=scope, org_unit=row.org_unit, kind="academy.graded", subject=str(row.pk), at=now,
        data={"exam": row.blueprint, "number": new.number, **told, "passed": new.passed}, private=why,
    )  # fmt: skip
    return 1, int(last is not None and last.passed != new.passed)
