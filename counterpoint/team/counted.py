"""Rows that numbers of the team are counted on: person-weeks, forecast days, heads, certificates, rosters."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import OrgUnit, Scope, colleagues, scoped
from counterpoint.primitives.metrics import Relation, Touch, fetch, one_by_one, register_relation
from counterpoint.role.api import SKILLS
from counterpoint.team import queries, record, shown
from counterpoint.team.models import Roster, SkillGrant, StaffProfile

if TYPE_CHECKING:
    import pandas as pd

NAMES = {
    "person": _("Person"), "hours": _("Hours rostered"), "overtime": _("Overtime (h)"),
    "person_months": _("Person-months"), "error": _("Customers forecast wrongly"), "customers": _("Customers"),
    "inside": _("Share of half hours inside the range"), "people": _("People"), "person_years": _("Person-years"),
    "left": _("People who left"), "skill": _("Skill"), "valid": _("Valid"), "level": _("Level"),
    "notice": _("Days of notice"), "version": _("Version"), "waived": _("Rules set aside"),
}  # fmt: skip
WEEKS = {"person": "word", "hours": "number", "overtime": "number", "person_months": "number"}
FORECASTS = {"error": "number", "customers": "number", "inside": "number"}
PEOPLE = {"people": "number", "person_years": "number", "left": "number"}
SKILL = {"person": "word", "skill": "word", "level": "number", "valid": "yes_no"}
ROSTERS = {"notice": "number", "version": "number", "waived": "number"}
WEEK_DAYS, MONTH_DAYS, YEAR_DAYS = 7, 365.25 / 12, 365.25
THURSDAY = timedelta(days=3)  # an ISO week belongs to the month that holds its Thursday
LOOK = timedelta(days=42)  # how far the record of forecasts looks back at once


def _frame(rows: list[tuple[Any, ...]], columns: dict[str, str]) -> pd.DataFrame:
    import pandas as pd

    names = ["date", *columns]
    return pd.DataFrame(rows, columns=names) if rows else pd.DataFrame({n: pd.Series(dtype="object") for n in names})


def mondays(since: date, until: date, shift: timedelta = timedelta(0)) -> list[date]:
    """Mondays whose date moved by `shift` lies from `since` to `until` (exclusive)."""
    first = since - shift
    monday = first + timedelta(days=-first.weekday() % 7)
    found = []
    while monday + shift < until:
        found.append(monday)
        monday += timedelta(days=7)
    return found


def weeks(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a person and published week, on its Thursday: rostered hours (lunch apart), hours over the contract."""
    rows = []
    starts = mondays(since, until, THURSDAY)
    if not starts:
        return _frame([], WEEKS)
    with scoped(scope):
        profiles = StaffProfile.objects.filter(org_unit=branch).select_related("user")
        contracts = {p.user_id: (p.user.staff_no, p.contract_minutes) for p in profiles}
    shifts = queries.shifts_between(
        scope=scope, branch=branch, since=starts[0], until=starts[-1] + timedelta(days=7)
    )  # fmt: skip
    minutes: dict[tuple[date, Any], int] = {}
    for shift in shifts:
        monday = shift.date - timedelta(days=shift.date.weekday())
        lunch = shift.lunch[1] - shift.lunch[0] if shift.lunch else 0
        minutes[monday, shift.user] = minutes.get((monday, shift.user), 0) + shift.end - shift.start - lunch
    for (monday, user), worked in sorted(minutes.items(), key=lambda pair: (pair[0][0], str(pair[0][1]))):
        staff_no, contract = contracts.get(user, (None, None))
        over = max(0, worked - contract) / 60 if contract is not None else 0.0
        rows.append((monday + THURSDAY, staff_no, worked / 60, over, WEEK_DAYS / MONTH_DAYS))
    return _frame(rows, WEEKS)


