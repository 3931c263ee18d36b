"""Verbs of rounds: start, put an answer, submit, assign, confirm a photo check."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    DomainError,
    Invalid,
    NotFound,
    OrgUnit,
    Prepared,
    Scope,
    User,
    colleagues,
    devices,
    new_id,
    scoped,
)
from counterpoint.primitives.checklists import catalogue, effects, places, proof, scoring
from counterpoint.primitives.checklists.calling import Call, answered_once, round_of
from counterpoint.primitives.checklists.definition import OF, Checklist
from counterpoint.primitives.checklists.folding import Entry, Folded, fold
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, Upload
from counterpoint.primitives.checklists.values import AnswerView, RoundView, Scored, view
from counterpoint.primitives.checklists.verbs import ASSIGN, FILL
from counterpoint.ui import reader

MAX_FILES = 20

_LOCKED = Prepared(lambda pk: Round.objects.select_for_update().select_related("org_unit").filter(pk=pk))
_ENTRIES = Prepared(lambda row, item: AnswerEntry.objects.filter(round=row, item=item))
_ANSWER = Prepared(lambda row, item: Answer.objects.filter(round=row, item=item))
_UPLOADS = Prepared(
    lambda unit, digests: Upload.objects.filter(org_unit=unit, digest__in=digests).select_related("file")
)


class RoundClosed(DomainError):
    """The round was submitted; its answers do not change any more."""

    code = "round_closed"


class Incomplete(DomainError):
    """Required answers or their pictures are missing; the round cannot be submitted yet."""

    code = "incomplete"


@dataclass(frozen=True)
class Put:
    """One answer to write."""

    item: str
    value: Any
    files: tuple[str, ...] = ()
    seq: int | None = None
    base: str = ""
    at_claim: datetime | None = None


def round_start(
    *, scope: Scope, org_unit: OrgUnit, checklist: str, now: datetime, asset: str = "", key: str = ""
) -> RoundView:
    """Start an unscheduled round of the version in force. Raises `NotFound` for an unknown checklist or machine."""
    call = Call(scope, org_unit, now, key=key)
    body = {"checklist": checklist, "asset": asset}
    return answered_once(call, FILL, "start", body, RoundView, lambda: view(started(call, checklist, asset)))


def started(call: Call, checklist: str, asset: str, *, key: str = "", version: int | None = None) -> Round:
    """Write a new round; inside the caller's transaction. `version` is what a phone has begun with while offline."""
    item = catalogue.newest(call.org_unit, checklist, call.on)
    found: Checklist = (
        item.value if version is None else catalogue.at_version(checklist, version, item.pack, call.org_unit.path)
    )
    if found.asset_kind and asset not in assets_of(call.scope, call.org_unit).get(found.asset_kind, frozenset()):
        raise NotFound(_("There is no machine “%(code)s” of this kind at the branch.") % {"code": asset})
    row = Round(
        id=new_id(), org_unit=call.org_unit, checklist=checklist, version=version or item.version, pack=item.pack,
        asset=asset, business_date=call.on, state=Round.State.OPEN, started_at=call.now, started_by=call.scope.actor,
        key=key or (call.key if not call.device else ""),
    )  # fmt: skip
    row.save(force_insert=True)
    call.note("round_started", row.pk, round=str(row.pk), checklist=checklist, version=row.version, asset=asset)
    return row


def assets_of(scope: Scope, org_unit: OrgUnit) -> dict[str, frozenset[str]]:
    """Codes of the branch's machines in use by kind."""
    found: dict[str, set[str]] = {}
    for device in devices(scope=scope, branch=org_unit):
        found.setdefault(device.kind, set()).add(device.code)
    return {kind: frozenset(codes) for kind, codes in found.items()}


def in_use(scope: Scope, org_unit: OrgUnit, asset: str) -> bool:
    """Whether the branch still has the machine that a round is for; a round of no machine always stands."""
    return not asset or any(asset in codes for codes in assets_of(scope, org_unit).values())


def answer_put(
    *,
    scope: Scope,
    round: UUID,
    item: str,
    value: Any,
    now: datetime,
    files: Iterable[str] = (),
    at_claim: datetime | None = None,
    key: str = "",
) -> AnswerView:
    """Answer an item, or take the answer back with `value=None`. `files` are digests of uploads.

    Raises `RoundClosed` after the round was submitted, `Invalid` for a value that is no answer to the item.
    """
    row = round_of(scope, round)
    call = Call(scope, row.org_unit, now, key=key)
    given = Put(item, value, tuple(files), at_claim=at_claim)
    body = {"round": str(round), "item": item, "value": value, "files": list(given.files)}
    return answered_once(call, FILL, "answer", body, AnswerView, lambda: put(call, row.pk, given))


