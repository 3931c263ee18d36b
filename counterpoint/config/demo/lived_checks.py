"""Self-checks of the demo's past: a year of them at the first branch, the last weeks at the others.

Generated from the seed and labelled as simulated. What went well is written as rounds; findings and missed checks go
through the public actions, so that their cases, messages and journal are the house's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from counterpoint.config.demo.bank import Built, demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.rounds import Past, due_dates, due_round, picture_put
from counterpoint.foundation.api import OrgUnit, User, calendar, nearest_holders, scope_of, scoped
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists.definition import SIGNATURE
from counterpoint.primitives.checklists.definition import Item as Asked
from counterpoint.primitives.content import Item, items

PREFIX = "role.self."
LABEL = "【模拟】"
OTHERS_DAYS, OTHERS_DAILY_DAYS = 62, 10
TELLERS = 2
DONE, VERIFYING, DOING = "done", "verifying", "doing"


@dataclass(frozen=True)
class Fault:
    """A finding (`item` answered with `value`) or a missed check (no `item`, done `late` days later), and what became
    of its case. `ago` counts days; `branch` is the place in the cast."""

    check: str
    ago: int
    item: str = ""
    value: Any = None
    cause: str = "person"
    measure: str = ""
    state: str = DONE
    branch: int = 0


FAULTS = (
    Fault("closing_daily", 301, "box_difference", 100, "person", "次日调监控查明多付，客户退回，当事人讲评"),
    Fault("recording_weekly", 263, "share", 8, "forgotten", "补抽两笔，抽查比例写入周计划"),
    Fault("seals_keys_monthly", 224, "codes", "no", "process", "当日更换密码，列入每季提醒"),
    Fault("closing_daily", 189, "", None, "forgotten", "次日晨会前补查，交接单增加自查栏"),
    Fault("aml_monthly", 158, "alerts_late", 2, "person", "两条预警当日分析完毕并补写理由"),
    Fault("data_quarterly", 107, "papers", "no", "person", "柜台加装碎纸箱，日终由大堂经理检查"),
    Fault("complaints_monthly", 80, "", None, "forgotten", "次日补查，改由日历提前三天提醒"),
    Fault("vouchers_weekly", 52, "voided", "no", "person", "作废凭证补登记并上缴"),
    Fault("authorisation_monthly", 16, "looked", 14, "forgotten", "补查六笔，均无问题"),
    Fault("recording_weekly", 6, "uploaded", "no", "system", "已补传，请科技部门查上传失败原因", VERIFYING),
    Fault("closing_daily", 2, "voucher_order", "no", "person", "", DOING),
    Fault("closing_daily", 1),
    Fault("vouchers_monthly", 5, "weekly_done", 3, "forgotten", "补做一次周查", VERIFYING, branch=2),
    Fault("vouchers_weekly", 7, "vault", "no", "process", "", DOING, branch=4),
    Fault("closing_daily", 1, branch=7),
)


@dataclass(frozen=True)
class Desk:
    """A branch, its self-checks, and who does them."""

    branch: OrgUnit
    hours: calendar.Hours
    checks: dict[str, Item]
    people: dict[str, list[User]]

    def who(self, item: Item, on: date) -> User:
        """Whose turn it is."""
        able = self.people[item.value.schedule.role]
        return able[on.toordinal() % len(able)]


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Write the past of every branch; returns how many rounds. Call in a transaction."""
    today, count = until.astimezone(UTC).date(), 0
    for n, plan in enumerate(plans):
        branch = built.units[plan.code]
        desk = _desk(plan, branch, until)
        past = Past(branch, np.random.default_rng([seed, int(plan.code[1:]), 59]))
        faults = _faults([one for one in FAULTS if one.branch == n], desk, since, today)
        with scoped(demo_scope()):
            for item in desk.checks.values():
                begins = since if n == 0 else _begins(item, since, today)
                _good(past, desk, item, [slot for slot in due_dates(item, desk.hours, begins, today)
                                         if (item.key, slot[0]) not in faults])  # fmt: skip
            count += past.write()
        count += len(faults)
        for (key, on), (due, fault) in sorted(faults.items(), key=lambda pair: pair[1][0]):
            _lived(desk, desk.checks[key], on, due, fault)
    return count


def _desk(plan: BranchPlan, branch: OrgUnit, at: datetime) -> Desk:
    found = items("checklists", branch.date_at(at), branch.rule_pack, bank=branch.path)
    roles = ("teller", "supervisor", "branch_head")
    people = {role: nearest_holders(role=role, org_unit=branch, on=at)[:TELLERS] for role in roles}
    mine = {key: item for key, item in found.items() if key.startswith(PREFIX) and item.value.schedule}
    return Desk(branch, calendar.Hours(plan.hours, time_zone=branch.time_zone), mine, people)


