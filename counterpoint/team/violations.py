"""What the judge of rosters found, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.team import shown


def named(violation: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A violation in the reader's language, with the rule's source; the judge's own words stay as detail."""
    key = str(violation["key"]).split(":", 1)[0]
    pattern = _patterns().get(key)
    values = {
        "name": names.get(violation["person"] or "", ""),
        "amount": violation["amount"],
        "time": shown.clock(violation["start"]) if violation["start"] is not None else "",
        "post": shown.skill(str(violation["key"]).split(":", 1)[1]) if ":" in str(violation["key"]) else "",
    }
    words = pattern % values if pattern else violation["words"]
    return {**violation, "text": words, "source": source_of(violation["source"])}


def source_of(source: str) -> str:
    """Where a rule comes from, in the reader's language."""
    return str(_sources().get(source, source))


def _sources() -> dict[str, str]:
    """Where the judge's own rules come from, in the reader's language; laws stay as the content cites them."""
    return {
        "roster data": _("roster data"),
        "shift rules": _("allowed shifts"),
        "skills matrix": _("skills matrix"),
        "contract": _("contract"),
        "leave and availability": _("approved leave"),
        "consent": _("agreed overtime"),
        "supervisor": _("fixed by the supervisor"),
        "demand": _("people needed"),
        "dual control of vault and cash boxes": _("dual control of vault and cash boxes"),
        "branch practice: 1 cash + 1 non-cash + 1 lobby": _("branch practice: one cash, one non-cash, one lobby"),
        "branch practice: rotate 30-45 min, 11:00-13:30": _("branch practice: lunch in turn, 11:00 to 13:30"),
    }


def _patterns() -> dict[str, str]:
    return {
        "shift.unknown": _("a shift of somebody who is not in this roster"),
        "shift.shape": _("%(name)s: not one of the allowed shifts"),
        "shift.grid": _("%(name)s: times must lie on the half-hour grid"),
        "shift.closed": _("%(name)s works while the branch is closed"),
        "shift.twice": _("%(name)s has two shifts on one day"),
        "task.overlap": _("%(name)s is on two posts at once at %(time)s"),
        "task.outside": _("%(name)s is on a post outside the shift or at lunch at %(time)s"),
        "skill.unqualified": _("%(name)s holds no valid certificate for the post at %(time)s"),
        "lunch": _("%(name)s: lunch is missing, too long or outside the lunch window"),
        "contract.min_day": _("%(name)s works %(amount)s minutes less than the contract's day"),
        "contract.max_day": _("%(name)s works %(amount)s minutes more than the contract's day"),
        "contract.min_week": _("%(name)s works %(amount)s minutes less than the contract's week"),
        "contract.max_week": _("%(name)s works %(amount)s minutes more than the contract's week"),
        "day.max_minutes": _("%(name)s: %(amount)s minutes over the normal working day"),
        "week.max_minutes": _("%(name)s: %(amount)s minutes over the normal working week"),
        "overtime.day_max_minutes": _("%(name)s: %(amount)s minutes over the overtime allowed a day"),
        "overtime.month_max_minutes": _("%(name)s: %(amount)s minutes over the overtime allowed a month"),
        "overtime.agreed": _("%(name)s: %(amount)s minutes of overtime more than agreed"),
        "pin": _("%(name)s: what was fixed by hand is not kept"),
        "week.rest_days": _("%(name)s has no day of rest in the week"),
        "leave": _("%(name)s is on leave"),
        "core": _("%(name)s is away in the core hours"),
        "rest.between_minutes": _("%(name)s rests %(amount)s minutes less than is wanted between two days"),
        "run.max_days": _("%(name)s works %(amount)s days too many in a row"),
        "minimum": _("%(post)s lacks %(amount)s at %(time)s"),
        "two_person": _("%(post)s needs %(amount)s more at %(time)s"),
        "coverage": _("%(post)s lacks %(amount)s at %(time)s"),
        "protected.no_overtime": _("%(name)s is protected and may not work overtime"),
    }
