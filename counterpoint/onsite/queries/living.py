"""A recorded day as a scenario that can be lived again."""

import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, scoped
from counterpoint.onsite import futures
from counterpoint.onsite.queries.past import instant
from counterpoint.onsite.state import Hall, hall_of

if TYPE_CHECKING:
    from counterpoint.science import replay


class NoDay(Invalid):
    """Nobody took a ticket on that day, or it is still to come."""

    code = "no_day"


@dataclass(frozen=True)
class Day:
    """A recorded day ready to be lived again."""

    scenario: "replay.Scenario"
    hall: Hall
    seed: int


def day_of(*, scope: Scope, branch: OrgUnit, on: date, now: datetime) -> Day:
    """The day as a scenario; `NoDay` when there is nothing to live again."""
    from counterpoint.onsite.queries.record import recorded
    from counterpoint.science import replay, twin

    found = recorded(scope=scope, branch=branch, on=on, now=now)
    if found is None:
        raise NoDay(_("Nobody took a ticket on this day."))
    hall = hall_of(scope=scope, branch=branch, now=instant(branch, on, min(found.until, 24 * 60 - 1)))
    try:
        with scoped(scope):
            model = futures.model_of(hall)
        return Day(replay.scenario(found, model), hall, seed_of(branch, on))
    except twin.ModelError as unlike:
        raise NoDay(_("The simulation cannot picture this branch: set up its windows first.")) from unlike


def seed_of(branch: OrgUnit, on: date) -> int:
    """One seed a day: all futures of a day meet the same people."""
    return zlib.crc32(f"{branch.code} {on.isoformat()}".encode())
