"""What every page of the numbers needs first: whose numbers, of when, and refusals as messages."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit, clock, scoped
from counterpoint.primitives.metrics import VIEW, Period, periods, telling
from counterpoint.ui.pages import date_in, number_in

GRAINS = ("day", "week", "month", "quarter")  # of a board; single numbers have hours, too
YEARS = range(2000, 2200)
KINDS = {OrgUnit.Kind.HEADQUARTERS: 0, OrgUnit.Kind.REGION: 1, OrgUnit.Kind.BRANCH: 2}


@dataclass(frozen=True)
class Frame:
    """Whose numbers, of which period, read when."""

    unit: OrgUnit
    units: tuple[OrgUnit, ...]
    grain: str
    on: date
    now: datetime
    hour: int = 0
    post: str = ""

    @property
    def period(self) -> Period:
        """The period of the grain that holds the date, of grain hour the hour."""
        return periods.of(self.grain, self.on, self.hour)

    @property
    def today(self) -> date:
        """The unit's date."""
        return self.unit.date_at(self.now)

    def query(self, **more: Any) -> str:
        """The address's query with some words changed; None takes a word out."""
        words = {"unit": self.unit.code, "grain": self.grain, "on": self.on.isoformat(), "post": self.post} | more
        words = {"hour": self.hour, **words} if words["grain"] == "hour" else {**words, "hour": None}
        return urlencode({key: value for key, value in words.items() if value not in (None, "")})


def frame(request: Any, grains: tuple[str, ...] = GRAINS) -> Frame:
    """From ?unit=, ?grain=, ?on=, ?hour= (else that of the clock), ?post=; 404 for a unit outside the scope and on
    nonsense."""
    now = clock.now()
    units = units_of(request)
    if not units:
        raise Http404
    unit = _unit(request, units)
    grain = request.GET.get("grain") or ("day" if unit.kind == OrgUnit.Kind.BRANCH else "week")
    if grain not in grains:
        raise Http404
    on = date_in(request.GET.get("on", "")) or unit.date_at(now)
    hour = number_in(request.GET.get("hour", ""), now.astimezone(ZoneInfo(unit.time_zone)).hour)
    if hour > 23:
        raise Http404
    return Frame(unit, units, grain, min(on, unit.date_at(now)), now, hour, _post(request, unit))


def _post(request: Any, unit: OrgUnit) -> str:
    """A counter or machine is one of its branch (?of= where the form may have changed the unit): others have a window 3
    of their own."""
    own = unit.kind == OrgUnit.Kind.BRANCH and request.GET.get("of", unit.code) == unit.code
    return str(request.GET.get("post", ""))[:80] if own else ""


def units_of(request: Any) -> tuple[OrgUnit, ...]:
    """Units whose numbers the caller may see: from the top down."""
    with scoped(request.scope):
        rows = [
            unit
            for unit in OrgUnit.objects.filter(kind__in=KINDS).order_by("path")
            if request.scope.may(VIEW, unit.path)
        ]
    return tuple(rows)


def _unit(request: Any, units: tuple[OrgUnit, ...]) -> OrgUnit:
    code = request.GET.get("unit", "") or request.POST.get("unit", "")
    if code:
        found = next((unit for unit in units if unit.code == code), None)
        if found is None:
            raise Http404
        return found
    top = min(units, key=lambda unit: KINDS[OrgUnit.Kind(unit.kind)])
    if top.kind == OrgUnit.Kind.BRANCH and request.branch in units:
        return request.branch
    return top


def tabs(place: Frame, url: str, *, hours: bool = False, **more: Any) -> list[tuple[str, str, str]]:
    """Grains as tabs of a page; `hours` for a number that is kept by hour."""
    words = {"hour": _("By hour")} if hours else {}
    words |= {"day": _("By day"), "week": _("By week"), "month": _("By month"), "quarter": _("By quarter")}
    return [(grain, word, f"{url}?{place.query(grain=grain, **more)}") for grain, word in words.items()]


def steps(place: Frame, url: str, **more: Any) -> dict[str, Any]:
    """The period in words with links to the one before and after (none after today's)."""
    period = place.period
    if period.grain == "hour":
        return _hours(place, url, **more)
    earlier = period.back().since
    later = period.until if period.until <= place.today else None
    return {
        "text": telling.period(period),
        "earlier": f"{url}?{place.query(on=earlier.isoformat(), **more)}",
        "later": f"{url}?{place.query(on=later.isoformat(), **more)}" if later else "",
        "running": period.until > place.today,
    }


def _hours(place: Frame, url: str, **more: Any) -> dict[str, Any]:
    """The hour in words, the hour before and the one after (none after the clock's)."""
    at = place.now.astimezone(ZoneInfo(place.unit.time_zone))

    def link(step: int) -> str:
        days, hour = divmod(place.hour + step, 24)
        return f"{url}?{place.query(on=(place.on + timedelta(days=days)).isoformat(), hour=hour, **more)}"

    running = (place.on, place.hour) >= (at.date(), at.hour)
    return {
        "text": telling.period(place.period), "earlier": link(-1), "later": "" if running else link(1),
        "running": running,
    }  # fmt: skip
