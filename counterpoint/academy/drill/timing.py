"""The clock of a session: a line through the second and the instant of its last change of speed. Pure."""

from __future__ import annotations

from datetime import datetime

from counterpoint.academy.models import DrillSession
from counterpoint.academy.science import playing

BEFORE = 10  # minutes before opening at which a session begins


def first_second(game: playing.Game) -> int:
    """Where a session begins."""
    return int(60 * (game.opens - BEFORE))


def last_second(game: playing.Game) -> int:
    """When the last customer has gone at the latest."""
    return int(60 * (game.closes + game.model.overrun_minutes))


def second(session: DrillSession, game: playing.Game, real: datetime) -> int:
    """The second of the played day at an instant of the host's clock; it stands still at the day's end."""
    gone = max(0.0, (real - session.base_real).total_seconds())
    return min(session.base_second + int(gone * session.speed), last_second(game))
