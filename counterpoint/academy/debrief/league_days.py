"""Days of a round: a scenario at its model branch, the same for everybody and nobody's own data."""

from __future__ import annotations

from datetime import date

from counterpoint.academy.catalogue.scenarios import SCENARIOS
from counterpoint.academy.drill import games
from counterpoint.academy.models import LeagueRound
from counterpoint.academy.science import playing
from counterpoint.foundation.api import NotFound, OrgUnit
from counterpoint.primitives.content import Item, items
from counterpoint.ui import reader


def known(unit: OrgUnit, on: date) -> dict[str, Item]:
    """Scenarios that a round may be opened with."""
    return items(SCENARIOS, on, unit.rule_pack, bank=unit.path)


def names(unit: OrgUnit, on: date, language: str) -> dict[str, str]:
    """Their names in a language, from easy to hard."""
    found = sorted(known(unit, on).items(), key=lambda pair: (pair[1].value.level, pair[0]))
    return {key: reader.said(item.value.names, language) for key, item in found}


def day_of(row: LeagueRound, seed: int) -> tuple[playing.Game, int]:
    """The game of a round's seed with the scenario's version: that of the day on which the round began, to its end."""
    unit = row.org_unit
    item = known(unit, unit.date_at(row.opens_at)).get(row.key)
    if item is None:
        raise NotFound(row.key)
    parts = games.parts_of(item.value, bank=unit.path)
    return games.game_of_scenario(item.value, seed=seed, parts=parts, errands=False), item.version
