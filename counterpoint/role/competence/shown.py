"""Competence as pages show it: words of levels and sources, bars with intervals, the picture of four dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.foundation.api import Scope, roles
from counterpoint.role.competence.kinds import DIMENSION_NAMES, DIMENSIONS, LABELS
from counterpoint.role.competence.queries import PEERS, Marks, Profile, Proof, Standing, Way
from counterpoint.role.competence.sources import Origin, origins
from counterpoint.role.models import LEAD, LEARNING, LIVE
from counterpoint.role.rules.competence import FLOORS, floor_of
from counterpoint.ui import reader

MIDDLE, REACH = 110.0, 80.0  # of the picture of dimensions, in its own units
LIMITS = tuple(2 * floor for floor in FLOORS)  # where levels begin on a bar 200 wide


def level(number: int) -> str:
    """A level as people say it."""
    return f"L{number}"


def post_name(post: str) -> str:
    """What a post is called."""
    return str(roles.ROLES[post].label) if post in roles.ROLES else ""


@dataclass(frozen=True)
class Bar:
    """An interval on a track of 200 × 16: band, dot, and where the needed level begins (None without need)."""

    left: float
    width: float
    dot: float
    quartile: float
    need: float | None


def bar(one: Standing) -> Bar:
    """The 90 % interval of a competency."""
    found = one.estimate
    need = 2 * floor_of(one.need) if one.need > 1 else None
    left, width, dot, quartile = (
        round(2 * value, 1) for value in (found.low, found.high - found.low, found.value, found.quartile)
    )
    return Bar(left, width, dot, quartile, need)


@dataclass(frozen=True)
class Corner:
    """One dimension of the picture: words, points, where its axis ends, and where the words stand."""

    key: str
    name: str
    points: int
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str
    arrow: str
    weight: int | None


DIRECTIONS = ((0, -1, "middle", "↑"), (1, 0, "start", "→"), (0, 1, "middle", "↓"), (-1, 0, "end", "←"))


def picture(profile: Profile) -> dict[str, Any]:
    """The four dimensions as a diamond: outline of the person, rings at 60 and 80 points."""
    corners, outline = [], []
    for (x, y, anchor, arrow), key in zip(DIRECTIONS, DIMENSIONS, strict=True):
        value = profile.dimensions[key]
        outline.append(f"{MIDDLE + x * REACH * value / 100:.1f},{MIDDLE + y * REACH * value / 100:.1f}")
        weight = profile.profile.weights[key] if profile.profile else None
        corners.append(
            Corner(key, str(DIMENSION_NAMES[key]), round(value), MIDDLE + x * REACH, MIDDLE + y * REACH,
                   MIDDLE + x * (REACH + 6), MIDDLE + y * (REACH + 12) + (4 if y >= 0 else 0), anchor, arrow, weight)
        )  # fmt: skip
    rings = [_ring(share) for share in (0.6, 0.8, 1.0)]
    return {"corners": corners, "outline": " ".join(outline), "rings": rings, "middle": MIDDLE}


def _ring(share: float) -> str:
    return " ".join(f"{MIDDLE + x * REACH * share:.1f},{MIDDLE + y * REACH * share:.1f}" for x, y, *_rest in DIRECTIONS)


@dataclass(frozen=True)
class Line:
    """A piece of evidence: what it came from, its score in percent (None where it is not the reader's business)."""

    source: str
    name: str
    url: str
    score: int | None
    counts: float
    days: int
    left: float
    at: datetime


@dataclass(frozen=True)
class Row:
    """A competency on a person's page."""

    key: str
    name: str
    level: str
    words: str
    next_words: str
    need: str
    state: str
    bar: Bar
    value: int
    low: int
    high: int
    quartile: float
    alpha: float
    beta: float
    good: float
    bad: float
    half: int
    lines: tuple[Line, ...]
    history: str
    falls: str
    marks: Marks
    peers_wait: int


def rows(scope: Scope, profile: Profile, dimension: str) -> list[Row]:
    """The competencies of a dimension, those that the post needs first, the widest gap at the top."""
    mine = [one for one in profile.standings if one.competency.dimension == dimension]
    refs = [proof.ref for one in mine for proof in one.proofs]
    known = origins(scope, profile.person.id, refs)
    own = scope.actor == profile.person.id
    ordered = sorted(mine, key=lambda one: (one.need == 0, -one.missing, -one.need))
    return [_row(one, known, own) for one in ordered]


def _row(one: Standing, known: Mapping[str, Origin], own: bool) -> Row:
    found, spoken = one.estimate, reader.language()
    words = {row.level: row.name(spoken) for row in one.competency.levels}
    return Row(
        key=one.key, name=one.competency.name(spoken), level=level(found.level), words=words[found.level],
        next_words=words.get(found.level + 1, ""), need=level(one.need) if one.need else "", state=state(one),
        bar=bar(one), value=round(found.value), low=round(found.low), high=round(found.high),
        quartile=round(found.quartile, 1), alpha=found.alpha, beta=found.beta, good=found.alpha - 1,
        bad=found.beta - 1, half=one.competency.half_life_days,
        lines=tuple(_line(proof, known, own) for proof in one.proofs), history=history(one), falls=falls(one),
        marks=one.marks, peers_wait=max(0, PEERS - one.marks.peer_count) if one.marks.peer_count else 0,
    )  # fmt: skip


def state(one: Standing) -> str:
    """calm without need, fine when reached, watch a level below or about to fall, act further below."""
    if not one.need:
        return "calm"
    if one.missing:
        return "act" if one.missing > 1 else "watch"
    return "watch" if one.falls is not None else "fine"


def history(one: Standing) -> str:
    """“L4, last shown 300 days ago, now L3”; empty when the level never was higher."""
    if one.best is None:
        return ""
    best, ago = one.best
    told = {"best": level(best), "days": max(1, round(ago)), "now": level(one.estimate.level)}
    return _("%(best)s, last shown %(days)d days ago, now %(now)s") % told


def falls(one: Standing) -> str:
    """That the needed level is about to be lost; empty when it is not."""
    if one.falls is None or one.missing:
        return ""
    days = max(1, round(one.falls))
    text = ngettext("Falls below %(need)s in %(days)d day", "Falls below %(need)s in %(days)d days", days)
    return text % {"need": level(one.need), "days": days}


def _line(proof: Proof, known: Mapping[str, Origin], own: bool) -> Line:
    told = known.get(proof.ref) or _house(proof)
    hidden = proof.source == LEARNING and not own
    return Line(
        source=source_name(proof.source), name=told.name, url=told.url if own else "",
        score=None if hidden else round(100 * proof.score), counts=proof.piece.counts, days=round(proof.piece.age),
        left=proof.left, at=proof.at,
    )  # fmt: skip


def source_name(source: str) -> str:
    """What a source is called."""
    return str(LABELS.get(source, source))


def _house(proof: Proof) -> Origin:
    """Evidence of this room itself: observations and daily work of a quarter."""
    parts = proof.ref.split(":")
    if proof.source == "round360":
        words = (
            _("Marks by leaders, quarter from %(day)s")
            if parts[1] == LEAD
            else _("Marks by peers, quarter from %(day)s")
        )
        return Origin(words % {"day": parts[2]})
    if proof.source == LIVE and len(parts) == 3:
        return Origin(_("Daily work, quarter from %(day)s") % {"day": parts[2]})
    return Origin("")


@dataclass(frozen=True)
class Path:
    """One step of the way, with why."""

    name: str
    url: str
    minutes: int
    why: str


def steps(ways: Sequence[Way], profile: Profile) -> list[Path]:
    """The way in words: which gaps each step works at."""
    by_key = {one.key: one for one in profile.standings}
    found = []
    for one in ways:
        parts = [
            _("%(name)s (now %(now)s, needed %(need)s)")
            % {"name": by_key[key].competency.name(reader.language()), "now": level(by_key[key].estimate.level),
               "need": level(by_key[key].need)}
            for key in sorted(one.covers, key=lambda key: -one.covers[key])
        ]  # fmt: skip
        told = {"what": _(", ").join(parts), "points": round(sum(one.covers.values()), 1)}
        why = _("Works at %(what)s: about %(points)s points more in the lower quartile.") % told
        found.append(Path(one.thing.name, one.thing.url, round(one.thing.minutes), why))
    return found


@dataclass(frozen=True)
class Cell:
    """A competency of a person in the matrix."""

    name: str
    have: str
    need: str
    state: str
    note: str


def cells(profile: Profile) -> list[Cell]:
    """A row of the matrix: every competency in the order of the columns."""
    return [
        Cell(one.competency.name(reader.language()), level(one.estimate.level), level(one.need) if one.need else "",
             state(one), falls(one) or history(one))
        for one in profile.standings
    ]  # fmt: skip


def choices(profile: Profile) -> list[dict[str, Any]]:
    """The form of an observation: competencies that the post needs, all without a profile; with words of each level."""
    needed = [one for one in profile.standings if one.need] or list(profile.standings)
    return [
        {
            "key": one.key, "name": one.competency.name(reader.language()),
            "levels": [(row.level, level(row.level), row.name(reader.language())) for row in one.competency.levels],
        }
        for one in needed
    ]  # fmt: skip
