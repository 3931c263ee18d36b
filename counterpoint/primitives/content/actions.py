"""Verbs of headquarters: propose a version, approve or reject it, withdraw it. Nothing decided is ever changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, NotFound, OrgUnit, Scope, journal
from counterpoint.primitives.content import drafts, loader, overlay
from counterpoint.primitives.content.drafts import Draft, Judged
from counterpoint.primitives.content.models import ContentStamp, ContentVersion
from counterpoint.primitives.content.queries import draft_of
from counterpoint.primitives.content.verbs import DECIDE, PROPOSE, VERIFY
from counterpoint.ui.punctuation import listed

State = ContentVersion.State


@transaction.atomic
def content_propose(
    *, scope: Scope, org_unit: OrgUnit, draft: Draft, now: datetime, also: frozenset[tuple[str, str]] = frozenset()
) -> ContentVersion:
    """Propose a version; somebody else decides on it. The same draft again returns the open proposal. `also` are (kind,
    key) that are proposed together with it.

    Raises `Invalid` with the field when the draft cannot be read, an example does not hold, or its days do not fit.
    """
    scope.require(PROPOSE, org_unit.path)
    if org_unit.kind != OrgUnit.Kind.HEADQUARTERS:
        raise Invalid(_("Definitions are decided at headquarters."), field="org_unit")
    waiting = _open(org_unit, draft)
    if waiting is not None:
        if draft_of(waiting) == draft and waiting.proposed_by == scope.actor:
            return waiting
        raise Invalid(_("A proposal for this definition waits for a decision. Decide on it or withdraw it first."))
    asked = ContentVersion.objects.filter(org_unit=org_unit, state=State.PROPOSED).values_list("kind", "key")
    judged = drafts.judge(draft, today=org_unit.date_at(now), bank=org_unit.path, also=also | set(asked))
    if not draft.why.strip():
        raise Invalid(_("Say why the definition changes."), field="why")
    _refuse(judged)
    row = ContentVersion(
        org_unit=org_unit, kind=draft.kind, key=draft.key, pack=draft.pack, source=draft.source, mark=draft.mark,
        effective_from=draft.effective_from, effective_to=draft.effective_to, text=draft.text, why=draft.why,
        based_on=judged.before.version if judged.before else None, proposed_by=scope.actor, proposed_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    data = {"effective_from": draft.effective_from.isoformat(), "mark": draft.mark, "based_on": row.based_on}
    _note(scope, row, "proposed", now, data, draft.why)
    return row


@transaction.atomic
def content_approve(*, scope: Scope, proposal: UUID, now: datetime) -> ContentVersion:
    """Make the proposal a version, in force from its day on, today at the earliest. Not one's own proposal."""
    row = _locked(scope, proposal)
    scope.require(DECIDE, row.org_path)
    if row.state == State.APPROVED and row.decided_by == scope.actor:  # a second press
        return row
    _must(row, State.PROPOSED)
    if scope.actor is None or scope.actor == row.proposed_by:
        raise Invalid(_("Another person than the proposer decides. Ask a colleague at headquarters."))
    if row.mark == "V":
        scope.require(VERIFY, row.org_path)
    today = row.org_unit.date_at(now)
    row.effective_from = max(row.effective_from, today)
    _refuse(drafts.judge(draft_of(row), today=today, bank=row.org_path))
    known = [item.version for item in loader.every(row.kind, bank=row.org_path) if item.key == row.key]
    decided = ContentVersion.objects.filter(org_unit=row.org_unit, kind=row.kind, key=row.key, version__isnull=False)
    row.version = max([*known, *decided.values_list("version", flat=True)], default=0) + 1
    row.state, row.decided_by, row.decided_at = State.APPROVED, scope.actor, now
    row.save()
    _renew(row.org_unit)
    data = {"effective_from": row.effective_from.isoformat(), "mark": row.mark, "version": row.version}
    _note(scope, row, "approved", now, data)
    return row


