"""What the pages of cases share: filters from the address, names for choices, deadlines in words, refusals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from counterpoint.foundation.api import clock, colleagues
from counterpoint.primitives.cases import CaseFilter, CaseType, CaseView, case_types, shown
from counterpoint.primitives.cases.queries import SORTS
from counterpoint.ui.pages import number_in

SOON = timedelta(hours=2)
LONGEST = 80
STAGES = ("unfinished", "open", "doing", "resolved", "closed", "dropped")


def stage_names() -> dict[str, str]:
    """Kinds of stage, as a filter and as columns of the board."""
    return {
        "unfinished": _("Not finished"), "open": _("New"), "doing": _("Being handled"), "resolved": _("Resolved"),
        "closed": _("Closed"), "dropped": _("Dropped"),
    }  # fmt: skip


def types_here(request: Any) -> dict[str, CaseType]:
    """The types in force today whose cases the caller may see."""
    now, branch = clock.now(), request.branch
    on = branch.date_at(now) if branch else now.date()
    pack = branch.rule_pack if branch else "cn"
    return {key: kind for key, kind in case_types(on, pack).items() if request.scope.may(kind.verb("view"))}


def filter_of(request: Any, size: int = 50) -> CaseFilter:
    """The list that the address asks for; what it does not understand it leaves out."""
    ask = request.GET
    owner: UUID | str = ask.get("owner", "")
    if owner == "me":
        owner = request.scope.actor or ""
    elif owner and owner != "none":
        try:
            owner = UUID(str(owner))
        except ValueError:
            owner = ""
    return CaseFilter(
        type=ask.get("type", "")[:LONGEST], level=ask.get("level", "")[:LONGEST], owner=owner,
        stage=ask.get("stage", "unfinished")[:LONGEST], branch=ask.get("branch", "")[:LONGEST],
        late=ask.get("late") == "1", text=ask.get("q", "")[:LONGEST],
        source=ask.get("source", "")[:LONGEST], sort=ask["sort"] if ask.get("sort") in SORTS else "due",
        page=number_in(ask.get("page", "")), size=size,
    )  # fmt: skip


def people_here(request: Any) -> list[tuple[UUID, str]]:
    """Colleagues of the branch whom a case can be given to."""
    if not request.branch:
        return []
    found = colleagues(scope=request.scope, org_unit=request.branch, on=request.branch.date_at(clock.now()))
    return [(person.id, person.name) for person in found]


@dataclass(frozen=True)
class Due:
    """A deadline as people read it: how loud, in one phrase, and exactly."""

    level: str
    text: str
    at: datetime | None


def due_of(view: CaseView, now: datetime) -> Due:
    """The nearest deadline of a case."""
    if view.stage_kind in ("closed", "dropped"):
        return Due("calm", _("ended"), None)
    if view.paused:
        return Due("info", _("paused"), None)
    return due_at(view.due_at, now)


def due_at(at: datetime | None, now: datetime) -> Due:
    """A deadline that still runs."""
    if at is None:
        return Due("calm", _("no deadline"), None)
    left = at - now
    if left <= timedelta():
        return Due("act", _("%(time)s late") % {"time": rough(-left)}, at)
    return Due("watch" if left <= SOON else "calm", _("%(time)s left") % {"time": rough(left)}, at)


def rough(amount: timedelta) -> str:
    """An amount of time for a short glance: days when there are many hours."""
    if amount >= timedelta(days=2):
        return _("%(days)s days") % {"days": amount.days}
    return shown.length(amount)


def query(request: Any, **changes: Any) -> str:
    """The present filter as an address, with changes; None removes."""
    asked = {key: value for key, value in request.GET.items() if value and key != "page"}
    asked |= {key: value for key, value in changes.items() if value is not None}
    return urlencode({key: value for key, value in asked.items() if changes.get(key, "") is not None})


def wall(at: datetime | None) -> str:
    """A local time of the branch."""
    return f"{at.astimezone(timezone.get_current_timezone()):%m-%d %H:%M}" if at else ""
