"""Rows that numbers of the hall are counted on: tickets, people at windows, triage, machines, advice.

All times are the branch's wall clock; minutes with fractions. A day that was folded or brought in is read from its log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import Device, OrgUnit, Scope, hours_of, journal, scoped
from counterpoint.onsite.catalogue import catalogue
from counterpoint.onsite.daylog import DayTickets
from counterpoint.onsite.localtime import seconds_of, span
from counterpoint.onsite.models import Advice, Ticket
from counterpoint.onsite.sources import days_of
from counterpoint.primitives.metrics import Relation, Touch, by_branch, one_by_one, register_relation
from counterpoint.role.api import service_types, tiers
from counterpoint.ui import reader

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Frames = Mapping[Any, pd.DataFrame]

NAMES = {
    "hour": _("Hour"), "person": _("Person"), "post": _("Window or machine"), "service": _("Service"),
    "tier": _("Customer tier"), "outcome": _("Outcome"), "wait": _("Wait (min)"),
    "service_minutes": _("Service (min)"), "kept": _("Promise kept"), "ticket": _("Ticket"),
    "open_minutes": _("At the window (min)"), "busy_minutes": _("Serving (min)"), "deals": _("Customers served"),
    "diverted": _("Guided to a machine"), "divertible": _("Could use a machine"),
    "device": _("Device"), "kind": _("Kind"), "down_minutes": _("Out of order (min)"), "faults": _("Faults"),
    "advised": _("Advice"), "taken": _("Followed"), "scored": _("Compared"), "hit": _("Came true"),
    "saved": _("Minutes saved, predicted"),
}  # fmt: skip
TICKETS = {
    "hour": "number", "person": "word", "post": "word", "ticket": "word", "service": "word", "tier": "word",
    "outcome": "word", "wait": "number", "service_minutes": "number", "kept": "yes_no",
}  # fmt: skip
WINDOWS = {
    "hour": "number", "person": "word", "post": "word", "open_minutes": "number", "busy_minutes": "number",
    "deals": "number",
}  # fmt: skip
TRIAGE = {"hour": "number", "ticket": "word", "service": "word", "diverted": "yes_no", "divertible": "yes_no"}
MACHINES = {"post": "word", "kind": "word", "open_minutes": "number", "down_minutes": "number", "faults": "number"}
ADVICE = {
    "hour": "number", "advised": "word", "taken": "yes_no", "scored": "yes_no", "hit": "yes_no", "saved": "number",
}  # fmt: skip
TICKET_FACTS = ("onsite.ticket_", "onsite.day_closed", "onsite.events_ingested", "onsite.history_imported")


def touched(touch: Touch) -> list[date]:
    """Dates that an entry of the hall may have changed."""
    if touch.kind == "onsite.history_imported":
        since, until = date.fromisoformat(touch.data["since"]), date.fromisoformat(touch.data["until"])
        return [since + timedelta(days=n) for n in range((until - since).days + 1)]
    if touch.kind == "onsite.day_closed":
        return [date.fromisoformat(touch.data["date"])]
    if touch.kind == "onsite.events_ingested":  # a machine may send events of the day before after midnight
        return [touch.on - timedelta(days=1), touch.on]
    return [touch.on]


def empty(columns: dict[str, str]) -> pd.DataFrame:
    """No rows."""
    import pandas as pd

    return pd.DataFrame({name: pd.Series(dtype="object") for name in ("date", *columns)})


def tickets(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> Frames:
    """One row a ticket. `wait` of those called; `kept` of those called whose promise is known."""
    import pandas as pd

    def frame(branch: OrgUnit) -> pd.DataFrame:
        parts = [_tickets(day, on, branch) for on, day in found[branch.pk].items()]
        return pd.concat(parts, ignore_index=True) if parts else empty(TICKETS)

    found = days_of(scope, branches, since, until)
    return {branch.pk: frame(branch) for branch in branches}


def _tickets(day: DayTickets, on: date, branch: OrgUnit) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    columns = day.columns
    wait = _minutes(columns["taken"], columns["called"])
    promises = {key: tier.promise_minutes for key, tier in tiers(on, branch.rule_pack).items()}
    limit = np.array([promises.get(tier, np.nan) for tier in day.tiers] + [np.nan])
    codes = columns["tier"].astype("int64")
    limits = limit[np.where(codes >= len(day.tiers), len(day.tiers), codes)]
    kept = (wait <= limits).astype(object)
    kept[np.isnan(wait) | np.isnan(limits)] = None
    return pd.DataFrame(
        {
            "date": on, "hour": columns["taken"] // 3600, "person": day.words("server"), "post": day.words("window"),
            "ticket": list(day.tickets), "service": day.words("service"), "tier": day.words("tier"),
            "outcome": day.words("outcome"), "wait": wait,
            "service_minutes": _minutes(columns["called"], columns["finished"]), "kept": kept,
        }
    )  # fmt: skip


def _minutes(begin: NDArray[Any], end: NDArray[Any]) -> NDArray[np.float64]:
    """Minutes between two moments in seconds, NaN where one never came."""
    import numpy as np

    both = (begin >= 0) & (end >= 0)
    gap: NDArray[np.float64] = np.where(both, (end.astype("int64") - begin.astype("int64")) / 60.0, np.nan)
    return gap


def windows(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> Frames:
    """One row a person, window and hour: from the first call to the last finish of the day, and how much of it was
    serving. A lunch break without a call of 40 minutes or more is left out; who changes windows is at the new one from
    the first call there."""
    found = days_of(scope, branches, since, until).items()
    rows = ((pk, row) for pk, mine in found for on, day in mine.items() for row in _at_windows(day, on))
    return by_branch(branches, rows, WINDOWS)


BREAK_SECONDS = 40 * 60


def _at_windows(day: DayTickets, on: date) -> list[tuple[Any, ...]]:
    import numpy as np

    columns, found = day.columns, []
    served = (columns["called"] >= 0) & (columns["finished"] >= 0) & (columns["server"] >= 0)
    for code, person in enumerate(day.servers):
        mine = served & (columns["server"] == code)
        if not mine.any():
            continue
        order = np.argsort(columns["called"][mine], kind="stable")
        called, finished, window = (columns[name][mine][order] for name in ("called", "finished", "window"))
        present = _presence(called, finished, window)
        hours = range(int(called[0]) // 3600, int(finished.max() - 1) // 3600 + 1)
        for which in np.unique(window).tolist():
            post, own = (None if which < 0 else day.windows[which]), window == which
            for hour in hours:
                start, end = hour * 3600, (hour + 1) * 3600
                there = sum(max(0, min(b, end) - max(a, start)) for a, b, at in present if at == which) / 60
                spent = np.minimum(finished[own], end) - np.maximum(called[own], start)
                busy = float(np.clip(spent, 0, None).sum()) / 60
                deals = int(((finished[own] > start) & (finished[own] <= end)).sum())
                if there or deals:
                    found.append((on, float(hour), person, post, there, min(busy, there), float(deals)))
    return found


def _presence(called: NDArray[Any], finished: NDArray[Any], window: NDArray[Any]) -> list[tuple[int, int, int]]:
    """Spans at a window: neighbouring services belong together unless a break or another window lies between."""
    found: list[tuple[int, int, int]] = []
    for begin, end, at in zip(called.tolist(), finished.tolist(), window.tolist(), strict=True):
        if found and begin - found[-1][1] < BREAK_SECONDS:
            since, until, before = found[-1]
            found[-1] = (since, max(until, end) if at == before else begin, before)
            if at != before:
                found.append((begin, max(until, end), at))
        else:
            found.append((begin, end, at))
    return found


def triage(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> Frames:
    """One row a ticket that the hall itself gave out: could it go to a machine, and did it."""
    known = {branch.pk: (ZoneInfo(branch.time_zone), branch.rule_pack) for branch in branches}
    with scoped(scope):
        mine = Ticket.objects.filter(org_unit__in=list(known), business_date__gte=since, business_date__lt=until)
        names = ("org_unit_id", "business_date", "taken_at", "label", "service", "reason")
        rows = list(mine.order_by().values_list(*names))
    able: dict[tuple[date, str], frozenset[str]] = {}
    found = []
    for pk, on, taken, label, service, reason in rows:
        zone, pack = known[pk]
        if (on, pack) not in able:
            services = catalogue(on, pack).services
            able[on, pack] = frozenset(key for key, one in services.items() if one.divertible > 0)
        hour = float(taken.astimezone(zone).hour)
        found.append((pk, (on, hour, label, service, reason == "diverted", service in able[on, pack])))
    return by_branch(branches, found, TRIAGE)


def machines(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a customers' machine and open day: opening minutes, and how many of them it was out of order."""
    import pandas as pd

    with scoped(scope):
        held = {str(d.pk): d for d in Device.objects.filter(org_unit=branch)}
        hours = hours_of(branch)
        kinds = ("onsite.device_failed", "onsite.device_restored")
        entries = list(
            journal.JournalEntry.objects.filter(org_unit=branch, kind__in=kinds, at__lt=span(branch, until)[0])
            .order_by("at", "seq").values_list("kind", "at", "data")
        )  # fmt: skip
        first = journal.JournalEntry.objects.filter(org_unit=branch).order_by("seq").values_list("at", flat=True)[:1]
        known = next((branch.date_at(at) for at in first), until)
    zone, rows = ZoneInfo(branch.time_zone), []
    for on in (since + timedelta(days=n) for n in range((until - since).days)):
        if on < known:
            continue
        open_ = [(a * 60, b * 60) for a, b in hours.on(on, provisional=True)]
        if not open_:
            continue
        for pk, device in held.items():
            if device.retired_at is not None and branch.date_at(device.retired_at) <= on:
                continue
            mine = [
                (kind, seconds_of(zone, on, at))
                for kind, at, data in entries
                if data.get("device") in (pk, device.code)
            ]
            down, faults = _down(mine, open_)
            rows.append((on, device.code, device.kind, sum(b - a for a, b in open_) / 60, down / 60, float(faults)))
    return pd.DataFrame(rows, columns=["date", *MACHINES]) if rows else empty(MACHINES)


