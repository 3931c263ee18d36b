"""Virtual teams: formed across branches, at work on a shared board, dissolved and archived with their lessons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from counterpoint.foundation.api import (
    DomainError,
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    User,
    group_create,
    group_join,
    group_leave,
    journal,
    members_of,
    new_id,
    notify,
    scoped,
    system_scope,
    tick,
)
from counterpoint.primitives.cases import (
    CaseFilter,
    CaseView,
    case,
    case_accept,
    case_close,
    case_drop,
    case_move,
    case_open,
    case_reopen,
    case_resolve,
    cases,
    register_listener,
)
from counterpoint.team.models import VirtualTeam

FORM, LEAD, CARD = "team.group.form", "team.group.lead", "team.card"
LONGEST = 366
HOUSE = (LEAD, "foundation.groups.edit", *(f"{CARD}.{what}" for what in ("view", "open", "handle", "verify", "manage")))
COLUMNS = ("todo", "doing", "waiting", "done")


def house() -> Scope:
    """The scope of the house's own work: the bank, or the practice world that it works for."""
    return system_scope(HOUSE, label="virtual teams")


class Dissolved(DomainError):
    """The team is over; its board is an archive."""

    code = "dissolved"


@transaction.atomic
def group_form(
    *, scope: Scope, now: datetime, above: OrgUnit, name: str, purpose: str, ends_on: date, lead: UUID,
    members: Iterable[UUID] = (), goal: str = "",
) -> VirtualTeam:  # fmt: skip
    """Form a team of people who work under a unit, with a lead and the day on which it ends. Raises `Invalid`."""
    scope.require(FORM, above.path)
    today = above.date_at(now)
    if not name.strip() or not purpose.strip():
        raise Invalid(_("Say what the team is called and what it is for."), field="purpose")
    if not 0 < (ends_on - today).days <= LONGEST:
        raise Invalid(_("A virtual team ends on a day within a year from now."), field="ends_on")
    people = list(dict.fromkeys([lead, *members]))
    with scoped(scope):
        key = new_id()
        group = group_create(scope=scope, now=now, above=above, code=f"vt-{key.hex[-10:]}", name=name.strip()[:60])
        for person in people:
            role = "group_lead" if person == lead else "group_member"
            group_join(scope=scope, now=now, group=group, user=person, role=role)
        row = VirtualTeam(
            id=key, org_unit=group, name=name.strip()[:60], purpose=purpose.strip()[:400], goal=goal.strip()[:200],
            formed_at=now, formed_by=scope.actor, ends_on=ends_on,
        )  # fmt: skip
        row.crew = _crew(scope, group, today)
        row.save(force_insert=True)
        data = {"members": len(people), "until": ends_on.isoformat()}
        _note(scope, row, "team.group_formed", now, data)
        for person in people:
            _tell(row, person, now, "formed")
    return row


def active(team: UUID, *, lock: bool = True) -> VirtualTeam:
    """The team at work; `NotFound` out of reach, `Dissolved` when it is over. Inside `scoped(scope)`."""
    rows = VirtualTeam.objects.select_for_update(of=("self",)) if lock else VirtualTeam.objects
    row = rows.select_related("org_unit__parent").filter(pk=team).first()
    if row is None:
        raise NotFound(_("There is no such team here."))
    if row.state != VirtualTeam.State.ACTIVE:
        raise Dissolved(_("This team is dissolved. Its board is an archive; form a new team for new work."))
    return row


@transaction.atomic
def group_join_team(*, scope: Scope, now: datetime, team: UUID, user: UUID) -> VirtualTeam:
    """One more member, by who formed the team or stands above it."""
    with scoped(scope):
        row = active(team)
        scope.require(FORM, row.org_unit.path)
        group_join(scope=scope, now=now, group=row.org_unit, user=user, role="group_member")
        _tell(row, user, now, "joined")
        return _changed(scope, row, now, user=str(user), joined=True)


