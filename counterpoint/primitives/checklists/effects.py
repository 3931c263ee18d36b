"""What a failed item and a stored photo set off: cases, effects of other rooms, checks on the machine."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from counterpoint.foundation.api import OrgUnit, Scope, files, jobs
from counterpoint.primitives import cases
from counterpoint.primitives.checklists import catalogue, proof
from counterpoint.primitives.checklists.calling import Call
from counterpoint.primitives.checklists.definition import Checklist, Effect, Face
from counterpoint.primitives.checklists.models import Answer, Evidence, Round, Upload
from counterpoint.primitives.checklists.scoring import Judged
from counterpoint.primitives.checklists.values import Failure
from counterpoint.ui import reader

PHOTO_JOB = "primitives.photo_checks"


@dataclass(frozen=True)
class Failed:
    """A failed item as other rooms' effects see it; `critical` by the version that the round is pinned to. Without an
    `asset` nobody said which machine of the `asset_kind` it is."""

    org_unit: OrgUnit
    round: UUID
    checklist: str
    item: str
    asset_kind: str
    asset: str
    value: Any
    critical: bool
    case: UUID | None


@dataclass(frozen=True)
class PhotoOf:
    """A stored photo for the checks on the machine: bytes, what it answers, when it is said to have been taken.

    `digest` is the hash of what was sent; `kind`, `unit` and `dial` are those of the item in the round's own version;
    `began_at` is when its round began at the latest; `value` is what was answered, or with a dial what was said of it.
    """

    content: bytes
    digest: str
    org_unit: OrgUnit
    round: UUID
    checklist: str
    item: str
    kind: str
    unit: str
    asset: str
    value: Any
    received_at: datetime | None
    taken_claim: datetime | None
    began_at: datetime | None = None
    dial: Face | None = None


@dataclass(frozen=True)
class Finding:
    """What a check says: a verdict (fine, watch, act), how sure it is (0 to 1), what was read, and a stable code."""

    check: str
    verdict: str
    confidence: float
    read: str = ""
    detail: dict[str, Any] | None = None


FailEffect = Callable[[Scope, Failed, datetime], None]
PhotoCheck = Callable[[PhotoOf], Iterable[Finding]]
_effects: dict[str, FailEffect] = {}
_checks: dict[str, PhotoCheck] = {}


def register_on_fail(effect: FailEffect) -> FailEffect:
    """Another room's effect of a failed item, run in the transaction of the submission: `fn(scope, failed, now)`."""
    _effects[f"{effect.__module__}.{effect.__qualname__}"] = effect
    return effect


def register_photo_check(check: PhotoCheck) -> PhotoCheck:
    """A check of stored photos, run in a job: `fn(photo) -> findings`. A person confirms what it found."""
    _checks[f"{check.__module__}.{check.__qualname__}"] = check
    return check


def on_fail(call: Call, row: Round, checklist: Checklist, failed: Iterable[Judged]) -> tuple[Failure, ...]:
    """Open the case of each failed item and tell the other rooms; inside the transaction of the submission."""
    values = dict(Answer.objects.filter(round=row).values_list("item", "value"))
    found = []
    for one in failed:
        item = checklist.item(one.slug)
        assert item is not None
        said = f"{one.place.metres:.0f} m" if one.place and one.place.metres is not None else values.get(one.slug)
        text = f"{checklist.name('zh-hans')} · {item.name('zh-hans')}: {said}"
        case = (
            open_case(
                call, item.on_fail, key=f"round:{row.pk}:{one.slug}", source=f"primitives.round:{row.pk}", text=text
            )
            if item.on_fail
            else None
        )
        told = Failed(
            row.org_unit, row.pk, row.checklist, one.slug, item.asset, one.asset, values.get(one.slug), item.critical,
            case,
        )  # fmt: skip
        for effect in _effects.values():
            effect(call.scope, told, call.now)
        found.append(Failure(item=one.slug, asset=one.asset, case=case))
    return tuple(found)


def open_case(call: Call, effect: Effect, *, key: str, source: str, text: str) -> UUID | None:
    """The one place that knows the door of the cases."""
    opened = cases.case_open(
        scope=_reporting(call, effect.type), org_unit=call.org_unit, type=effect.type, level=effect.level, now=call.now,
        title=effect.name(reader.language()), text=text, source=source, key=key,
    )  # fmt: skip
    found: UUID = opened.id
    return found


def _reporting(call: Call, type: str) -> Scope:
    """Who may walk a round may report what it found, whatever else they may do with such cases."""
    kind = cases.case_types(on=call.on, pack=call.org_unit.rule_pack).get(type)
    verb = kind.verb("open") if kind else ""
    grants = {**call.scope.grants, verb: (*call.scope.grants.get(verb, ()), call.org_unit.path)}
    return Scope(call.scope.actor, call.scope.roots, grants, call.scope.dims, call.scope.actor_label)


def ask_for_checks(call: Call, evidence: Evidence) -> None:
    """Have the machine look at a photo, in a job: a photo of an item is looked at once."""
    if _checks:
        jobs.enqueue(
            scope=call.scope, org_unit=evidence.org_unit, kind=PHOTO_JOB, key=f"{PHOTO_JOB}:{evidence.pk}",
            payload={"evidence": str(evidence.pk)}, now=call.now,
        )  # fmt: skip


@jobs.job(PHOTO_JOB)
def look(payload: dict[str, Any], *, scope: Scope, report: jobs.Report, now: datetime) -> dict[str, Any]:  # noqa: ARG001
    """Run every registered check over one photo and keep what they found beside it."""
    evidence = Evidence.objects.select_related("org_unit", "round", "file").get(pk=payload["evidence"])
    photo = _photo(evidence)
    found = [asdict(finding) for check in _checks.values() for finding in check(photo)]
    with transaction.atomic():
        evidence.checks, evidence.checked_at = found, now
        evidence.save(update_fields=["checks", "checked_at", "org_path"])
        Call(scope, evidence.org_unit, now).note(
            "photo_checked", evidence.pk, round=str(evidence.round_id), item=evidence.item, evidence=str(evidence.pk),
            found=len(found),
        )  # fmt: skip
    return {"found": len(found)}


def _photo(evidence: Evidence) -> PhotoOf:
    row = evidence.round
    item = catalogue.pinned(row).item(evidence.item)
    dial = item.dial if item else None
    answer = Answer.objects.filter(round=row, item=dial.answers if dial and dial.answers else evidence.item).first()
    upload = Upload.objects.filter(org_unit=evidence.org_unit, digest=evidence.digest).first()
    return PhotoOf(
        content=files.read(evidence.file), digest=evidence.digest, org_unit=evidence.org_unit, round=row.pk,
        checklist=row.checklist, item=evidence.item, kind=item.kind if item else "", unit=item.unit if item else "",
        asset=row.asset, value=answer.value if answer else None,
        received_at=upload.received_at if upload else row.started_at,
        taken_claim=upload.taken_claim if upload else None, began_at=proof.began(row), dial=dial,
    )  # fmt: skip
