"""Verbs of a drill. `now` is the time of the bank, `real` the host's own: a drill runs on whatever clock a demo shows.

The server is the clock: an order takes its second from `real`, and stands behind what was ordered before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.academy.drill import errands, log, own, posts, situation, timing, words
from counterpoint.academy.drill.queries import joinable, session_of
from counterpoint.academy.drill.validating import checked
from counterpoint.academy.models import DrillDay, DrillEvent, DrillSeat, DrillSession
from counterpoint.academy.models.drill import (
    EXAM,
    MARK_LENGTH,
    OVER,
    PAUSED,
    PURPOSES,
    READY,
    RUNNING,
    SPEEDS,
    STRICT,
    VOID,
)
from counterpoint.academy.practice import worlds
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import PLAY
from counterpoint.foundation.api import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    OrgUnit,
    Scope,
    enter,
    journal,
    person_acting,
    scoped,
)

NAMES = UUID("6f1d8c3e-2a55-4f4e-9a55-5f0e3b1f7c21")  # of sessions by who began them and the key of the press
SUPERVISOR = "supervisor"


class NoPause(DomainError):
    """The time of an examination or a league is never stopped."""

    code = "drill_no_pause"
    status = 409


def drill_make(
    *, scope: Scope, unit: OrgUnit, now: datetime, real: datetime, key: str, seed: int, on: date | None = None,
    arrivals: int = 0, game: playing.Game | None = None, scenario: str = "", version: int = 0,
    purpose: str = "practice", day: DrillDay | None = None, until: int | None = None, ends_at: datetime | None = None,
) -> DrillSession:  # fmt: skip
    """Begin a session of a `game` (of a recorded `day`, when it is one), or of the own branch's day to come, `arrivals`
    per cent busier. It waits to be started, and ends at second `until` and at `ends_at` at the latest. The same key
    gives the same session. Raises what `own.own_day` raises."""
    enter(scope, unit, PLAY)
    if purpose not in PURPOSES:
        raise Invalid(_("There is no such purpose."), field="purpose")
    with scoped(scope):
        held = DrillSession.objects.filter(pk=_named(scope, key)).first()
    if held is not None:
        return held
    if game is None:
        game, scenario = own.own_day(unit, on, seed, now, arrivals), scenario or own.OWN
    row = DrillSession(
        pk=_named(scope, key), org_unit=unit, owner=person_acting(scope), scenario=scenario, version=version, seed=seed,
        game=game.to_bytes(), game_hash=game.hash(), purpose=purpose, base_real=real, day=day,
        base_second=timing.first_second(game), until=until, ends_at=ends_at, begun_at=now,
    )  # fmt: skip
    return _begun(scope, row, now, real)


def _named(scope: Scope, key: str) -> UUID:
    return uuid5(NAMES, f"{scope.actor}:{key}")


def _begun(
    scope: Scope, row: DrillSession, now: datetime, real: datetime, copied: list[DrillEvent] | None = None
) -> DrillSession:  # fmt: skip
    """Keep a session with its owner's seat, the lines that it begins with, its practice branch for errands, and its
    journal entry."""
    try:
        with scoped(scope), transaction.atomic():
            row.world = errands.begin(scope, row, now, real)
            row.save(force_insert=True)
            seat = DrillSeat(org_unit=row.org_unit, session=row, user=row.owner, post=SUPERVISOR, joined_at=now)
            seat.save(force_insert=True)
            log.copy(row, copied or [])
            _record(
                scope, row, "drill_begun", now, seed=row.seed, purpose=row.purpose, scenario=row.scenario,
                parent=str(row.parent_id or ""),
            )  # fmt: skip
    except IntegrityError:  # the same press came twice at once
        with scoped(scope):
            return DrillSession.objects.get(pk=row.pk)
    return row


@transaction.atomic
def drill_order(
    *, scope: Scope, session: UUID, act: str, inputs: Mapping[str, str], now: datetime, real: datetime, key: str
) -> DrillEvent:  # fmt: skip
    """Order what the hall's button of this name orders; `inputs` as a form sends them. A second press with the same key
    gives the first line. Raises `Invalid` in words for what no drill knows or what does not fit the day, `DrillOver`,
    `NotFound`."""
    return _written(scope, session, log.ORDER, act, dict(inputs), now, real, key)


@transaction.atomic
def drill_choose(
    *, scope: Scope, session: UUID, inject: str, choice: str, now: datetime, real: datetime, key: str
) -> DrillEvent:  # fmt: skip
    """Answer what the day asks. Raises `Invalid` when nothing of that is asked (any more)."""
    return _written(scope, session, log.CHOICE, playing.ANSWER, {"inject": inject, "choice": choice}, now, real, key)


def _written(
    scope: Scope, session: UUID, kind: str, act: str, inputs: dict[str, str], now: datetime, real: datetime, key: str
) -> DrillEvent:  # fmt: skip
    with scoped(scope):
        row = session_of(scope, session, PLAY, lock=True)
        found = log.lines(row)
        held = next((line for line in found if line.key == key), None)
        if held is not None:
            return held
        game, real = log.game_played(row, found), timing.clock_of(row, now, real)
        _require_running(row)
        _require_post(scope, row, act)
        if timing.is_up(row, game, real):
            raise log.DrillOver(_("The time of this day is over."))
        at = max(timing.second(row, game, real), found[-1].second if found else 0)
        before = situation.just_before(game, log.orders_of(found), at)
        order = checked(before, log.orders_of(found), act, inputs, at)
        line, _new = log.append(
            row, kind, at, act=act, inputs=dict(order.inputs), actor=scope.actor, key=key, at=now,
            state=situation.situation(before),
        )  # fmt: skip
        return line


def _require_post(scope: Scope, row: DrillSession, act: str) -> None:
    held = {seat.user_id: seat.post for seat in row.seats.all()}
    post = held.get(scope.actor, posts.SUPERVISOR) if scope.actor else posts.SUPERVISOR
    if not posts.allowed(act, post, held.values()):
        raise Forbidden(words.not_of_post(post))


def _require_running(row: DrillSession) -> None:
    if row.state in (OVER, VOID):
        raise log.DrillOver(_("This day is over."))
    _require_begun(row)


def _require_begun(row: DrillSession) -> None:
    if row.purpose == EXAM and row.state == READY:
        raise Invalid(_("Begin the day on the page of the exam."))


@transaction.atomic
def drill_pace(
    *, scope: Scope, session: UUID, speed: int, now: datetime, real: datetime, key: str, verb: str = PLAY
) -> DrillSession:  # fmt: skip
    """Let the time run `speed` times as fast; 0 stops it. Raises `NoPause` for a stop in a league, and for any speed in
    an examination."""
    if speed not in SPEEDS:
        raise Invalid(_("There is no such speed."), field="speed")
    with scoped(scope):
        row = session_of(scope, session, verb, lock=True)
        _require_running(row)
        if row.purpose == EXAM:
            raise NoPause(_("The day of an examination runs at its own speed."))
        if speed == 0 and row.purpose in STRICT:
            raise NoPause(_("The time of an examination or a league is not stopped."))
        return run_at(row, speed, actor=scope.actor, now=now, real=real, key=key)


def run_at(
    row: DrillSession, speed: int, *, actor: UUID | None, now: datetime, real: datetime, key: str
) -> DrillSession:  # fmt: skip
    """Let a locked session run on at a speed, with the line that says so. Inside a scope and a transaction."""
    at = timing.second(row, log.game_of(row), real)
    _line, new = log.append(row, "pace", at, inputs={"speed": speed}, actor=actor, key=key, at=now)
    if new:
        row.base_real, row.base_second, row.speed = real, at, speed
        row.state = RUNNING if speed else PAUSED
        row.save()
        errands.keep_time(row, real)
    return row


def drill_settle(*, scope: Scope, session: UUID, now: datetime, real: datetime, verb: str = PLAY) -> bool:
    """What happens by itself: a session ends whose time is up, errands come that are due, and those whose time is over
    are read; whether anything happened. Who looks at a drill and the tick call it; where nothing is due it locks
    nothing."""
    with scoped(scope):
        row = session_of(scope, session, verb)
        if not _is_up(row, now, real) and not _due(row, real):
            return False
        with transaction.atomic():
            row = session_of(scope, session, verb, lock=True)
            if _is_up(row, now, real):
                end(row, scope=None, now=now, real=timing.clock_of(row, now, real))
                return True
            return errands.settle(row, log.lines(row), now, real)


def _is_up(row: DrillSession, now: datetime, real: datetime) -> bool:
    ends = row.until is not None or row.ends_at is not None
    if not ends or row.state in (OVER, VOID):
        return False
    return timing.is_up(row, log.game_of(row), timing.clock_of(row, now, real))


def _due(row: DrillSession, real: datetime) -> bool:
    second = timing.second(row, log.game_of(row), real) if row.world is not None else 0
    return row.world is not None and any(errands.due(row, log.lines(row), second))


@transaction.atomic
def drill_hand_in(*, scope: Scope, session: UUID, inject: str, now: datetime, real: datetime) -> DrillEvent:
    """Have an errand read that the player says is done; a second press gives the first finding. Raises
    `NothingToHandIn` when none of that name is open, `DrillOver`."""
    with scoped(scope):
        row = session_of(scope, session, PLAY, lock=True)
        _require_running(row)
        return errands.hand_in(row, log.lines(row), inject, now, real)


@transaction.atomic
def drill_mark(
    *, scope: Scope, session: UUID, name: str, now: datetime, real: datetime, key: str
) -> DrillEvent:  # fmt: skip
    """Set a bookmark with a name at this second. Raises `Invalid` in an examination."""
    with scoped(scope):
        row = session_of(scope, session, PLAY, lock=True)
        if row.purpose == EXAM:
            raise Invalid(_("The day of an examination has no bookmarks."))
        at = timing.second(row, log.game_of(row), real)
        named = {"name": name.replace("\0", "").strip()[:MARK_LENGTH]}
        line, _new = log.append(row, "mark", at, inputs=named, actor=scope.actor, key=key, at=now)
        return line


def drill_fork(
    *, scope: Scope, session: UUID, second: int, now: datetime, real: datetime, key: str
) -> DrillSession:  # fmt: skip
    """Play on otherwise from a second: a new session with the lines up to it; the old one stays as it is. Errands that
    were read keep their finding, all others come anew, in a practice branch of their own. Raises `Invalid` for a second
    that was not played yet."""
    with scoped(scope):
        row = session_of(scope, session, PLAY)
        game = log.game_of(row)
        if not timing.first_second(game) <= second <= timing.second(row, game, real):
            raise Invalid(_("The day has not been played up to there."), field="second")
        found = log.lines(row, second)
        copied = [one for one in found if one.kind not in ("pace", "over") and errands.goes_on(one, found)]
    return _again(scope, row, second, second, copied, now, real, key)


def drill_retry(*, scope: Scope, session: UUID, now: datetime, real: datetime, key: str) -> DrillSession:
    """The same day, with the same people, from its beginning."""
    with scoped(scope):
        row = session_of(scope, session, PLAY)
    return _again(scope, row, timing.first_second(log.game_of(row)), None, [], now, real, key)


def _again(
    scope: Scope, row: DrillSession, begin: int, cut: int | None, copied: list[DrillEvent], now: datetime,
    real: datetime, key: str,
) -> DrillSession:  # fmt: skip
    if row.purpose in STRICT:
        raise Invalid(_("A day of an examination or a league is played once."))
    with scoped(scope):
        held = DrillSession.objects.filter(pk=_named(scope, key)).first()
    if held is not None:
        return held
    fresh = DrillSession(
        pk=_named(scope, key), org_unit=row.org_unit, owner=person_acting(scope), scenario=row.scenario,
        version=row.version, day=row.day, seed=row.seed, game=row.game, game_hash=row.game_hash,
        purpose=row.purpose, base_real=real, base_second=begin, state=READY, begun_at=now, parent=row,
        parent_second=cut,
    )  # fmt: skip
    return _begun(scope, fresh, now, real, copied)


@transaction.atomic
def drill_finish(
    *, scope: Scope, session: UUID, now: datetime, real: datetime, verb: str = PLAY
) -> DrillSession:  # fmt: skip
    """End the session; the rest of the day runs on without further orders. Ending it twice changes nothing."""
    with scoped(scope):
        row = session_of(scope, session, verb, lock=True)
        _require_begun(row)
        return end(row, scope=scope, now=now, real=timing.clock_of(row, now, real))


def end(row: DrillSession, *, scope: Scope | None, now: datetime, real: datetime) -> DrillSession:
    """End a locked session at the second that its clock shows at `real`; without a scope by itself. Once it is over
    nothing changes. Inside a scope and a transaction."""
    if row.state in (OVER, VOID):
        return row
    errands.end(row, log.lines(row), now, real)
    found = log.lines(row)
    game = log.game_played(row, found)
    at = timing.second(row, game, real)
    actor = scope.actor if scope else None
    last, _new = log.append(row, "over", at, inputs={}, actor=actor, key="over", at=now)
    day = playing.play(game, log.orders_of(found))
    row.result = {
        "loss": day.summary(), "digest": day.digest(), "refused": day.refused, "engine": playing.engine(),
        "scores": day.scores,
    }  # fmt: skip
    row.base_real, row.base_second, row.speed = real, at, 0
    row.state, row.over_at, row.head = OVER, now, last.hash
    row.save()
    _record(scope, row, "drill_over", now, head=row.head, lines=last.seq, loss=round(day.loss.total))
    worlds.retire(row.world, now)
    return row


def _record(scope: Scope | None, row: DrillSession, kind: str, now: datetime, **data: Any) -> None:
    journal.record(
        scope=scope, org_unit=row.org_unit, kind=f"academy.{kind}", subject=str(row.pk), at=now,
        data={"user": str(row.owner_id), "game": row.game_hash, **data},
    )  # fmt: skip


@transaction.atomic
def drill_join(*, scope: Scope, session: UUID, post: str, now: datetime, real: datetime) -> DrillSeat:
    """Take a free post in a colleague's drill. Taking the own post again changes nothing. Raises `Invalid` when the
    post is taken."""
    with scoped(scope):
        found = joinable(scope, session)
        if found is None or post not in words.posts():
            raise NotFound(_("There is no such drill here."))
        row = DrillSession.objects.select_for_update(of=("self",)).select_related("org_unit").get(pk=found.pk)
        held = row.seats.filter(user=scope.actor).first()
        if held is not None:
            return held
        if row.seats.filter(post=post).exists():
            raise Invalid(_("Somebody else has this post already."), field="post")
        seat = DrillSeat(org_unit=row.org_unit, session=row, user=person_acting(scope), post=post, joined_at=now)
        seat.save(force_insert=True)
        errands.let_in(row, seat.user_id, post, now)
        at = timing.second(row, log.game_of(row), real)
        log.append(row, "join", at, inputs={"post": post}, actor=scope.actor, key=f"join-{post}", at=now)
        return seat
