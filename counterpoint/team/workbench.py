"""Between the database and the planner: people as the roster knows them, stored rosters as science values.

Science is imported inside the functions: web processes start without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import OrgUnit
from counterpoint.team import parameters
from counterpoint.team.models import LeaveRequest, Preference, Roster, ShiftRow, SkillGrant, StaffProfile

if TYPE_CHECKING:
    from counterpoint.science.rostering import Evaluation, History, Person, RosterProblem, Window
    from counterpoint.science.rostering import Roster as Schedule

LATE_AFTER = 1035
LOOK_BACK = timedelta(weeks=8)
PAID = frozenset({"annual", "sick", "training", "nursing"})


def people_of(branch: OrgUnit, days: list[date]) -> tuple[Person, ...]:
    """Active profiles of the branch as roster people: skills, approved leave, wishes, what they carried lately."""
    from counterpoint.science.rostering import Person, Skill

    profiles = list(StaffProfile.objects.filter(org_unit=branch, active=True).select_related("user"))
    skills = _grouped(SkillGrant.objects.filter(profile__in=profiles).order_by("skill"))
    wishes = _grouped(Preference.objects.filter(profile__in=profiles))
    leaves = leave_windows(profiles, days)
    carried = _carried(branch, days[0], [p.user_id for p in profiles])
    found = []
    for profile in profiles:
        key = str(profile.user_id)
        found.append(
            Person(
                id=key,
                name=profile.user.name,
                skills=tuple(
                    Skill(s.skill, s.level, s.expires_on.isoformat() if s.expires_on else None)
                    for s in skills.get(profile.pk, [])
                ),
                min_week=profile.min_week_minutes,
                max_week=profile.contract_minutes,
                min_day=min(profile.min_day_minutes, profile.max_day_minutes),
                max_day=profile.max_day_minutes,
                overtime_agreed=0 if profile.protected else profile.overtime_agreed,
                protected=profile.protected,
                unavailable=leaves.get(key, ()),
                preferences=_wishes(wishes.get(profile.pk, []), days),
                history=carried[profile.user_id],
                home=branch.code,
            )
        )
    return tuple(found)


def _grouped(rows: Iterable[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for row in rows:
        found.setdefault(row.profile_id, []).append(row)
    return found


def leave_windows(profiles: list[StaffProfile], days: list[date]) -> dict[str, tuple[Window, ...]]:
    """Approved leave by person id as windows of the days; paid days are credited with a fifth of the contract, half
    days with a tenth."""
    from counterpoint.science.rostering import Window

    rows = LeaveRequest.objects.filter(
        profile__in=profiles, state=LeaveRequest.State.APPROVED, since__lte=days[-1], until__gte=days[0]
    ).select_related("profile")
    found: dict[str, list[Window]] = {}
    for row in rows:
        paid = row.kind in PAID and (bool(row.half) or (row.start == 0 and row.end == 1440))
        credit = row.profile.contract_minutes // (10 if row.half else 5) if paid else 0
        for number, day in enumerate(days):
            if row.since <= day <= row.until:
                due = credit if day.weekday() < 5 else 0
                window = Window(number, row.start, row.end, f"leave ({row.kind})", due)
                found.setdefault(str(row.profile.user_id), []).append(window)
    return {key: tuple(windows) for key, windows in found.items()}


def _wishes(rows: list[Preference], days: list[date]) -> tuple[Any, ...]:
    from counterpoint.science.rostering import Preference as Wish

    return tuple(
        Wish(number, row.kind, row.minute, row.weight)  # type: ignore[arg-type]
        for number, day in enumerate(days)
        for row in rows
        if row.weekday == day.weekday()
    )


def _carried(branch: OrgUnit, first: date, users: list[Any]) -> dict[Any, History]:
    """Hours, late shifts and weekend days of the last eight published weeks, overtime of the month of the first day so
    far, and days worked in a row up to it."""
    from counterpoint.science.rostering import History

    rows = ShiftRow.objects.filter(
        org_unit=branch, roster__state=Roster.State.PUBLISHED, date__gte=first - LOOK_BACK, date__lt=first
    ).values_list("user_id", "date", "end", "start", "lunch_start", "lunch_end")
    worked: dict[Any, list[tuple[date, int, int]]] = {user: [] for user in users}
    for user, day, end, start, lunch_start, lunch_end in rows:
        if user in worked:
            worked[user].append((day, end, end - start - ((lunch_end or 0) - (lunch_start or 0))))
    found, month = {}, first.replace(day=1)
    limits = {rule.key: rule.value for rule in parameters.rules_of(branch.rule_pack, first)}
    for user, shifts in worked.items():
        dates = {day for day, _end, _minutes in shifts}
        run = 0
        while first - timedelta(days=run + 1) in dates:
            run += 1
        found[user] = History(
            minutes=sum(minutes for _day, _end, minutes in shifts),
            lates=sum(end > LATE_AFTER for _day, end, _minutes in shifts),
            weekends=sum(day.weekday() >= 5 for day, _end, _minutes in shifts),
            overtime_month=_overtime([(day, minutes) for day, _end, minutes in shifts if day >= month], limits),
            run_days=run,
        )
    return found


def _overtime(shifts: list[tuple[date, int]], limits: Mapping[str, int]) -> int:
    """Minutes of overtime as the judge counts them: per ISO week the larger of the daily and the weekly excess."""
    daily, weekly = limits.get("day.max_minutes", 1440), limits.get("week.max_minutes", 10080)
    weeks: dict[tuple[int, int], list[int]] = {}
    for day, minutes in shifts:
        weeks.setdefault(day.isocalendar()[:2], []).append(minutes)
    return sum(max(sum(max(0, m - daily) for m in worked), sum(worked) - weekly) for worked in weeks.values())


def problem_of(row: Roster, *, fresh: bool = False) -> RosterProblem:
    """The stored problem; `fresh` renews leave, skills and contracts of its people from today's records."""
    from counterpoint.science.rostering import RosterProblem

    problem = RosterProblem.from_dict(row.problem)
    if not fresh:
        return problem
    days = [date.fromisoformat(day.date) for day in problem.days]
    now = {person.id: person for person in people_of(row.org_unit, days)}
    people = tuple(
        replace(now[p.id], core=p.core, history=p.history, preferences=p.preferences) if p.id in now else p
        for p in problem.people
    )
    return replace(problem, people=people)


def names_of(problem: RosterProblem) -> dict[str, str]:
    """Names by id; somebody from outside, who has no account here, is called that."""
    return {p.id: p.name if is_person(p.id) else _("Colleague on loan") for p in problem.people}


def is_person(key: str) -> bool:
    """True for people of the bank; somebody borrowed for a way out has no account."""
    try:
        UUID(key)
    except ValueError:
        return False
    return True


def schedule_of(row: Roster) -> Schedule:
    """The stored roster as a science value; empty when the draft found none."""
    from counterpoint.science.rostering import Roster as Schedule

    held = row.solution.get("roster")
    return Schedule.from_dict(held) if held else Schedule(())


def judgement(problem: RosterProblem, schedule: Schedule) -> tuple[Evaluation, dict[str, Any]]:
    """The independent judge's view, and its plain JSON for pages."""
    from counterpoint.team.planning import judge

    return judge(problem, schedule)


def stored(schedule: Schedule, before: Mapping[str, Any], *, status: str) -> dict[str, Any]:
    """The solution JSON of a roster that was changed by hand."""
    return {**before, "roster": schedule.to_dict(), "status": status}
