"""Certificates of the demo's year: one that holds, one that ends next week, one that ended, one that was revoked.

Headquarters tried the hall's certificate with a shorter life first; so a small branch, where two people alone may stand
in the hall, has one whose certificate has ended and one whose ends next week: a hole in the coming roster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from counterpoint.academy import api as academy
from counterpoint.academy.catalogue.reading import shelf
from counterpoint.academy.certificates.ticking import certificates_due
from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.lived_content import decide, draft_of, propose
from counterpoint.config.demo.lived_learning import Learner, at_time, learn, learner_of
from counterpoint.foundation.api import OrgUnit, keys, scope_of
from counterpoint.primitives.content import items

HALL, COMPLAINTS = "academy.certificate.lobby", "academy.certificate.complaints"
ORIGIN = "http://127.0.0.1:8000"  # where `make demo` answers; stands in the badges
LONG, SHORT = 10, 2  # months that the first certificates hold, in a bank with a year behind it and in a young one


@dataclass(frozen=True)
class Held:
    """Who holds what: days from today to its end (for the trial's months), or days before today of the award."""

    branch: str
    role: str
    place: int
    key: str
    ends: int | None = None
    days: int = 0
    revoked: str = ""


HELD = (
    Held("b04", "lobby_manager", 0, HALL, ends=-5),
    Held("b04", "supervisor", 0, HALL, ends=6),
    Held("b01", "lobby_manager", 0, HALL, days=45),
    Held("b01", "supervisor", 0, COMPLAINTS, days=48, revoked="复核人签字缺失，收回；补齐旁站记录后可重新颁发【模拟】"),
    Held("b01", "supervisor", 0, COMPLAINTS, days=15),
)  # fmt: skip
CONFIRMED = {HALL: frozenset({"opened_alone"}), COMPLAINTS: frozenset({"handled_two"})}


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Learn for, award, remind, end and revoke; returns how many certificates were awarded. Call in a transaction."""
    try:
        keys.badge_key()
    except keys.KeyMissing:  # nothing can be signed on this server
        return 0
    known, chance = {plan.code: plan for plan in plans}, np.random.default_rng([seed, 71])
    on = until.date()
    months = LONG if (on - since).days > 320 else SHORT
    if (on - since).days < 65:
        return 0
    _on_trial(built, since, on, months)
    given = [(one, learner_of(known, built, one.branch, one.role, one.place)) for one in HELD]
    dated = sorted(
        ((_day(one, on, months), one, learner) for one, learner in given if learner is not None), key=lambda row: row[0]
    )
    for day, one, learner in dated:
        if day > since + timedelta(days=2):
            _award(known[one.branch], built, learner, one, day, chance)
    for back in (40, 6, 4, 0):
        certificates_due(until - timedelta(days=back))
    return len(dated)


def _on_trial(built: Built, since: date, on: date, months: int) -> None:
    """Headquarters' first version of the hall's certificate, and the usual one again from two months ago on."""
    first = at_time(built.units["hq"], since + timedelta(days=2), time(10))
    draft = draft_of("certificates", HALL, on, "首批持证人先试行，期满复评")
    usual = draft.text
    shorter = usual.replace("valid_months: 12", f"valid_months: {months}")
    made = propose(built, replace(draft, text=shorter, effective_from=first.date()), first)
    decide(built, made, first + timedelta(hours=1))
    again = at_time(built.units["hq"], on - timedelta(days=50), time(10))
    back = replace(draft, text=usual, effective_from=again.date(), why="试行结束，恢复 12 个月")
    decide(built, propose(built, back, again), again + timedelta(hours=1))


def _day(one: Held, on: date, months: int) -> date:
    """The day of the award: as many months before its end as the trial gave, on a working day."""
    if one.ends is None:
        day = on - timedelta(days=one.days)
    else:
        end = on + timedelta(days=one.ends + 1)
        place = end.year * 12 + end.month - 1 - months
        day = date(place // 12, place % 12 + 1, min(end.day, 28))
    return day


def _award(
    plan: BranchPlan, built: Built, learner: Learner, one: Held, day: date, chance: np.random.Generator
) -> None:  # fmt: skip
    """Learn what is missing on the day before, then the head of the branch awards it."""
    unit = learner.unit
    for place, lesson in enumerate(_asked_for(unit, one.key, day)):
        try:
            learn(learner, lesson, at_time(unit, day - timedelta(days=1), time(9), 40 * place), chance, sure=0.9)
        except academy.LessonOver:  # passed before
            continue
    now = at_time(unit, day, time(18, 20))
    head = built.people[plan.of_role("branch_head")[0].staff_no]
    row = academy.certificate_award(
        scope=scope_of(head, now), unit=unit, user=learner.user.pk, certificate=one.key, confirmed=CONFIRMED[one.key],
        origin=ORIGIN, now=now,
    )  # fmt: skip
    if one.revoked:
        later = at_time(unit, day + timedelta(days=12), time(16, 30))
        academy.certificate_revoke(scope=scope_of(head, later), certificate=row.pk, reason=one.revoked, now=later)


def _asked_for(unit: OrgUnit, key: str, day: date) -> list[str]:
    """Every lesson that the certificate asks for, alone or by its course."""
    held = shelf(unit, day)
    body = items("certificates", day, unit.rule_pack, bank=unit.path)[key].value
    found: list[str] = []
    for one in body.criteria:
        found += one.lessons
        found += held.courses[one.course].value.lessons if one.course else ()
    return list(dict.fromkeys(found))
