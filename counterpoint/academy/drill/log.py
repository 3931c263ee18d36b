"""The log of a session: appended to, chained, and read as a game with its orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.academy.drill.given import hand_of, with_hand
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import OVER, VOID
from counterpoint.academy.science import playing
from counterpoint.foundation.api import DomainError, chain

ORDER, CHOICE = "order", "choice"


class DrillOver(DomainError):
    """Nothing can be ordered in a day that is over."""

    code = "drill_over"
    status = 409


@lru_cache(maxsize=32)
def _game(data: bytes) -> playing.Game:
    return playing.Game.from_bytes(data)


def game_of(session: DrillSession) -> playing.Game:
    """The game that the session plays; the same object for as long as it is warm."""
    return _game(bytes(session.game))


def game_played(session: DrillSession, found: list[DrillEvent]) -> playing.Game:
    """The game with what a trainer added by hand, as the log tells: what is folded and judged."""
    return with_hand(game_of(session), hand_of(found))


def lines(session: DrillSession, until: int | None = None) -> list[DrillEvent]:
    """The log in its order, up to and with a second. Inside a scope."""
    found = DrillEvent.objects.filter(session=session).order_by("seq")
    return list(found if until is None else found.filter(second__lte=until))


def orders_of(found: list[DrillEvent]) -> tuple[playing.Order, ...]:
    """The orders and answers of log lines, as the engine reads them."""
    return tuple(
        playing.Order.of(line.second, line.act, actor=str(line.actor or ""), **line.inputs)
        for line in found
        if line.kind in (ORDER, CHOICE)
    )


def append(
    session: DrillSession, kind: str, second: int, *, act: str = "", inputs: Mapping[str, Any], actor: UUID | None,
    key: str, at: datetime,
) -> tuple[DrillEvent, bool]:  # fmt: skip
    """Write the next line, at the earliest at the second of the last one; `session` is locked by the caller, who is in
    a transaction and a scope. A second press with the same key gives the line of the first and False. Raises
    `DrillOver`."""
    held = DrillEvent.objects.filter(session=session, key=key).first()
    if held is not None:
        return held, False
    if session.state in (OVER, VOID):
        raise DrillOver(_("This day is over."))
    last = DrillEvent.objects.filter(session=session).order_by("-seq").first()
    line = DrillEvent(
        org_unit_id=session.org_unit_id, session=session, seq=last.seq + 1 if last else 1,
        second=max(second, last.second if last else 0), kind=kind, act=act, inputs=dict(inputs), actor=actor, key=key,
        at=at, previous=last.hash if last else "",
    )  # fmt: skip
    line.hash = hash_of(line)
    line.save(force_insert=True)
    return line, True


def hash_of(line: DrillEvent) -> str:
    """The line's link in the chain of its session."""
    data = {"second": line.second, "act": line.act, "inputs": line.inputs, "key": line.key}
    actor = str(line.actor or "")
    return chain.link_hash(
        chain.Link(str(line.session_id), line.seq, line.at, line.kind, actor, line.act, data, line.previous)
    )  # fmt: skip


def first_bad(session: DrillSession) -> int | None:
    """Number of the first line that does not fit its chain, or where a finished log was cut; None when all fit."""
    previous, expected = "", 1
    for line in lines(session):
        if line.seq != expected or line.previous != previous or line.hash != hash_of(line):
            return expected
        previous, expected = line.hash, expected + 1
    return expected if session.state == OVER and session.head != previous else None
