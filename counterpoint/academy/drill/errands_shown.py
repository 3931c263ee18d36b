"""Errands of a drill in the reader's words: what is to be done now and where, and what was found. No queries but for
the practice branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.academy.drill import errands, log
from counterpoint.academy.drill.errands import Standing
from counterpoint.academy.learning.practice_shown import found_words, inside
from counterpoint.academy.models import DrillEvent, DrillSession
from counterpoint.academy.practice import worlds
from counterpoint.academy.rules import errand as rule
from counterpoint.academy.rules.words import tell
from counterpoint.academy.science import playing
from counterpoint.foundation.api import OrgUnit, calendar


def dimensions() -> dict[str, str]:
    """Dimensions of the sheet in words."""
    return {"service": _("Service to customers"), "risk": _("Risk"), "people": _("People"), "cost": _("Cost")}


def cards(row: DrillSession, found: Sequence[DrillEvent], reader: Any) -> list[dict[str, Any]]:
    """Errands to be done now, as JSON: key, title, words, checks, address of the page, until which second. Only whoever
    has a post in the drill, and so in its practice branch, gets the address."""
    held = [one for one in errands.standings(row, found) if one.open]
    plays = held and any(seat.user_id == reader for seat in row.seats.all())
    world = worlds.held(row.world) if plays else None
    return [
        {
            "key": one.slug, "title": tell(one.title), "text": tell(one.errand.words), "until": one.until,
            "checks": [tell(check.words) for check in one.errand.checks],
            "address": inside(world, one.errand) if world is not None else "",
        }
        for one in held
    ]  # fmt: skip


@dataclass(frozen=True)
class CheckLine:
    """A check in the debrief: its words, whether it held (None: not read), what was found, its dimension, its points,
    and the minutes that it cost."""

    words: str
    holds: bool | None
    found: str
    dimension: str
    points: int
    minutes: int


@dataclass(frozen=True)
class Done:
    """An errand in the debrief: when it was read and how it came to that, and its checks."""

    title: str
    second: int
    at: str
    how: str
    lines: tuple[CheckLine, ...]

    @property
    def held(self) -> int:
        """How many checks held."""
        return sum(line.holds is True for line in self.lines)


def done(row: DrillSession, found: Sequence[DrillEvent], game: playing.Game) -> list[Done]:
    """Errands whose checks were read, in the order of the day, told from the log alone."""
    on = row.org_unit.date_at(row.begun_at)
    read = [(one, one.found) for one in errands.standings(row, found) if one.found is not None]
    return [_done(one, line, game, row.org_unit, on) for one, line in sorted(read, key=lambda pair: pair[1].seq)]


def _done(one: Standing, line: DrillEvent, game: playing.Game, unit: OrgUnit, on: date) -> Done:
    how = {
        errands.BY_PLAYER: _("handed in"), errands.BY_LIMIT: _("its time was over"), errands.BY_END: _("the day ended"),
    }  # fmt: skip
    lines = []
    for check in one.errand.checks:
        kept = line.inputs["found"].get(check.slug, {})
        worth = rule.worth_of(game.inject(f"{one.slug}.{check.slug}"))
        state = kept.get("holds")
        words = found_words(check, kept.get("value"), unit, on) if state is not None else ""
        lost = round(worth.minutes) if state is False else 0
        lines.append(
            CheckLine(tell(check.words), state, words, dimensions()[worth.dimension], round(worth.points), lost)
        )
    at = calendar.wall(line.second / 60)
    return Done(tell(one.title), line.second, at, how.get(line.inputs.get("by", ""), ""), tuple(lines))


def line(row: DrillSession, entry: DrillEvent) -> str:
    """A line of the log about an errand, in words."""
    body = errands.scenario_of(row)
    try:
        title = tell(body.inject(entry.inputs["inject"]).names) if body else ""
    except KeyError:
        title = ""
    if entry.kind == log.ERRAND:
        return _("To be done: %(what)s") % {"what": title}
    found = [one.get("holds") for one in entry.inputs["found"].values()]
    if None in found:
        return _("Nobody could read what was done: %(what)s") % {"what": title}
    figures = {"what": title, "held": sum(found), "all": len(found)}
    return _("%(what)s: %(held)s of %(all)s found done") % figures