def _down(entries: list[tuple[str, int]], open_: list[tuple[int, int]]) -> tuple[int, int]:
    """Seconds of opening out of order, and faults that began on the day. Moments are seconds after its midnight."""
    spans, since, faults = [], None, 0
    for kind, at in entries:
        if kind == "onsite.device_failed" and since is None:
            since = at
            faults += 0 <= at < 86400
        elif kind == "onsite.device_restored" and since is not None:
            spans.append((since, at))
            since = None
    if since is not None:
        spans.append((since, 86400 * 2))
    return sum(max(0, min(b, d) - max(a, c)) for a, b in spans for c, d in open_), faults


def advice(scope: Scope, branches: Sequence[OrgUnit], since: date, until: date) -> Frames:
    """One row a piece of advice: was it followed, and did the prediction come true."""
    zones = {branch.pk: ZoneInfo(branch.time_zone) for branch in branches}
    with scoped(scope):
        mine = Advice.objects.filter(org_unit__in=list(zones), business_date__gte=since, business_date__lt=until)
        rows = [(a.org_unit_id, _advice(a, zones[a.org_unit_id])) for a in mine.order_by("at")]
    return by_branch(branches, rows, ADVICE)


def _advice(one: Advice, zone: ZoneInfo) -> tuple[Any, ...]:
    saved = one.predicted.get("saved") if isinstance(one.predicted, dict) else None
    hour = float(one.at.astimezone(zone).hour)
    return (one.business_date, hour, one.kind, one.state == "taken", one.hit is not None, one.hit, saved)


