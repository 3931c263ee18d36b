"""A branch's stored hours as the pure `calendar.Hours`."""

from collections import defaultdict
from datetime import date

from counterpoint.foundation.calendar import Hours, Interval
from counterpoint.foundation.models import OpeningHours, OrgUnit, SpecialDay
from counterpoint.foundation.prepared import Prepared

_WEEK = Prepared(lambda unit: OpeningHours.objects.filter(org_unit=unit).values_list("weekday", "opens", "closes"))
_DAYS = Prepared(lambda unit: SpecialDay.objects.filter(org_unit=unit).values_list("date", "closed", "opens", "closes"))


def hours_of(org_unit: OrgUnit) -> Hours:
    """Opening hours of a branch in the caller's scope."""
    weekly: dict[int, list[Interval]] = defaultdict(list)
    for weekday, opens, closes in _WEEK.rows(org_unit):
        weekly[weekday].append((opens, closes))
    special: dict[date, tuple[Interval, ...]] = {}
    for on, closed, start, end in _DAYS.rows(org_unit):
        special[on] = ((start, end),) if not closed and start is not None and end is not None else ()
    return Hours(
        {weekday: tuple(sorted(spans)) for weekday, spans in weekly.items()},
        special,
        org_unit.time_zone,
        org_unit.rule_pack,
    )