def forecasts(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a closed day that a forecast was made for before it began."""
    rows: dict[date, tuple[Any, ...]] = {}
    days = fetch("onsite.days", scope=scope, branch=branch, since=since, until=until)
    over = set(days.loc[days["closed"].astype(bool), "date"]) if len(days) else set()
    end = until if over else since
    while end > since:
        for day in record.track_record(scope=scope, branch=branch, today=end):
            if day.date in over:
                rows[day.date] = (day.date, day.error * day.actual, float(day.actual), day.inside)
        end -= LOOK
    return _frame([rows[on] for on in sorted(rows)], FORECASTS)


def people(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a Monday: people with a post at the branch, and those of the Monday before who have none any more."""
    rows, before = [], None
    for monday in mondays(since - timedelta(days=7), until):
        here = {c.id for c in colleagues(scope=scope, org_unit=branch, on=monday)}
        if monday >= since and here:
            gone = len(before - here) if before is not None else 0
            rows.append((monday, float(len(here)), len(here) * WEEK_DAYS / YEAR_DAYS, float(gone)))
        before = here
    return _frame(rows, PEOPLE)


def skills(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a Monday and skill that somebody of the branch holds by certificate: is it still valid."""
    starts = mondays(since, until)
    if not starts:
        return _frame([], SKILL)
    with scoped(scope):
        grants = SkillGrant.objects.filter(org_unit=branch, profile__active=True)
        held = list(grants.values_list("profile__user__staff_no", "skill", "level", "expires_on"))
    rows = [
        (monday, who, skill, float(level), expires is None or monday <= expires)
        for monday in starts for who, skill, level, expires in held
    ]  # fmt: skip
    return _frame(rows, SKILL)


def rosters(scope: Scope, branch: OrgUnit, since: date, until: date) -> pd.DataFrame:
    """One row a published version, on its week's Monday: full days between publication and the week."""
    with scoped(scope):
        mine = Roster.objects.filter(org_unit=branch, week__gte=since, week__lt=until).exclude(state="draft")
        rows = [
            (week, float((week - branch.date_at(at)).days), float(version), float(len(waived or {})))
            for week, version, at, waived in mine.values_list("week", "version", "published_at", "waivers")
        ]
    return _frame(sorted(rows), ROSTERS)


def month_around(touch: Touch) -> list[date]:
    """A roster or profile may change any date of the weeks around the entry."""
    return [touch.on + timedelta(days=n) for n in range(-35, 36)]


def quarter_before(touch: Touch) -> list[date]:
    """What is read off today's list of people counts for the past weeks too."""
    return [touch.on - timedelta(days=n) for n in range(100)]


def value_name(column: str, value: Any) -> str:
    """Skills in the reader's words."""
    return shown.skill(str(value)) if column == "skill" and value in SKILLS else str(value)


def _relation(key: str, columns: dict[str, str], read: Any, names: tuple[str, str], **more: Any) -> None:
    words = {"zh-hans": names[0], "en": names[1]}
    register_relation(Relation(key, columns, one_by_one(read), words, NAMES, value_name=value_name, **more))


_relation(
    "team.weeks", WEEKS, weeks, ("排班人周", "rostered person-weeks"), days=month_around, verb="team.roster.view",
    facts=("team.roster_", "team.profile_set", "team.staff_imported"),
)  # fmt: skip
_relation(
    "team.forecast_days", FORECASTS, forecasts, ("已预测的营业日", "forecast days"), days=month_around,
    facts=("team.forecast_made", "onsite.day_closed", "onsite.history_imported"),
)  # fmt: skip
_relation(
    "team.people", PEOPLE, people, ("在岗人数(每周一)", "heads on Mondays"), days=quarter_before,
    facts=("foundation.post_",),
)  # fmt: skip
_relation(
    "team.skills", SKILL, skills, ("持证情况(每周一)", "certificates on Mondays"), days=quarter_before,
    facts=("team.profile_set", "team.staff_imported"),
)  # fmt: skip
_relation(
    "team.rosters", ROSTERS, rosters, ("已发布班表", "published rosters"), days=month_around, facts=("team.roster_",)
)
