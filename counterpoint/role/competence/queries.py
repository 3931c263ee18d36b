"""Reads of competence inside the caller's scope: where a person stands, what is missing for the post, the way there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import fmean
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Colleague, NotFound, OrgUnit, Scope, colleagues, scoped
from counterpoint.role.competence.actions import quarter_of
from counterpoint.role.competence.kinds import DIMENSIONS, Competency, PostProfile, competencies, profiles
from counterpoint.role.competence.sources import Thing, things
from counterpoint.role.models import LEAD, PEER, SELF, CompetenceEvidence, Observation
from counterpoint.role.rules.competence import (
    Estimate,
    Piece,
    best_before,
    estimate,
    falls_in,
    floor_of,
    points,
    posterior,
    together,
)
from counterpoint.role.rules.path import Offer, path
from counterpoint.role.verbs import COMPETENCE, OBSERVE, TEAM

RANK = ("branch_head", "supervisor", "wealth_manager", "corporate_manager", "lobby_manager", "teller")
PEERS = 3  # marks of peers are shown and counted from so many observers on
OBSERVED = 0.5  # size of a quarter's observations by leaders, and of those by peers
MARKS = (0.5, 0.65, 0.75, 0.85, 0.95)  # what a mark of level 1–5 counts as: the middle of the level's points
EXPECTED = 0.9  # score with which something to do is expected to end
SOON = 60.0  # days in which a level that is about to fall is told
DAY = 86_400.0


@dataclass(frozen=True)
class Proof:
    """A piece of evidence as it counts now: `left` of what it counted when it was new."""

    source: str
    score: float
    size: float
    at: datetime
    ref: str
    piece: Piece
    left: float


@dataclass(frozen=True)
class Marks:
    """What was marked lately of one competency: own, leaders' and peers' mean, None without; how many peers."""

    own: float | None = None
    lead: float | None = None
    peers: float | None = None
    peer_count: int = 0


@dataclass(frozen=True)
class Standing:
    """Where a person stands with one competency. `best` is a level shown before and the days since; `falls` the days
    until the needed level is lost; `need` 0 where the post asks for nothing."""

    key: str
    competency: Competency
    estimate: Estimate
    need: int
    proofs: tuple[Proof, ...]
    marks: Marks = field(default_factory=Marks)
    best: tuple[int, float] | None = None
    falls: float | None = None

    @property
    def missing(self) -> int:
        """Levels below what the post needs."""
        return max(0, self.need - self.estimate.level)

    @property
    def gap(self) -> float:
        """Points of the lower quartile below the needed level."""
        return max(0.0, floor_of(self.need) - self.estimate.quartile) if self.need else 0.0


@dataclass(frozen=True)
class Profile:
    """A person's standings, points by dimension, and the total by the weights of the post (None without a profile)."""

    person: Colleague
    post: str
    profile: PostProfile | None
    standings: tuple[Standing, ...]
    dimensions: Mapping[str, float]
    total: float | None

    @property
    def gaps(self) -> dict[str, float]:
        """Points that are missing by competency."""
        return {one.key: one.gap for one in self.standings if one.gap > 0}


def own_profile(*, scope: Scope, unit: OrgUnit, now: datetime) -> Profile:
    """The caller's own."""
    scope.require(COMPETENCE, unit.path)
    people = [one for one in colleagues(scope=scope, org_unit=unit, on=unit.date_at(now)) if one.id == scope.actor]
    if not people:
        raise NotFound(_("There is no place here where you work."))
    return _profiles(scope, unit, people, now)[0]


def profile_of(*, scope: Scope, unit: OrgUnit, user: UUID, now: datetime) -> Profile:
    """That of a person of the unit, for its leaders. `NotFound` for a stranger."""
    scope.require(TEAM, unit.path)
    people = [one for one in colleagues(scope=scope, org_unit=unit, on=unit.date_at(now)) if one.id == user]
    if not people:
        raise NotFound(_("There is no such person here."))
    return _profiles(scope, unit, people, now)[0]


