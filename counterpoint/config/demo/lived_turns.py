"""What a year of complaints has beside its usual way: a longer legal time, somebody who had to stand aside, a report
that came back, a photo; and the calls to customers after closing, most of them made, those of today left to be made.

All through the public actions of the service chapter, generated and labelled; the same seed gives the same turns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.config.demo.bank import Built, demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.lived_complaints import LABEL, REPORT, Desk, desk_of, ended, here, reported, solved
from counterpoint.config.demo.rounds import drawn
from counterpoint.config.demo.year import open_days
from counterpoint.foundation.api import User, calendar
from counterpoint.primitives import cases
from counterpoint.service import api as service
from counterpoint.service.models import Callback

OUTCOMES, ODDS = ("satisfied", "unsatisfied", "unreached"), (0.84, 0.06, 0.10)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Turn = Callable[[Desk, datetime], object]


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """The turns of the first branch and every branch's calls; returns how many calls were made. Call in a transaction,
    after the year of complaints."""
    desk, today = desk_of(built.units[plans[0].code], until), until.date()
    for ago, turn in TURNS:
        days = open_days(plans[0], since, today - timedelta(days=ago - 1))
        if days:
            turn(desk, calendar.local(days[-1], 600, ZoneInfo(desk.branch.time_zone)))
    return sum(_calls(desk_of(built.units[plan.code], until), plan, until, seed) for plan in plans)


def _take(desk: Desk, at: datetime, taker: User | None = None, **given: object) -> service.Taken:
    intake = service.Intake(**{"channel": "counter", "contact": f"139{at:%y%m%d}00", **given})  # type: ignore[arg-type]
    return service.complaint_take(
        **here(taker or desk.front, at), org_unit=desk.branch, intake=intake, key=f"demo:turn:{at.isoformat()}"
    )


def _extended(desk: Desk, at: datetime) -> None:
    """Another house has to send its papers: 30 days instead of 15, granted, answered on the 22nd."""
    text = f"跨行转账显示成功,收款行说没有收到,两边推来推去{LABEL}"
    taken = _take(desk, at, channel="phone", text=text, level="level_2", category="money")
    cases.case_accept(**here(desk.supervisor, at + HOUR), case=taken.case)
    reported(desk, taken, at + DAY)
    asked = at + 12 * DAY
    why = f"须向收款行调取凭证，对方答复需二十日{LABEL}"
    service.extension_ask(**here(desk.supervisor, asked), complaint=taken.id, days=30, reason=why)
    service.extension_decide(**here(desk.region, asked + 3 * HOUR), complaint=taken.id, granted=True)
    solved(desk.supervisor, desk.head, taken, at + 22 * DAY, "external")
    ended(desk.supervisor, taken, at + 22 * DAY + 2 * HOUR, satisfied=True)


def _recused(desk: Desk, at: datetime) -> None:
    """About the lobby manager, who would have handled it: the supervisor takes it and handles it, the head looks."""
    text = f"大堂经理当着别的客户的面说我不懂装懂,态度恶劣{LABEL}"
    about = (desk.front.pk,)
    taken = _take(desk, at, desk.supervisor, text=text, level="level_3", category="attitude", involved=about)
    cases.case_accept(**here(desk.supervisor, at + HOUR), case=taken.case)
    solved(desk.supervisor, desk.head, taken, at + 2 * HOUR, "attitude")
    ended(desk.supervisor, taken, at + DAY, satisfied=True)


def _returned(desk: Desk, at: datetime) -> None:
    """The region sends the report back, since its measures name nobody; it is accepted as written anew."""
    text = f"理财到期本金晚到账三天,问谁都说不清楚{LABEL}"
    taken = _take(desk, at, channel="email", text=text, level="level_2", category="product")
    cases.case_accept(**here(desk.supervisor, at + HOUR), case=taken.case)
    solved(desk.supervisor, desk.head, taken, at + 2 * HOUR, "disclosure")
    told, sent = {**REPORT, "measures": "加强培训，提高认识。"}, at + DAY
    service.report_start(**here(desk.supervisor, sent), complaint=taken.id)
    service.report_submit(**here(desk.supervisor, sent), complaint=taken.id, texts=told)
    why = f"整改措施没有责任人和完成日期，请补充{LABEL}"
    service.report_decide(**here(desk.region, sent + 3 * HOUR), complaint=taken.id, accepted=False, reason=why)
    better = {"measures": "理财经理到期前三日逐户提醒；主管每周抽查五户，本月底前完成首轮。"}
    service.report_submit(**here(desk.supervisor, sent + 6 * HOUR), complaint=taken.id, texts=better)
    service.report_decide(**here(desk.region, sent + DAY), complaint=taken.id, accepted=True)
    ended(desk.supervisor, taken, sent + DAY + 2 * HOUR, satisfied=True)


def _pictured(desk: Desk, at: datetime) -> None:
    """A photo came with the words; its calls fall on today."""
    text = f"自助区地上有水没人管,差点滑倒,拍了照片{LABEL}"
    photo = (("water.png", drawn("photo", "complaint")),)
    taken = _take(desk, at, channel="qr", text=text, level="level_3", category="environment", photos=photo)
    _plain(desk, taken, at, "facility")


def _queued(desk: Desk, at: datetime) -> None:
    """A week old today."""
    text = f"取号机上写等十分钟,结果等了四十分钟{LABEL}"
    _plain(desk, _take(desk, at, channel="qr", text=text, level="level_3", category="wait"), at, "staffing")


def _plain(desk: Desk, taken: service.Taken, at: datetime, cause: str) -> None:
    cases.case_accept(**here(desk.front, at + HOUR / 2), case=taken.case)
    solved(desk.front, desk.head, taken, at + HOUR, cause)
    ended(desk.front, taken, at + DAY, satisfied=True)


TURNS: tuple[tuple[int, Turn], ...] = (  # days before today on which it was taken in
    (58, _extended), (43, _recused), (27, _returned), (8, _queued), (2, _pictured),
)  # fmt: skip


def _calls(desk: Desk, plan: BranchPlan, until: datetime, seed: int) -> int:
    """The calls that were due before today; one that reached nobody is tried again in the afternoon."""
    chance, zone = np.random.default_rng([seed, int(plan.code[1:]), 43]), ZoneInfo(desk.branch.time_zone)
    yesterday = desk.branch.date_at(until) - DAY
    calls = service.callbacks_due(scope=demo_scope(), branch=desk.branch, on=yesterday, most=500)
    for call in sorted(calls, key=lambda one: (one.due_on, one.complaint.received_at)):
        opens, closes = calendar.Hours(plan.hours).on(call.due_on, provisional=True)[0]
        at = calendar.local(call.due_on, int(chance.integers(opens + 30, closes - 180)), zone)
        outcome = str(chance.choice(OUTCOMES, p=ODDS))
        _called(desk, call, outcome, at)
        if outcome == "unreached":
            _called(desk, call, "satisfied", at + 2 * HOUR)
    return len(calls)


def _called(desk: Desk, call: Callback, outcome: str, at: datetime) -> None:
    """The supervisor calls."""
    service.callback_record(**here(desk.supervisor, at), callback=call.pk, outcome=outcome)
