"""What the debrief, the league and their pages read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BLUEPRINTS
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.debrief import keeping
from counterpoint.academy.models import DrillSeat, DrillSession, Judgement, LeagueRound, LeagueRun, Sitting
from counterpoint.academy.models.drill import EXAM, OVER
from counterpoint.academy.models.exams import SUBMITTED, days_that_stand
from counterpoint.academy.rules.league import BranchStanding, Standing, branches, standing
from counterpoint.academy.verbs import GUIDE, LEAGUE, MANAGE
from counterpoint.foundation.api import NotFound, OrgUnit, Scope, lineage, scoped, system_scope


def may_see(scope: Scope, session: UUID) -> DrillSession:
    """A session whose debrief the caller may read: an own one, one with an own seat, or as its trainer; `NotFound` for
    anybody else's. Inside `scoped(scope)`."""
    row = DrillSession.objects.select_related("org_unit", "day", "owner").filter(pk=session).first()
    if row is None:
        raise NotFound(_("There is no such day of yours."))
    if not (told_of_exam(scope, row) if row.purpose == EXAM else _played_or_guided(scope, row)):
        raise NotFound(_("There is no such day of yours."))
    return row


def _played_or_guided(scope: Scope, row: DrillSession) -> bool:
    seated = row.owner_id == scope.actor or DrillSeat.objects.filter(session=row, user=scope.actor).exists()
    return seated or scope.may(GUIDE, row.org_path)


def told_of_exam(scope: Scope, row: DrillSession) -> bool:
    """The day of an exam is told to who manages exams, and to its candidate as the exam allows, once it is handed in:
    colleagues and their leaders may still have to play it."""
    if scope.may(MANAGE, row.org_path):
        return True
    sitting = Sitting.objects.filter(session=row, user=scope.actor, state=SUBMITTED).first()
    exam = pinned(BLUEPRINTS, sitting.blueprint, sitting.version, row.org_unit) if sitting else None
    return exam is not None and exam.value.review != "none"


def tells_better(scope: Scope, row: DrillSession) -> bool:
    """Whether the debrief says what would have been better: not of an exam's day, which others are still to play."""
    return row.purpose != EXAM or scope.may(MANAGE, row.org_path)


def above(unit: OrgUnit) -> Q:
    """Rounds that hold at a unit: of itself and of every unit above it."""
    return Q(org_path__in=lineage(unit.path))


def _house() -> Scope:
    """Rounds of the units above and other branches' results, of which no name leaves this module."""
    return system_scope((LEAGUE,), label="league")


def round_of(unit: OrgUnit, round_id: UUID) -> LeagueRound:
    """A round that holds at the unit; `NotFound` for any other."""
    with scoped(_house()):
        row = LeagueRound.objects.select_related("org_unit").filter(above(unit), pk=round_id).first()
    if row is None:
        raise NotFound(_("There is no such league round here."))
    return row


def rounds(unit: OrgUnit) -> list[LeagueRound]:
    """Rounds that hold at a unit, newest first."""
    with scoped(_house()):
        return list(LeagueRound.objects.select_related("org_unit").filter(above(unit)).order_by("-opens_at")[:50])


def own_session(scope: Scope, round_id: UUID) -> DrillSession:
    """The caller's newest session of a round."""
    with scoped(scope):
        run = (
            LeagueRun.objects.select_related("session").filter(round=round_id, user=scope.actor).order_by("-id").first()
        )
    if run is None:
        raise NotFound(_("There is no such league round here."))
    return run.session


@dataclass(frozen=True)
class Table:
    """A round: groups of equals with the caller's place, branches by name, own days."""

    groups: tuple[Standing, ...]
    mine: int | None
    unranked: bool
    branches: tuple[tuple[str, BranchStanding], ...]
    own: tuple[tuple[int, DrillSession, float | None], ...]


def table(scope: Scope, row: LeagueRound) -> Table:
    """The standing of a round from judged days; others only as numbers."""
    with scoped(_house()):
        runs = list(LeagueRun.objects.filter(round=row.pk, session__state=OVER).select_related("session"))
        figures = _regrets(run.session_id for run in runs)
    by_person: dict[str, dict[int, float]] = defaultdict(dict)
    homes: dict[str, str] = {}
    for run in runs:
        if run.session_id in figures:
            by_person[str(run.user_id)][run.seed] = figures[run.session_id]
            homes[str(run.user_id)] = run.org_path
    groups, me = standing({name: list(days.values()) for name, days in by_person.items()}), str(scope.actor)
    best = branches(by_person, homes)
    names = {unit.path: unit.name for unit in _units([one.home for one in best])}
    with scoped(scope):
        own = LeagueRun.objects.filter(round=row.pk, user=scope.actor).select_related("session").order_by("seed")
        mine = tuple((run.seed, run.session, figures.get(run.session_id)) for run in own)
    place = next((n for n, group in enumerate(groups, 1) if me in group.people), None)
    return Table(
        groups, place, me in by_person and place is None,
        tuple((names.get(one.home, one.home), one) for one in best), mine,
    )  # fmt: skip


def _units(paths: Sequence[str]) -> list[OrgUnit]:
    with scoped(_house()):
        return list(OrgUnit.objects.filter(path__in=paths))


def _regrets(sessions: Iterable[UUID]) -> dict[UUID, float]:
    """Regret an hour by session, of the most careful judgement of each."""
    found: dict[UUID, float] = {}
    for row in Judgement.objects.filter(session__in=list(sessions)).order_by("at"):
        if row.formula == keeping.FULLY or row.session_id not in found:
            found[row.session_id] = row.regret
    return found


def ghost_path(session: DrillSession) -> list[int] | None:
    """The queue of the best run of the same day in the league, anonymous; None when nobody did better."""
    with scoped(_house()):
        run = LeagueRun.objects.filter(session=session.pk).first()
        if run is None:
            return None
        others = LeagueRun.objects.filter(round=run.round, seed=run.seed, session__state=OVER)
        rows = Judgement.objects.filter(session__league_run__in=others)
        kept = {row.session_id: row for row in rows.order_by("at")}
    mine = kept.pop(session.pk, None)
    best = min(kept.values(), key=lambda row: (row.data["loss"]["total"], row.pk), default=None)
    if best is None or (mine is not None and best.data["loss"]["total"] >= mine.data["loss"]["total"]):
        return None
    found: list[int] = best.data["paths"]["mine"]
    return found


def waiting(game_hash: str, unit: OrgUnit) -> list[DrillSession]:
    """Sessions of a game at a unit that are over and not judged with the long search yet. Inside a scope."""
    rows = DrillSession.objects.filter(days_that_stand(), org_unit=unit, game_hash=game_hash, state=OVER)
    return list(rows.exclude(judgements__formula=keeping.FULLY)[:100])
