"""Reads of exams, always inside the caller's scope: what I may sit, my results, what is running."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from counterpoint.academy.catalogue.blueprints import BLUEPRINTS, BlueprintBody
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.exams import chains
from counterpoint.academy.exams.grading import close_if_due
from counterpoint.academy.exams.sitting import next_attempt
from counterpoint.academy.models import AnswerSave, Grade, Sitting, SittingSign
from counterpoint.academy.models.exams import OPEN, VOID
from counterpoint.academy.rules.grading import quick
from counterpoint.academy.verbs import INVIGILATE
from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.content import Item, items

ENDED = 50  # sittings that the invigilator sees after their end


@dataclass(frozen=True)
class Offer:
    """An exam in force: whether it is meant for the post, the sitting under way, when the next may begin."""

    item: Item
    mine: bool
    open: Sitting | None
    free_at: datetime | None


@dataclass(frozen=True)
class Result:
    """An ended or running sitting with its newest grade."""

    sitting: Sitting
    item: Item | None
    grade: Grade | None


@dataclass(frozen=True)
class Course:
    """How a sitting goes: answers that count and that came late, signs by kind, slots answered very quickly."""

    sitting: Sitting
    item: Item | None
    answered: int
    late: int
    signs: tuple[tuple[str, int], ...]
    grade: Grade | None


def mine(scope: Scope, now: datetime) -> list[Sitting]:
    """The caller's sittings, newest first; those whose time is over are handed in by this look."""
    with scoped(scope):
        rows = list(Sitting.objects.select_related("org_unit").filter(user=scope.actor).order_by("-started_at"))
        for row in rows:
            close_if_due(row, now)
    return rows


def offers(held: Sequence[Sitting], unit: OrgUnit, on: date, now: datetime, posts: frozenset[str]) -> list[Offer]:
    """Exams in force at a unit, those for the own posts first; `held` are the caller's sittings."""
    found = []
    for key, item in sorted(items(BLUEPRINTS, on, unit.rule_pack, bank=unit.path).items()):
        body: BlueprintBody = item.value
        own = [row for row in held if row.blueprint == key and row.state != VOID]
        opened = next((row for row in own if row.state == OPEN), None)
        free = None if opened else next_attempt(body.attempts, [row.started_at for row in own], now)
        found.append(Offer(item, bool(posts & set(body.posts)), opened, free))
    return sorted(found, key=lambda one: (one.open is None, not one.mine))


def results(scope: Scope, held: Iterable[Sitting]) -> list[Result]:
    """Sittings with their newest grades, in the order given."""
    rows = list(held)
    with scoped(scope):
        grades = newest_grades([row.pk for row in rows])
    return [
        Result(row, pinned(BLUEPRINTS, row.blueprint, row.version, row.org_unit), grades.get(row.pk)) for row in rows
    ]


def newest_grades(sittings: Sequence[UUID]) -> dict[UUID, Grade]:
    """The grade that counts of each sitting. Inside a scope."""
    found: dict[UUID, Grade] = {}
    for row in Grade.objects.filter(sitting__in=sittings).order_by("number"):
        found[row.sitting_id] = row
    return found


def running(scope: Scope, now: datetime) -> tuple[list[Course], list[Course]]:
    """Sittings under way and the last that ended, of the units that the caller invigilates; never the own ones."""
    with scoped(scope):
        rows = Sitting.objects.select_related("org_unit", "user").exclude(user=scope.actor)
        live = list(rows.filter(state=OPEN).order_by("closes_at"))
        for row in live:
            close_if_due(row, now)
        ended = list(rows.exclude(state=OPEN).order_by("-started_at")[:ENDED])
        held = [row for row in live + ended if scope.may(INVIGILATE, row.org_path)]
        told = courses(list({row.pk: row for row in held}.values()))
    return [one for one in told if one.sitting.state == OPEN], [one for one in told if one.sitting.state != OPEN]


def courses(rows: Sequence[Sitting]) -> list[Course]:
    """How each sitting went. Inside a scope."""
    keys = [row.pk for row in rows]
    saves: dict[UUID, list[AnswerSave]] = {key: [] for key in keys}
    for save in AnswerSave.objects.filter(sitting__in=keys).order_by("line"):
        saves[save.sitting_id].append(save)
    signs: dict[UUID, list[str]] = {key: [] for key in keys}
    for sitting, kind in SittingSign.objects.filter(sitting__in=keys).values_list("sitting_id", "kind"):
        signs[sitting].append(kind)
    grades = newest_grades(keys)
    return [_course(row, saves[row.pk], signs[row.pk], grades.get(row.pk)) for row in rows]


def _course(row: Sitting, saves: Sequence[AnswerSave], signs: Sequence[str], grade: Grade | None) -> Course:
    fast = len(quick([(one.slot, one.saved_at.timestamp()) for one in saves if not one.late]))
    counts = [(kind, signs.count(kind)) for kind in ("away", "pasted", "window", "conflict") if kind in signs]
    late = sum(one.late for one in saves)
    counts += [("fast", fast)] if fast else []
    counts += [("late", late)] if late else []
    answered = sum(bool(one.value) for one in chains.counted(saves).values())
    item = pinned(BLUEPRINTS, row.blueprint, row.version, row.org_unit)
    return Course(row, item, answered, late, tuple(counts), grade)


def is_sitting(scope: Scope, now: datetime) -> Sitting | None:
    """The caller's exam under way that closes lessons meanwhile."""
    with scoped(scope):
        rows = Sitting.objects.select_related("org_unit").filter(user=scope.actor, state=OPEN, closes_at__gte=now)
        for row in rows:
            item = pinned(BLUEPRINTS, row.blueprint, row.version, row.org_unit)
            if item is None or item.value.locks_lessons:
                return row
    return None
