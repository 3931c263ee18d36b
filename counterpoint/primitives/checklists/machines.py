"""What rounds say of machines: pictures of one, and the labels that were scanned on a walk with their times."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.checklists import catalogue, scoring
from counterpoint.primitives.checklists.actions import view
from counterpoint.primitives.checklists.definition import NOT_APPLICABLE, Checklist, Item
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round
from counterpoint.primitives.checklists.values import RoundView
from counterpoint.primitives.checklists.verbs import VIEW

NEWEST = 600  # pictures of the branch among which those beside a scanned label are looked for


@dataclass(frozen=True)
class Picture:
    """A picture of a machine: what it answers, in which round."""

    evidence: UUID
    round: RoundView
    definition: Checklist
    item: Item


@dataclass(frozen=True)
class Scanned:
    """A submitted round on which labels were scanned: code and moment of each, in the order of the items, and of how
    many it asked. A moment is what the phone's clock claims, else when the server heard of it."""

    round: RoundView
    definition: Checklist
    asked: int
    scans: tuple[tuple[str, datetime], ...]


def pictures_of(*, scope: Scope, org_unit: OrgUnit, asset: str, most: int = 12) -> list[Picture]:
    """The newest pictures of a machine: of rounds walked for it, and of items behind its scanned label."""
    scope.require(VIEW, org_unit.path)
    with scoped(scope):
        here = Evidence.objects.filter(org_unit=org_unit).select_related("round").order_by("-id")
        own = list(here.filter(round__asset=asset)[:most])
        others = list(here.filter(round__asset="")[:NEWEST])
        values = _values({one.round_id for one in others})
    found = []
    for one in sorted((*own, *others), key=lambda row: row.pk, reverse=True):
        checklist = catalogue.told(one.round)
        item = checklist.item(one.item)
        told = one.round.asset or scoring.about(checklist, values.get(one.round_id, {})).get(one.item)
        if item is not None and told == asset:
            found.append(Picture(one.pk, view(one.round), checklist, item))
    return found[:most]


def _values(rounds: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    found: dict[UUID, dict[str, Any]] = {}
    for key, item, value in Answer.objects.filter(round__in=list(rounds)).values_list("round", "item", "value"):
        found.setdefault(key, {})[item] = value
    return found


def scanned(*, scope: Scope, org_unit: OrgUnit, since: date, most: int = 40) -> list[Scanned]:
    """Submitted rounds since a date on which at least two labels were scanned, newest first."""
    scope.require(VIEW, org_unit.path)
    with scoped(scope):
        rows = Round.objects.filter(org_unit=org_unit, state=Round.State.SUBMITTED, business_date__gte=since)
        asking = [(row, _points(row)) for row in rows.order_by("-business_date", "-id")[: 10 * most]]
        asking = [(row, points) for row, points in asking if len(points) > 1]
        answers = Answer.objects.filter(round__in=[row.pk for row, _points in asking])
        current = {(one.round_id, one.item): one for one in answers}
        entries = AnswerEntry.objects.filter(round__in=[row.pk for row, _points in asking])
        moments = {(e.round_id, e.item, e.key): e.at_claim or e.received_at for e in entries}
    found = []
    for row, points in asking:
        held = [one for slug in points if (one := current.get((row.pk, slug))) and _is_code(one.value)]
        scans = tuple((one.value, at) for one in held if (at := moments.get((row.pk, one.item, one.entry))))
        if len(scans) > 1:
            found.append(Scanned(view(row), catalogue.told(row), len(points), scans))
    return found[:most]


def _points(row: Round) -> list[str]:
    return [item.slug for item in catalogue.told(row).items if item.kind == "scan"]


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and value not in ("", NOT_APPLICABLE)
