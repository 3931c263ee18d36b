"""Reads of the team, always inside the caller's scope; typed rows, never querysets, to templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from counterpoint.foundation.api import NotFound, OrgUnit, Prepared, Scope, scoped
from counterpoint.team import rules
from counterpoint.team.models import (
    DriftAlarm,
    FloatPlan,
    Forecast,
    LeaveRequest,
    Preference,
    Roster,
    ShiftRow,
    SkillGrant,
    StaffProfile,
    SwapRequest,
    TravelTime,
    TreeForecast,
)

LATE_AFTER = 1035


@dataclass(frozen=True)
class SkillView:
    """A skill with its level and the last day it counts."""

    skill: str
    level: int
    expires_on: date | None
    certificate: str


@dataclass(frozen=True)
class StaffView:
    """A person as rosters and the skills page see them."""

    profile: UUID
    user: UUID
    name: str
    staff_no: str
    contract_minutes: int
    min_week_minutes: int
    min_day_minutes: int
    max_day_minutes: int
    overtime_agreed: int
    speed: float
    protected: bool
    floats: bool
    skills: tuple[SkillView, ...]

    @property
    def limits(self) -> rules.DayLimits:
        """Minutes of a day and a week between which the person works."""
        return rules.DayLimits(self.min_day_minutes, self.max_day_minutes, self.min_week_minutes)

    @property
    def half_days(self) -> bool:
        """True for who never works longer than half a day."""
        return self.limits.half_days


@dataclass(frozen=True)
class ShiftView:
    """One published shift; minutes after local midnight. `segments` are (start, end, skill)."""

    user: UUID
    name: str
    date: date
    start: int
    end: int
    lunch: tuple[int, int] | None
    segments: tuple[tuple[int, int, str], ...]

    def post_at(self, minute: int) -> str | None:
        """The post held at a minute, None when off, at lunch or without a post."""
        return next((skill for start, end, skill in self.segments if start <= minute < end), None)


def staff(*, scope: Scope, branch: OrgUnit) -> tuple[StaffView, ...]:
    """Active people of the branch by name."""
    with scoped(scope):
        profiles = list(StaffProfile.objects.filter(org_unit=branch, active=True).select_related("user"))
        held: dict[UUID, list[SkillGrant]] = {}
        for grant in SkillGrant.objects.filter(org_unit=branch).order_by("skill"):
            held.setdefault(grant.profile_id, []).append(grant)
    return tuple(
        StaffView(
            p.pk,
            p.user_id,
            p.user.name,
            p.user.staff_no,
            p.contract_minutes,
            p.min_week_minutes,
            p.min_day_minutes,
            p.max_day_minutes,
            p.overtime_agreed,
            p.speed,
            p.protected,
            p.floats,
            tuple(SkillView(g.skill, g.level, g.expires_on, g.certificate) for g in held.get(p.pk, [])),
        )
        for p in profiles
    )


def profile_of(*, scope: Scope, branch: OrgUnit, user: UUID | None) -> StaffProfile | None:
    """The active profile of a person at the branch, if any."""
    with scoped(scope):
        return StaffProfile.objects.filter(org_unit=branch, user_id=user, active=True).first()


def forecast_latest(*, scope: Scope, branch: OrgUnit, on: date | None = None) -> Forecast | None:
    """The newest forecast, or the newest that covers a date."""
    with scoped(scope):
        rows = Forecast.objects.filter(org_unit=branch)
        if on is not None:
            rows = rows.filter(since__lte=on, until__gt=on)
        return rows.order_by("-made_at").first()


def forecasts_before(*, scope: Scope, branch: OrgUnit, before: date, limit: int = 30) -> list[Forecast]:
    """Forecasts that began before a date, newest first: what the track record is made of."""
    with scoped(scope):
        return list(Forecast.objects.filter(org_unit=branch, since__lt=before).order_by("-made_at")[:limit])


def drift_latest(*, scope: Scope, branch: OrgUnit) -> DriftAlarm | None:
    """The newest alarm of drift, acknowledged or not."""
    with scoped(scope):
        return DriftAlarm.objects.filter(org_unit=branch).order_by("-found").first()


def drift_open(*, scope: Scope, branch: OrgUnit) -> DriftAlarm | None:
    """The alarm that nobody has acknowledged."""
    with scoped(scope):
        return DriftAlarm.objects.filter(org_unit=branch, acknowledged_at=None).first()


def tree_top(*, scope: Scope) -> OrgUnit | None:
    """The highest unit above branches that the caller sees, by path; None for people of one branch."""
    with scoped(scope):
        return OrgUnit.objects.exclude(kind__in=("branch", "group")).order_by("path").first()


def tree_latest(*, scope: Scope) -> TreeForecast | None:
    """The newest run of the caller's highest unit."""
    top = tree_top(scope=scope)
    if top is None:
        return None
    with scoped(scope):
        return TreeForecast.objects.filter(org_unit=top).select_related("org_unit").order_by("-made_at").first()


