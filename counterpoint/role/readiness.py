"""Before opening: what has to be in order, each with its state and the next step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from counterpoint.foundation.api import OrgUnit, Scope, devices
from counterpoint.role import desk, selfchecks
from counterpoint.role.today import Today, last_open_day
from counterpoint.ui.levels import rank
from counterpoint.ui.punctuation import listed

if TYPE_CHECKING:
    import pandas as pd

DAYS = "onsite.days"


@dataclass(frozen=True)
class Check:
    """One thing to have in order: its level, what is found, and what to do when it is not in order."""

    key: str
    label: str
    level: str
    found: str
    todo: str = ""
    url: str = ""


def checks(*, scope: Scope, branch: OrgUnit, today: Today) -> tuple[Check, ...]:
    """All checks, worst first."""
    found = (
        _hours(today),
        _people(desk.fetch(desk.SHIFTS, scope=scope, branch=branch, today=today)),
        _devices(scope, branch),
        _forecast(desk.fetch(desk.FORECAST, scope=scope, branch=branch, today=today)),
        _yesterday(scope, branch, today),
    )
    return tuple(sorted((check for check in found if check is not None), key=lambda check: rank(check.level)))


def self_checks(*, scope: Scope, branch: OrgUnit, today: Today, language: str) -> list[Check]:
    """Self-checks of the day or before that nobody did, and findings that are not put right."""
    found, label, url = [], _("Self-checks"), _address("role:self-checks")
    late = selfchecks.overdue(scope=scope, branch=branch, today=today, language=language)
    due = selfchecks.due_on(scope=scope, branch=branch, on=today.date, today=today, language=language)
    left = {one.name: one for one in (*late, *due)}
    if left:
        text = _("Not done yet: %(names)s") % {"names": listed(left)}
        todo = _("Do them now, or say who does; what is late opens a case.")
        found.append(Check("self_checks", label, "act" if late else "watch", text, todo, url))
    cases = selfchecks.open_cases(scope=scope, branch=branch, today=today)
    if cases:
        text = ngettext("%d finding is not put right", "%d findings are not put right", len(cases)) % len(cases)
        todo = _("Next deadline %(due)s.") % {"due": cases[0].due or "–"}
        level = "act" if any(one.late for one in cases) else "watch"
        found.append(Check("findings", label, level, text, todo, url))
    return found


def _hours(today: Today) -> Check:
    if not today.spans:
        return Check("hours", _("Opening hours"), "calm", _("Closed today."))
    text = listed(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in today.spans)
    if today.provisional:
        todo = _("The holidays of this year are not announced; check the date.")
        return Check("hours", _("Opening hours"), "watch", text, todo)
    return Check("hours", _("Opening hours"), "fine", text)


def _people(shifts: pd.DataFrame | None) -> Check | None:
    if shifts is None:
        return None
    url = _address("team:roster")
    if shifts.empty:
        todo = _("Publish today's roster, so that everybody knows counter and lunch.")
        return Check("people", _("People"), "act", _("No published roster for today."), todo, url)
    count = int(shifts["user"].nunique())
    return Check(
        "people",
        _("People"),
        "fine",
        ngettext("%d person on the roster", "%d people on the roster", count) % count,
        "",
        url,
    )


def _devices(scope: Scope, branch: OrgUnit) -> Check:
    everything = devices(scope=scope, branch=branch)
    down = [device for device in everything if not device.in_service]
    label = _("Machines")
    if not everything:
        return Check("devices", label, "calm", _("No machine is set up."), _("Add the branch's machines."))
    if down:
        names = listed(device.name for device in down)
        todo = _("Report the fault and put up the notice; the forecast already counts on it.")
        return Check("devices", label, "watch", _("Out of order: %(names)s") % {"names": names}, todo)
    count = len(everything)
    return Check(
        "devices", label, "fine", ngettext("%d machine in service", "All %d machines in service", count) % count
    )


def _forecast(rows: pd.DataFrame | None) -> Check | None:
    if rows is None:
        return None
    url = _address("team:forecast")
    if rows.empty:
        todo = _("Make the forecast: without it nobody knows when to open counters.")
        return Check("forecast", _("Forecast"), "watch", _("None for today."), todo, url)
    text = _("%(count)d customers expected") % {"count": round(float(rows["mean"].sum()))}
    return Check("forecast", _("Forecast"), "fine", text, "", url)


def _yesterday(scope: Scope, branch: OrgUnit, today: Today) -> Check | None:
    before = last_open_day(branch, today.date, today.now)
    if before is None or not desk.available(DAYS):
        return None
    rows = desk.fetch(DAYS, scope=scope, branch=branch, today=before)
    label = _("Last business day")
    if rows is None or rows.empty:
        return Check("yesterday", label, "calm", _("No tickets on %(date)s.") % {"date": f"{before.date:%m-%d}"})
    if bool(rows["closed"].iloc[-1]):
        return Check("yesterday", label, "fine", _("%(date)s is closed.") % {"date": f"{before.date:%m-%d}"})
    todo = _("Close it, so that its figures are final.")
    text = _("%(date)s is still open.") % {"date": f"{before.date:%m-%d}"}
    return Check("yesterday", label, "act", text, todo, _address("onsite:hall"))


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def left_open(*, scope: Scope, branch: OrgUnit, day: desk.TicketDay, following: Today | None) -> tuple[Check, ...]:
    """What is not finished at the end of a day, worst first; empty when everything is."""
    found = []
    if day.known and day.numbers.waiting:
        text = ngettext("%d customer still waits", "%d customers still wait", day.numbers.waiting) % day.numbers.waiting
        todo = _("Serve them before the doors are locked.")
        found.append(Check("waiting", _("Hall"), "act", text, todo, _address("onsite:hall")))
    machines = _devices(scope, branch)
    if machines.level == "watch":
        found.append(machines)
    if following is not None:
        shifts = desk.fetch(desk.SHIFTS, scope=scope, branch=branch, today=following)
        if shifts is not None and shifts.empty:
            text = _("No published roster for %(date)s.") % {"date": f"{following.date:%m-%d}"}
            todo = _("Check the draft and publish it, so that people know when they work.")
            found.append(Check("roster", _("Roster"), "act", text, todo, _address("team:roster")))
    return tuple(sorted(found, key=lambda check: rank(check.level)))
