"""What rounds say of machines: pictures of one, and the labels that were scanned on a walk with their times."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from counterpoint.foundation.api import OrgUnit, Scope, scoped
from counterpoint.primitives.checklists import catalogue, places, scoring
from counterpoint.primitives.checklists.definition import NOT_APPLICABLE, Checklist, Item
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, SyncItem
from counterpoint.primitives.checklists.values import RoundView, view
from counterpoint.primitives.checklists.verbs import VIEW

SCANNED, TYPED, DESK = "scanned", "typed", "desk"
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
    """A round on which labels were to be scanned: code and moment of each, in the order of the items, and of how many
    it asked. A moment is what the phone's clock claims, else when the server heard of it.

    `strict`: the round asks for the labels, so that one with fewer than two was not walked. `hows` says of each scan
    whether it was scanned or typed, `wrong` which codes are not on the label that was asked for.
    """

    round: RoundView
    definition: Checklist
    asked: int
    scans: tuple[tuple[str, datetime], ...]
    strict: bool = False
    hows: tuple[str, ...] = ()
    wrong: frozenset[str] = frozenset()

    @property
    def walked(self) -> bool:
        """Whether there is a way between two labels at all."""
        return len(self.scans) > 1


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
    """Submitted rounds since a date that ask for two labels or more, or on which so many were scanned, newest first."""
    scope.require(VIEW, org_unit.path)
    with scoped(scope):
        rows = Round.objects.filter(org_unit=org_unit, state=Round.State.SUBMITTED, business_date__gte=since)
        asking = [(row, catalogue.told(row)) for row in rows.order_by("-business_date", "-id")[: 10 * most]]
        found = _walks([(row, checklist) for row, checklist in asking if len(_asked(checklist)[0]) > 1])
    return [one for one in found if one.strict or one.walked][:most]


def of_round(row: Round, checklist: Checklist) -> Scanned | None:
    """The labels scanned on one round, also before it is handed in; None when it asks for no two."""
    return _walks([(row, checklist)])[0] if len(_asked(checklist)[0]) > 1 else None


def how_of(entry: AnswerEntry, told: Mapping[str, Any]) -> str:
    """Whether a phone says that it scanned a code; nothing where nobody says. A person at a desk has neither a phone's
    name nor its clock."""
    if not entry.device:
        return DESK if entry.at_claim is None and entry.person else ""
    return how if (how := told.get("how")) in (SCANNED, TYPED) else ""


def _walks(asking: list[tuple[Round, Checklist]]) -> list[Scanned]:
    keys = [row.pk for row, _checklist in asking]
    slugs = {slug for _row, checklist in asking for slug in _asked(checklist)[0]}
    current = {(one.round_id, one.item): one for one in Answer.objects.filter(round__in=keys, item__in=slugs)}
    entries = {
        (one.round_id, one.item, one.key): one for one in AnswerEntry.objects.filter(round__in=keys, item__in=slugs)
    }  # fmt: skip
    told = phones_said([row for row, _c in asking]) if any(entry.device for entry in entries.values()) else {}
    found = []
    for row, checklist in asking:
        points, strict = _asked(checklist)
        held = [one for slug in points if (one := current.get((row.pk, slug))) and _is_code(one.value)]
        pairs = [(one, entry) for one in held if (entry := entries.get((row.pk, one.item, one.entry)))]
        verdicts = row.result.get("items", {})
        found.append(
            Scanned(
                view(row), checklist, len(points), tuple((a.value, e.at_claim or e.received_at) for a, e in pairs),
                strict, tuple(how_of(e, told.get((e.device, e.key), {})) for _a, e in pairs),
                frozenset(a.value for a, _e in pairs if verdicts.get(a.item) == places.BAD),
            )
        )  # fmt: skip
    return found


def phones_said(rows: list[Round]) -> dict[tuple[str, str], dict[str, Any]]:
    """What phones sent of the answers of rounds, by phone and key."""
    items = SyncItem.objects.filter(kind="answer", round_ref__in=[ref for row in rows for ref in row.refs])
    return {(device, key): body for device, key, body in items.values_list("device", "key", "body")}


def _asked(checklist: Checklist) -> tuple[list[str], bool]:
    """The labels that a round asks for, and whether it must have them; else those that may be scanned."""
    scans = [item for item in checklist.items if item.kind == "scan"]
    must = [item.slug for item in scans if item.point or item.required]
    return (must, True) if len(must) > 1 else ([item.slug for item in scans], False)


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and value not in ("", NOT_APPLICABLE)
