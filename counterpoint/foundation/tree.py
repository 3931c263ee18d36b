"""The bank's tree as its set-up changes it: units are added, and what they are and where they lie is corrected."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation import actions, journal
from counterpoint.foundation.calendar import Interval
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import OrgUnit
from counterpoint.foundation.scope import Scope, check_write

KINDS: dict[str, str | Promise] = {
    OrgUnit.Kind.REGION: gettext_lazy("Region"),
    OrgUnit.Kind.BRANCH: gettext_lazy("Branch"),
}
KIND_NAMES: dict[str, str | Promise] = {OrgUnit.Kind.HEADQUARTERS: gettext_lazy("Headquarters"), **KINDS}
ABOVE = frozenset({OrgUnit.Kind.HEADQUARTERS, OrgUnit.Kind.REGION})  # what stands above other units
PACKS = {"cn": gettext_lazy("China"), "intl": gettext_lazy("International")}
RESERVED = frozenset({"pair"})  # addresses of the set-up itself
FIRST_WEEK: dict[int, Sequence[Interval]] = {weekday: [(540, 1020)] for weekday in range(5)}
PATH = 200


@dataclass(frozen=True)
class Place:
    """What a unit is called, whose rules it follows, and where it lies (degrees, WGS 84; both or neither)."""

    name: str
    time_zone: str = "Asia/Shanghai"
    rule_pack: str = "cn"
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None


@transaction.atomic
def unit_add(*, scope: Scope, now: datetime, parent: OrgUnit, kind: str, code: str, place: Place) -> OrgUnit:
    """Add a region or a branch under a unit. A branch begins with the hours of an ordinary week, to be corrected.
    Raises `Invalid` for a code that is taken or cannot be one, an unknown kind, zone or rule pack, a wrong place."""
    scope.require(actions.EDIT, parent.path)
    if kind not in KINDS or parent.kind not in ABOVE:
        raise Invalid(_("Only regions and branches are added, under headquarters or a region."), field="kind")
    if code in RESERVED or len(parent.path) + len(code) + 1 > PATH:
        raise Invalid(_("“%(code)s” cannot be the code of a unit.") % {"code": code}, field="code")
    _checked(place)
    try:
        with transaction.atomic():
            unit = actions.org_unit_create(
                scope=scope, now=now, kind=kind, code=code, parent=parent, **asdict(place)
            )  # fmt: skip
    except IntegrityError:
        raise Invalid(_("The code “%(code)s” is taken in this bank.") % {"code": code}, field="code") from None
    if kind == OrgUnit.Kind.BRANCH:
        actions.hours_set(scope=scope, now=now, branch=unit, weekly=FIRST_WEEK)
    return unit


@transaction.atomic
def unit_change(*, scope: Scope, now: datetime, unit: OrgUnit, place: Place) -> OrgUnit:
    """Correct what a unit is called, whose rules it follows and where it lies; the same again changes nothing."""
    scope.require(actions.EDIT, unit.path)
    _checked(place)
    check_write(unit.path)
    unit = OrgUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    changed: dict[str, Any] = {
        name: [getattr(unit, name), value] for name, value in asdict(place).items() if getattr(unit, name) != value
    }
    if not changed:
        return unit
    for name, (_old, value) in changed.items():
        setattr(unit, name, value)
    unit.save(update_fields=list(changed))
    journal.record(
        scope=scope, org_unit=unit, kind="foundation.org_unit_changed", subject=str(unit.pk), at=now, data=changed
    )
    return unit


def _checked(place: Place) -> None:
    if not place.name.strip():
        raise Invalid(_("A unit needs a name."), field="name")
    if place.time_zone not in available_timezones():
        wrong = {"zone": place.time_zone}
        raise Invalid(_("There is no time zone “%(zone)s”. Write it like Asia/Shanghai.") % wrong, field="time_zone")
    if place.rule_pack not in PACKS:
        raise Invalid(_("There are no rules “%(pack)s”.") % {"pack": place.rule_pack}, field="rule_pack")
    if (place.latitude is None) != (place.longitude is None):
        field = "latitude" if place.latitude is None else "longitude"
        raise Invalid(_("Give both latitude and longitude, or neither."), field=field)
    if place.latitude is not None and not -90 <= place.latitude <= 90:
        raise Invalid(_("The latitude lies between -90 and 90 degrees."), field="latitude")
    if place.longitude is not None and not -180 <= place.longitude <= 180:
        raise Invalid(_("The longitude lies between -180 and 180 degrees."), field="longitude")
