"""Days of a model branch for rounds of the league: nobody's data, the same for everybody. One function to replace."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from counterpoint.science import playing
from counterpoint.science.playing import datasets

KEYS = {"model.payday": _("Payday in a model branch"), "model.usual": _("A usual day in a model branch")}


@lru_cache(maxsize=64)
def league_game(key: str, seed: int) -> playing.Game:
    """The game of a round's key and seed; KeyError for a key that is none."""
    if key not in KEYS:
        raise KeyError(key)
    payday = key == "model.payday"
    return datasets.demo_game(seed, payday=payday, busier=1.2 if payday else 1.35)
