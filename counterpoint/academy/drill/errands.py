"""Errands of a drill: done on the product's own pages, in a practice branch that keeps the drill's time.

When an errand comes, its stage is played there and a line of the log says so; when the player says that it is done, its
time is over or the day ends, the checks are read, once, and a line keeps what was found. From then on the log alone
says what the errand is worth. The branch is made with the session and closed with it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.errands import Errand
from counterpoint.academy.catalogue.scenarios import SCENARIOS, ScenarioBody
from counterpoint.academy.drill import log, timing
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import PAUSED, RUNNING, STRICT
from counterpoint.academy.practice import worlds
from counterpoint.academy.rules import errand as rule
from counterpoint.academy.rules.checking import holds
from counterpoint.academy.rules.words import tell
from counterpoint.academy.science import playing
from counterpoint.foundation.api import DomainError, Invalid, Scope, calendar
from counterpoint.primitives.content import ContentError, version

told = logging.getLogger("counterpoint.academy")
SLOW = 1  # at this speed the time runs on when an errand comes
BY_PLAYER, BY_LIMIT, BY_END = "player", "limit", "end"


class NothingToHandIn(DomainError):
    """The errand has not come, or what was done of it was read already."""

    code = "drill_no_errand"
    status = 409


@dataclass(frozen=True)
class Standing:
    """An errand of a session: its content, the second when it came (None: not yet), and the line of its finding."""

    slug: str
    title: dict[str, str]
    errand: Errand
    begun: int | None = None
    found: DrillEvent | None = None

    @property
    def until(self) -> int | None:
        """The second at which the checks are read at the latest."""
        return None if self.begun is None else self.begun + 60 * self.errand.minutes

    @property
    def open(self) -> bool:
        """Whether it is to be done now."""
        return self.begun is not None and self.found is None


def scenario_of(row: DrillSession) -> ScenarioBody | None:
    """The scenario of a session in the version that it plays; None for other days."""
    try:
        item = version(SCENARIOS, row.scenario, row.version, row.org_unit.rule_pack, bank=row.org_unit.path)
    except ContentError:
        return None
    body: ScenarioBody = item.value
    return body


def begin(scope: Scope, row: DrillSession, now: datetime, real: datetime) -> UUID | None:
    """The practice branch of a session whose game has errands, standing still at its first second; None for others.
    Raises `TooManyWorlds`, and `Invalid` for an examination or a league, where nobody could compare them."""
    if not rule.errands_in(log.game_of(row).injects):
        return None
    body = scenario_of(row)
    if body is None or row.purpose in STRICT:
        raise Invalid(_("Errands are done in a drill of one's own."), field="purpose")
    at = row.base_second // 60
    setting = worlds.Setting(body.solo, body.day.like, calendar.wall(at))
    world = worlds.begin(
        scope=scope, branch=row.org_unit, exercise=setting, title=tell(body.names), now=now, real=real, speed=0.0
    )
    return UUID(str(worlds.pace(world, row.base_second, 0.0, real).pk))


def let_in(row: DrillSession, person: UUID, post: str, now: datetime) -> None:
    """Whoever takes a post of the drill has it in its practice branch, too: errands are done together there."""
    world = worlds.held(row.world)
    if world is not None:
        worlds.admit(world, person, post, now)


def keep_time(row: DrillSession, real: datetime) -> None:
    """Let the practice branch's time run as the session's does."""
    world = worlds.held(row.world)
    if world is not None:
        worlds.pace(world, row.base_second, float(row.speed), real)


def standings(row: DrillSession, found: Sequence[DrillEvent]) -> list[Standing]:
    """Errands of the session's game in its order, as the log has them; none where there is no practice branch."""
    body = scenario_of(row) if row.world is not None else None
    if body is None:
        return []
    begun = {line.inputs["inject"]: line.second for line in found if line.kind == log.ERRAND}
    over = {line.inputs["inject"]: line for line in found if line.kind == log.FOUND}
    known = [body.inject(slug) for slug in rule.errands_in(log.game_of(row).injects)]
    return [
        Standing(one.slug, one.names, one.errand, begun.get(one.slug), over.get(one.slug))
        for one in known
        if one.errand is not None
    ]


def left_out(row: DrillSession) -> int:
    """How many errands of the scenario are no part of this session's day."""
    body = scenario_of(row) if row.scenario and row.world is None else None
    return sum(one.errand is not None for one in body.injects) if body else 0


def goes_on(line: DrillEvent, found: Sequence[DrillEvent]) -> bool:
    """Whether a line is kept when the day is played on otherwise: an errand that was not read yet comes anew, in the
    new session's own practice branch."""
    read = {one.inputs["inject"] for one in found if one.kind == log.FOUND}
    return line.kind != log.ERRAND or line.inputs["inject"] in read