@transaction.atomic
def group_leave_team(*, scope: Scope, now: datetime, team: UUID, user: UUID) -> VirtualTeam:
    """A member leaves: the board does not exist for them any more. The lead stays until somebody else leads."""
    with scoped(scope):
        row = active(team)
        if user == scope.actor:
            scope.require("team.group.view", row.org_unit.path)
        else:
            scope.require(LEAD, row.org_unit.path)
        held = {m.user: m.role for m in members_of(scope=scope, group=row.org_unit, on=row.org_unit.date_at(now))}
        if held.get(user) != "group_member":
            raise Invalid(_("Only a member can leave; the lead dissolves the team."), field="user")
    with scoped(house()):
        group_leave(scope=house(), now=now, group=row.org_unit, user=user)
        return _changed(scope, row, now, user=str(user), joined=False)


@transaction.atomic
def group_prolong(*, scope: Scope, now: datetime, team: UUID, ends_on: date) -> VirtualTeam:
    """Another last day, within a year from now."""
    with scoped(scope):
        row = active(team)
        scope.require(FORM, row.org_unit.path)
        if not 0 < (ends_on - row.org_unit.date_at(now)).days <= LONGEST:
            raise Invalid(_("A virtual team ends on a day within a year from now."), field="ends_on")
        row.ends_on = ends_on
        return _changed(scope, row, now, until=ends_on.isoformat())


@transaction.atomic
def group_dissolve(*, scope: Scope, now: datetime, team: UUID, lessons: str) -> VirtualTeam:
    """End the team with what it learned; open cards are closed as not done. The board stays readable."""
    with scoped(scope):
        row = active(team)
        scope.require(LEAD, row.org_unit.path)
        if len(lessons.strip()) < 10:
            raise Invalid(_("Write down what the team learned: the next team starts from it."), field="lessons")
        row.lessons, row.lessons_by = lessons.strip(), scope.actor
        return _end(scope, row, now, by_itself=False)


@transaction.atomic
def lessons_write(*, scope: Scope, now: datetime, team: UUID, lessons: str) -> VirtualTeam:
    """The lessons of a team that ended by its date; written once."""
    with scoped(scope):
        row = VirtualTeam.objects.select_for_update(of=("self",)).select_related("org_unit").filter(pk=team).first()
        if row is None:
            raise NotFound(_("There is no such team here."))
        scope.require(LEAD, row.org_unit.path)
        if row.state != VirtualTeam.State.DISSOLVED or row.lessons:
            raise Dissolved(_("The lessons of this team stand already, or it is still at work."))
        if len(lessons.strip()) < 10:
            raise Invalid(_("Write down what the team learned: the next team starts from it."), field="lessons")
        row.lessons, row.lessons_by = lessons.strip(), scope.actor
        row.save()
        _note(scope, row, "team.lessons_written", now, {})
    return row


def dissolve_due(*, now: datetime) -> int:
    """Teams whose last day is over end by themselves; the lead is asked for the lessons."""
    with scoped(house()):
        due = list(VirtualTeam.objects.filter(state="active", ends_on__lte=now.date()).values_list("pk", flat=True))
    return tick.each("team not dissolved", due, lambda key: _end_if_over(key, now))


def _end_if_over(key: UUID, now: datetime) -> bool:
    with transaction.atomic(), scoped(house()):
        row = VirtualTeam.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=key)
        over = row.state == VirtualTeam.State.ACTIVE and row.ends_on < row.org_unit.date_at(now)
        if over:
            _end(house(), row, now, by_itself=True)
    return over


def _end(scope: Scope, row: VirtualTeam, now: datetime, *, by_itself: bool) -> VirtualTeam:
    reason = _("The team is dissolved")
    found = cases(scope=house(), filters=CaseFilter(type=CARD, branch=row.org_unit.code, size=2000), now=now).rows
    for card in found:
        if card.stage_kind == "resolved":
            case_close(scope=house(), case=card.id, now=now)
        elif card.stage_kind in ("open", "doing"):
            case_drop(scope=house(), case=card.id, reason=reason, now=now)
    row.crew = _crew(house(), row.org_unit, row.org_unit.date_at(now))
    row.state, row.dissolved_at = VirtualTeam.State.DISSOLVED, now
    row.save()
    _note(scope, row, "team.group_dissolved", now, {"cards": len(found), "by_itself": by_itself})
    if by_itself and not row.lessons:
        for one in row.crew:
            if one["role"] == "group_lead":
                _tell(row, UUID(one["user"]), now, "lessons")
    return row


