"""What goes beside the stages: words, watchers, involved people, links, merging, erasing."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, Scope, User, scoped
from counterpoint.primitives.cases import telling
from counterpoint.primitives.cases.actions import AT_WORK, attach, deed_on, note_data
from counterpoint.primitives.cases.errors import WrongStage
from counterpoint.primitives.cases.models import ASKED, Case, CaseFile, CaseLink, CaseNote, CaseText, CaseWatcher
from counterpoint.primitives.cases.types import OPEN_KINDS
from counterpoint.primitives.cases.values import CaseView
from counterpoint.primitives.cases.writing import Deed, locked


def case_comment(
    *, scope: Scope, case: UUID, now: datetime, text: str = "", files: Iterable[UUID] = (), key: str = ""
) -> CaseView:
    """Words or evidence, at any stage; also by who is involved: it is their right to be heard. A key acts once."""
    with deed_on(scope, case, now, "view") as deed:
        files = list(files)
        if not text.strip() and not files:
            raise Invalid(_("Write something or add a file."), field="text")
        if key and CaseNote.objects.filter(case=deed.row, key=key).exists():
            return deed.told("commented")
        note = CaseNote(
            org_unit=deed.row.org_unit, case=deed.row, at=now, by=scope.actor, text=text.strip(), key=key or None
        )
        note.save()
        attach(deed, note, files)
        deed.row.changed_at = now
        deed.row.save(update_fields=["changed_at", "org_path"])
        deed.note("commented", **note_data(str(note.pk), files))
        telling.commented(deed, note)
        return deed.told("commented")


def case_watch(*, scope: Scope, case: UUID, now: datetime, on: bool = True) -> CaseView:
    """Hear of what happens to the case, or no more."""
    with deed_on(scope, case, now, "view") as deed:
        person = User.objects.filter(pk=scope.actor).first() if scope.actor else None
        if person is None:
            raise Invalid(_("There is no such person."), field="user")
        held = CaseWatcher.objects.filter(case=deed.row, user=person).first()
        if on == (held is not None):
            return deed.told("watched")
        if held is not None:
            held.delete()
        else:
            CaseWatcher(org_unit=deed.row.org_unit, case=deed.row, user=person).save()
        deed.note("watched", user=str(person.pk), on=on)
        return deed.told("watched")


def case_involve(*, scope: Scope, case: UUID, people: Iterable[UUID], now: datetime) -> CaseView:
    """Say whom the case is about; an owner who is among them loses it. Raises `Recused` for an involved caller."""
    with deed_on(scope, case, now, "manage", decides=True) as deed:
        deed.at_stage(*OPEN_KINDS)
        involved = sorted({str(person) for person in people})
        if User.objects.filter(pk__in=involved).count() != len(involved):
            raise Invalid(_("There is no such person."), field="involved")
        deed.apply("involved", involved=involved)
        return deed.finish("involved", involved=involved)


def case_link(*, scope: Scope, case: UUID, other: UUID, now: datetime, kind: str = "related") -> CaseView:
    """Two cases of the branch belong together."""
    with deed_on(scope, case, now, "handle") as deed:
        partner = _other(deed, other)
        if _links(deed.row, partner.row).filter(kind=kind).exists():
            return deed.told("linked")
        CaseLink(org_unit=deed.row.org_unit, case=deed.row, other=partner.row, kind=kind).save()
        deed.note("linked", other=str(other), link=kind)
        return deed.told("linked")


def case_unlink(*, scope: Scope, case: UUID, other: UUID, now: datetime) -> CaseView:
    """The two cases do not belong together after all; in whichever direction they were linked."""
    with deed_on(scope, case, now, "handle") as deed:
        partner = _other(deed, other)
        held = list(_links(deed.row, partner.row))
        if not held:
            raise WrongStage(_("These cases are not linked any more. Load the page again."))
        for link in held:
            link.delete()
        deed.note("unlinked", other=str(other))
        return deed.told("unlinked")


def _links(one: Case, other: Case) -> Any:
    """Links between two cases in both directions."""
    return CaseLink.objects.filter(Q(case=one, other=other) | Q(case=other, other=one))


def _other(deed: Deed, other: UUID) -> Deed:
    if other == deed.row.pk:
        raise Invalid(_("A case cannot be joined to itself."), field="other")
    assert deed.scope is not None
    partner = Deed(deed.scope, locked(other), deed.now)
    partner.need("view")
    if partner.row.org_unit_id != deed.row.org_unit_id:
        raise Invalid(_("The other case belongs to another branch."), field="other")
    return partner


def case_merge(*, scope: Scope, case: UUID, into: UUID, now: datetime) -> CaseView:
    """The case goes up into another of its type: the earlier start rules, and no breach is lost. Answers the other."""
    with scoped(scope), transaction.atomic():
        for held in sorted((case, into), key=str):
            locked(held)  # always in this order, so that two mergers cannot wait for each other
        deed = Deed(scope, locked(case), now)
        deed.need("manage")
        deed.not_involved()
        target = _other(deed, into)
        target.need("manage")
        target.not_involved()
        deed.at_stage(*AT_WORK)
        target.at_stage(*AT_WORK)
        if deed.row.type != target.row.type:
            raise WrongStage(_("Only cases of one kind can be merged."))
        return _merge(deed, target)


def _merge(deed: Deed, target: Deed) -> CaseView:
    stage = deed.kind.first("dropped").slug
    deed.apply("merged", into=str(target.row.pk), stage=stage)
    data = {"started": deed.state.start.isoformat(), "involved": list(deed.state.involved)}
    deed.finish("merged", into=str(target.row.pk), stage=stage, breaches=deed.row.breaches, **data)
    target.apply("took_in", breaches=deed.row.breaches, **data)
    target.store()
    return target.told("took_in")


def case_erase(*, scope: Scope, case: UUID, now: datetime) -> CaseView:
    """Erase the personal words of an ended case: title, private fields, notes and evidence. The journal stays whole.
    A file that something else holds too is only taken from the case."""
    with deed_on(scope, case, now, "manage", decides=True) as deed:
        deed.at_stage("closed", "dropped")
        texts = CaseText.objects.filter(case=deed.row)
        names = sorted(texts.values_list("field", flat=True))
        texts.update(text="")
        CaseNote.objects.filter(case=deed.row).exclude(kind=ASKED).update(text="")
        _erase_files(deed)
        deed.row.title = deed.kind.name()
        deed.row.save(update_fields=["title", "org_path"])
        deed.note("erased", names=names)
        return deed.told("erased")


def _erase_files(deed: Deed) -> None:
    evidence = list(CaseFile.objects.filter(case=deed.row).select_related("file"))
    for held in evidence:
        held.delete()
    for file in {held.file_id: held.file for held in evidence}.values():
        with suppress(ProtectedError):
            file.delete()
