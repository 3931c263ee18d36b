"""Synthetic branches for tests, documentation and the demo bank. Invented, not measured.

Service types, shares, hourly and weekly profile and patience are the project's planning defaults (operations model,
design defaults); rosters and small variations are drawn from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoint.science.twin.kernel.layout import FloatArray
from counterpoint.science.twin.model import (
    BranchModel,
    Counter,
    Device,
    Duration,
    ModelError,
    Service,
    Tier,
    Triage,
)
from counterpoint.science.twin.staffing import Person, Staffing

# code, name, counter minutes, CV, device kind, device minutes, divertible, share of tickets in %
SERVICE_TYPES: tuple[tuple[str, str, float, float, str | None, float, float, float], ...] = (
    ("S01", "现金存款 cash deposit", 4, 0.6, "cash", 2.5, 0.75, 14),
    ("S02", "现金取款 withdrawal", 4, 0.6, "cash", 2, 0.70, 16),
    ("S03", "大额现金 large cash", 12, 0.5, None, 0, 0, 4),
    ("S04", "转账汇款 transfer", 6, 0.6, "stm", 3, 0.85, 9),
    ("S05", "个人开户 open account", 18, 0.5, "stm", 10, 0.80, 7),
    ("S06", "换卡挂失 card replacement", 12, 0.5, "stm", 7, 0.75, 6),
    ("S07", "密码信息变更 reset or update", 8, 0.6, "stm", 4, 0.80, 7),
    ("S08", "定期 time deposit", 7, 0.6, "stm", 4, 0.70, 8),
    ("S09", "养老金社保卡 pension", 8, 0.7, "stm", 5, 0.50, 7),
    ("S10", "理财购买 wealth", 30, 0.4, None, 0, 0, 4),
    ("S11", "基金保险 fund or insurance", 35, 0.4, None, 0, 0, 2),
    ("S12", "外汇 foreign exchange", 20, 0.5, "stm", 8, 0.50, 2),
    ("S13", "贷款 loan", 40, 0.5, None, 0, 0, 2),
    ("S14", "对公结算 corporate payment", 10, 0.7, "stm", 5, 0.65, 6),
    ("S15", "对公开户 corporate account", 75, 0.3, None, 0, 0, 1),
    ("S16", "零钞残币 small notes", 10, 0.8, None, 0, 0, 2),
    ("S17", "查询证明 enquiry", 5, 0.6, "stm", 2, 0.90, 3),
)
HOURLY_SHARE = (12.0, 16.0, 14.0, 9.0, 9.0, 14.0, 14.5, 11.5)
WEEKDAY_FACTOR = (1.20, 1.0, 0.95, 0.95, 1.05, 0.65, 0.50)
PAYDAY_FACTOR = 1.25
CASH = ("S01", "S02", "S03", "S16", "S17", "S04", "S09")
DESK = ("S05", "S06", "S07", "S08", "S09", "S12", "S17", "S04")
WEALTH = ("S10", "S11", "S12", "S13", "S08")
CORPORATE = ("S14", "S15", "S04")
# customers a weekday, cash, desk, wealth, corporate counters, lobby managers, cash machines, STMs
SIZES = {
    "small": (150, 2, 1, 1, 0, 1, 2, 1),
    "medium": (320, 3, 2, 2, 1, 2, 3, 2),
    "large": (650, 5, 4, 2, 1, 3, 5, 4),
}
LUNCHES = (660.0, 700.0, 740.0)


@dataclass(frozen=True)
class DemoBranch:
    """A synthetic branch: its ``model``, a usual day's ``staffing``, and ``rates`` (services x 16 half hours)."""

    model: BranchModel
    staffing: Staffing
    rates: FloatArray
    size: str


def half_hour_profile() -> FloatArray:
    """Share of a weekday's arrivals in each of the 16 half hours from 09:00 to 17:00; adds up to 1."""
    hours = np.array(HOURLY_SHARE) / sum(HOURLY_SHARE)
    middles = np.arange(0.5, 8.0)
    halves = np.interp(np.arange(0.25, 8.0, 0.5), middles, hours)
    pairs = halves.reshape(8, 2)
    return (pairs / pairs.sum(axis=1, keepdims=True) * hours[:, None]).ravel()


