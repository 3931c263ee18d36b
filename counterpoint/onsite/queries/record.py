"""A day of the branch as it was, for replays: from tickets and journal; from the day's log when only that is known."""

from collections import OrderedDict
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from counterpoint.foundation.api import OrgUnit, Scope, enter, hours_of, journal, scoped
from counterpoint.onsite import daylog
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.localtime import business_date, span, wall_minute
from counterpoint.onsite.models import BranchDay, DayLog, Duty, Ticket
from counterpoint.onsite.queries.snapshot import version_of
from counterpoint.onsite.rules import telling
from counterpoint.onsite.verbs import VIEW
from counterpoint.science import replay

KEEP = 16
SHUT = ("onsite.window_opened", "onsite.window_closed", "onsite.day_closed")
LASTING = ("onsite.device_failed", "onsite.device_restored", "onsite.diversion_set")
LOOK_BACK = ((SHUT, timedelta(days=7)), (LASTING, timedelta(days=92)))  # a machine may be out for weeks
_cache: "OrderedDict[tuple[Any, ...], replay.Recorded]" = OrderedDict()
_lock = Lock()


def recorded(*, scope: Scope, branch: OrgUnit, on: date, now: datetime) -> replay.Recorded | None:
    """The day up to now; None when nobody came (yet) or the day is still to come.

    Tickets go by their label, counters by number, people by id, minutes by the branch's wall clock.
    """
    found = day_of(scope=scope, branch=branch, on=on, now=now)
    return found if found.visits else None


def day_of(*, scope: Scope, branch: OrgUnit, on: date, now: datetime) -> replay.Recorded:
    """The same also of a day to which nobody came: where people sat, what was open."""
    enter(scope, branch, VIEW)
    today = business_date(branch, now)
    if on > today:
        return replay.Recorded((), ())
    key = (branch.pk, on, version_of(branch))
    with _lock:
        found = _cache.get(key)
    if found is None:
        with scoped(scope):
            found = _read(branch, on)
        with _lock:
            _cache[key] = found
            while len(_cache) > KEEP:
                _cache.popitem(last=False)
    if found.closed:
        return found
    until = wall_minute(ZoneInfo(branch.time_zone), on, now) if on == today else 24 * 60.0
    events = tuple(event for event in found.events if event.minute <= until)
    taken = {event.ticket for event in events}
    visits = tuple(visit for visit in found.visits if visit.code in taken)
    return replace(found, events=events, visits=visits, until=until)


def forget() -> None:
    """Drop what this process keeps."""
    with _lock:
        _cache.clear()


def _read(branch: OrgUnit, on: date) -> replay.Recorded:
    tickets = list(Ticket.objects.filter(org_unit=branch, business_date=on).select_related("counter", "previous"))
    content = catalogue(on, branch.rule_pack)
    if not tickets and (log := DayLog.objects.filter(org_unit=branch, business_date=on, tickets__gt=0).first()):
        return _from_log(branch, on, log)
    start, end = span(branch, on)
    mine = journal.JournalEntry.objects.filter(org_unit=branch, kind__startswith="onsite.")
    entries = list(mine.filter(at__gte=start, at__lt=end).order_by("seq").values_list("at", "kind", "data"))
    recent = reduce(or_, (Q(kind__in=kinds, at__gte=start - back) for kinds, back in LOOK_BACK))
    earlier = mine.filter(recent, at__lt=start).order_by("seq")
    before = telling.standing_before(list(earlier.values_list("kind", "data")))
    day = BranchDay.objects.filter(org_unit=branch, business_date=on).first()
    events = telling.events_of(
        ZoneInfo(branch.time_zone), on, entries, [telling.Slip.of(t) for t in tickets], day.closed_at if day else None
    )
    flagged: dict[str, bool] = {}
    for _at, kind, data in entries:
        if kind == "onsite.ticket_flagged":
            flagged.setdefault(data["ticket"], data["vulnerable"])
    visits = tuple(_visit(t, flagged) for t in sorted(tickets, key=lambda t: (t.taken_at, t.label)))
    until = events[-1].minute if events else 0.0
    workers = _workers(branch, on, content)
    return replay.Recorded(events, visits, workers, until, before.opened, before.down, before.shares)


def _visit(ticket: Ticket, flagged: dict[str, bool]) -> replay.Visit:
    """As it was taken: `flagged` holds what the first change made of it."""
    care = not flagged[str(ticket.pk)] if str(ticket.pk) in flagged else ticket.vulnerable
    after = ticket.previous.label if ticket.previous else ""
    return replay.Visit(ticket.label, ticket.service, ticket.tier, ticket.promise_high, care, after)


def _workers(branch: OrgUnit, on: date, content: Catalogue) -> tuple[replay.Worker, ...]:
    rows = Duty.objects.filter(org_unit=branch, business_date=on).values_list("user_id", "skills")
    able = content.skill_of
    return tuple(
        replay.Worker(str(user), tuple(sorted(k for k, skill in able.items() if not skills or skill in skills)))
        for user, skills in sorted(rows, key=lambda row: str(row[0]))
    )


def _from_log(branch: OrgUnit, on: date, row: DayLog) -> replay.Recorded:
    day = daylog.unpack(bytes(row.payload))
    names = telling.distinct(day.tickets)
    service, tier, server = (day.words(name) for name in ("service", "tier", "server"))

    def at(name: str, i: int) -> float | None:
        seconds = int(day.columns[name][i])
        return seconds / 60 if seconds >= 0 else None

    rows = [
        (names[i], str(service[i] or ""), str(tier[i] or ""), str(server[i] or ""), at("taken", i) or 0.0,
         at("called", i), at("finished", i), at("left", i))
        for i in range(len(day))
    ]  # fmt: skip
    promises = {names[i]: float(high) for i, high in enumerate(day.columns["high"]) if high == high}  # noqa: PLR0124
    spans = hours_of(branch).on(on, provisional=True)
    return replay.served_from_log(rows, promises, closes=float(max((b for _a, b in spans), default=1020)))
