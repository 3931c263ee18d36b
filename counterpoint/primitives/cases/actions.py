"""The verbs that move a case. Each: lock, right and recusal, decide, evolve, one journal entry, one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Forbidden, Invalid, Scope, StoredFile, User, scope_of, scoped
from counterpoint.primitives.cases import clocks, filling, telling
from counterpoint.primitives.cases.errors import NeedsSecondPerson, PauseRefused, WrongStage
from counterpoint.primitives.cases.models import CaseFile, CaseNote
from counterpoint.primitives.cases.types import OPEN_KINDS, Span, in_force
from counterpoint.primitives.cases.values import CaseView
from counterpoint.primitives.cases.writing import Deed, locked

AT_WORK = ("open", "doing")


@contextmanager
def deed_on(scope: Scope, case: UUID, now: datetime, what: str, *, decides: bool = False) -> Iterator[Deed]:
    """A change of a case by somebody who holds the right; one who `decides` must not be involved."""
    with scoped(scope), transaction.atomic():
        deed = Deed(scope, locked(case), now)
        deed.need(what)
        if decides:
            deed.not_involved()
        yield deed


def case_assign(*, scope: Scope, case: UUID, owner: UUID, now: datetime) -> CaseView:
    """Give the case to a person, who then may handle it. Raises `Recused`, `Invalid`."""
    with deed_on(scope, case, now, "manage" if _not_mine(scope, owner) else "handle") as deed:
        deed.at_stage(*OPEN_KINDS)
        deed.not_involved(str(owner))
        person = User.objects.filter(pk=owner, is_active=True).first()
        theirs = scope_of(person, now) if person is not None else None
        if theirs is None or not theirs.covers(deed.row.org_path):
            raise Invalid(_("This person does not work here. Choose somebody of the branch or above."), field="owner")
        if theirs.missing(deed.kind.verb("handle"), deed.row.org_path):
            raise Invalid(_("This person may not handle such cases now: a certificate is missing."), field="owner")
        deed.apply("assigned", owner=str(owner))
        deed.row.owner = person
        telling.owner(deed)
        return deed.finish("assigned", owner=str(owner))


def _not_mine(scope: Scope, owner: UUID) -> bool:
    return scope.actor != owner


def case_accept(*, scope: Scope, case: UUID, now: datetime) -> CaseView:
    """Take the case on: it is the caller's, and being handled."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage(*AT_WORK)
        if not _is_person(scope):
            raise Forbidden(_("Only a person can take a case on."))
        deed.apply("accepted")
        return deed.finish("accepted", user=str(scope.actor))


def _is_person(scope: Scope) -> bool:
    """Whether somebody of the house acts, not a device and not the house itself."""
    return scope.actor is not None and User.objects.filter(pk=scope.actor).exists()


def case_move(*, scope: Scope, case: UUID, stage: str, now: datetime) -> CaseView:
    """Into another stage of work; ends have verbs of their own."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage(*AT_WORK)
        if deed.kind.kind_of(stage) not in AT_WORK:
            raise WrongStage(_("A case gets there by resolving, closing or dropping it."))
        deed.apply("moved", stage=stage)
        return deed.finish("moved", stage=stage)


def case_milestone(*, scope: Scope, case: UUID, slug: str, now: datetime) -> CaseView:
    """Something that a clock waits for has happened, such as the first answer to the customer. Twice is once."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage(*OPEN_KINDS)
        if slug not in {clock.stops_at for clock in deed.kind.clocks}:
            raise Invalid(_("This kind of case has no milestone “%(slug)s”.") % {"slug": slug}, field="slug")
        if any((c, s) == (deed.state.cycle, slug) for c, s, _at in deed.state.milestones):
            return deed.told("milestone")
        deed.apply("milestone", slug=slug)
        return deed.finish("milestone", slug=slug)


