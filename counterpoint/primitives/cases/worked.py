"""Worked examples of kinds of case: opened at a wall time, at a level, when is each clock due. The same engine answers
as for real cases, on a calendar that is the same everywhere: office hours (Monday to Friday, 9 to 17) of the pack's own
place, with its holidays.

    {level: urgent, at: 2026-11-23 10:30, due: {done: 2026-11-23 14:30}}

`levels` are later levels by time, `pauses` pairs of times. Every clock of the level is named; a day's end reads 24:00.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from counterpoint.foundation.api import calendar
from counterpoint.primitives.cases.clocks import Hours
from counterpoint.primitives.cases.readings import read
from counterpoint.primitives.cases.state import Event, State, evolve, opened
from counterpoint.primitives.cases.types import CaseType
from counterpoint.primitives.cases.writing import OFFICE_HOURS

PLACES = {"cn": "Asia/Shanghai", "intl": "Europe/London"}
KNOWN = frozenset({"level", "at", "due", "levels", "pauses", "pack"})
PAUSED = "paused"


def wrong(kind: CaseType, example: Mapping[str, Any]) -> str:
    """Why an example does not hold; "" when it does."""
    strange = set(example) - KNOWN
    if strange or not {"level", "at", "due"} <= set(example):
        return _("give level, at and due, and if need be levels, pauses and pack")
    pack = str(example.get("pack", "cn"))
    if pack not in PLACES:
        return _("the pack is one of %(packs)s") % {"packs": ", ".join(sorted(PLACES))}
    named = {str(example["level"]), *map(str, dict(example.get("levels") or {}).values())}
    if unknown := named - {level.slug for level in kind.levels}:
        return _("there are no levels %(levels)s") % {"levels": ", ".join(sorted(unknown))}
    found = dues(kind, example, pack)
    wanted = {str(clock): str(due) for clock, due in dict(example["due"]).items()}
    return "" if found == wanted else _("due is %(found)s") % {"found": found}


def dues(kind: CaseType, example: Mapping[str, Any], pack: str = "cn") -> dict[str, str]:
    """The wall time at which each clock of the example's last level is due."""
    hours = Hours(OFFICE_HOURS, time_zone=PLACES[pack], pack=pack)
    zone = ZoneInfo(hours.time_zone)
    state = _state(kind, example, zone)
    return {reading.clock: _wall(reading.due_at, zone) for reading in read(kind, state, hours)}


def _state(kind: CaseType, example: Mapping[str, Any], zone: ZoneInfo) -> State:
    state = opened(kind, Event("opened", _at(example["at"], zone), "", {"version": 0, "level": str(example["level"])}))
    later = [
        Event("level", _at(at, zone), "", {"level": str(level)}) for at, level in (example.get("levels") or {}).items()
    ]
    for since, until in example.get("pauses") or ():
        later += [Event("paused", _at(since, zone), "", {}), Event("resumed", _at(until, zone), "", {})]
    for event in sorted(later, key=lambda one: one.at):
        state = evolve(kind, state, event)
    return state


def _at(text: Any, zone: ZoneInfo) -> datetime:
    """A wall time such as 2026-11-23 10:30; ValueError for anything else."""
    day, wall = str(text).split(" ")
    hour, minute = wall.split(":")
    return calendar.local(date.fromisoformat(day), 60 * int(hour) + int(minute), zone).astimezone(UTC)


def _wall(at: datetime | None, zone: ZoneInfo) -> str:
    if at is None:
        return PAUSED
    local = at.astimezone(zone)
    if local.hour == local.minute == 0:
        return f"{local.date() - timedelta(days=1)} 24:00"
    return f"{local:%Y-%m-%d %H:%M}"
