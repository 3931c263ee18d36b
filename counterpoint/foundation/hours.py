"""A branch's stored hours as the pure `calendar.Hours`."""

from collections import defaultdict
from datetime import date

from counterpoint.foundation.calendar import Hours, Interval
from counterpoint.foundation.models import OpeningHours, OrgUnit, SpecialDay


def hours_of(org_unit: OrgUnit) -> Hours:
    """Opening hours of a branch in the caller's scope."""
    weekly: dict[int, list[Interval]] = defaultdict(list)
    opening = OpeningHours.objects.filter(org_unit=org_unit)
    for weekday, opens, closes in opening.values_list("weekday", "opens", "closes"):
        weekly[weekday].append((opens, closes))
    special: dict[date, tuple[Interval, ...]] = {}
    days = SpecialDay.objects.filter(org_unit=org_unit)
    for on, closed, start, end in days.values_list("date", "closed", "opens", "closes"):
        special[on] = ((start, end),) if not closed and start is not None and end is not None else ()
    return Hours(
        {weekday: tuple(sorted(spans)) for weekday, spans in weekly.items()},
        special,
        org_unit.time_zone,
        org_unit.rule_pack,
    )
