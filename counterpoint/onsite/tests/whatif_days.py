"""A small branch's day to come by hand, and forecasts for the bank of the tests."""

from dataclasses import replace
from datetime import date

from counterpoint.onsite.whatif.ground import Business, Desk, Ground, Level, Machine, Worker
from counterpoint.team import api as team

TUESDAY = date(2026, 11, 24)
HALF_HOURS = 16


def business(key, skill, minutes, a_day, device=None, divertible=0.0):
    """A service with as many customers in each half hour."""
    rates = (a_day / HALF_HOURS,) * HALF_HOURS
    return Business(key, key, skill, minutes, 0.6, device, 3.0 if device else None, divertible, rates)


def worker(key, skill, lunch=720, skills=None, start=540, end=1020, speed=1.0):
    """Somebody on one post all day, half an hour at lunch."""
    tasks = ((start, lunch, skill), (lunch + 30, end, skill)) if lunch else ((start, end, skill),)
    able = skills or (skill,)
    return Worker(key, key.title(), start, end, (lunch, lunch + 30) if lunch else None, tasks, able, speed)


CREW = (
    worker("mei", "cash", 690), worker("bao", "cash", 720), worker("lin", "non_cash", 690, ("cash", "non_cash")),
    worker("omar", "lobby", 750), worker("wen", "wealth", 720),
)  # fmt: skip
GROUND = Ground(
    branch="b01", on=TUESDAY, opens=540, closes=1020, start=540,
    services=(
        business("cash_withdrawal", "cash", 5.0, 110, "crs", 0.5), business("large_cash", "cash", 9.0, 14),
        business("pension_social", "cash", 8.0, 16), business("transfer", "non_cash", 7.0, 40, "stm", 0.8),
        business("wealth", "wealth", 28.0, 8),
    ),
    tiers=(
        Level("priority", 0, 5.0, 1.25, 0.1), Level("vip", 1, 5.0, 1.0, 0.1), Level("standard", 2, 15.0, 1.0, 0.8),
    ),
    desks=(
        Desk(1, "cash", ("cash", "non_cash")), Desk(2, "cash", ("cash", "non_cash")),
        Desk(3, "cash", ("cash", "non_cash")), Desk(4, "non_cash", ("non_cash",)), Desk(5, "wealth", ("wealth",)),
    ),
    machines=(Machine("crs1", "CRS 1", "crs"), Machine("crs2", "CRS 2", "crs"), Machine("stm1", "STM 1", "stm")),
    workers=CREW, plan="published", version=1, demand="forecast", made_at=None, sigma=0.1, patience=None,
    most=(150.0, 188.0, 230.0), plans=("roster",),
)  # fmt: skip


def changed(**more):
    """The same day with something else."""
    return replace(GROUND, **more)


def payload(on, *, services=None, need=None, days=1):
    """A forecast's payload as the team keeps it: the same every half hour of a day."""
    told = services or {"cash_withdrawal": ("cash", 80.0), "transfer": ("non_cash", 32.0)}
    total = sum(count for _skill, count in told.values())
    dates = [date.fromordinal(on.toordinal() + n) for n in range(days)]
    return {
        "days": [{"date": d.isoformat(), "open": [[540, 1020]], "kind": "workday", "tags": []} for d in dates],
        "services": [
            {"code": key, "name": key, "skill": skill, "minutes": 5.5, "cv": 0.7, "source": "log", "tickets": 100,
             "measured": 90}
            for key, (skill, _count) in told.items()
        ],
        "patience": {"mean": 40.0, "cv": 1.0, "shape": "exponential", "source": "log", "events": 60},
        "promise": {"share": 0.9, "minutes": 15},
        "start": 540,
        "mean": [[[count / HALF_HOURS] * HALF_HOURS] * days for _skill, count in told.values()],
        "day_p10": [0.8 * total] * days, "day_mean": [total] * days, "day_p90": [1.25 * total] * days,
        "need": {"cash": [need or [1] * 8 + [2] * 8] * days, "non_cash": [[1] * HALF_HOURS] * days},
        "notes": [],
    }  # fmt: skip


def forecast(bank, branch, on, who="Sun", **more):
    """Keep a forecast of a date for a branch."""
    return team.forecast_store(
        scope=bank.scope(who), now=bank.now, branch=branch, since=on, until=date.fromordinal(on.toordinal() + 1),
        seed=1, inputs_hash="by hand", payload=payload(on, **more),
    )  # fmt: skip
