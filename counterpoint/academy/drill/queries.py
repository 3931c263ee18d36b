"""Reads of drills, inside the caller's scope: sessions, and the coming seconds of one under no further order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from counterpoint.academy.drill import log, posts, timing
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import EXAM, OVER, STRICT, VOID
from counterpoint.academy.rules import errand
from counterpoint.academy.science import playing, twin
from counterpoint.academy.verbs import GUIDE, PLAY
from counterpoint.foundation.api import NotFound, Scope

SHOWN = 60
RECENT = 12  # hours within which a drill that nobody ended still counts as running
STRICT_AHEAD, AHEAD = 3, 10  # real seconds that are told ahead: in an examination reading ahead must gain nothing


@dataclass(frozen=True)
class Segment:
    """A part of a day: the hall at second `since`, then what changes up to `until` under no further order.

    `steps` are [second, what changed]; `log` are all lines, `lines` those after the number that the caller had;
    `second` is the server's;
    `game` is what is played, with what a trainer added;
    `silent` are the answers that counted up to now because nobody gave one: (inject, choice, minute);
    `refused` are the seconds at which an order made no sense any more when it took effect.
    """

    session: DrillSession
    game: playing.Game
    second: int
    since: int
    until: int
    picture: dict[str, Any]
    steps: list[list[Any]]
    log: list[DrillEvent]
    lines: list[DrillEvent]
    numbers: dict[str, float]
    questions: list[dict[str, Any]]
    raised: list[tuple[str, float]]
    silent: list[tuple[str, str, float]]
    refused: list[int]


def session_of(scope: Scope, session: UUID, verb: str = PLAY, *, lock: bool = False) -> DrillSession:
    """A session that the caller plays, or with GUIDE one under the own units. Raises `NotFound`, `Forbidden`."""
    rows = DrillSession.objects.select_related("org_unit", "owner")
    if lock:
        rows = rows.select_for_update(of=("self",))
    if verb == PLAY:
        rows = rows.filter(Q(owner=scope.actor) | Q(seats__user=scope.actor)).distinct() if not lock else rows
    row = rows.filter(pk=session).first()
    if row is None or (lock and verb == PLAY and not _plays(scope, row)):
        raise NotFound(_("There is no such drill here."))
    scope.require(verb, row.org_path)
    return row


def _plays(scope: Scope, row: DrillSession) -> bool:
    return row.owner_id == scope.actor or row.seats.filter(user=scope.actor).exists()


def joinable(scope: Scope, session: UUID) -> DrillSession | None:
    """A running team drill of a branch where the caller may play; None otherwise, and for examinations and leagues."""
    row = DrillSession.objects.select_related("org_unit").filter(pk=session).exclude(state__in=(OVER, VOID)).first()
    strict = row is not None and row.purpose in STRICT
    return row if row is not None and not strict and scope.may(PLAY, row.org_path) else None


def to_join(scope: Scope, now: datetime) -> list[DrillSession]:
    """Drills of the last hours that colleagues play and that the caller may join, newest first: practised ones of the
    units where the caller may play, in which a seat is free."""
    held = scope.grants.get(PLAY, ())
    rows = DrillSession.objects.select_related("org_unit", "owner").defer("game").exclude(state__in=(OVER, VOID))
    rows = rows.filter(begun_at__gt=now - timedelta(hours=RECENT), org_path__within=held).exclude(purpose__in=STRICT)
    rows = rows.exclude(Q(owner=scope.actor) | Q(seats__user=scope.actor)).prefetch_related("seats")
    return [row for row in rows.order_by("-begun_at")[:SHOWN] if len(row.seats.all()) < len(posts.SEATS)]


def own_sessions(scope: Scope) -> list[DrillSession]:
    """The caller's sessions, newest first."""
    mine = Q(owner=scope.actor) | Q(seats__user=scope.actor)
    return list(DrillSession.objects.defer("game").filter(mine).distinct().order_by("-begun_at", "-id")[:SHOWN])


