"""What the replay's pages show: days to choose from, one day with its course and decisions, one's own bookmarks."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Counter, NotFound, OrgUnit, Scope, User, colleagues, enter, scoped
from counterpoint.onsite.localtime import business_date
from counterpoint.onsite.models import Bookmark, DayLog, Ticket
from counterpoint.onsite.queries import living
from counterpoint.onsite.queries.past import instant
from counterpoint.onsite.queries.snapshot import Dot, Lane, Queue, Snapshot, warmth
from counterpoint.onsite.rules.promise import kept
from counterpoint.onsite.verbs import REPLAY

if TYPE_CHECKING:
    from counterpoint.onsite.queries.living import Day

NOBODY = UUID(int=0)
SHOWN = 100
LAST = 24 * 60 - 1


@dataclass(frozen=True)
class Square:
    """A date of the calendar; `arrivals` None: nothing is known of it."""

    date: date
    inside: bool
    arrivals: int | None = None
    p90_wait: float | None = None
    source: str = ""
    running: bool = False


@dataclass(frozen=True)
class Month:
    """A month's weeks, Monday first, with the months before and after that hold days."""

    first: date
    weeks: tuple[tuple[Square, ...], ...]
    before: date | None
    after: date | None


@dataclass(frozen=True)
class Told:
    """A recorded decision: its position in the record, minute, kind, and whom and what it concerned."""

    position: int
    minute: float
    kind: str
    person: str
    counter: str
    what: str
    value: float


@dataclass(frozen=True)
class PastDay:
    """A day ready to be looked at. `course` rows: minute and the numbers of `replay.shape`."""

    on: date
    first: int
    until: int
    closed: bool
    inferred: bool
    tickets: int
    course: tuple[dict[str, float], ...]
    decisions: tuple[Told, ...]
    people: tuple[tuple[str, str], ...]
    counters: tuple[tuple[str, str], ...]
    unexpressed: dict[str, int]
    exact: bool
    worst: float
    day: "Day"


def month(*, scope: Scope, branch: OrgUnit, now: datetime, first: date) -> Month:
    """The days of a month that can be replayed: those with a log, and today once somebody has come."""
    enter(scope, branch, REPLAY)
    today = business_date(branch, now)
    with scoped(scope):
        logs = DayLog.objects.filter(org_unit=branch, business_date__lte=today, tickets__gt=0).defer("payload")
        known = {row.business_date: row for row in logs.filter(business_date__gte=_shift(first, 0),
                                                               business_date__lt=_shift(first, 1))}  # fmt: skip
        live = Ticket.objects.filter(org_unit=branch, business_date=today).exists()
        dates = logs.order_by("business_date").values_list("business_date", flat=True)
        oldest, newest = dates.first(), today if live else dates.last()
    weeks = []
    for week in calendar.Calendar().monthdatescalendar(first.year, first.month):
        squares = (_square(on, first, known.get(on), live and on == today and on not in known) for on in week)
        weeks.append(tuple(squares))
    before = _shift(first, -1) if oldest is not None and oldest < first else None
    after = _shift(first, 1) if newest is not None and newest >= _shift(first, 1) else None
    return Month(first, tuple(weeks), before, after)


def newest(*, scope: Scope, branch: OrgUnit, now: datetime) -> date | None:
    """The newest day that can be replayed, today included."""
    enter(scope, branch, REPLAY)
    today = business_date(branch, now)
    with scoped(scope):
        if Ticket.objects.filter(org_unit=branch, business_date=today).exists():
            return today
        logs = DayLog.objects.filter(org_unit=branch, business_date__lte=today, tickets__gt=0)
        return logs.order_by("-business_date").values_list("business_date", flat=True).first()


def _shift(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)


def _square(on: date, first: date, row: DayLog | None, running: bool) -> Square:
    inside = (on.year, on.month) == (first.year, first.month)
    if row is None:
        return Square(on, inside, running=running, source="live" if running else "")
    return Square(on, inside, row.tickets, row.summary.get("p90_wait"), row.source)


def past_day(*, scope: Scope, branch: OrgUnit, on: date, now: datetime) -> PastDay:
    """One day with its course; `NoDay` when nobody came, `NotFound` outside the scope."""
    enter(scope, branch, REPLAY)
    from counterpoint.science import replay

    day = living.day_of(scope=scope, branch=branch, on=on, now=now)
    scenario, record = day.scenario, day.scenario.recorded
    proof = replay.replay(scenario, seed=day.seed)
    course = replay.shape(scenario)
    rows = tuple({"minute": float(minute), **{k: float(v) for k, v in row.items()}}
                 for minute, row in zip(course.index, course.to_dict("records"), strict=True))  # fmt: skip
    decisions = tuple(
        Told(i, record.events[i].minute, e.kind, e.person, e.counter, e.what, e.value)
        for i in record.decisions() if (e := record.events[i])
    )  # fmt: skip
    named = names(scope=scope, branch=branch, on=on, codes=scenario.staffing.codes)
    people = tuple((code, named.get(code, code)) for code in scenario.staffing.codes if code not in scenario.unmanned)
    return PastDay(
        on, int(scenario.minutes[0]), min(int(record.until), LAST), record.closed, record.inferred, len(record.visits),
        rows, decisions, tuple(sorted(people, key=lambda pair: pair[1])), _windows(scope, branch, day, named),
        scenario.unexpressed, proof.exact, max(proof.worst.values(), default=0.0), day,
    )  # fmt: skip