def marks_given(*, scope: Scope, unit: OrgUnit, user: UUID, rater: UUID, on: date) -> dict[str, int]:
    """What one observer marked of a person of the unit in the quarter of a day: competency → 1–5."""
    with scoped(scope):
        row = Observation.objects.filter(org_unit=unit, user=user, rater=rater, quarter=quarter_of(on)).first()
    return dict(row.levels) if row else {}


def team(*, scope: Scope, unit: OrgUnit, now: datetime) -> list[Profile]:
    """Everybody of the unit, for its leaders."""
    scope.require(TEAM, unit.path)
    return _profiles(scope, unit, colleagues(scope=scope, org_unit=unit, on=unit.date_at(now)), now)


def to_observe(*, scope: Scope, unit: OrgUnit, person: Colleague, now: datetime) -> Profile:
    """What a colleague may be marked for: the competencies and needs of the post, without any evidence or level."""
    scope.require(OBSERVE, unit.path)
    on = unit.date_at(now)
    held, asked = competencies(on, unit.rule_pack, unit.path), profiles(on, unit.rule_pack, unit.path)
    return _profile(person, held, asked, {}, (), now)


def _profiles(scope: Scope, unit: OrgUnit, people: Sequence[Colleague], now: datetime) -> list[Profile]:
    """Of whoever moved within a quarter an observer's newest form counts, at whichever unit."""
    on = unit.date_at(now)
    held = competencies(on, unit.rule_pack, unit.path)
    asked = profiles(on, unit.rule_pack, unit.path)
    ids = [one.id for one in people]
    evidence: dict[UUID, dict[str, list[CompetenceEvidence]]] = defaultdict(lambda: defaultdict(list))
    seen: dict[UUID, list[Observation]] = defaultdict(list)
    with scoped(scope):
        for row in CompetenceEvidence.objects.filter(user__in=ids, at__lte=now):
            evidence[row.user_id][row.competency].append(row)
        told = Observation.objects.filter(user__in=ids, at__lte=now).order_by("at")
        newest = {(one.user_id, one.rater_id, one.quarter): one for one in told}
    for one in newest.values():
        seen[one.user_id].append(one)
    return [_profile(who, held, asked, evidence[who.id], seen[who.id], now) for who in people]


def post_of(roles: Iterable[str], asked: Mapping[str, PostProfile]) -> str:
    """The post by which a person is measured: the highest held that has a profile; "" without one."""
    mine = set(roles)
    return next((post for post in RANK if post in mine and post in asked), "")


def _profile(
    person: Colleague, held: Mapping[str, Competency], asked: Mapping[str, PostProfile],
    evidence: Mapping[str, Sequence[CompetenceEvidence]], seen: Sequence[Observation], now: datetime,
) -> Profile:  # fmt: skip
    post = post_of(person.roles, asked)
    profile = asked.get(post)
    needs = profile.needs if profile else {}
    rows = []
    for key, one in held.items():
        proofs = [_proof(row, one, now) for row in evidence.get(key, ())] + _observed(key, one, seen, now)
        rows.append(_standing(key, one, needs.get(key, 0), proofs, _marks(key, seen)))
    points_of: dict[str, float] = {dimension: _points(rows, dimension) for dimension in DIMENSIONS}
    total = together([(points_of[key], weight) for key, weight in profile.weights.items()]) if profile else None
    return Profile(person, post, profile, tuple(rows), points_of, total)


def _points(rows: Sequence[Standing], dimension: str) -> float:
    """Mean of the dimension's competencies, each weighted by the level that the post needs."""
    return together([(one.estimate.value, one.need) for one in rows if one.competency.dimension == dimension])


def _standing(key: str, one: Competency, need: int, proofs: Sequence[Proof], marks: Marks) -> Standing:
    pieces, half = [proof.piece for proof in proofs], float(one.half_life_days)
    found = estimate(pieces, half)
    falls = falls_in(pieces, half, need, SOON) if need and found.level >= need else None
    ordered = tuple(sorted(proofs, key=lambda proof: (-proof.left, proof.ref)))
    return Standing(key, one, found, need, ordered, marks, best_before(pieces, half), falls)