def running(scope: Scope, now: datetime) -> list[DrillSession]:
    """Sessions of the last hours that are not over, under the units that the caller guides; none of an exam."""
    held = scope.grants.get(GUIDE, ())
    rows = DrillSession.objects.select_related("org_unit", "owner").exclude(state__in=(OVER, VOID))
    rows = rows.exclude(purpose=EXAM)
    rows = rows.filter(begun_at__gt=now - timedelta(hours=RECENT))
    return list(rows.filter(org_path__within=held).order_by("org_path", "begun_at")[:SHOWN]) if held else []


def over_lately(scope: Scope, now: datetime) -> list[DrillSession]:
    """Sessions that ended in the last hours under the units that the caller guides, newest first; none of an exam."""
    held = scope.grants.get(GUIDE, ())
    rows = DrillSession.objects.select_related("org_unit", "owner").defer("game").filter(state=OVER)
    rows = rows.exclude(purpose=EXAM).filter(over_at__gt=now - timedelta(hours=RECENT))
    return list(rows.filter(org_path__within=held).order_by("-over_at")[:SHOWN]) if held else []


def tries(row: DrillSession) -> int:
    """How often its owner has begun this very day, this time included."""
    same = DrillSession.objects.filter(owner=row.owner_id, game_hash=row.game_hash, begun_at__lte=row.begun_at)
    return same.count()


def segment(row: DrillSession, since: int | None, after: int, real: datetime) -> Segment:
    """The hall from second `since` on (None: from now), ahead by some real seconds; never further than that."""
    found = log.lines(row)
    game = log.game_played(row, found)
    now = timing.second(row, game, real)
    ahead = (STRICT_AHEAD if row.purpose in STRICT else AHEAD) * row.speed
    begin = now if since is None else min(max(since, timing.first_second(game)), now)
    if found:  # behind what was ordered last, so that it is seen at once
        begin = max(begin, found[-1].second + 1)
    end = min(max(now, begin) + ahead, timing.end(row, game))
    orders = log.orders_of(found)
    start = playing.play(game, [o for o in orders if o.second < begin], begin / 60)
    fresh = [o for o in orders if o.second >= begin]
    labels = playing.Labels(log.game_of(row))
    picture, steps, last = playing.steps(labels, start, fresh, begin, max(begin, end))
    return Segment(
        row, game, now, begin, max(begin, end), picture, steps, found, [line for line in found if line.seq > after],
        playing.figures(last if row.state == OVER else start), asked(game, start, last),
        [one for one in last.raised if 60 * one[1] >= begin - 1 and one[1] <= last.now],
        unanswered(last, now), refusals(last, begin),
    )  # fmt: skip


def unanswered(day: playing.Played, second: int) -> list[tuple[str, str, float]]:
    """Questions that nobody answered in time, with the answer that counted and its minute, up to a second. Findings of
    errands are none."""
    given = {str(order.get("inject")) for order in day.orders if order.act == playing.ANSWER}
    return [
        (key, choice, minute)
        for key, choice, minute in day.answers
        if key not in given and 60 * minute <= second and not errand.is_check(day.game.inject(key))
    ]


def refusals(day: playing.Played, since: int) -> list[int]:
    """Seconds from `since` on at which an order took no effect."""
    rows = day.events[day.events["kind"] == twin.KIND["refused"]]
    return sorted({int(60 * minute) for minute in rows["minute"].tolist() if 60 * minute >= since})


def asked(game: playing.Game, start: playing.Played, last: playing.Played) -> list[dict[str, Any]]:
    """What the day asks now or within the segment, with the second since when and until when."""
    done = {key for key, _choice, _minute in start.answers}
    found = []
    for key, minute in last.raised:
        inject = game.inject(key)
        if key in done or minute > last.now or not inject.choices or minute + inject.patience <= start.now:
            continue
        if errand.is_check(inject):
            continue
        found.append(
            {
                "key": key, "since": int(60 * minute), "until": int(60 * (minute + inject.patience)),
                "choices": [choice.key for choice in inject.choices],
            }
        )  # fmt: skip
    return found
