"""Staff profiles: contract, skills with certificates, one by one or from a list."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, User, colleagues, journal, scoped
from counterpoint.team.errors import ImportRefused
from counterpoint.team.models import SkillGrant, StaffProfile

EDIT = "team.staff.edit"
CERTIFY = "team.skill.certify"


@dataclass(frozen=True)
class SkillInput:
    """A skill to grant: slug, level 1–5, last valid day (None: no expiry), certificate."""

    skill: str
    level: int = 1
    expires_on: date | None = None
    certificate: str = ""


@transaction.atomic
def staff_profile_set(
    *,
    scope: Scope,
    now: datetime,
    branch: OrgUnit,
    user: User,
    skills: Sequence[SkillInput],
    contract_minutes: int = 2400,
    min_week_minutes: int = 0,
    min_day_minutes: int = 240,
    max_day_minutes: int = 480,
    overtime_agreed: int = 0,
    speed: float = 1.0,
    protected: bool = False,
    active: bool = True,
    floats: bool = False,
) -> StaffProfile:
    """Create or replace the person's profile at the branch, skills included."""
    scope.require(EDIT, branch.path)
    with scoped(scope):
        profile = _write(
            branch,
            user,
            skills,
            {
                "contract_minutes": contract_minutes,
                "min_week_minutes": min_week_minutes,
                "min_day_minutes": min_day_minutes,
                "max_day_minutes": max_day_minutes,
                "overtime_agreed": overtime_agreed,
                "speed": speed,
                "protected": protected,
                "active": active,
                "floats": floats,
            },
        )
        data = {
            "user": str(user.pk),
            "skills": [[s.skill, s.level, s.expires_on.isoformat() if s.expires_on else None] for s in skills],
            "contract_minutes": contract_minutes,
        }
        journal.record(
            scope=scope, org_unit=branch, kind="team.profile_set", subject=str(profile.pk), at=now, data=data
        )
    return profile


def _write(branch: OrgUnit, user: User, skills: Sequence[SkillInput], values: dict[str, object]) -> StaffProfile:
    keys = [skill.skill for skill in skills]
    if len(set(keys)) != len(keys):
        raise Invalid(_("A skill is listed twice for %(name)s. Keep one line per skill.") % {"name": user.name})
    if any(not 1 <= skill.level <= 5 for skill in skills):
        raise Invalid(_("A skill level lies between 1 and 5."), field="level")
    profile = StaffProfile.objects.filter(org_unit=branch, user=user).first() or StaffProfile(
        org_unit=branch, user=user
    )
    for name, value in values.items():
        setattr(profile, name, value)
    if not 0 < profile.speed <= 3 or profile.min_week_minutes > profile.contract_minutes:
        raise Invalid(_("Speed must be above 0, and the weekly minimum must not exceed the contract."), field="speed")
    profile.save()
    SkillGrant.objects.filter(profile=profile).delete()
    SkillGrant.objects.bulk_create(
        SkillGrant(
            org_unit=branch,
            profile=profile,
            skill=skill.skill,
            level=skill.level,
            expires_on=skill.expires_on,
            certificate=skill.certificate,
        )
        for skill in skills
    )
    return profile


@transaction.atomic
def staff_import(*, scope: Scope, now: datetime, branch: OrgUnit, name: str, content: bytes) -> int:
    """Set the profiles of a staff list (CSV or xlsx). All rows or none; returns how many people.

    Raises ImportRefused with row-numbered problems. People are matched by staff number among the branch's colleagues.
    """
    from counterpoint.team.planning import StaffFileError, read_staff

    scope.require(EDIT, branch.path)
    try:
        rows = read_staff(name, content)
    except StaffFileError as wrong:
        raise ImportRefused(str(wrong), problems=[vars(p) for p in wrong.problems]) from wrong
    with scoped(scope):
        known = {c.staff_no: c.id for c in colleagues(scope=scope, org_unit=branch, on=branch.date_at(now))}
        missing = [row for row in rows if row.id not in known]
        if missing:
            problems = [
                {"row": row.row, "column": "id", "message": _("Nobody at this branch has this staff number.")}
                for row in missing
            ]
            first = _("Row %(row)s: nobody at this branch has the staff number %(no)s. Nothing was imported.")
            raise ImportRefused(first % {"row": missing[0].row, "no": missing[0].id}, problems=problems)
        users = User.objects.in_bulk(list(known.values()))
        for row in rows:
            skills = [SkillInput(s.key, s.level, date.fromisoformat(s.until) if s.until else None) for s in row.skills]
            values: dict[str, object] = {
                "contract_minutes": row.max_week,
                "min_week_minutes": row.min_week,
                "min_day_minutes": row.min_day,
                "max_day_minutes": row.max_day,
                "overtime_agreed": row.overtime_agreed,
                "speed": row.speed,
                "protected": row.protected,
            }
            _write(branch, users[known[row.id]], skills, values)
        digest = hashlib.sha256(content).hexdigest()
        data = {"people": len(rows), "sha256": digest}
        journal.record(scope=scope, org_unit=branch, kind="team.staff_imported", subject=branch.code, at=now, data=data)
    return len(rows)


@transaction.atomic
def skill_certify(
    *,
    scope: Scope,
    branch: OrgUnit,
    user: User,
    skill: str,
    level: int,
    expires_on: date,
    certificate: str,
    now: datetime,
) -> SkillGrant | None:
    """Write the skill that a certificate gives into the roster, until its last day; a last day that is past takes it
    away. What the person held by another certificate or by hand gives way. None for who stands in no roster here.

    Raises `Invalid` for a level that is none, `Forbidden`.
    """
    scope.require(CERTIFY, branch.path)
    if not 1 <= level <= 5:
        raise Invalid(_("A skill level lies between 1 and 5."), field="level")
    with scoped(scope):
        profile = StaffProfile.objects.select_for_update().filter(org_unit=branch, user=user).first()
        if profile is None:
            return None
        grant = SkillGrant.objects.filter(profile=profile, skill=skill).first()
        grant = grant or SkillGrant(org_unit=branch, profile=profile, skill=skill)
        grant.level, grant.expires_on, grant.certificate = level, expires_on, certificate
        grant.save()
        data = {
            "user": str(user.pk), "skill": skill, "level": level, "until": expires_on.isoformat(),
            "certificate": certificate,
        }  # fmt: skip
        journal.record(
            scope=scope, org_unit=branch, kind="team.skill_certified", subject=str(profile.pk), at=now, data=data
        )
    return grant
