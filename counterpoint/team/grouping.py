"""Reads of virtual teams: mine, one with its board, the archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, Scope, members_of, scoped
from counterpoint.primitives.cases import CaseFilter, CaseView, cases
from counterpoint.team.actions.groups import CARD, COLUMNS, column_of
from counterpoint.team.models import VirtualTeam

VIEW = "team.group.view"


@dataclass(frozen=True)
class Mate:
    """A member as the board shows them."""

    user: UUID
    name: str
    lead: bool
    since: str


@dataclass(frozen=True)
class Board:
    """A team with its members and its cards by column."""

    team: VirtualTeam
    mates: tuple[Mate, ...]
    columns: tuple[tuple[str, tuple[CaseView, ...]], ...]
    may_work: bool
    may_lead: bool
    may_form: bool
    archived: bool


def teams(*, scope: Scope, text: str = "", state: str = "") -> list[VirtualTeam]:
    """The teams that the caller belongs to or stands above, at work first; `text` also looks through the lessons."""
    paths = scope.grants.get(VIEW, ())
    with scoped(scope):
        rows = VirtualTeam.objects.filter(org_path__within=paths).select_related("org_unit__parent")
        if state:
            rows = rows.filter(state=state)
        for word in text.split():
            about = Q(name__icontains=word) | Q(purpose__icontains=word) | Q(lessons__icontains=word)
            rows = rows.filter(about | Q(goal__icontains=word))
        return list(rows.order_by("state", "-formed_at")[:200])


def board(*, scope: Scope, team: UUID, now: datetime) -> Board:
    """One team's board; `NotFound` for who neither belongs to it nor stands above it."""
    with scoped(scope):
        row = VirtualTeam.objects.select_related("org_unit__parent").filter(pk=team).first()
        if row is None or not scope.may(VIEW, row.org_path):
            raise NotFound(_("There is no such team here."))
    path, archived = row.org_path, row.state == VirtualTeam.State.DISSOLVED
    found = cases(scope=scope, filters=CaseFilter(type=CARD, branch=row.org_unit.code, size=2000, sort="old"), now=now)
    held: dict[str, list[CaseView]] = {column: [] for column in COLUMNS}
    for card in found.rows:
        if archived or card.stage_kind != "dropped":
            held[column_of(card)].append(card)
    people = members_of(scope=scope, group=row.org_unit, on=row.org_unit.date_at(now))
    mates = tuple(Mate(m.user, m.name, m.role == "group_lead", m.since.isoformat()) for m in people)
    return Board(
        team=row, mates=mates, columns=tuple((column, tuple(rows)) for column, rows in held.items()),
        may_work=not archived and scope.may(f"{CARD}.open", path), may_lead=scope.may("team.group.lead", path),
        may_form=not archived and scope.may("team.group.form", path), archived=archived,
    )  # fmt: skip


def my_cards(*, scope: Scope, now: datetime) -> list[CaseView]:
    """Open cards that the caller owns, on any team's board."""
    if scope.actor is None or not scope.may(f"{CARD}.handle"):
        return []
    filters = CaseFilter(type=CARD, stage="unfinished", owner=scope.actor, size=50)
    return cases(scope=scope, filters=filters, now=now).rows
