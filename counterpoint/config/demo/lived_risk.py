"""A lived-in year of risk and of working together, generated and labelled as simulated.

At the first branch control tests, incidents and near misses move the register month by month; colleagues raise and
settle disputes; one virtual team is over and left its lessons, one is at work. The other branches have a few incidents
each, those of its region a register, one of them disputes. All through public verbs; the same seed gives the same year.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.year import open_days
from counterpoint.foundation.api import OrgUnit, User, calendar, colleagues, nearest_holders, scope_of
from counterpoint.primitives import cases, checklists
from counterpoint.primitives.checklists import Checklist
from counterpoint.primitives.content import get
from counterpoint.risk import api as risk
from counterpoint.team import api as team

LABEL = "【模拟】"
TESTS = ("cash", "seals", "authorisation", "identity", "data", "selling")
FAILS = {("cash", 1): "serials_found", ("authorisation", 2): "vouchers_whole", ("data", 0): "desks_clear",
         ("identity", 3): "expired_list"}  # fmt: skip
INCIDENTS = (  # kind, error, level, title
    ("human", "amount", "minor", "汇款金额多录一位，当日冲正"),
    ("human", "cash", "minor", "尾箱短款一百元，次日查明"),
    ("human", "voucher", "near_miss", "凭证漏签字，客户离柜前发现"),
    ("human", "account", "near_miss", "账号尾号录错，客户核屏时发现"),
    ("system", "outage", "serious", "上午网络中断四十分钟"),
    ("system", "machine", "minor", "存取款一体机吞卡"),
    ("fraud", "scam", "near_miss", "劝阻老年客户转账至陌生账户"),
    ("fraud", "mule", "near_miss", "拒绝可疑结伴开户"),
    ("process", "handover", "minor", "交接清单漏列一箱凭证"),
    ("human", "seal", "near_miss", "业务章离柜未收，主管当场纠正"),
    ("human", "cash", "near_miss", "换人复点发现多付一捆，未付出"),
    ("fraud", "impersonation", "near_miss", "人证不符拒绝开户"),
    ("human", "duplicate", "minor", "同一笔缴费重复记账"),
    ("human", "disclosure", "minor", "打印件遗留在公共打印机"),
    ("human", "authorisation", "near_miss", "授权前未翻看背面，复核发现"),
    ("system", "machine", "minor", "智能柜台重启丢失一笔影像"),
    ("fraud", "scam", "serious", "客户受骗转账后来行求助，止付部分款项"),
    ("human", "amount", "near_miss", "大小写金额不一致，提交前发现"),
    ("process", "voucher", "minor", "空白凭证作废未剪角"),
    ("human", "cash", "minor", "自助机加钞少放一把，当日补齐"),
)
WAITING = (  # the same, and how many hours ago
    ("human", "cash", "minor", "昨日尾箱长款二百元待查", 26),
    ("fraud", "scam", "near_miss", "今晨劝阻客户汇款五万元", 1),
)
DISPUTES = (  # days ago, topic, title, levels climbed, decision, holding
    (310, "referral", "客户转介归属有分歧", 0, "agreed", "转介以系统登记时间为准，口头转介不作数"),
    (262, "roster", "口头换班对方不认", 1, "partly", "换班须在系统登记并经主管同意，口头约定由双方各补一半"),
    (205, "handover", "交接后发现缺凭证", 1, "upheld", "交接清单未逐项清点的，由交出方负责补齐"),
    (150, "workload", "午间只安排一人顶岗", 0, "agreed", "午间顶岗按周轮换并提前公示"),
    (97, "credit", "联合营销业绩如何分", 2, "partly", "联合营销按事先约定的比例分配，无约定的各半"),
    (41, "conduct", "高峰时段言语冲突", 1, "refused", "高峰时段服从当班主管调度，事后再提意见"),
)  # fmt: skip
OTHERS = {"flagship": 5, "medium": 3, "small": 2}  # incidents of another branch in a year
OTHERS_DISPUTES = (
    (132, "roster", "临时顶班没有补休", 1, "upheld", "临时顶班两周内补休，由主管登记"),
    (38, "referral", "同一客户两人登记转介", 0, "agreed", "以先登记的为准，后登记的协助跟进"),
)
CARDS = (("梳理三家企业代发名单", "done"), ("统一上门开卡话术", "done"), ("联系企业财务约时间", "doing"),
         ("准备移动终端与卡片", "doing"), ("等待分行审批批量开户", "waiting"), ("首批上线后回访", "todo"))  # fmt: skip


@dataclass(frozen=True)
class Crew:
    """Who acts in the story."""

    branch: OrgUnit
    front: User
    other: User
    supervisor: User
    head: User
    region: User


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> None:
    """Write the year. Call in a transaction, after the drills."""
    _first(plans, built, since, until, seed)
    near = [plan for plan in plans[1:] if plan.region == plans[0].region]
    for plan in plans[1:]:
        crew = _crew(built.units[plan.code], until)
        days = open_days(plan, since + timedelta(days=4), until.astimezone(UTC).date() - timedelta(days=3))
        if len(days) < 30:
            continue
        if plan in near:
            risk.register_set_up(**_by(crew.supervisor, _at(crew, days[0], 600)), branch=crew.branch)
        _other(plan, crew, days, seed)
        if plan in near[:1]:
            _settled(crew, days, until, OTHERS_DISPUTES)


def _other(plan: BranchPlan, crew: Crew, days: Sequence[date], seed: int) -> None:
    """A few incidents for the length of the past."""
    chance = np.random.default_rng([seed, int(plan.code[1:]), 61])
    many = max(1, round(OTHERS[plan.size] * len(days) / 250))
    numbers = chance.choice(len(INCIDENTS), size=many, replace=False).tolist()
    for number, at in zip(numbers, _spread(crew, days, many, chance), strict=True):
        _incident(crew, number, chance)(at)


def _first(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, seed: int) -> None:
    plan = plans[0]
    crew = _crew(built.units[plan.code], until)
    chance = np.random.default_rng([seed, 58])
    days = open_days(plan, since + timedelta(days=4), until.astimezone(UTC).date() - timedelta(days=3))
    if len(days) < 30:
        return
    risk.register_set_up(**_by(crew.supervisor, _at(crew, days[0], 600)), branch=crew.branch)
    story: list[tuple[datetime, Callable[[datetime], object]]] = []
    story += [(at, _test(crew, key, number)) for key, number, at in _tests(crew, days)]
    story += [(at + timedelta(days=6), _mend(crew)) for key, number, at in _tests(crew, days) if (key, number) in FAILS]
    story += [(at, _incident(crew, n, chance)) for n, at in enumerate(_spread(crew, days, len(INCIDENTS), chance))]
    story += [(_at(crew, day, 1015), _collect(crew)) for day in days[20::36]]
    for at, act in sorted(story, key=lambda row: row[0]):
        if at < until - timedelta(days=1):
            act(at)
    for kind, error, level, title, hours in WAITING:
        risk.incident_report(
            **_by(crew.front, until - timedelta(hours=hours)), branch=crew.branch, kind=kind, error=error, level=level,
            title=title + LABEL,
        )  # fmt: skip
    risk.evidence_collect(**_by(crew.supervisor, until - timedelta(hours=2)), branch=crew.branch)
    _disputes(crew, days, until)
    _teams(plans, built, crew, max(until - timedelta(days=170), _at(crew, days[0], 600)), until)


def _crew(branch: OrgUnit, at: datetime) -> Crew:
    roles = ("supervisor", "branch_head", "regional_manager")
    leaders = [nearest_holders(role=role, org_unit=branch, on=at)[0] for role in roles]
    front = nearest_holders(role="teller", org_unit=branch, on=at)
    return Crew(branch, front[0], front[1], *leaders)


def _zone(branch: OrgUnit) -> Any:
    return ZoneInfo(branch.time_zone)


def _at(crew: Crew, day: date, minute: int) -> datetime:
    return calendar.local(day, minute, _zone(crew.branch))


def _by(user: User, at: datetime) -> dict[str, Any]:
    return {"scope": scope_of(user, at), "now": at}


def _tests(crew: Crew, days: Sequence[date]) -> list[tuple[str, int, datetime]]:
    """Each control test once a quarter, on different days."""
    quarter = len(days) // 4
    return [
        (key, number, _at(crew, days[min(len(days) - 1, number * quarter + 10 + 6 * place)], 930))
        for number in range(4) for place, key in enumerate(TESTS)
    ]  # fmt: skip


def _test(crew: Crew, key: str, number: int) -> Callable[[datetime], object]:
    def act(at: datetime) -> None:
        here = _by(crew.supervisor, at)
        name = f"risk.test_{key}"
        body: Checklist = get(
            "checklists", name, crew.branch.date_at(at), crew.branch.rule_pack, bank=crew.branch.path
        ).value
        view = checklists.round_start(**here, org_unit=crew.branch, checklist=name, key=f"demo-{key}-{number}")
        for section in body.sections:
            for item in section.items:
                good = FAILS.get((key, number)) != item.slug
                checklists.answer_put(
                    **here,
                    round=view.id,
                    item=item.slug,
                    value="yes" if good else "no",
                    key=f"demo-{key}-{number}-{item.slug}",
                )
        checklists.round_submit(**here, round=view.id, key=f"demo-{key}-{number}-end")

    return act


def _mend(crew: Crew) -> Callable[[datetime], object]:
    """What the control tests found is put right and looked at by the head."""

    def act(at: datetime) -> None:
        here = _by(crew.supervisor, at)
        wanted = cases.CaseFilter(type="risk.finding", stage="open", branch=crew.branch.code)
        fields = {"cause": "交接时漏做这一步", "fix": "补做并写入交接清单，当班互查"}
        for view in cases.cases(filters=wanted, **here).rows:
            cases.case_accept(**here, case=view.id)
            cases.case_resolve(**_by(crew.supervisor, at + timedelta(hours=1)), case=view.id, fields=fields)
            cases.case_verify(**_by(crew.head, at + timedelta(hours=2)), case=view.id, passed=True)
            cases.case_close(**_by(crew.supervisor, at + timedelta(hours=3)), case=view.id)

    return act


def _spread(crew: Crew, days: Sequence[date], many: int, chance: np.random.Generator) -> list[datetime]:
    chosen = sorted(chance.choice(len(days), size=many, replace=False).tolist())
    return [_at(crew, days[place], int(chance.integers(570, 960))) for place in chosen]


def _incident(crew: Crew, number: int, chance: np.random.Generator) -> Callable[[datetime], object]:
    kind, error, level, title = INCIDENTS[number]

    def act(at: datetime) -> None:
        view = risk.incident_report(
            **_by(crew.front, at), branch=crew.branch, kind=kind, error=error, level=level, title=title + LABEL
        )
        done = at + timedelta(hours=float(chance.uniform(0.5, 5)))
        loss = 0 if level == "near_miss" else int(chance.integers(0, 4)) * 50
        fields = {"cause": "操作时被打断，未按步骤复核", "fix": "当场纠正，晨会讲评", "loss": loss}
        cases.case_accept(**_by(crew.supervisor, at + timedelta(minutes=10)), case=view.id)
        cases.case_resolve(**_by(crew.supervisor, done), case=view.id, fields=fields)
        cases.case_verify(**_by(crew.head, done + timedelta(hours=1)), case=view.id, passed=True)
        cases.case_close(**_by(crew.supervisor, done + timedelta(hours=2)), case=view.id)

    return act


def _collect(crew: Crew) -> Callable[[datetime], object]:
    return lambda at: risk.evidence_collect(**_by(crew.supervisor, at), branch=crew.branch)


def _disputes(crew: Crew, days: Sequence[date], until: datetime) -> None:
    """Six that are over, on different levels, and one that waits for the colleague this morning."""
    _settled(crew, days, until, DISPUTES)
    team.dispute_open(
        **_by(crew.other, until - timedelta(hours=19)), branch=crew.branch, respondent=crew.supervisor.pk,
        topic="roster", title=f"连续三周安排周六班{LABEL}", text=f"同岗位其他人没有轮到{LABEL}",
    )  # fmt: skip


def _settled(
    crew: Crew, days: Sequence[date], until: datetime, rows: Sequence[tuple[int, str, str, int, str, str]]
) -> None:
    """Disputes that are over."""
    for ago, topic, title, climbs, decision, holding in rows:
        day = next((d for d in days if (until.date() - d).days <= ago), days[0])
        at = _at(crew, day, 620)
        view = team.dispute_open(
            **_by(crew.front, at), branch=crew.branch, respondent=crew.other.pk, topic=topic, title=title + LABEL,
            text=f"经过见当班记录{LABEL}",
        )  # fmt: skip
        for step in range(climbs):
            team.dispute_climb(**_by(crew.front, at + timedelta(hours=3 + 24 * step)), dispute=view.id)
        decides = (crew.other, crew.supervisor, crew.region)[climbs]
        end = at + timedelta(hours=4 + 26 * climbs)
        team.dispute_settle(
            **_by(decides, end),
            dispute=view.id,
            decision=decision,
            reasons=f"听取双方意见并查看记录{LABEL}",
            holding=holding,
        )
        confirms = crew.front if climbs == 0 else crew.head
        team.dispute_confirm(**_by(confirms, end + timedelta(hours=5)), dispute=view.id, agreed=True)


def _teams(plans: Sequence[BranchPlan], built: Built, crew: Crew, start: datetime, until: datetime) -> None:
    """One team that dissolved with lessons, one at work, across the branches of the region."""
    region = crew.branch.parent
    assert region is not None
    near = [plan.code for plan in plans if built.units[plan.code].parent_id == region.pk][:3]
    region_by, half = crew.region, (until - start) / 2
    mates = [
        one.id
        for code in near[1:]
        for one in colleagues(scope=scope_of(region_by, until), org_unit=built.units[code], on=until.date())[:2]
    ]
    old = team.group_form(
        **_by(region_by, start), above=region, name=f"夏季服务提升组{LABEL}", purpose="统一大堂服务口径，缩短午间等候",
        goal="午间等候低于十五分钟", ends_on=(start + half + timedelta(days=10)).date(), lead=crew.supervisor.pk,
        members=mates,
    )  # fmt: skip
    for n, title in enumerate(("整理午间等候数据", "拟定引导口径", "三家网点试行一周")):
        at = start + half * (n + 1) / 5
        card = team.card_add(**_by(crew.supervisor, at), team=old.pk, title=title, owner=crew.supervisor.pk)
        team.card_move(**_by(crew.supervisor, at + half / 6), card=card.id, column="done")
    team.group_dissolve(
        **_by(crew.supervisor, start + half), team=old.pk,
        lessons=f"先在一家网点试一周再推开，口径一次定稿。\n午间错峰用餐比加开窗口更管用。\n数据由一个人汇总，避免各算各的。{LABEL}",
    )  # fmt: skip
    new_at = until - timedelta(days=16)
    new = team.group_form(
        **_by(region_by, new_at), above=region, name=f"代发工资攻坚组{LABEL}", purpose="年底前完成三家企业代发上线",
        goal="三家企业首月代发到账率百分之百", ends_on=(until + timedelta(days=36)).date(), lead=crew.supervisor.pk,
        members=[crew.front.pk, *mates],
    )  # fmt: skip
    owners = [crew.front.pk, *mates, crew.supervisor.pk]
    for n, (title, column) in enumerate(CARDS):
        at = new_at + timedelta(days=1 + 2 * n)
        due = (until + timedelta(days=3 * n - 4)).date()
        card = team.card_add(
            **_by(crew.supervisor, at), team=new.pk, title=title, owner=owners[n % len(owners)], due_on=due
        )
        if column != "todo":
            team.card_move(**_by(crew.supervisor, at + timedelta(hours=20)), card=card.id, column=column)
