"""Numbers of other systems for the demo's past, targets that headquarters set, and the alarms of the last days.

Everything is generated from the seed and labelled as simulated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.analytics import api as analytics
from counterpoint.config.demo.bank import Built, demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.foundation.api import OrgUnit, calendar, scoped
from counterpoint.primitives.metrics import Metric, cells, metrics, needs, target_set, watching

LABEL = "对位演示数据(模拟)"
JUDGED_DAYS = 10  # days of the first branch whose alarms are there from the start
OTHERS_DAYS, OTHERS_METRICS = 2, ("onsite.abandonment", "onsite.wait_avg")  # what the others' last days are judged on
# code: share or ratio of a month (mean, spread between months), and the base as customers a month × factor
SHARES = {
    "CSAT": (0.955, 0.012, 0.45), "EVAL": (0.71, 0.03, 0.63), "FCR": (0.81, 0.03, 0.3), "VOUCH": (0.9955, 0.002, 0.1),
    "AML_COV": (0.9962, 0.001, 1.5), "AML_TIME": (0.985, 0.01, 0.02), "KYC_UPD": (0.972, 0.004, 1.5),
    "REC_PASS": (0.982, 0.01, 0.04), "LVT_ON": (1.0, 0.0, 0.01), "OFFCTR": (0.905, 0.006, 9.0),
    "STM_SUB": (0.79, 0.02, 0.6), "APPT": (0.86, 0.03, 0.05), "MAU": (0.52, 0.01, 1.5), "CERT": (0.92, 0.05, 0.004),
    "TRAIN": (0.96, 0.02, 0.02), "NPS": (0.5, 0.05, 0.06), "MYST": (91.0, 2.5, 0.0003), "XSELL": (3.4, 0.03, 1.5),
    "FEE_SHARE": (0.21, 0.02, 900.0), "DEP_G": (1.006, 0.01, 60000.0), "AUM_G": (1.009, 0.012, 90000.0),
}  # fmt: skip
AMOUNTS = {"FEE": (190.0, 0.12), "LOAN": (2600.0, 0.3), "SUIT_BRK": (0.0, 0.0)}  # a customer of the month
RARE = {"ERR10K": (0.9e-4, 1.0), "CASHDIFF": (0.3e-4, 0.7)}
OPENINGS, INSIDE = 4, 0.7  # posts that fell free in a quarter, and how often somebody of the house gets one
TARGETS = (
    ("hq", "onsite.wait_p90", None, 18.0, "年度服务提升目标"),
    ("hq", "onsite.promise_kept", 92.0, None, "年度服务提升目标"),
    ("hq", "onsite.deals_per_hour", 3.8, None, "按近两年业务结构重新测算"),
    ("hq", "onsite.service_minutes", None, 11.5, "按近两年业务结构重新测算"),
    ("hq", "onsite.service_p90", None, 26.0, "按近两年业务结构重新测算"),
    ("hq", "onsite.diversion", 20.0, None, "先从两成做起"),
    ("b08", "onsite.wait_p90", None, 25.0, "乡镇网点只开两个窗口"),
)


def live(cast: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> None:
    """Write a past of monthly numbers for every branch, the targets, and what the alarms would have been: all of the
    first branch, those on the queues of the others in its region."""
    scope, on = demo_scope(), until.date()
    numbers = [number for plan in cast for number in _numbers(plan, since, on, seed=seed)]
    with scoped(scope):
        if numbers:
            analytics.numbers_import(scope=scope, numbers=numbers, label=LABEL, now=until - timedelta(days=1))
        known = metrics(on)
        for code, key, low, high, reason in TARGETS:
            if code in built.units and key in known:
                target_set(
                    scope=scope, org_unit=built.units[code], metric=known[key], since=since, low=low, high=high,
                    reason=reason, now=until - timedelta(days=30),
                )  # fmt: skip
    _alarms(built.units[cast[0].code], until, known, JUDGED_DAYS)
    queues = {key: known[key] for key in OTHERS_METRICS if key in known}
    for plan in (one for one in cast[1:] if one.region == cast[0].region):
        _alarms(built.units[plan.code], until, queues, OTHERS_DAYS)


def _alarms(branch: OrgUnit, until: datetime, known: Mapping[str, Metric], days: int) -> None:
    """Judge the last days of a branch, each as of the night after it."""
    scope, zone = watching.night(branch.path), ZoneInfo(branch.time_zone)
    parts = needs.parts_of(known.values())
    for _chunk in range(3):
        cells.refresh(scope=scope, branch=branch, parts=parts, now=until, growth=len(parts))
    for back in range(days, 0, -1):
        day = branch.date_at(until) - timedelta(days=back)
        at = calendar.local(day + timedelta(days=1), 60, zone)
        watching.judge_branch(scope, branch, list(known.values()), [day], at)


def _numbers(plan: BranchPlan, since: date, until: date, *, seed: int) -> list[analytics.Number]:
    """One row a series and month (quarter), on its last day, for every month that is over."""
    found = []
    for last in month_ends(since, until):
        random = np.random.default_rng([seed, int(plan.code[1:]), last.toordinal()])
        customers = plan.customers * 22
        for code, (mean, spread, factor) in SHARES.items():
            base = max(2.0, round(customers * factor))
            value = mean + spread * float(random.normal())
            share = min(1.0, value) if mean <= 1 and code not in ("NPS",) else value
            found.append(analytics.Number(plan.code, code, last, "", round(base * share), base))
        for code, (each, spread) in AMOUNTS.items():
            amount = round(customers * each * float(np.exp(spread * random.normal())))
            found.append(analytics.Number(plan.code, code, last, "", float(amount), None))
        for code, (rate, factor) in RARE.items():
            deals = round(customers * factor * 2)
            found.append(analytics.Number(plan.code, code, last, "", float(random.poisson(rate * deals)), float(deals)))
        if last.month % 3 == 0:
            inside = float(random.binomial(OPENINGS, INSIDE))
            found.append(analytics.Number(plan.code, "PROMO", last, "", inside, float(OPENINGS)))
    return found


def month_ends(since: date, until: date) -> list[date]:
    """Last days of the months from `since` on that end before `until`."""
    found: list[date] = []
    at = since.replace(day=1)
    while True:
        following = (at + timedelta(days=32)).replace(day=1)
        if following > until:
            return found
        found.append(following - timedelta(days=1))
        at = following
