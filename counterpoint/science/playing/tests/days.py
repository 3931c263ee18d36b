"""Games and logs of orders by chance."""

from __future__ import annotations

from functools import cache

import numpy as np

from counterpoint.science import playing
from counterpoint.science.playing import datasets


@cache
def demo(seed: int, *, story: bool = False, size: str = "small") -> playing.Game:
    """A payday of a synthetic branch, with a failing machine and a crowd when ``story``."""
    return datasets.demo_game(seed, size, injects=datasets.demo_injects() if story else ())


@cache
def tiny(seed: int, windows: int = 2) -> playing.Game:
    """Three customers, one or two windows."""
    return datasets.tiny_game(seed, windows=windows)


def random_orders(game: playing.Game, seed: int, most: int = 15) -> tuple[playing.Order, ...]:
    """Up to ``most`` legal orders at seconds of the day."""
    rng = np.random.default_rng(seed)
    seconds = rng.integers(int(game.opens * 60), int(game.closes * 60), size=rng.integers(most + 1))
    return tuple(playing.any_order(game, rng, int(second)) for second in sorted(seconds))
