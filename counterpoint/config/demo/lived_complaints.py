"""A year of complaints, generated and labelled: taken in, handled, reported, closed, and some that wait this morning.

All through the public actions of the service chapter, by the people of the cast, with the texts of its training
patterns; the same seed gives the same year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.year import open_days
from counterpoint.foundation.api import OrgUnit, Scope, User, calendar, nearest_holders, scope_of
from counterpoint.primitives import cases
from counterpoint.service import api as service
from counterpoint.service.catalogue import patterns
from counterpoint.service.rules.corpus import Labelled, draw

LABEL = "【模拟】"
A_YEAR = {"flagship": 10, "medium": 8, "small": 8}  # complaints of a branch in 250 open days; more is open longer
THE_FIRST = 22  # of the branch that the demo plays, in as many days
CHANNELS = ("qr", "counter", "phone", "email")
ODDS = (0.45, 0.25, 0.2, 0.1)
CAUSES = {
    "wait": "staffing", "attitude": "attitude", "error": "skill", "refusal": "process", "money": "external",
    "product": "sales", "fee": "disclosure", "device": "system", "privacy": "privacy", "environment": "facility",
    "information": "disclosure", "safety": "facility",
}  # fmt: skip
SHARES = {"level_1": 0.06, "level_2": 0.3, "level_3": 0.64}
REPORT = {
    "facts": "客户反映情况属实，见工单。", "finding": "已调阅监控并与当事人谈话。", "cause": "见工单根本原因。",
    "remedy": "已向客户致歉并重新办理，客户认可。", "measures": "晨会通报；负责人一周内复查；下月底前完成培训。",
}  # fmt: skip
OPEN_NOW = (  # minutes before now, words, channel, how far it went
    (14, "4号窗口的柜员态度恶劣,问一句就不耐烦,把身份证扔给我", "qr", "new"),
    (48, "大厅空调不开,等了二十多分钟,老人受不了", "counter", "accepted"),
    (95, "给我的现金少了一百元,回来找又不认", "phone", "accepted"),
    (1480, "上周投诉过排队的事,到现在没人联系我", "email", "resolved"),
)


@dataclass(frozen=True)
class Desk:
    """Who handles complaints at a branch."""

    branch: OrgUnit
    front: User
    supervisor: User
    head: User
    region: User


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Write the year and this morning's open complaints; returns how many. Call in a transaction."""
    rows = draw(patterns(since), seed=seed, each=1, mixed=0)
    count = 0
    for plan in plans:
        desk = desk_of(built.units[plan.code], until)
        chance = np.random.default_rng([seed, int(plan.code[1:]), 41])
        many = THE_FIRST if plan is plans[0] else A_YEAR[plan.size]
        for at in _moments(plan, since, until, many, chance):
            _lived(desk, _one(rows, chance), at, chance)
            count += 1
        if plan is plans[0]:
            count += _waiting(desk, until)
    return count


def desk_of(branch: OrgUnit, at: datetime) -> Desk:
    """The people of a branch who meet complaints."""
    roles = ("lobby_manager", "supervisor", "branch_head", "regional_manager")
    return Desk(branch, *(nearest_holders(role=role, org_unit=branch, on=at)[0] for role in roles))


def _moments(plan: BranchPlan, since: date, until: datetime, many: int, chance: np.random.Generator) -> list[datetime]:
    """Instants within opening hours, more towards month ends, the last three days left alone."""
    days = open_days(plan, since, until.astimezone(UTC).date() - timedelta(days=3))
    many = min(len(days), round(many * len(days) / 250) or 1)
    weights = np.array([2.0 if day.day in (10, 15, 25) or day.day > 27 else 1.0 for day in days])
    chosen = chance.choice(len(days), size=many, replace=False, p=weights / weights.sum())
    zone = ZoneInfo("Asia/Shanghai")
    found = []
    for at in sorted(chosen.tolist()):
        opens, closes = calendar.Hours(plan.hours).on(days[at], provisional=True)[0]
        found.append(calendar.local(days[at], int(chance.integers(opens + 10, closes - 90)), zone))
    return found


def _one(rows: Sequence[Labelled], chance: np.random.Generator) -> Labelled:
    level = str(chance.choice(list(SHARES), p=list(SHARES.values())))
    chinese = [row for row in rows if row.level == level and not row.text.isascii()]
    return chinese[int(chance.integers(len(chinese)))]


