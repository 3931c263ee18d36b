"""From certificates to the roster: which skill a person holds by certificate, until when; felt by the next draft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from counterpoint.academy.certificates import queries
from counterpoint.academy.models import Certificate
from counterpoint.academy.models.certificates import VALID
from counterpoint.foundation.api import OrgUnit, Scope, User
from counterpoint.team import api as team


def settle(*, scope: Scope, unit: OrgUnit, user: User, key: str, skills: Iterable[str], now: datetime) -> None:
    """Write what the person's valid certificates give of these skills: of several the highest level, then the longest.
    What only the certificate `key` gave ends yesterday. Inside `scoped(scope)`."""
    valid = list(Certificate.objects.filter(user=user, state=VALID, org_unit=unit).select_related("org_unit"))
    given = [(row, queries.item_of(row).value.skills) for row in valid]
    for skill in skills:
        best = max(
            ((levels[skill], row.until, row.key) for row, levels in given if skill in levels), default=None
        )  # fmt: skip
        write = partial(team.skill_certify, scope=scope, branch=unit, user=user, skill=skill, now=now)
        if best is not None:
            level, until, by = best
            write(level=level, expires_on=until, certificate=by)
            continue
        held = _held(scope, unit, user, skill, key)
        if held is not None:
            write(level=held.level, expires_on=unit.date_at(now) - timedelta(days=1), certificate=key)


def _held(scope: Scope, unit: OrgUnit, user: User, skill: str, key: str) -> team.SkillView | None:
    """The skill as the roster holds it, where this certificate gave it."""
    people = (one for one in team.staff(scope=scope, branch=unit) if one.user == user.pk)
    return next((one for who in people for one in who.skills if (one.skill, one.certificate) == (skill, key)), None)
