"""Reads a branch's day to come from the database: roster or need, forecast or usual days, windows, machines."""

import json
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, OrgUnit, Scope, hours_of, scoped
from counterpoint.onsite import expected
from counterpoint.onsite.calibrated import newest
from counterpoint.onsite.catalogue import Catalogue, catalogue
from counterpoint.onsite.floors import Floor, floor_of
from counterpoint.onsite.localtime import business_date, minute_of
from counterpoint.onsite.state import Hall, hall_of
from counterpoint.onsite.whatif.ground import GRAIN, LOBBY, Business, Desk, Ground, Level, Machine, Worker
from counterpoint.role.api import SKILLS
from counterpoint.team import api as team

FARTHEST = 60
USUAL_SPREAD = 0.15  # of a day's customers where no forecast says it (planning value)
LUNCH = 30
FIRST_LUNCH, LUNCHES = 11 * 60, 5


class WrongDay(DomainError):
    """The day is over, too far away, or the branch is closed."""

    code = "whatif_day"


class NothingKnown(DomainError):
    """Neither a forecast nor past days say how many will come, or nobody is known who could serve them."""

    code = "whatif_unknown"


def ground_of(*, scope: Scope, branch: OrgUnit, on: date, now: datetime, plan: str = "") -> Ground:
    """Everything known of the day. `plan` is roster, need or hall; the first that exists when it does not.

    Raises WrongDay and NothingKnown, each with what to do.
    """
    with scoped(scope):
        spans = _open_on(branch, on, now)
        content = catalogue(on, branch.rule_pack)
        ahead = team.expected_day(scope=scope, branch=branch, day=on)
        services, start = _services(branch, on, now, content, ahead)
        hall = hall_of(scope=scope, branch=branch, now=now)
        check = newest(branch, "fitted")
    planned = team.planned_day(scope=scope, branch=branch, day=on)
    floor = floor_of(branch, on)
    desks = _desks(hall, content, None if check or ahead else floor)
    opens, closes = spans
    choices = {
        "roster": _rostered(scope, branch, on, planned) if planned else (),
        "need": _needed(ahead, desks, opens, closes) if ahead else (),
        "hall": _standing(hall, opens, closes),
    }
    known = tuple(name for name, people in choices.items() if people)
    if not known:
        raise NothingKnown(
            _("Nobody is known who could work on this day. Make a roster or a forecast, or open windows in the hall.")
        )
    chosen = plan if plan in known else known[0]
    kinds = {s.device for s in services if s.device}
    today = on == business_date(branch, now)
    total = sum(sum(s.rates) for s in services)
    return Ground(
        branch.code, on, opens, closes, start, services,
        tuple(
            Level(t.key, t.priority, float(t.promise_minutes), t.patience_factor, t.share)
            for t in content.tiers.values()
        ),
        desks,
        tuple(
            Machine(d.code, d.name, d.kind, d.in_service or not today, _walk(floor, "device", d.code))
            for d in hall.devices
            if d.kind in kinds
        ),
        choices[chosen], planned.state if chosen == "roster" and planned else chosen,
        planned.version if chosen == "roster" and planned else 0, "forecast" if ahead else "usual",
        ahead.made_at if ahead else None, ahead.sigma if ahead else USUAL_SPREAD, ahead.patience if ahead else None,
        (ahead.low, ahead.mean, ahead.high) if ahead else _spread(total), known,
        json.dumps(check.fitted) if check else "",
    )  # fmt: skip


def _desks(hall: Hall, content: Catalogue, floor: Floor | None) -> tuple[Desk, ...]:
    """The hall's counters; with the walk to them where their times are planning values."""
    return tuple(
        Desk(
            p.counter.number, p.counter.kind, content.kind_skills(p.counter.kind),
            _walk(floor, "counter", str(p.counter.number)),
        )
        for p in hall.posts
    )  # fmt: skip


def _walk(floor: Floor | None, kind: str, code: str) -> float:
    return floor.minutes(kind, code) if floor else 0.0


def _open_on(branch: OrgUnit, on: date, now: datetime) -> tuple[int, int]:
    """First opening and last closing minute. Raises WrongDay."""
    today = business_date(branch, now)
    spans = hours_of(branch).on(on, provisional=True)
    if on < today or (on == today and spans and minute_of(branch, now) >= spans[-1][1]):
        raise WrongDay(_("%(day)s is over. What if asks about days to come.") % {"day": on.isoformat()})
    if on > today + timedelta(days=FARTHEST):
        values = {"day": on.isoformat(), "days": FARTHEST}
        raise WrongDay(_("%(day)s is too far away: choose a day within %(days)d days.") % values)
    if not spans:
        raise WrongDay(_("The branch is closed on %(day)s. Choose another day.") % {"day": on.isoformat()})
    return spans[0][0], spans[-1][1]