def floating_latest(*, scope: Scope, week: date) -> FloatPlan | None:
    """The newest plan of helpers of a week made for the caller's highest unit."""
    top = tree_top(scope=scope)
    if top is None:
        return None
    with scoped(scope):
        rows = FloatPlan.objects.filter(org_unit=top, week=week).select_related("org_unit")
        return rows.order_by("-made_at").first()


def floaters(*, scope: Scope, unit: OrgUnit) -> list[StaffProfile]:
    """Active people below the unit who may help at near branches, by branch and name."""
    with scoped(scope):
        rows = StaffProfile.objects.filter(org_path__startswith=unit.path, active=True, floats=True)
        return list(rows.select_related("org_unit", "user").order_by("org_path", "user__name"))


def travel_times(*, scope: Scope, unit: OrgUnit) -> list[TravelTime]:
    """Travel times set at the unit or below."""
    with scoped(scope):
        return list(TravelTime.objects.filter(org_path__startswith=unit.path))


def units_by_code(*, scope: Scope, codes: Sequence[str]) -> dict[str, OrgUnit]:
    """Units by code, those in the caller's scope."""
    with scoped(scope):
        return {unit.code: unit for unit in OrgUnit.objects.filter(code__in=codes)}


def roster(*, scope: Scope, roster_id: UUID) -> Roster:
    """One version; `NotFound` outside the scope."""
    with scoped(scope):
        row = Roster.objects.filter(pk=roster_id).select_related("org_unit", "based_on").first()
    if row is None:
        raise NotFound(_("There is no such roster here."))
    return row


def roster_latest(*, scope: Scope, branch: OrgUnit, week: date) -> Roster | None:
    """The newest version of a week, draft or published."""
    with scoped(scope):
        return Roster.objects.filter(org_unit=branch, week=week).select_related("org_unit").order_by("-version").first()


def versions(*, scope: Scope, branch: OrgUnit, week: date) -> list[Roster]:
    """Every version of a week, newest first, without the heavy payloads."""
    with scoped(scope):
        rows = Roster.objects.filter(org_unit=branch, week=week)
        return list(rows.defer("problem", "solution", "waits", "conflict").order_by("-version"))


def roster_published_for(*, scope: Scope, branch: OrgUnit, day: date) -> Roster | None:
    """The published roster whose week holds the date."""
    with scoped(scope):
        week = day - timedelta(days=day.weekday())
        return (
            Roster.objects.filter(org_unit=branch, week=week, state=Roster.State.PUBLISHED)
            .select_related("org_unit")
            .first()
        )


def shifts_on(*, scope: Scope, branch: OrgUnit, day: date) -> tuple[ShiftView, ...]:
    """Published shifts of a date by start; empty when nothing is published."""
    return shifts_between(scope=scope, branch=branch, since=day, until=day + timedelta(days=1))


def shifts_between(
    *, scope: Scope, branch: OrgUnit, since: date, until: date, user: UUID | None = None
) -> tuple[ShiftView, ...]:
    """Published shifts of dates since ≤ date < until, of one person when given."""
    with scoped(scope):
        rows = _shifts.rows(branch, since, until) if user is None else _own_shifts.rows(branch, since, until, user)
    return tuple(_view(row) for row in rows)


def _published(branch: Any, since: Any, until: Any) -> QuerySet[ShiftRow]:
    rows = ShiftRow.objects.filter(org_unit=branch, roster__state=Roster.State.PUBLISHED)
    found = rows.filter(date__gte=since, date__lt=until)
    return found.select_related("user").order_by("date", "start", "user__name")


