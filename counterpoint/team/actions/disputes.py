"""Disputes: raised with a colleague, settled by the two, else decided by the supervisor, else by the region.

Each level reaches another person: the colleague, then the nearest supervisor or branch head who is no party, then the
regional manager. Whoever was asked below is involved above, so cannot decide again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    Forbidden,
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    colleagues,
    journal,
    nearest_holders,
    scoped,
    system_scope,
    tick,
)
from counterpoint.primitives.cases import (
    CaseFilter,
    CaseView,
    WrongStage,
    case,
    case_assign,
    case_close,
    case_comment,
    case_involve,
    case_level,
    case_open,
    case_resolve,
    case_verify,
    cases,
)
from counterpoint.team.models import Dispute

TYPE = "team.dispute"
LEVELS = ("direct", "supervisor", "arbitration")
DECIDERS = {"supervisor": ("supervisor", "branch_head"), "arbitration": ("regional_manager", "hq_operations")}
HOUSE = tuple(f"team.dispute.{what}" for what in ("view", "open", "handle", "verify", "manage"))


def house() -> Scope:
    """The scope of the house's own work: the bank, or the practice world that it works for."""
    return system_scope(HOUSE, label="dispute ladder")


@transaction.atomic
def dispute_open(
    *, scope: Scope, now: datetime, branch: OrgUnit, respondent: UUID, topic: str, title: str, text: str = "",
    rule: str = "", files: Iterable[UUID] = (), source: str = "", key: str = "", claimant: UUID | None = None,
) -> CaseView:  # fmt: skip
    """Raise a dispute with a colleague who works at the unit, who has two working days to settle it. A breached
    responsibility list opens one with its evidence by `source` and `files`. The same `key` opens nothing twice.

    A person raises their own, with anybody within their reach: it is kept where the other side works. A connected
    system has no sides: it names the `claimant`, who works at the same unit, and the journal keeps that it did."""
    scope.require("team.dispute.open", branch.path)
    known = {one.id: one.name for one in colleagues(scope=scope, org_unit=branch, on=branch.date_at(now))}
    person = User.objects.filter(pk=scope.actor).exists() if scope.actor else False
    if person and claimant not in (None, scope.actor):
        raise Forbidden(_("A person raises only disputes of their own."))
    raised_by = scope.actor if person else claimant
    if raised_by is None or (not person and (scope.actor is None or raised_by not in known)):
        raise Invalid(_("Say who raises it: somebody who works here."), field="claimant")
    if respondent == raised_by:
        raise Invalid(_("Choose a colleague; a dispute has two sides."), field="respondent")
    if respondent not in known:
        raise Invalid(_("This person does not work here."), field="respondent")
    fields = {"topic": topic, "rule": rule} if rule else {"topic": topic}
    view = case_open(
        scope=scope, org_unit=branch, type=TYPE, now=now, title=title, fields=fields, text=text, source=source,
        owner=respondent, key=key, watchers=[respondent, *([] if person else [raised_by])],
    )  # fmt: skip
    files = list(files)
    with scoped(scope):
        if Dispute.objects.filter(pk=view.id).exists():
            return view
        if files:
            view = case_comment(scope=scope, case=view.id, now=now, files=files)
        step = {"level": LEVELS[0], "person": str(respondent), "at": now.isoformat(), "why": "opened"}
        Dispute(
            id=view.id, org_unit=branch, claimant_id=raised_by, respondent_id=respondent, steps=[step], opened_at=now
        ).save(force_insert=True)
        data = {"claimant": str(raised_by), "respondent": str(respondent), "topic": topic, "source": source}
        data |= {} if person else {"system": str(scope.actor)}
        journal.record(
            scope=scope, org_unit=branch, kind="team.dispute_raised", subject=str(view.id), at=now, data=data
        )
    return view


def found(scope: Scope, dispute: UUID, *, lock: bool = False) -> Dispute:
    """The dispute of a party or of somebody who may see disputes; `NotFound` otherwise. Inside `scoped(scope)`."""
    rows = Dispute.objects.select_for_update(of=("self",)) if lock else Dispute.objects
    row = rows.select_related("org_unit", "claimant", "respondent").filter(pk=dispute).first()
    if row is None or not (is_party(scope, row) or scope.may("team.dispute.view", row.org_path)):
        raise NotFound(_("There is no such dispute here."))
    return row


def is_party(scope: Scope, row: Dispute) -> bool:
    """Whether the caller raised it or is the other side."""
    return scope.actor is not None and scope.actor in (row.claimant_id, row.respondent_id)


