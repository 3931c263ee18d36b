"""The clock of a session: a line through the second and the instant of its last change of speed. Pure."""

from __future__ import annotations

from datetime import datetime

from counterpoint.academy.models import DrillSession
from counterpoint.academy.models.drill import EXAM
from counterpoint.academy.science import playing

BEFORE = 10  # minutes before opening at which a session begins


def first_second(game: playing.Game) -> int:
    """Where a session begins."""
    return int(60 * (game.opens - BEFORE))


def last_second(game: playing.Game) -> int:
    """When the last customer has gone at the latest."""
    return int(60 * (game.closes + game.model.overrun_minutes))


def end(session: DrillSession, game: playing.Game) -> int:
    """The second at which a session stands still: its own end, else the day's."""
    return last_second(game) if session.until is None else min(session.until, last_second(game))


def second(session: DrillSession, game: playing.Game, real: datetime) -> int:
    """The second of the played day at an instant of the session's clock; it stands still at the session's end."""
    if session.ends_at is not None:
        real = min(real, session.ends_at)
    gone = max(0.0, (real - session.base_real).total_seconds())
    return min(session.base_second + int(gone * session.speed), end(session, game))


def is_up(session: DrillSession, game: playing.Game, real: datetime) -> bool:
    """Whether a session that ends by itself has come to its end."""
    late = session.ends_at is not None and real >= session.ends_at
    return late or (session.until is not None and second(session, game, real) >= session.until)


def clock_of(session: DrillSession, now: datetime, real: datetime) -> datetime:
    """The instant on the session's clock: the bank's `now` for the day of an exam, as for its sitting; else the host's
    `real`."""
    return now if session.purpose == EXAM else real