def put(call: Call, round: UUID, given: Put) -> AnswerView:
    """Write an entry and what now counts; inside the caller's transaction."""
    row = _locked(round)
    item = catalogue.pinned(row).item(given.item)
    if item is None:
        raise Invalid(_("This checklist has no item “%(item)s”.") % {"item": given.item}, field="item")
    problem = scoring.wrong(item, given.value) or _no_machine(call, row, given)
    if not problem and len(given.files) > MAX_FILES:
        problem = _("at most %(most)d photos belong to an answer") % {"most": MAX_FILES}
    if problem:
        told = {"item": item.name(reader.language()), "problem": problem}
        raise Invalid(_("“%(item)s”: %(problem)s.") % told, field=given.item)
    if row.state == Round.State.SUBMITTED:
        raise RoundClosed(_("This round was submitted. Start a new one, or write what changed into its case."))
    entry = _entry(call, row, given)
    folded = _folded(row, given.item)
    if row.state == Round.State.DUE:
        row.state, row.started_at, row.started_by = Round.State.OPEN, call.now, call.scope.actor
        row.save(update_fields=["state", "started_at", "started_by", "org_path"])
    return _project(call, row, entry, folded)


def _no_machine(call: Call, row: Round, given: Put) -> str:
    """Why the answer which machine is meant is none; empty when it can be."""
    if not given.item.endswith(OF) or given.value is None:
        return ""
    item = catalogue.pinned(row).item(given.item)
    codes = assets_of(call.scope, row.org_unit).get(item.asset, frozenset()) if item else frozenset()
    told = {"code": given.value}
    return "" if given.value in codes else _("there is no machine “%(code)s” of this kind at the branch") % told


def _locked(round: UUID) -> Round:
    found = _LOCKED.first(round)
    if found is None:
        raise NotFound(_("There is no such round here."))
    return found


def _entry(call: Call, row: Round, given: Put) -> AnswerEntry:
    """A desk sees what the server knows: its entry comes after all of them and is based on the one that counts."""
    seq, base = given.seq, given.base
    if seq is None:
        seq = (AnswerEntry.objects.filter(round=row).aggregate(top=Max("seq"))["top"] or 0) + 1
        held = Answer.objects.filter(round=row, item=given.item).first()
        base = held.entry if held else ""
    entry = AnswerEntry(
        org_unit=row.org_unit, round=row, item=given.item, key=call.key or str(new_id()), device=call.device, seq=seq,
        base=base, value=given.value, files=list(given.files), person=call.scope.actor, at_claim=given.at_claim,
        received_at=call.now,
    )  # fmt: skip
    entry.save(force_insert=True)
    return entry


def _folded(row: Round, item: str) -> Folded:
    rows = _ENTRIES.rows(row, item)
    return fold(Entry(e.key, e.device, e.seq, e.value, tuple(e.files), e.base) for e in rows)


def _project(call: Call, row: Round, entry: AnswerEntry, folded: Folded) -> AnswerView:
    current = folded.current
    assert current is not None
    answer = _ANSWER.first(row, entry.item) or Answer(org_unit=row.org_unit, round=row, item=entry.item)
    was_by, cleared = answer.done_by, current.value is None
    if current.key == entry.key:
        answer.value, answer.files = current.value, list(current.files)
        answer.entry, answer.seq = current.key, current.seq
        answer.done_at, answer.done_by = (None, None) if cleared else (call.now, call.scope.actor)
    answer.contested = bool(folded.contested)
    answer.save()
    link_evidence(call, row, entry.item, entry.files)
    data = {
        "round": str(row.pk),
        "item": entry.item,
        "entry": entry.key,
        "seq": entry.seq,
        "contested": answer.contested,
    }
    if cleared and current.key == entry.key:
        call.note("answer_cleared", row.pk, **data, device=call.device, was_by=str(was_by or ""))
    else:
        call.note("answer_put", row.pk, **data, device=call.device)
    return AnswerView(
        round=row.pk, item=answer.item, value=answer.value, files=tuple(answer.files), entry=answer.entry,
        seq=current.seq, contested=answer.contested, done_at=answer.done_at, done_by=answer.done_by,
    )  # fmt: skip


def link_evidence(call: Call, row: Round, item: str, digests: Iterable[str]) -> None:
    """Tie pictures that are here to the item; a picture that is still on its way is tied when it comes."""
    for upload in _UPLOADS.rows(row.org_unit, list(digests)):
        held = Evidence.objects.filter(round=row, item=item, digest=upload.digest).exists()
        if not held:
            evidence = Evidence(org_unit=row.org_unit, round=row, item=item, digest=upload.digest, file=upload.file)
            evidence.save(force_insert=True)
            effects.ask_for_checks(call, evidence)


def round_submit(*, scope: Scope, round: UUID, now: datetime, key: str = "") -> Scored:
    """Score a complete round, open the cases of what failed, run the rooms' effects; once.

    Raises `Incomplete` while answers or pictures are missing, `RoundClosed` when it was submitted before.
    """
    row = round_of(scope, round)
    call = Call(scope, row.org_unit, now, key=key)
    return answered_once(call, FILL, "submit", {"round": str(round)}, Scored, lambda: submit(call, row.pk, named=True))