def free_first(found: PastDay, minute: int) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """People and windows (code, name) of the day: who sat at no window and what was shut at the minute comes first."""
    from counterpoint.science import replay

    walk = replay.standing_at(found.day.scenario.recorded, float(minute))
    seated = {who for who, place in walk.people.items() if place.where == "counter"}
    people = sorted(found.people, key=lambda pair: pair[0] in seated)
    return tuple(people), tuple(sorted(found.counters, key=lambda pair: pair[0] in walk.open))


def names(*, scope: Scope, branch: OrgUnit, on: date, codes: Any) -> dict[str, str]:
    """Names of people by id or by staff number, as records call them; of the branch's own people only."""
    found = {}
    for person in colleagues(scope=scope, org_unit=branch, on=on):
        found[str(person.id)] = found[person.staff_no] = person.name
    missing = [code for code in codes if code not in found]
    ids = [UUID(code) for code in missing if _is_id(code)]
    if ids:
        with scoped(scope):
            found |= {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "name")}
    return found


def _is_id(code: str) -> bool:
    try:
        UUID(code)
    except ValueError:
        return False
    return True


def _windows(scope: Scope, branch: OrgUnit, day: "Day", named: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Windows that a decision may name: the branch's own, or those found from who served."""
    record = day.scenario.recorded
    if record.inferred:
        return tuple((worker.code, named.get(worker.code, worker.code)) for worker in record.workers)
    with scoped(scope):
        rows = Counter.objects.filter(org_unit=branch).order_by("number")
        return tuple((str(number), name) for number, name in rows.values_list("number", "name"))


def bookmarks(*, scope: Scope, branch: OrgUnit, on: date | None = None) -> tuple[Bookmark, ...]:
    """One's own bookmarks and futures of the branch, of a day or all, newest first."""
    enter(scope, branch, REPLAY)
    with scoped(scope):
        rows = Bookmark.objects.filter(org_unit=branch, user_id=scope.actor, removed_at=None)
        return tuple((rows if on is None else rows.filter(business_date=on))[:SHOWN])


def bookmark(*, scope: Scope, branch: OrgUnit, bookmark: UUID) -> Bookmark:
    """One of one's own, also a removed one; `NotFound` otherwise."""
    enter(scope, branch, REPLAY)
    with scoped(scope):
        row = Bookmark.objects.filter(org_unit=branch, user_id=scope.actor, pk=bookmark).first()
    if row is None:
        raise NotFound(_("There is no such bookmark here."))
    return row


def log_snapshot(*, branch: OrgUnit, found: PastDay, minute: int) -> Snapshot:
    """The hall at a minute of a day of which only tickets are known: servers as windows, no machines, no care."""
    from counterpoint.science import replay

    scenario, content = found.day.scenario, found.day.hall.content
    walk = replay.standing_at(scenario.recorded, float(minute))
    visits = {visit.code: visit for visit in scenario.recorded.visits}
    taken = {leg.ticket: leg.arrival for leg in scenario.legs if leg.first}
    named = dict(found.counters)
    dots: dict[str, list[Dot]] = {}
    for code, standing in walk.tickets.items():
        if standing.state == "waiting":
            visit, waited = visits[code], minute - taken[code]
            tier = content.tiers.get(visit.tier)
            dot = Dot(NOBODY, code, visit.service, visit.tier, False, int(waited),
                      warmth(waited, tier.promise_minutes if tier else 15.0), visit.promise,
                      instant(branch, found.on, taken[code]), False)  # fmt: skip
            dots.setdefault(content.skill_of.get(visit.service, "other"), []).append(dot)
    lanes = tuple(_log_lane(i, code, named, walk, visits, branch, found.on)
                  for i, code in enumerate(named, start=1))  # fmt: skip
    opened = sum(1 for code in named if code in walk.open)
    queues = tuple(Queue(skill, tuple(rows), opened, 0.0, 0.0, "none") for skill, rows in sorted(dots.items()))
    waits = [(walk.tickets[c].called or 0.0) - taken[c] for c in walk.tickets if walk.tickets[c].called is not None]
    promised = [visits[c].promise for c in walk.tickets if walk.tickets[c].called is not None]
    verdicts = [kept(w, high) for w, high in zip(waits, promised, strict=True)]
    ends = [s.reason for s in walk.tickets.values() if s.state == "over"]
    return Snapshot(
        branch.code, instant(branch, found.on, minute), found.on, 0, lanes, queues, (), (), len(walk.tickets),
        ends.count("end"), len(ends) - ends.count("end"), len(waits), sum(1 for v in verdicts if v),
        sum(1 for v in verdicts if v is not None),
    )  # fmt: skip


def _log_lane(
    number: int, code: str, named: dict[str, str], walk: Any, visits: dict[str, Any], branch: OrgUnit, on: date
) -> Lane:
    ticket = walk.busy.get(code, "")
    since = walk.tickets[ticket].called if ticket else None
    return Lane(
        number, named[code], "", "open" if code in walk.open else "closed", named[code], None, None, None, (),
        NOBODY if ticket else None, ticket, visits[ticket].service if ticket else "", "serving" if ticket else "",
        instant(branch, on, since) if since is not None else None,
    )  # fmt: skip