def case_fields(*, scope: Scope, case: UUID, fields: Mapping[str, Any], now: datetime) -> CaseView:
    """Fill in fields; an empty value clears one."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage(*OPEN_KINDS)
        return deed.finish("fields_set", names=_fill(deed, fields))


def _fill(deed: Deed, fields: Mapping[str, Any] | None) -> list[str]:
    values = filling.cleaned(deed.kind, fields or {})
    filling.keep(deed.row, deed.kind, values)
    return sorted(values)


def case_level(*, scope: Scope, case: UUID, level: str, reason: str, now: datetime) -> CaseView:
    """Set the level. Upwards at once; downwards it is a proposal until a second person sets the same level."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage(*AT_WORK)
        if deed.kind.level(level) is None:
            raise Invalid(_("There is no level “%(level)s”.") % {"level": level}, field="level")
        if level == deed.state.level:
            raise Invalid(_("The case has this level already."), field="level")
        if not reason.strip():
            raise Invalid(_("Say why."), field="reason")
        proposed = deed.kind.rank(level) < deed.kind.rank(deed.state.level) and not _second(deed, level)
        note = _words(deed, "level", reason)
        deed.apply("level", level=level, proposed=proposed)
        return deed.finish("level", level=level, proposed=proposed, note=note)


def _second(deed: Deed, level: str) -> bool:
    """Whether somebody else proposed this lowering, and the caller may confirm it."""
    if deed.state.proposed_level != level:
        return False
    if deed.state.proposed_by == deed.actor:
        raise NeedsSecondPerson(_("Lowering the level needs a second person. Ask a colleague to confirm it."))
    deed.need("verify")
    return True


def case_pause(*, scope: Scope, case: UUID, reason: str, now: datetime) -> CaseView:
    """Let the clocks that may be paused stand still, for a reason of the type, until resumed or the cap is reached."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage(*AT_WORK)
        if deed.state.paused_at(now):
            raise PauseRefused(_("The case is paused already."))
        if reason not in {row.slug for row in deed.kind.reasons}:
            raise PauseRefused(_("This is no reason for which this kind of case may wait."), field="reason")
        cap = _cap(deed, now)
        deed.apply("paused", reason=reason, cap=cap)
        return deed.finish("paused", reason=reason, cap=cap)


def _cap(deed: Deed, now: datetime) -> str:
    """When the pause ends by itself: what the cycle's earlier pauses left of the allowed waiting time."""
    cap = deed.kind.pause.cap if deed.kind.pause else None
    if cap is None:
        return ""
    runs, allowed = waiting_time(cap)
    used = sum(
        (clocks.consumed(deed.hours, runs, a, b) for a, b in deed.state.pause_spans(deed.state.cycle)), timedelta()
    )
    until = clocks.deadline(deed.hours, runs, now, allowed - used)
    if used >= allowed or until is None:
        raise PauseRefused(_("The time for which this case may wait is used up."))
    return until.isoformat()


def waiting_time(cap: Span) -> tuple[str, timedelta]:
    """A cap as running time: whole working days, whole days, or plain time."""
    if cap.working_days:
        return "working_days", timedelta(days=cap.working_days)
    return "always", timedelta(days=cap.calendar_days or 0) + cap.running


def case_resume(*, scope: Scope, case: UUID, now: datetime) -> CaseView:
    """Let the clocks run again."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        if deed.state.open_pause is None:
            raise WrongStage(_("The case is not paused."))
        deed.apply("resumed")
        return deed.finish("resumed", by_cap=False)


def case_resolve(
    *,
    scope: Scope,
    case: UUID,
    now: datetime,
    fields: Mapping[str, Any] | None = None,
    text: str = "",
    files: Iterable[UUID] = (),
) -> CaseView:
    """The work is done; somebody else may have to verify it. Fields that the stage demands must be filled in."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage(*AT_WORK)
        names = _fill(deed, fields)
        filling.demand(deed.kind, filling.held(deed.row), "open", "resolved")
        stage, note = deed.kind.first("resolved").slug, _words(deed, "resolution", text, files)
        deed.apply("resolved", stage=stage)
        telling.watchers(deed, "resolved")
        return deed.finish("resolved", stage=stage, names=names, **note_data(note, files))


def case_verify(*, scope: Scope, case: UUID, passed: bool, now: datetime, text: str = "") -> CaseView:
    """Somebody else than who fixed it looks: passed, or back to work. Where the type wants another person, no device
    passes it. Raises `NeedsSecondPerson`, `Forbidden`."""
    with deed_on(scope, case, now, "verify", decides=True) as deed:
        deed.at_stage("resolved")
        if passed and deed.kind.verify_by_other and not _is_person(scope):
            raise Forbidden(_("Only a person can verify that this is solved."))
        if deed.kind.verify_by_other and deed.state.fixed_by == deed.actor:
            raise NeedsSecondPerson(_("Somebody else than who fixed it has to verify it."))
        if deed.state.verified_by and passed:
            raise WrongStage(_("The case is verified already."))
        note = _words(deed, "verification", text)
        stage = deed.state.stage if passed else deed.kind.first("doing").slug
        deed.apply("verified", passed=passed, stage=stage)
        if not passed:
            telling.owner(deed)
        return deed.finish("verified", passed=passed, stage=stage, note=note)