def submit(call: Call, round: UUID, *, named: bool = False) -> Scored:
    """Close the round; inside the caller's transaction. `named`: whoever hands it in can still be asked which machine a
    failed item is about; what a phone sent later is taken as it is."""
    row = _locked(round)
    if row.state == Round.State.SUBMITTED:
        raise RoundClosed(_("This round was submitted already."))
    checklist = catalogue.pinned(row)
    scored = score_of(call.scope, row, checklist)
    missing = [one for one in scored.slugs(scoring.OPEN) if (found := checklist.item(one)) and found.required]
    missing += [f"{one.slug}{OF}" for one in scored.items if named and one.unnamed]
    lacking = sorted({*scored.lacking, *_on_their_way(row)})
    if missing or lacking:
        raise Incomplete(
            _("%(count)d answers or pictures are still missing.") % {"count": len({*missing, *lacking})},
            missing=missing, lacking=lacking,
        )  # fmt: skip
    row.state, row.done_at, row.done_by, row.next_due_at = Round.State.SUBMITTED, call.now, call.scope.actor, None
    row.percent, row.passed = scored.percent, scored.passed
    failed = effects.on_fail(call, row, checklist, scored.failed)
    row.result = {
        "items": {one.slug: one.verdict for one in scored.items},
        "warn": {one.slug: one.warn_days for one in scored.items if one.warn_days is not None},
        "critical": list(scored.critical),
        "failed": [one.model_dump(mode="json") for one in failed],
        "places": {one.slug: asdict(one.place) for one in scored.items if one.place},
        "proof": proof.problems(call, row, checklist, scored),
    }
    row.save()
    if row.result["proof"]:
        proof.tell(call, row, checklist, row.result["proof"])
    call.note(
        "round_submitted", row.pk, round=str(row.pk), checklist=row.checklist, version=row.version, asset=row.asset,
        percent=row.percent, passed=row.passed, failed=len(failed), cases=sum(1 for one in failed if one.case),
    )  # fmt: skip
    return Scored(round=view(row), percent=row.percent, passed=scored.passed, failed=failed, critical=scored.critical)


def _on_their_way(row: Round) -> list[str]:
    """Items whose answer names a picture that has not arrived."""
    here = set(Evidence.objects.filter(round=row).values_list("item", "digest"))
    answers = Answer.objects.filter(round=row)
    return [one.item for one in answers if any((one.item, digest) not in here for digest in one.files)]


def score_of(scope: Scope, row: Round, checklist: Checklist) -> scoring.Score:
    """The score of the answers as they stand, on the round's date."""
    pictures: dict[str, set[str]] = {}
    for slug, digest in Evidence.objects.filter(round=row).values_list("item", "digest"):
        pictures.setdefault(slug, set()).add(digest)
    given = {}
    for answer in Answer.objects.filter(round=row):
        here = set(answer.files) & pictures.get(answer.item, set())
        given[answer.item] = scoring.Given(answer.value, len(here) if here == set(answer.files) else 0)
    ground = scoring.Ground(
        assets_of(scope, row.org_unit), places.codes(row.org_unit, checklist), places.spot_of(row.org_unit)
    )
    return scoring.score(checklist, given, row.business_date, asset=row.asset, ground=ground)


def round_assign(*, scope: Scope, round: UUID, user: UUID | None, now: datetime) -> RoundView:
    """Give the round to a person who has a post at the branch, or back to its role with None."""
    row = round_of(scope, round)
    call = Call(scope, row.org_unit, now)

    def act() -> RoundView:
        people = {one.id for one in colleagues(scope=scope, org_unit=row.org_unit, on=call.on)}
        if user is not None and user not in people:
            raise NotFound(_("This person does not work at the branch."))
        fresh = _locked(row.pk)
        fresh.assignee = User.objects.filter(pk=user).first() if user else None
        fresh.save(update_fields=["assignee", "org_path"])
        call.note(
            "round_assigned", row.pk, round=str(row.pk), checklist=row.checklist, version=row.version, asset=row.asset,
            user=str(user or ""),
        )  # fmt: skip
        return view(fresh)

    return answered_once(call, ASSIGN, "assign", {}, RoundView, act)


def photo_confirm(*, scope: Scope, evidence: UUID, confirmed: bool, now: datetime) -> None:
    """A person says whether what the machine read in a photo is right."""
    with scoped(scope):
        found = Evidence.objects.select_related("org_unit", "round").filter(pk=evidence).first()
    if found is None:
        raise NotFound(_("There is no such photo here."))
    call = Call(scope, found.org_unit, now)

    def act() -> RoundView:
        found.confirmed, found.confirmed_by, found.confirmed_at = confirmed, scope.actor, now
        found.save(update_fields=["confirmed", "confirmed_by", "confirmed_at", "org_path"])
        call.note(
            "photo_confirmed", found.pk, round=str(found.round_id), item=found.item, evidence=str(found.pk),
            confirmed=confirmed,
        )  # fmt: skip
        return view(found.round)

    answered_once(call, FILL, "confirm", {}, RoundView, act)
