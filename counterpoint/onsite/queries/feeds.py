"""Queue machines that send events: where they have fallen silent while the doors are open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, Scope, machine_keys, scoped
from counterpoint.onsite.models import VendorEvent
from counterpoint.onsite.verbs import INGEST
from counterpoint.role.api import Today, day_at

SILENT = timedelta(minutes=60)


@dataclass(frozen=True)
class Silent:
    """A branch whose machine says nothing; `last` is when it last did today, in the branch's time."""

    branch: str
    last: datetime | None

    @property
    def words(self) -> str:
        """Since when."""
        if self.last is None:
            return _("nothing today")
        return _("silent since %(time)s") % {"time": f"{self.last:%H:%M}"}


def silent_feeds(*, scope: Scope, branches: list[OrgUnit], now: datetime) -> list[Silent]:
    """Branches with an enrolled queue machine, open for an hour, from which no event came in the last hour."""
    keys = machine_keys(scope=scope, verb=INGEST, now=now)
    with scoped(scope):
        asked = [(one, day_at(one, now)) for one in branches if one.pk in keys]
        waited = [(one, today) for one, today in asked if _open_for_an_hour(today)]
        rows = VendorEvent.objects.filter(
            org_unit__in=[one.pk for one, _today in waited], source__in={key for held in keys.values() for key in held},
            business_date__in={today.date for _one, today in waited},
        ) if waited else VendorEvent.objects.none()  # fmt: skip
        last = dict(rows.order_by().values_list("org_unit").annotate(Max("received_at")))
    quiet = [(one, last.get(one.pk)) for one, _today in waited]
    return [
        Silent(one.name, at.astimezone(ZoneInfo(one.time_zone)) if at else None)
        for one, at in quiet if at is None or now - at >= SILENT
    ]  # fmt: skip


def _open_for_an_hour(today: Today) -> bool:
    return any(opens + SILENT <= today.now < closes for opens, closes in today.spans)