def case_close(*, scope: Scope, case: UUID, now: datetime, fields: Mapping[str, Any] | None = None) -> CaseView:
    """Closed for good: verified where the type demands it, and every demanded field filled in."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage("resolved")
        if deed.kind.verify_by_other and not deed.state.verified_by:
            raise NeedsSecondPerson(_("Somebody else than who fixed it has to verify it."))
        names = _fill(deed, fields)
        filling.demand(deed.kind, filling.held(deed.row), "open", "resolved", "closed")
        stage = deed.kind.first("closed").slug
        deed.apply("closed", stage=stage)
        telling.watchers(deed, "closed")
        return deed.finish("closed", stage=stage, names=names)


def case_drop(*, scope: Scope, case: UUID, reason: str, now: datetime) -> CaseView:
    """End a case without a result: opened by mistake, withdrawn."""
    with deed_on(scope, case, now, "manage", decides=True) as deed:
        deed.at_stage(*AT_WORK)
        if not reason.strip():
            raise Invalid(_("Say why."), field="reason")
        stage, note = deed.kind.first("dropped").slug, _words(deed, "dropped", reason)
        deed.apply("dropped", stage=stage)
        return deed.finish("dropped", stage=stage, note=note)


def case_reopen(*, scope: Scope, case: UUID, reason: str, now: datetime) -> CaseView:
    """A new cycle with new clocks; what was missed before stays on record."""
    with deed_on(scope, case, now, "handle", decides=True) as deed:
        deed.at_stage("closed", "dropped")
        if deed.state.merged_into:
            raise WrongStage(_("The case went up into another one. Reopen that one."))
        if not reason.strip():
            raise Invalid(_("Say why."), field="reason")
        stage, note = deed.kind.first("open").slug, _words(deed, "reopened", reason)
        deed.apply("reopened", stage=stage)
        telling.owner(deed)
        return deed.finish("reopened", stage=stage, note=note)


def case_adopt(*, scope: Scope, case: UUID, now: datetime) -> CaseView:
    """Move an open case to the rules in force today: time used and pauses stay, the deadlines are computed anew."""
    with deed_on(scope, case, now, "manage", decides=True) as deed:
        deed.at_stage(*OPEN_KINDS)
        item = in_force(deed.row.type, deed.row.org_unit.date_at(now), deed.row.pack, deed.row.org_path)
        if item.value.kind_of(deed.state.stage) != deed.stage_kind or item.value.level(deed.state.level) is None:
            raise WrongStage(_("The present rules do not know the stage or level of this case."))
        deed.apply("policy", version=item.version)
        deed.kind, deed.row.rights = item.value, item.value.rights
        return deed.finish("policy", version=item.version)


def _words(deed: Deed, kind: str, text: str, files: Iterable[UUID] = ()) -> str:
    """The note with somebody's words; its id for the journal, "" without words and files."""
    files = list(files)
    if not text.strip() and not files:
        return ""
    assert deed.scope is not None
    note = CaseNote(
        org_unit=deed.row.org_unit, case=deed.row, at=deed.now, by=deed.scope.actor, kind=kind, text=text.strip()
    )
    note.save()
    attach(deed, note, files)
    return str(note.pk)


def attach(deed: Deed, note: CaseNote, files: Iterable[UUID]) -> None:
    """Evidence to a note; `Invalid` for a file of another branch."""
    for file in files:
        stored = StoredFile.objects.filter(pk=file, org_unit=deed.row.org_unit).first()
        if stored is None:
            raise Invalid(_("This file does not belong to the branch."), field="files")
        CaseFile(org_unit=deed.row.org_unit, case=deed.row, note=note, file=stored).save()


def note_data(note: str, files: Iterable[UUID]) -> dict[str, Any]:
    """A note in a journal entry."""
    return {"note": note, "files": [str(file) for file in files]}