@transaction.atomic
def dispute_settle(
    *, scope: Scope, now: datetime, dispute: UUID, decision: str, reasons: str, holding: str
) -> CaseView:
    """What the two agreed (by the colleague), or the decision of the level that it has reached, with its reasons."""
    with scoped(scope):
        row = found(scope, dispute)
        view = case(scope=scope, case=row.pk, now=now).case
    if view.level == LEVELS[0] and decision != "agreed":
        raise Invalid(_("Between the two there is only agreement. Pass it on if there is none."), field="decision")
    fields = {"decision": decision, "reasons": reasons, "holding": holding}
    return case_resolve(scope=scope, case=dispute, now=now, fields=fields)


@transaction.atomic
def dispute_confirm(*, scope: Scope, now: datetime, dispute: UUID, agreed: bool) -> CaseView:
    """Between the two: the other side confirms the agreement, or it goes up. Above: somebody else confirms that the
    decision was carried out. Confirmed is closed."""
    with scoped(scope):
        row = found(scope, dispute)
        level = case(scope=scope, case=row.pk, now=now).case.level
        if level == LEVELS[0] and scope.actor not in (row.claimant_id, row.respondent_id):
            raise Forbidden(_("Only the two sides can confirm what they agreed."))
    if not agreed and level == LEVELS[0]:
        return dispute_climb(scope=scope, now=now, dispute=dispute)
    view = case_verify(scope=scope, case=dispute, passed=agreed, now=now)
    return case_close(scope=house(), case=dispute, now=now) if agreed else view


@transaction.atomic
def dispute_climb(*, scope: Scope, now: datetime, dispute: UUID, why: str = "asked") -> CaseView:
    """Pass the dispute up to the next level's person; by a party, by who decides it, or by the clock."""
    with scoped(scope):
        row = found(scope, dispute, lock=True)
        detail = case(scope=house(), case=row.pk, now=now)
        if not (
            is_party(scope, row) or scope.actor == detail.case.owner or scope.may("team.dispute.manage", row.org_path)
        ):
            raise Forbidden(_("Only the two sides, or who decides it now, can pass a dispute up."))
    view = detail.case
    if view.stage_kind not in ("open", "doing", "resolved") or detail.verified:
        raise WrongStage(_("This dispute is over."))
    if view.level == LEVELS[-1]:
        raise WrongStage(_("There is no level above regional arbitration."))
    if view.stage_kind == "resolved":
        case_verify(scope=house(), case=dispute, passed=False, now=now)
    return _climbed(scope, row, view, now, why)


def _climbed(scope: Scope, row: Dispute, view: CaseView, now: datetime, why: str) -> CaseView:
    level = LEVELS[LEVELS.index(view.level) + 1]
    asked = {UUID(step["person"]) for step in row.steps if step["person"]} | {row.claimant_id, row.respondent_id}
    if view.owner:
        asked.add(view.owner)
    person = decider(level, row.org_unit, now, asked)
    case_involve(scope=house(), case=row.pk, people=asked, now=now)
    moved = case_level(scope=house(), case=row.pk, level=level, reason=_("Not settled on the level below"), now=now)
    if person is not None:
        moved = case_assign(scope=house(), case=row.pk, owner=person.pk, now=now)
    with scoped(house()):
        step = {"level": level, "person": str(person.pk) if person else "", "at": now.isoformat(), "why": why}
        row.steps = [*row.steps, step]
        row.save()
        data: dict[str, Any] = {"level": level, "person": step["person"], "why": why}
        journal.record(
            scope=scope, org_unit=row.org_unit, kind="team.dispute_climbed", subject=str(row.pk), at=now, data=data
        )
    return moved


def decider(level: str, org_unit: OrgUnit, now: datetime, skip: Iterable[UUID]) -> User | None:
    """The nearest holder of the level's roles who was not asked before; a branch's decider sits at the branch."""
    passed = frozenset(skip)
    for role in DECIDERS[level]:
        people = nearest_holders(role=role, org_unit=org_unit, on=now, skip=passed)
        if people:
            return people[0]
    return None


def climb_late(*, now: datetime, most: int = 100) -> int:
    """Every dispute below the top whose time is up goes one level up, whether anybody is named or not."""
    done = 0
    for level in LEVELS[:-1]:
        late = cases(scope=house(), filters=CaseFilter(type=TYPE, level=level, late=True, size=most), now=now).rows
        going = [view.id for view in late if view.stage_kind in ("open", "doing")]
        done += tick.each("dispute not passed up", going, partial(_climb_if_late, level=level, now=now))
    return done


@transaction.atomic
def _climb_if_late(dispute: UUID, level: str, now: datetime) -> int:
    """Once, however many workers look at it: under the row's lock it is read again."""
    with scoped(house()):
        row = found(house(), dispute, lock=True)
        view = case(scope=house(), case=dispute, now=now).case
        if view.level != level or not view.late or view.stage_kind not in ("open", "doing"):
            return 0
        _climbed(house(), row, view, now, "late")
        return 1
