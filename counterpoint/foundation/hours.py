"""A branch's stored hours as the pure `calendar.Hours`."""

from collections import defaultdict
from datetime import date

from counterpoint.foundation.calendar import Hours, Interval
from counterpoint.foundation.models import OpeningHours, OrgUnit, SpecialDay


def hours_of(org_unit: OrgUnit) -> Hours:
    """Opening hours of a branch in the caller's scope."""
    weekly: dict[int, list[Interval]] = defaultdict(list)
    for row in OpeningHours.objects.filter(org_unit=org_unit):
        weekly[row.weekday].append((row.opens, row.closes))
    special: dict[date, tuple[Interval, ...]] = {}
    for day in SpecialDay.objects.filter(org_unit=org_unit):
        is_open = not day.closed and day.opens is not None and day.closes is not None
        special[day.date] = ((day.opens, day.closes),) if is_open else ()
    return Hours(
        {weekday: tuple(sorted(spans)) for weekday, spans in weekly.items()},
        special,
        org_unit.time_zone,
        org_unit.rule_pack,
    )
