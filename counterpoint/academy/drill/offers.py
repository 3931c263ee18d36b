"""What can be played beside the own branch's day: whoever keeps scenarios registers a shelf of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from counterpoint.academy.science import playing
from counterpoint.foundation.api import NotFound, OrgUnit


@dataclass(frozen=True)
class Offer:
    """A scenario in the reader's language; `level` is its difficulty, 1 to 5."""

    key: str
    name: str
    story: str
    level: int
    recommended: bool = False


class Shelf(Protocol):
    """Scenarios that somebody keeps."""

    def offers(self, unit: OrgUnit, now: datetime, language: str) -> list[Offer]:
        """What can be played at a unit now."""
        ...

    def make(self, unit: OrgUnit, key: str, seed: int, now: datetime) -> tuple[playing.Game, int] | None:
        """The game of a scenario and the scenario's version; None for one that the shelf does not hold."""
        ...


_shelves: list[Shelf] = []


def register(shelf: Shelf) -> Shelf:
    """Offer what a shelf holds."""
    if shelf not in _shelves:
        _shelves.append(shelf)
    return shelf


def offers(unit: OrgUnit, now: datetime, language: str) -> list[Offer]:
    """All scenarios of a unit: recommended ones first, then from easy to hard."""
    found = [one for shelf in _shelves for one in shelf.offers(unit, now, language)]
    return sorted(found, key=lambda one: (not one.recommended, one.level, one.name))


def game_of_offer(unit: OrgUnit, key: str, seed: int, now: datetime) -> tuple[playing.Game, int]:
    """The game of a scenario with the scenario's version. Raises `NotFound`."""
    for shelf in _shelves:
        found = shelf.make(unit, key, seed, now)
        if found is not None:
            return found
    raise NotFound(_("There is no such drill here."))
