"""How many people wait at a window as a day goes on."""

from __future__ import annotations

import numpy as np

from counterpoint.science import twin
from counterpoint.science.playing.game import Game
from counterpoint.science.playing.play import Played
from counterpoint.science.replay.shape import waiting_at
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.kernel.layout import FloatArray

CALLED = (lay.SERVED, lay.AT_COUNTER)


def grid_of(game: Game, every: float = 15.0) -> FloatArray:
    """Minutes from opening to closing, ``every`` so many."""
    return np.arange(game.opens, game.closes + 1e-9, every)


def course(played: Played, every: float = 15.0) -> FloatArray:
    """How many wait at a window at each minute of :func:`grid_of`, the day being at its end."""
    result = twin.outcome(played.state)
    called = np.isin(result.codes[:, 4], CALLED)
    ended = np.where(called, result.times[:, 3], result.times[:, 4])
    return waiting_at(result.times[:, 2], np.where(np.isnan(ended), np.inf, ended), grid_of(played.game, every))