def _proof(row: CompetenceEvidence, one: Competency, now: datetime) -> Proof:
    age = max(0.0, (now - row.at).total_seconds() / DAY)
    piece = Piece(row.score, one.evidence.get(row.source, 0.0), row.size, age)  # type: ignore[call-overload]
    return Proof(row.source, row.score, row.size, row.at, row.ref, piece, piece.left(one.half_life_days))


def _observed(key: str, one: Competency, seen: Sequence[Observation], now: datetime) -> list[Proof]:
    """A quarter's observations as evidence: leaders together one piece, peers another from three observers on."""
    groups: dict[tuple[date, str], list[tuple[datetime, int]]] = defaultdict(list)
    for row in seen:
        if row.relation != SELF and key in row.levels:
            groups[row.quarter, row.relation].append((row.at, int(row.levels[key])))
    found = []
    for (quarter, relation), marks in groups.items():
        if relation == PEER and len(marks) < PEERS:
            continue
        at, score = max(at for at, _mark in marks), fmean(MARKS[mark - 1] for _at, mark in marks)
        piece = Piece(score, one.evidence.get("round360", 0.0), OBSERVED, max(0.0, (now - at).total_seconds() / DAY))
        ref = f"role.observed:{relation}:{quarter.isoformat()}"
        found.append(Proof("round360", score, OBSERVED, at, ref, piece, piece.left(one.half_life_days)))
    return found


def _marks(key: str, seen: Sequence[Observation]) -> Marks:
    """The newest quarter's marks by who gave them."""
    told: dict[str, list[int]] = {}
    for relation in (SELF, LEAD, PEER):
        mine = [row for row in seen if row.relation == relation and key in row.levels]
        newest = max((row.quarter for row in mine), default=None)
        told[relation] = [int(row.levels[key]) for row in mine if row.quarter == newest]
    peers = told[PEER]
    own, lead = (fmean(told[one]) if told[one] else None for one in (SELF, LEAD))
    return Marks(own, lead, fmean(peers) if len(peers) >= PEERS else None, len(peers))


@dataclass(frozen=True)
class Way:
    """One thing to do next: it covers so many points of these gaps."""

    thing: Thing
    covers: Mapping[str, float]


def way(*, scope: Scope, unit: OrgUnit, profile: Profile) -> list[Way]:
    """What to do next so that the needed levels are reached in the fewest minutes: at most eight things."""
    offered = {one.key: one for one in things(scope, unit, profile.person.id, frozenset(profile.person.roles))}
    by_key = {one.key: one for one in profile.standings}
    offers = [Offer(one.key, one.minutes, _gains(one, by_key)) for one in offered.values()]
    return [Way(offered[step.offer.key], step.covers) for step in path(profile.gaps, offers)]


def _gains(thing: Thing, standings: Mapping[str, Standing]) -> dict[str, float]:
    """Points of the lower quartile that passing it is expected to add."""
    found = {}
    for key, share in thing.trains.items():
        one = standings.get(key)
        if one is None or not share:
            continue
        piece = Piece(EXPECTED, one.competency.evidence.get(thing.source, 0.0), thing.size * share, 0.0)  # type: ignore[call-overload]
        pieces = [*(proof.piece for proof in one.proofs), piece]
        after = points(*posterior(pieces, one.competency.half_life_days), 0.25)
        found[key] = max(0.0, after - one.estimate.quartile)
    return found


def next_things(*, scope: Scope, unit: OrgUnit, now: datetime) -> list[Way]:
    """The caller's own way, for pages of rooms above; empty for people whom no profile measures."""
    if not scope.may(COMPETENCE, unit.path):
        return []
    people = [one for one in colleagues(scope=scope, org_unit=unit, on=unit.date_at(now)) if one.id == scope.actor]
    return way(scope=scope, unit=unit, profile=_profiles(scope, unit, people, now)[0]) if people else []