WORDS = {
    "served": _("served"), "abandoned": _("left"), "waiting": _("waiting"), "unknown": _("open or unknown"),
    "nothing": _("nothing to do"), "call": _("open a window"), "guide": _("guide to machines"),
    "atm": _("cash machine"), "crs": _("cash recycler"), "stm": _("smart counter"), "kiosk": _("ticket machine"),
    "screen": _("calling screen"),
}  # fmt: skip


def value_name(column: str, value: Any) -> str:
    """Services and tiers in the reader's words."""
    language, on = reader.language(), date(2100, 1, 1)
    if column == "service":
        service = service_types(on).get(str(value))
        return service.name(language) if service else str(value)
    if column == "tier":
        tier = tiers(on).get(str(value))
        return tier.name(language) if tier else str(value)
    return str(WORDS.get(value, value)) if column in ("outcome", "kind", "advised") else str(value)


def window_name(column: str, value: Any) -> str:
    """As `value_name`, and the post is a window; one that has a name instead of a number is called by it."""
    if column == "post" and str(value).isdecimal():
        return str(_("Window %(number)s") % {"number": value})
    return value_name(column, value)


def _relation(key: str, columns: dict[str, str], read: Any, names: tuple[str, str], **more: Any) -> Relation:
    words = {"zh-hans": names[0], "en": names[1]}
    return Relation(key, columns, read, words, NAMES, **{"days": touched, "value_name": value_name, **more})


register_relation(
    _relation(
        "onsite.customers",
        TICKETS,
        tickets,
        ("取号", "tickets"),
        facts=TICKET_FACTS,
        label="ticket",
        live=True,
        value_name=window_name,
    )
)
register_relation(
    _relation(
        "onsite.windows",
        WINDOWS,
        windows,
        ("柜员在岗小时", "hours at windows"),
        facts=TICKET_FACTS,
        value_name=window_name,
    )
)
register_relation(
    _relation("onsite.triage", TRIAGE, triage, ("识别分流的号", "tickets triaged"), facts=TICKET_FACTS, label="ticket")
)
register_relation(
    _relation(
        "onsite.machines", MACHINES, one_by_one(machines), ("设备营业日", "machine days"), label="post",
        places=("post",),
        facts=("onsite.device_", "foundation.hours_set", "foundation.special_day_set", "foundation.place_created"),
    )
)  # fmt: skip
register_relation(_relation("onsite.advice", ADVICE, advice, ("处置建议", "advice"), facts=("onsite.advice_",)))
