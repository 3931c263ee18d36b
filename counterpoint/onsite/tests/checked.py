"""Checks of the twin: a history whose truth is known, and a verdict by hand."""

from datetime import date, timedelta
from types import SimpleNamespace

from counterpoint.onsite.checking import Checked

FITTED = {"S": 7.5}


def verdict(status="passed", **more):
    """What the gate answers, with one judged day."""
    passed = {"passed": True, "failed": False}.get(status)
    rows = [
        {"key": "median", "value": 0.1, "bound": 0.15, "threshold": 0.2, "passed": passed, "logged": 4.0,
         "simulated": 4.4},
        {"key": "walkout", "value": -0.011, "bound": None, "threshold": 0.03, "passed": True, "logged": 0.05,
         "simulated": 0.039},
        {"key": "unexplained", "value": 0.012, "bound": None, "threshold": 0.02, "passed": True, "logged": None,
         "simulated": None},
    ]  # fmt: skip
    day = {"day": "2026-11-20", "tickets": 120, "median": 4.0, "median_twin": 4.4, "p90": 11.0, "p90_twin": 12.0,
           "walkout": 0.05, "walkout_twin": 0.04}  # fmt: skip
    line = {"day": "2026-11-20", "logged": 0.5, "simulated": 0.45, "low": 0.4, "high": None}
    return {
        "criteria": rows, "by_day": [day], "cdf": [{"minutes": 3.0, **line}, {"minutes": 9.0, **line}],
        "half_hours": [{"minute": 570, "tickets": 9, **line}],
    } | more  # fmt: skip


def checked(model, status="passed", **more):
    """A finished check of `model` as JSON."""
    values = [
        {"what": "service_minutes", "code": "transfer", "value": 7.5, "low": 7.0, "high": 8.0, "origin": "fitted",
         "tickets": 300, "note": ""},
        {"what": "patience_factor", "code": "vip", "value": 1.0, "low": None, "high": None, "origin": "pooled",
         "tickets": 12, "note": ""},
    ]  # fmt: skip
    days = [date(2026, 11, 2) + timedelta(days=n) for n in range(21)]
    found = {
        "fitted_on": tuple(days[:14]), "judged_on": tuple(days[14:]), "tickets": 1400, "simulated": False,
        "status": status, "gate": 1, "fitted": model, "values": values, "verdict": verdict(status),
    }  # fmt: skip
    return Checked(**(found | more))


def answer(status="passed", **more):
    """A row as the words need it."""
    return SimpleNamespace(status=status, verdict=verdict(status, **more), values=checked({}).values)