def _crew(scope: Scope, group: OrgUnit, on: date) -> list[dict[str, str]]:
    """The members as the archive keeps them."""
    return [
        {"user": str(m.user), "name": m.name, "role": m.role, "since": m.since.isoformat()}
        for m in members_of(scope=scope, group=group, on=on)
    ]


def _changed(scope: Scope, row: VirtualTeam, now: datetime, **data: Any) -> VirtualTeam:
    with scoped(house()):
        row.crew = _crew(house(), row.org_unit, row.org_unit.date_at(now))
        row.save()
        _note(scope, row, "team.group_changed", now, data)
    return row


def _note(scope: Scope, row: VirtualTeam, kind: str, now: datetime, data: dict[str, Any]) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=kind, subject=str(row.pk), at=now, data={"team": str(row.pk), **data}
    )


def _tell(row: VirtualTeam, user: UUID, now: datetime, what: str) -> None:
    person = User.objects.filter(pk=user, is_active=True).first()
    if person is None:
        return
    with translation.override(person.language):
        words = {
            "formed": _("You belong to a new virtual team"), "joined": _("You belong to a virtual team now"),
            "lessons": _("A virtual team has ended: write down its lessons"),
        }  # fmt: skip
        notify.send(
            org_unit=row.org_unit, dedupe=f"group:{row.pk}:{what}:{user}", title=words[what], body=row.name, now=now,
            recipient=person, link=reverse("team:group", args=[row.pk]),
        )  # fmt: skip


def card_add(
    *, scope: Scope, now: datetime, team: UUID, title: str, text: str = "", owner: UUID | None = None,
    due_on: date | None = None, key: str = "",
) -> CaseView:  # fmt: skip
    """A card on the team's board, for a member or for whoever takes it."""
    with scoped(scope):
        row = active(team, lock=False)
        if owner is not None:
            _member(scope, row, owner, now)
    fields = {"due": due_on.isoformat()} if due_on else {}
    return case_open(
        scope=scope, org_unit=row.org_unit, type=CARD, now=now, title=title, text=text, owner=owner, fields=fields,
        source=f"team.group:{row.pk}", key=key,
    )  # fmt: skip


def _member(scope: Scope, row: VirtualTeam, user: UUID, now: datetime) -> None:
    held = {m.user for m in members_of(scope=scope, group=row.org_unit, on=row.org_unit.date_at(now))}
    if user not in held:
        raise Invalid(_("This person does not belong to the team."), field="owner")


@transaction.atomic
def card_move(*, scope: Scope, now: datetime, card: UUID, column: str) -> CaseView:
    """To another column; into the last one is done, out of it opens the card again. To where it is changes nothing."""
    view = case(scope=scope, case=card, now=now).case
    if column not in COLUMNS or view.type != CARD:
        raise Invalid(_("There is no such column."), field="column")
    if column == column_of(view):
        return view
    if column == "done":
        case_resolve(scope=scope, case=card, now=now)
        return case_close(scope=scope, case=card, now=now)
    if view.stage_kind in ("closed", "dropped"):
        view = case_reopen(scope=scope, case=card, reason=_("Work goes on"), now=now)
        if column == column_of(view):
            return view
    if view.stage_kind == "open" and column == "doing" and view.owner is None:
        return case_accept(scope=scope, case=card, now=now)
    return case_move(scope=scope, case=card, stage=column, now=now)


def column_of(view: CaseView) -> str:
    """The column that a card stands in."""
    return "done" if view.stage_kind in ("resolved", "closed", "dropped") else view.stage


def _guard(_kind: str, view: CaseView, _now: datetime) -> None:
    """A dissolved team's cards do not change any more, whichever way they are asked to."""
    if view.type == CARD:
        with scoped(house()):
            over = VirtualTeam.objects.filter(org_unit__code=view.branch, state=VirtualTeam.State.DISSOLVED).exists()
        if over:
            raise Dissolved(_("This team is dissolved. Its board is an archive; form a new team for new work."))


register_listener(_guard)
