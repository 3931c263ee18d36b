"""A forecast by hand: two services, open Monday to Wednesday from 9 to 11, numbers that a reader can add up."""

from datetime import timedelta

from counterpoint.team import api
from counterpoint.team.tests.stories import WEEK, by

OPEN_DAYS = 3
# Customers per half hour of the first day; the second day brings twice, the third three times as many.
CASH, TRANSFER = (4.0, 6.0, 2.0, 0.0), (1.0, 2.0, 1.0, 0.0)
SPREAD = {"mean": 1.0, "p10": 0.5, "p50": 1.0, "p90": 1.5}
SERVICES = (("cash_deposit", "现金存款", "cash"), ("transfer", "转账", "non_cash"))


def _series(cells, factor, days):
    return [[cell * factor * (n + 1) if n < OPEN_DAYS else 0.0 for cell in cells] for n in range(days)]


def payload(days=7, since=WEEK, **changes):
    """The stored form of `days` days from `since` on; keyword arguments replace parts of it."""
    both = tuple(map(sum, zip(CASH, TRANSFER, strict=True)))
    found = {
        "days": [
            {"date": (since + timedelta(days=n)).isoformat(), "open": [[540, 660]] if n < OPEN_DAYS else [],
             "kind": "workday", "tags": []}
            for n in range(days)
        ],
        "services": [
            {"code": code, "name": name, "skill": skill, "minutes": 5.0, "cv": 1.0, "source": "log", "tickets": 90,
             "measured": 90}
            for code, name, skill in SERVICES
        ],
        "patience": {"mean": 30.0, "cv": 1.0, "shape": "exponential", "source": "default", "events": 0},
        "promise": {"share": 0.9, "minutes": 15.0},
        "start": 540,
        "need": {"cash": _need((2, 3, 1, 0), days), "non_cash": _need((1, 1, 1, 0), days)},
        "need_p90": {"cash": _need((3, 4, 2, 0), days), "non_cash": _need((1, 2, 1, 0), days)},
        "why": {"cash": [["load", "promise", "minimum", "closed"]] * days, "non_cash": [["minimum"] * 4] * days},
        "notes": [],
        "scores": {},
        "history": {"days": 24, "tickets": 1234, "first": "2026-10-01", "last": "2026-11-20"},
    }  # fmt: skip
    for name, factor in SPREAD.items():
        found[name] = [_series(cells, factor, days) for cells in (CASH, TRANSFER)]
        found[f"total_{name}"] = _series(both, factor, days)
        found[f"day_{name}"] = [sum(row) for row in found[f"total_{name}"]]
    return found | changes


def _need(cells, days):
    return [list(cells) if n < OPEN_DAYS else [0] * 4 for n in range(days)]


def store(team, since=WEEK, days=7, *, made=timedelta(0), seed=1, name="Sun", **changes):
    """That forecast, kept as if Sun had made it."""
    return api.forecast_store(
        **by(team, name) | {"now": team.now + made}, branch=team.b01, since=since, until=since + timedelta(days=days),
        seed=seed, inputs_hash="0123456789abcdef", payload=payload(days, since, **changes),
    )  # fmt: skip