def _lived(desk: Desk, row: Labelled, at: datetime, chance: np.random.Generator) -> None:
    """One complaint from the first word to the end."""
    channel = str(chance.choice(CHANNELS, p=ODDS))
    contact = f"138{int(chance.integers(10**8)):08d}" if chance.uniform() < 0.7 else ""
    intake = service.Intake(
        channel=channel, text=f"{row.text}{LABEL}", contact=contact, level=row.level, category=row.category
    )
    taker = _scope(desk.front, at)
    key = f"demo:{desk.branch.code}:{at.isoformat()}"
    taken = service.complaint_take(scope=taker, org_unit=desk.branch, intake=intake, key=key, now=at)
    late = chance.uniform() < 0.06
    owner = desk.front if row.level == "level_3" else desk.supervisor
    minutes = {"level_1": 12, "level_2": 70, "level_3": 40}[row.level]
    step = timedelta(minutes=minutes * (4 if late else 1) * float(chance.uniform(0.5, 1.2)))
    now = at + step
    cases.case_accept(**here(owner, now), case=taken.case)
    if row.level == "level_1":
        for slug in ("contacted", "solution"):
            cases.case_milestone(**here(owner, now + timedelta(minutes=2)), case=taken.case, slug=slug)
    solved(owner, desk.head, taken, now + timedelta(minutes=20), CAUSES[row.category])
    day_after = now + timedelta(days=1)
    if row.level == "level_2":
        reported(desk, taken, day_after)
    ended(owner, taken, day_after, satisfied=chance.uniform() < 0.93)


def solved(owner: User, other: User, taken: service.Taken, at: datetime, cause: str) -> None:
    """The owner says what was done, somebody else looks."""
    fields = {"root_cause": cause, "remedy": f"已致歉并处理完毕{LABEL}"}
    cases.case_resolve(**here(owner, at), case=taken.case, fields=fields)
    cases.case_verify(**here(other, at + timedelta(minutes=25)), case=taken.case, passed=True)


def ended(owner: User, taken: service.Taken, at: datetime, *, satisfied: bool) -> None:
    """The customer is answered, an hour later the complaint is closed."""
    cases.case_milestone(**here(owner, at), case=taken.case, slug="answered")
    fields = {"satisfied": "yes" if satisfied else "no"}
    cases.case_close(**here(owner, at + timedelta(hours=1)), case=taken.case, fields=fields)


def reported(desk: Desk, taken: service.Taken, at: datetime) -> None:
    """Written, submitted, accepted."""
    service.report_start(**here(desk.supervisor, at), complaint=taken.id)
    service.report_submit(**here(desk.supervisor, at), complaint=taken.id, texts=REPORT)
    later = at + timedelta(hours=3)
    service.report_decide(**here(desk.region, later), complaint=taken.id, accepted=True)


def _waiting(desk: Desk, until: datetime) -> int:
    """What is on the desk this morning."""
    for minutes, text, channel, step in OPEN_NOW:
        at = until - timedelta(minutes=minutes)
        intake = service.Intake(channel=channel, text=f"{text}{LABEL}", contact="13800000000")
        key = f"demo:now:{minutes}"
        taken = service.complaint_take(
            scope=_scope(desk.front, at), org_unit=desk.branch, intake=intake, key=key, now=at
        )
        if step == "new":
            continue
        owner = desk.front if taken.level == "level_3" else desk.supervisor
        service.level_confirm(**here(desk.supervisor, at + timedelta(minutes=5)), complaint=taken.id, level=taken.level)
        cases.case_accept(**here(owner, at + timedelta(minutes=8)), case=taken.case)
        if step == "resolved":
            done = at + timedelta(minutes=60)
            fields = {"root_cause": "process", "remedy": f"已回电说明并致歉{LABEL}"}
            cases.case_resolve(**here(owner, done), case=taken.case, fields=fields)
    return len(OPEN_NOW)


def _scope(user: User, at: datetime) -> Scope:
    return scope_of(user, at)


def here(user: User, at: datetime) -> dict[str, Any]:
    """Who acts, and when."""
    return {"scope": _scope(user, at), "now": at}
