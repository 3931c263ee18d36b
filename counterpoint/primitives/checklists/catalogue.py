"""Checklists in the content: declared once, found by date for a new round and by version for a round that runs."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import NotFound, OrgUnit
from counterpoint.primitives.checklists import definition, places, scoring
from counterpoint.primitives.checklists.definition import Checklist
from counterpoint.primitives.checklists.labels import CHECKLISTS
from counterpoint.primitives.content import ContentError, Item, Kind, declare, every, get, items, version

if TYPE_CHECKING:
    from counterpoint.primitives.checklists.models import Round

KIND = "checklists"


def _example(checklist: Checklist, example: dict[str, Any]) -> str:
    """An example gives answers (item → value), where the branch lies (`spot`), and the wanted score, verdict, failed or
    unchecked items; the label of a point says the point's name."""
    if unknown := set(example) - {"answers", "date", "asset", "spot", "percent", "passed", "failed", "unchecked"}:
        return f"an example does not know {', '.join(sorted(unknown))}"
    files = {item.slug: 1 for item in checklist.items if item.kind in ("photo", "signature")}
    given = {slug: scoring.Given(value, files.get(slug, 1)) for slug, value in example["answers"].items()}
    if checklist.signature:
        given.setdefault(definition.SIGNATURE, scoring.Given("", 1))
    for slug, one in given.items():
        item = checklist.item(slug)
        problem = scoring.wrong(item, one.value) if item else "there is no such item"
        if problem:
            return f"{slug}: {problem}"
    ground = scoring.Ground(spot=definition.Spot(**example["spot"]) if "spot" in example else None)
    on, asset = example.get("date", date(2026, 1, 1)), str(example.get("asset", ""))
    found = scoring.score(checklist, given, on, asset=asset, ground=ground)
    told = {
        "percent": found.percent, "passed": found.passed, "failed": list(found.slugs(places.BAD)),
        "unchecked": list(found.slugs(places.UNCHECKED)),
    }  # fmt: skip
    wrong = {name: value for name, value in told.items() if name in example and example[name] != value}
    return f"the score says {wrong}" if wrong else ""


declare(
    Kind(
        KIND,
        type=Checklist,
        build=definition.build,
        check_example=_example,
        references=definition.references,
        title=gettext_lazy("Checklists"),
        labels=CHECKLISTS,
        pages=((gettext_lazy("Rounds"), "primitives:rounds-today"),),
    )
)


def in_force(org_unit: OrgUnit, on: date) -> dict[str, Item]:
    """Every checklist that rules at the branch on a date."""
    return items(KIND, on, org_unit.rule_pack, bank=org_unit.path)


@dataclass(frozen=True)
class Point:
    """A place of the branch that rounds ask for: its short name, the code on its label, and what rounds call it."""

    slug: str
    code: str
    item: definition.Item


def points(org_unit: OrgUnit, on: date) -> list[Point]:
    """Every point that checklists in force at the branch ask for, once each, as they first name it."""
    found: dict[str, Point] = {}
    for _key, checklist in sorted(in_force(org_unit, on).items()):
        for item in checklist.value.items:
            if item.point and item.point not in found:
                found[item.point] = Point(item.point, places.code_of(org_unit, item.point), item)
    return list(found.values())


def versions(org_unit: OrgUnit, prefix: str) -> list[Item]:
    """Every version that rules or ruled at the branch, of keys that begin so; the pack's own hides the common one."""
    packs = (org_unit.rule_pack, "any")
    every_one = every(KIND, bank=org_unit.path)
    found = [item for item in every_one if item.key.startswith(prefix) and item.pack in packs]
    own = {item.key for item in found if item.pack != "any"}
    return [item for item in found if item.pack != "any" or item.key not in own]


def newest(org_unit: OrgUnit, key: str, on: date) -> Item:
    """The version for a new round; `NotFound` when none is in force."""
    try:
        return get(KIND, key, on, org_unit.rule_pack, bank=org_unit.path)
    except ContentError as absent:
        raise NotFound(_("There is no checklist “%(key)s” in force here.") % {"key": key}) from absent


def pinned(row: "Round") -> Checklist:
    """The checklist in the version that a round was started with."""
    return at_version(row.checklist, row.version, row.pack, row.org_path)


def at_version(key: str, number: int, pack: str, path: str) -> Checklist:
    """One version of a checklist; `NotFound` when there never was one."""
    try:
        found: Checklist = version(KIND, key, number, pack, bank=path).value
    except ContentError as absent:
        named = {"key": key, "version": number}
        raise NotFound(_("Version %(version)d of the checklist “%(key)s” is no longer here.") % named) from absent
    return found


def told(row: "Round") -> Checklist:
    """The checklist of a round for a list: one whose content is gone shows its key and no items."""
    try:
        return pinned(row)
    except NotFound:
        return Checklist(row.checklist, {"zh-hans": row.checklist}, ())