def _begins(item: Item, since: date, today: date) -> date:
    """The others' past is short: their calendars show two months, their daily checks some days."""
    days = OTHERS_DAILY_DAYS if item.value.schedule.every == "day" else OTHERS_DAYS
    return max(since, today - timedelta(days=days))


def _faults(
    wished: list[Fault], desk: Desk, since: date, today: date
) -> dict[tuple[str, date], tuple[datetime, Fault]]:
    """Each fault on the last date of its check that lies so many days ago or before."""
    found: dict[tuple[str, date], tuple[datetime, Fault]] = {}
    for fault in wished:
        item = desk.checks.get(f"{PREFIX}{fault.check}")
        latest = today - timedelta(days=fault.ago)
        slots = due_dates(item, desk.hours, since, latest + timedelta(days=1)) if item else []
        if item and slots:
            found[item.key, slots[-1][0]] = slots[-1][1], fault
    return found


def _good(past: Past, desk: Desk, item: Item, slots: Sequence[tuple[date, datetime]]) -> None:
    """Done in time and in order: at the close of the day within minutes, else some hours before it is due."""
    daily = item.value.schedule.every == "day"
    for on, due in slots:
        before = past.minutes(10, 24) if daily else past.minutes(35, 300)
        past.walked(item, on, due, desk.who(item, on), due - before, lambda asked: _answer(past, asked))


def _answer(past: Past, asked: Asked) -> Any:
    """An answer that is in order."""
    if asked.kind != "number":
        return asked.good[0] if asked.good else "yes"
    low = asked.limits.min if asked.limits and asked.limits.min is not None else 0.0
    if asked.limits and asked.limits.max is not None:
        return asked.limits.max
    if asked.unit == "%":
        return round(low + past.share() * (100 - low) * 0.6, 1)
    return low + round(past.share() * low / 4)


def _lived(desk: Desk, item: Item, on: date, due: datetime, fault: Fault) -> None:
    """A finding or a missed check through the actions: the round, its case, and what was done about it."""
    row = due_round(item, desk.branch, on, due)
    with scoped(demo_scope()):
        row.save(force_insert=True)
    if fault.item:
        case, at = _finding(desk, item, row.pk, due, fault), due
    else:
        checklists.escalate_late(now=due + timedelta(minutes=1))
        case, at = _late_case(row.pk, due), due
        if fault.measure:
            at = due + timedelta(hours=15)
            _walk(desk, item, row.pk, at, {})
    _handled(desk, case, at, fault)


def _finding(desk: Desk, item: Item, round: UUID, due: datetime, fault: Fault) -> UUID:
    scored = _walk(desk, item, round, due - timedelta(minutes=8), {fault.item: fault.value})
    (failed,) = scored.failed
    assert failed.case is not None
    return failed.case


def _walk(desk: Desk, item: Item, round: UUID, at: datetime, wrong: dict[str, Any]) -> checklists.Scored:
    """Answer all items, in order but for some, sign and submit."""
    who = desk.who(item, desk.branch.date_at(at))
    here: dict[str, Any] = {"scope": scope_of(who, at), "now": at}
    plain = Past(desk.branch, np.random.default_rng(at.date().toordinal()))
    for asked in item.value.items:
        signed = [picture_put(desk.branch, who, SIGNATURE, at)] if asked.kind == SIGNATURE else []
        value = "" if signed else wrong.get(asked.slug, _answer(plain, asked))
        checklists.answer_put(**here, round=round, item=asked.slug, value=value, files=signed)
    return checklists.round_submit(**here, round=round)


def _late_case(round: UUID, at: datetime) -> UUID:
    scope = demo_scope()
    page = cases.cases(scope=scope, filters=cases.CaseFilter(source=f"primitives.round:{round}"), now=at)
    (found,) = page.rows
    return found.id


def _handled(desk: Desk, case: UUID, at: datetime, fault: Fault) -> None:
    """Accepted by the supervisor the next morning, put right, looked at by the head of the branch."""
    lead, head = desk.people["supervisor"][0], desk.people["branch_head"][0]

    def by(user: User, hours: float) -> dict[str, Any]:
        now = at + timedelta(hours=hours)
        return {"scope": scope_of(user, now), "case": case, "now": now}

    if fault.state == DONE and not fault.measure:
        return
    cases.case_accept(**by(lead, 15.2))
    if fault.state == DOING:
        return
    cases.case_resolve(**by(lead, 17.0), fields={"cause": fault.cause, "measure": fault.measure + LABEL})
    if fault.state == DONE:
        cases.case_verify(**by(head, 19.5), passed=True)
        cases.case_close(**by(lead, 20.0))