def _spread(total: float) -> tuple[float, float, float]:
    sigma = (total + (USUAL_SPREAD * total) ** 2) ** 0.5
    return max(0.0, total - 1.2816 * sigma), total, total + 1.2816 * sigma


def _services(
    branch: OrgUnit, on: date, now: datetime, content: Catalogue, ahead: team.ExpectedDay | None
) -> tuple[tuple[Business, ...], int]:
    """Services with their expected customers and the first minute; counter times as measured where a forecast knows."""
    told = {s.key: s for s in ahead.services} if ahead else {}
    if ahead:
        rates = {key: one.rates for key, one in told.items()}
    else:
        mean = expected.usual(branch, on, business_date(branch, now))
        rates = {key: tuple(float(v) for v in values) for key, values in mean.items() if key in content.services}
    if not sum(sum(row) for row in rates.values()):
        raise NothingKnown(
            _("Nobody knows yet how many will come: make a forecast, or bring in a ticket history first.")
        )
    width = len(next(iter(rates.values())))
    none = (0.0,) * width
    found = [
        Business(
            s.key, s.key, s.skill, told[s.key].minutes if s.key in told else s.counter_minutes,
            told[s.key].cv if s.key in told else s.counter_cv, s.device, s.self_minutes, s.divertible,
            rates.get(s.key, none),
        )
        for s in content.services.values()
    ]  # fmt: skip
    found += [
        Business(s.key, s.name, s.skill, s.minutes, s.cv, None, None, 0.0, s.rates)
        for key, s in told.items()
        if key not in content.services
    ]
    return tuple(found), ahead.start if ahead else 0


def _rostered(scope: Scope, branch: OrgUnit, on: date, planned: team.PlannedDay) -> tuple[Worker, ...]:
    """The roster's shifts with what each person may do and how quick they are."""
    staff = {s.user: s for s in team.staff(scope=scope, branch=branch)}
    found = []
    for shift in planned.shifts:
        who = staff.get(shift.user)
        held = [s.skill for s in who.skills if s.expires_on is None or s.expires_on >= on] if who else []
        skills = tuple(sorted({*held, *(skill for _a, _b, skill in shift.segments)}))
        found.append(
            Worker(
                str(shift.user), shift.name, shift.start, shift.end, shift.lunch, shift.segments, skills,
                who.speed if who else 1.0,
            )
        )  # fmt: skip
    return tuple(found)


def _needed(ahead: team.ExpectedDay, desks: tuple[Desk, ...], opens: int, closes: int) -> tuple[Worker, ...]:
    """As many people as the forecast's need asks for, no more than windows of the kind, and one in the lobby."""
    found = []
    for skill, series in ahead.need:
        most = sum(d.kind == skill for d in desks) or sum(skill in d.skills for d in desks)
        for level in range(1, min(max(series, default=0), most) + 1):
            wanted = [ahead.start + GRAIN * n for n, people in enumerate(series) if people >= level]
            tasks = _runs([max(m, opens) for m in wanted], closes)
            if tasks:
                days = tuple((a, b, skill) for a, b in tasks)
                key = f"{skill}-{level}"
                found.append(Worker(key, "", tasks[0][0], tasks[-1][1], None, days, (skill,)))
    return (*found, Worker(f"{LOBBY}-1", "", opens, closes, None, ((opens, closes, LOBBY),), (LOBBY,))) if found else ()


def _runs(minutes: list[int], closes: int) -> list[tuple[int, int]]:
    """Half hours as stretches."""
    found: list[tuple[int, int]] = []
    for minute in minutes:
        end = min(closes, minute - minute % GRAIN + GRAIN)
        if found and found[-1][1] >= minute:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif minute < end:
            found.append((minute, end))
    return found


def _standing(hall: Hall, opens: int, closes: int) -> tuple[Worker, ...]:
    """Whoever stands in the hall now, all day, with lunch in turn."""
    found = []
    kinds = {p.counter.pk: p.counter.kind for p in hall.posts}
    here = [d for d in hall.duties if d.place in ("counter", "break", "lobby")]
    posts = [d for d in here if d.counter_id or d.place == "lobby"]
    for n, duty in enumerate(sorted(posts, key=lambda d: (d.counter.number if d.counter else 0, d.user.name))):
        skill = LOBBY if duty.counter_id is None else hall.content.kind_skills(kinds[duty.counter_id])[0]
        begin = FIRST_LUNCH + LUNCH * (n % LUNCHES)
        fits = opens < begin and begin + LUNCH < closes
        tasks = ((opens, begin, skill), (begin + LUNCH, closes, skill)) if fits else ((opens, closes, skill),)
        able = tuple(duty.skills) or tuple(s for s in SKILLS if s != LOBBY)
        lunch = (begin, begin + LUNCH) if fits else None
        found.append(Worker(str(duty.user_id), duty.user.name, opens, closes, lunch, tasks, (*able, skill)))
    return tuple(found) if any(skill != LOBBY for w in found for _a, _b, skill in w.tasks) else ()
