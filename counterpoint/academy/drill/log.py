"""The log of a session: appended to, chained, and read as a game with its orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.academy.drill.given import hand_of, with_hand
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.models.drill import OVER, VOID
from counterpoint.academy.rules import errand
from counterpoint.academy.science import playing
from counterpoint.foundation.api import DomainError, chain

ORDER, CHOICE = "order", "choice"
ERRAND, FOUND = "errand", "found"  # an errand came; what was found of it


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


def lines_of(sessions: Iterable[DrillSession]) -> dict[UUID, list[DrillEvent]]:
    """The logs of several sessions at once. Inside a scope."""
    found: dict[UUID, list[DrillEvent]] = {row.pk: [] for row in sessions}
    for line in DrillEvent.objects.filter(session__in=list(found)).order_by("seq"):
        found[line.session_id].append(line)
    return found


def orders_of(found: list[DrillEvent]) -> tuple[playing.Order, ...]:
    """The orders, answers and findings of log lines, as the engine reads them."""
    return tuple(order for line in found for order in _orders(line))


def _orders(line: DrillEvent) -> Iterator[playing.Order]:
    actor = str(line.actor or "")
    if line.kind in (ORDER, CHOICE):
        yield playing.Order.of(line.second, line.act, actor=actor, **line.inputs)
    elif line.kind == FOUND:
        for check, answer in errand.findings(line.inputs["found"]):
            key = f"{line.inputs['inject']}.{check}"
            yield playing.Order.of(line.second, playing.ANSWER, actor=actor, inject=key, choice=answer)


def append(
    session: DrillSession, kind: str, second: int, *, act: str = "", inputs: Mapping[str, Any], actor: UUID | None,
    key: str, at: datetime, state: Mapping[str, Any] | None = None,
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
        second=second, kind=kind, act=act, inputs=dict(inputs), state=dict(state or {}), actor=actor, key=key, at=at
    )
    _behind(session, last, line).save(force_insert=True)
    return line, True


def copy(session: DrillSession, found: list[DrillEvent]) -> None:
    """Begin a new session's log with the lines of another. Inside a scope."""
    fresh, last = [], None
    for held in found:
        line = DrillEvent(
            second=held.second, kind=held.kind, act=held.act, inputs=held.inputs, state=held.state, actor=held.actor,
            key=held.key, at=held.at,
        )  # fmt: skip
        last = _behind(session, last, line)
        fresh.append(last)
    DrillEvent.objects.bulk_create(fresh)


def _behind(session: DrillSession, last: DrillEvent | None, line: DrillEvent) -> DrillEvent:
    """The line in its place behind the last one: numbered, never earlier, chained."""
    line.org_unit_id, line.session = session.org_unit_id, session
    line.seq, line.previous = (last.seq + 1, last.hash) if last else (1, "")
    line.second = max(line.second, last.second if last else 0)
    line.hash = chain.link_hash(link_of(line))
    return line


def link_of(line: DrillEvent) -> chain.Link:
    """The line's link in the chain of its session."""
    data = {"second": line.second, "act": line.act, "inputs": line.inputs, "key": line.key}
    data |= {"state": line.state} if line.state else {}
    actor = str(line.actor or "")
    return chain.Link(str(line.session_id), line.seq, line.at, line.kind, actor, line.act, data, line.previous)


def first_bad(session: DrillSession) -> int | None:
    """Number of the first line that does not fit its chain, or where a finished log was cut; None when all fit."""
    verdict = chain.check((link_of(line), line.hash) for line in lines(session))
    whole = verdict.ok and (session.state != OVER or session.head == verdict.head)
    return None if whole else verdict.rows + 1