def demo_rates(model: BranchModel, customers: float, *, weekday: int = 1, payday: bool = False) -> FloatArray:
    """Expected arrivals a service and half hour for a day with ``customers`` people on a factor-1 weekday.

    ``weekday`` 0 is Monday. A payday adds a quarter, and tilts half of the added cash business into the first hours.
    """
    shares = {row[0]: row[7] for row in SERVICE_TYPES}
    weights = np.array([shares.get(code, 1.0) for code in model.service_codes])
    day = customers * WEEKDAY_FACTOR[weekday]
    rates = day * np.outer(weights / weights.sum(), half_hour_profile())
    if payday:
        early = np.zeros(16)
        early[:5] = 0.2
        more = rates.sum(axis=1) * (PAYDAY_FACTOR - 1)
        rates = rates + 0.5 * np.outer(more, half_hour_profile()) + 0.5 * np.outer(more, early)
    return np.ascontiguousarray(rates)


def demo_services() -> tuple[Service, ...]:
    """The 17 service types with their planning times."""
    return tuple(
        Service(code, Duration(mean, cv), name, kind, Duration(minutes, 0.4) if kind else None, divertible, 0.1)
        for code, name, mean, cv, kind, minutes, divertible, _ in SERVICE_TYPES
    )


def demo_tiers() -> tuple[Tier, ...]:
    """Normal, senior (never pushed to a device, more patient) and VIP (called first)."""
    return (
        Tier("normal", 0.78, 2, 20.0),
        Tier("senior", 0.15, 1, 15.0, 1.25, False),
        Tier("vip", 0.07, 0, 5.0, 1.0, False),
    )


def demo_model(size: str = "medium") -> BranchModel:
    """Branch of a size in ``SIZES``; ModelError when unknown."""
    if size not in SIZES:
        raise ModelError(f"Unknown branch size {size!r}; use one of {', '.join(SIZES)}.")
    _, cash, desk, wealth, corporate, _, machines, stms = SIZES[size]
    kinds = [CASH] * cash + [DESK + (CORPORATE if corporate == 0 else ())] * desk
    kinds += [WEALTH] * wealth + [CORPORATE] * corporate
    counters = tuple(Counter(f"K{i + 1}", services) for i, services in enumerate(kinds))
    devices = [Device(f"C{i + 1}", "cash") for i in range(machines)] + [Device(f"T{i + 1}", "stm") for i in range(stms)]
    return BranchModel(demo_services(), counters, demo_tiers(), tuple(devices), triage=Triage())


def demo_staffing(model: BranchModel, lobby: int, *, seed: int) -> Staffing:
    """One person a counter with lunch in rotation, a floater, and ``lobby`` managers; speeds drawn from ``seed``."""
    rng = np.random.default_rng(seed)
    people = []
    for i, counter in enumerate(model.counters):
        lunch = (LUNCHES[i % len(LUNCHES)], 40.0)
        speed = float(np.round(rng.uniform(0.85, 1.15), 2))
        people.append(Person(f"teller-{i + 1}", counter.services, ((510.0, 1035.0),), (lunch,), counter.code, speed))
    skills = tuple(sorted({*CASH, *DESK}))
    people.append(Person("floater", skills, ((600.0, 1035.0),), ((780.0, 40.0),), None))
    for i in range(lobby):
        people.append(Person(f"lobby-{i + 1}", (), ((510.0, 1035.0),), ((670.0 + 50 * i, 40.0),), "lobby"))
    return Staffing(tuple(people))


def demo_branch(seed: int, size: str = "medium", *, weekday: int = 1, payday: bool = False) -> DemoBranch:
    """A synthetic branch of ``size`` (``small``, ``medium``, ``large``) with a day's staffing and rates."""
    model = demo_model(size)
    staffing = demo_staffing(model, SIZES[size][5], seed=seed)
    return DemoBranch(model, staffing, demo_rates(model, SIZES[size][0], weekday=weekday, payday=payday), size)