_shifts = Prepared(_published)
_own_shifts = Prepared(lambda branch, since, until, user: _published(branch, since, until).filter(user_id=user))


def _view(row: ShiftRow) -> ShiftView:
    lunch = (row.lunch_start, row.lunch_end) if row.lunch_start is not None and row.lunch_end is not None else None
    segments = tuple((s["start"], s["end"], s["skill"]) for s in row.segments)
    return ShiftView(row.user_id, row.user.name, row.date, row.start, row.end, lunch, segments)


@dataclass(frozen=True)
class LedgerRow:
    """What a person carried in the published weeks since a date: hours, late shifts, weekend days."""

    user: UUID
    name: str
    shifts: int
    hours: float
    lates: int
    weekends: int


def fairness(*, scope: Scope, branch: OrgUnit, since: date, until: date) -> tuple[LedgerRow, ...]:
    """The ledger that everybody at the branch may see, by name."""
    rows: dict[UUID, list[ShiftView]] = {}
    for shift in shifts_between(scope=scope, branch=branch, since=since, until=until):
        rows.setdefault(shift.user, []).append(shift)
    found = [
        LedgerRow(
            user,
            own[0].name,
            len(own),
            round(sum(s.end - s.start - ((s.lunch[1] - s.lunch[0]) if s.lunch else 0) for s in own) / 60, 1),
            sum(s.end > LATE_AFTER for s in own),
            sum(s.date.weekday() >= 5 for s in own),
        )
        for user, own in rows.items()
    ]
    return tuple(sorted(found, key=lambda row: row.name))


def leaves(
    *, scope: Scope, branch: OrgUnit, states: Sequence[str] = ("requested",), profile: UUID | None = None
) -> list[LeaveRequest]:
    """Leave requests in the given states, soonest first; of one person when given."""
    with scoped(scope):
        rows = LeaveRequest.objects.filter(org_unit=branch, state__in=states).select_related("profile__user")
        return list(rows.filter(profile_id=profile) if profile else rows)


def swaps(
    *, scope: Scope, branch: OrgUnit, states: Sequence[str] = ("agreed",), user: UUID | None = None
) -> list[SwapRequest]:
    """Swap requests in the given states; those that concern one person when given."""
    with scoped(scope):
        rows = list(
            SwapRequest.objects.filter(org_unit=branch, state__in=states).select_related("giver__user", "taker__user")
        )
    return [s for s in rows if user is None or user in (s.giver.user_id, s.taker.user_id)]


def wishes(*, scope: Scope, profile: UUID) -> list[Preference]:
    """Standing wishes of a person."""
    with scoped(scope):
        return list(Preference.objects.filter(profile_id=profile))


def absent_on(*, scope: Scope, branch: OrgUnit, day: date) -> list[LeaveRequest]:
    """Approved leave that touches a date."""
    with scoped(scope):
        rows = LeaveRequest.objects.filter(
            org_unit=branch, state=LeaveRequest.State.APPROVED, since__lte=day, until__gte=day
        )
        return list(rows.select_related("profile__user"))


def actual_arrivals(*, scope: Scope, branch: OrgUnit, since: date, until: date) -> Any:
    """Recorded arrivals (date, minute, service, count) by key from the hall; None where no room provides them."""
    from counterpoint.primitives.metrics import UnknownSource, fetch

    try:
        return fetch("onsite.arrivals", scope=scope, branch=branch, since=since, until=until)
    except UnknownSource:
        return None


def customers_by_day(*, scope: Scope, branch: OrgUnit, since: date, until: date) -> dict[date, int]:
    """Customers who came by day, oldest first; days without records are not there."""
    frame = actual_arrivals(scope=scope, branch=branch, since=since, until=until)
    if frame is None or frame.empty:
        return {}
    return {day: int(n) for day, n in sorted(frame.groupby("date")["arrivals"].sum().items())}


def now_at(branch: OrgUnit, now: datetime) -> tuple[date, int]:
    """The branch's local date and minute after midnight."""
    from zoneinfo import ZoneInfo

    local = now.astimezone(ZoneInfo(branch.time_zone))
    return local.date(), local.hour * 60 + local.minute