def due(row: DrillSession, found: Sequence[DrillEvent], second: int) -> tuple[list[Standing], list[Standing]]:
    """Errands that have come by a second and nobody was told of, and those whose time is over."""
    if row.world is None or row.state not in (RUNNING, PAUSED):
        return [], []
    held = standings(row, found)
    over = [one for one in held if one.open and one.until is not None and one.until <= second]
    waiting = [one for one in held if one.begun is None]
    if not waiting:
        return [], over
    came = _raised(log.game_played(row, list(found)), log.orders_of(list(found)), waiting, second)
    return [one for one in waiting if came.get(one.slug, second + 1) <= second], over


def _raised(
    game: playing.Game, orders: Sequence[playing.Order], waiting: Sequence[Standing], second: int
) -> dict[str, float]:  # fmt: skip
    """Seconds at which errands come, as far as it is decided; the day is played only where a condition decides."""
    keys = {one.slug for one in waiting}
    timed = {i.key: 60 * i.minute for i in game.injects if i.key in keys and i.minute is not None}
    if len(timed) == len(keys):
        return timed
    day = playing.play(game, orders, second / 60 + 1 / 60, log=False)
    return timed | {key: 60 * minute for key, minute in day.raised if key in keys}


def settle(row: DrillSession, found: list[DrillEvent], now: datetime, real: datetime) -> bool:
    """Let errands come that are due, and read those whose time is over; whether anything happened. `row` is locked, in
    a transaction and a scope."""
    second = timing.second(row, log.game_of(row), real)
    came, over = due(row, found, second)
    for one in over:
        read(row, one, second, now, real, BY_LIMIT)
    if came and row.speed > SLOW:
        _slow(row, came[0].slug, second, now, real)
    for one in came:
        _come(row, one, second, now, real)
    return bool(came or over)


def _slow(row: DrillSession, slug: str, second: int, now: datetime, real: datetime) -> None:
    """Nobody handles anything while an hour takes a minute."""
    log.append(row, "pace", second, inputs={"speed": SLOW}, actor=None, key=f"slow-{slug}", at=now)
    row.base_real, row.base_second, row.speed = real, second, SLOW
    row.save()
    keep_time(row, real)


def _come(row: DrillSession, one: Standing, second: int, now: datetime, real: datetime) -> None:
    """Play the stage; an errand that cannot be set is read as unread at once, and costs nothing."""
    world = worlds.held(row.world)
    log.append(row, log.ERRAND, second, inputs={"inject": one.slug}, actor=None, key=f"errand-{one.slug}", at=now)
    try:
        if world is None:
            raise NothingToHandIn(_("The practice branch is closed."))
        with transaction.atomic():
            for act in sorted(one.errand.stage, key=lambda each: -each.minutes_before):
                moment = worlds.second_of(world, second - 60 * act.minutes_before)
                worlds.play(world, act, moment, real)
    except DomainError as refused:
        told.warning("errand not set", extra={"event": one.slug, "kind": type(refused).__name__})
        _keep(row, one, second, now, BY_END, [None] * len(one.errand.checks), unread=True)


def read(row: DrillSession, one: Standing, second: int, now: datetime, real: datetime, by: str) -> DrillEvent:
    """Read the checks in the practice branch, once, and keep what was found as a line of the log."""
    world = worlds.held(row.world)
    try:
        if world is None:
            raise NothingToHandIn(_("The practice branch is closed."))
        team = row.seats.values_list("user", flat=True)
        values = worlds.found(world, one.errand.checks, real, team)
    except DomainError as refused:
        told.warning("errand not read", extra={"event": one.slug, "kind": type(refused).__name__})
        return _keep(row, one, second, now, by, [None] * len(one.errand.checks), unread=True)
    return _keep(row, one, second, now, by, values)


def _keep(
    row: DrillSession, one: Standing, second: int, now: datetime, by: str, values: Sequence[Any], *,
    unread: bool = False,
) -> DrillEvent:  # fmt: skip
    found = {
        check.slug: {"holds": None if unread else holds(check.op, value, check.values), "value": value}
        for check, value in zip(one.errand.checks, values, strict=True)
    }
    inputs = {"inject": one.slug, "found": found, "by": by}
    return log.append(
        row, log.FOUND, second, inputs=inputs, actor=row.owner_id, key=f"found-{one.slug}", at=now
    )[0]  # fmt: skip


def hand_in(row: DrillSession, found: list[DrillEvent], slug: str, now: datetime, real: datetime) -> DrillEvent:
    """The player says that it is done. Raises `NothingToHandIn`."""
    one = next((one for one in standings(row, found) if one.slug == slug), None)
    if one is not None and one.found is not None:
        return one.found
    if one is None or not one.open:
        raise NothingToHandIn(_("There is no such errand now."))
    return read(row, one, timing.second(row, log.game_of(row), real), now, real, BY_PLAYER)


def end(row: DrillSession, found: list[DrillEvent], now: datetime, real: datetime) -> None:
    """Read what is still to be done, before the session ends. What came and was told nobody yet costs nothing."""
    second = timing.second(row, log.game_of(row), real)
    for one in due(row, found, second)[0]:
        _keep(row, one, second, now, BY_END, [None] * len(one.errand.checks), unread=True)
    for one in standings(row, found):
        if one.open:
            read(row, one, second, now, real, BY_END)