@transaction.atomic
def content_reject(*, scope: Scope, proposal: UUID, reason: str, now: datetime) -> ContentVersion:
    """Refuse the proposal, with the reason."""
    row = _locked(scope, proposal)
    scope.require(DECIDE, row.org_path)
    _must(row, State.PROPOSED)
    if scope.actor == row.proposed_by:
        raise Invalid(_("Another person than the proposer decides. Withdraw it instead."))
    if not reason.strip():
        raise Invalid(_("Say why it is rejected."), field="reason")
    row.state, row.decided_by, row.decided_at, row.reason = State.REJECTED, scope.actor, now, reason[:500]
    row.save()
    _note(scope, row, "rejected", now, {}, reason)
    return row


@transaction.atomic
def content_withdraw(*, scope: Scope, proposal: UUID, reason: str, now: datetime) -> ContentVersion:
    """Take back a proposal, or a decided version before its first day. What has been in force stays on record."""
    row = _locked(scope, proposal)
    scope.require(PROPOSE, row.org_path)
    if row.state == State.APPROVED and row.effective_from <= row.org_unit.date_at(now):
        raise Invalid(_("This version has been in force. Propose a new version that says what should hold instead."))
    _must(row, State.PROPOSED, State.APPROVED)
    if not reason.strip():
        raise Invalid(_("Say why it is withdrawn."), field="reason")
    decided = row.state == State.APPROVED
    if decided:
        _must_not_be_needed(row)
    row.state, row.reason = State.WITHDRAWN, reason[:500]
    row.save()
    if decided:
        _renew(row.org_unit)
    _note(scope, row, "withdrawn", now, {"version": row.version}, reason)
    return row


def _open(org_unit: OrgUnit, draft: Draft) -> ContentVersion | None:
    same = {"org_unit": org_unit, "kind": draft.kind, "key": draft.key, "pack": draft.pack}
    return ContentVersion.objects.select_for_update(of=("self",)).filter(**same, state=State.PROPOSED).first()


def _locked(scope: Scope, proposal: UUID) -> ContentVersion:
    rows = ContentVersion.objects.select_for_update(of=("self",)).select_related("org_unit")
    row = rows.filter(pk=proposal, org_path__within=scope.roots).first()
    if row is None:
        raise NotFound(_("There is no such proposal here."))
    return row


def _must(row: ContentVersion, *states: str) -> None:
    if row.state not in states:
        raise Invalid(_("This proposal is decided already. Open it again to see by whom."))


def _must_not_be_needed(row: ContentVersion) -> None:
    """Whether other definitions would be left referring to nothing. Raises `Invalid`."""
    versions = [item for item in loader.every(row.kind, bank=row.org_path) if item.key == row.key]
    if any(item.decided != str(row.pk) for item in versions):
        return
    users = [f"{kind} {item.key}" for kind, item in drafts.used_by(row.kind, row.key, bank=row.org_path)]
    if users:
        words = {"what": listed(users[:5])}
        raise Invalid(_("Other definitions refer to it: %(what)s. Withdraw or change those first.") % words)


def _refuse(judged: Judged) -> None:
    if not judged.sound:
        first = judged.problems[0]
        raise Invalid("; ".join(str(problem) for problem in judged.problems), field=first.field)


def _renew(org_unit: OrgUnit) -> None:
    """Every process reads the bank's versions again."""
    stamp = ContentStamp.objects.select_for_update(of=("self",)).filter(org_unit=org_unit).first()
    (stamp or ContentStamp(org_unit=org_unit)).renew()
    overlay.forget()


def _note(
    scope: Scope, row: ContentVersion, what: str, now: datetime, data: Mapping[str, object], private: str | None = None
) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"primitives.content_{what}", subject=f"content:{row.pk}", at=now,
        data={"kind": row.kind, "key": row.key, "pack": row.pack, **data}, private=private,
    )  # fmt: skip
