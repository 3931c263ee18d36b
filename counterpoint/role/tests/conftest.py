"""Stand-ins for the series that later chapters bring: registered for one test, gone after it."""

from datetime import date, datetime, timedelta
from importlib import import_module

import pandas as pd
import pytest
from django.urls import get_resolver

from counterpoint.primitives import metrics
from counterpoint.primitives.metrics import Source
from counterpoint.ui import panels

COLUMNS = ("ticket", "service", "tier", "arrived", "called", "finished", "left", "outcome")


def ticket(label, at, wait=None, tier="standard", outcome="served", service="cash_deposit"):
    """One row of `onsite.tickets`: arrived at HH:MM of a date, called after `wait` minutes."""
    called = at + timedelta(minutes=wait) if wait is not None else pd.NaT
    left = at + timedelta(minutes=30) if outcome == "abandoned" else pd.NaT
    done = called + timedelta(minutes=5) if wait is not None else pd.NaT
    return (label, service, tier, at, called, done, left, outcome)


def frame(rows):
    """Rows as the source delivers them."""
    found = pd.DataFrame(rows, columns=list(COLUMNS))
    for column in ("arrived", "called", "finished", "left"):
        found[column] = pd.to_datetime(found[column])
    return found


@pytest.fixture
def only_these_sources(monkeypatch):
    """Empty the registry of sources for one test; returns how to fill it again."""
    registry = import_module("counterpoint.primitives.metrics.sources")
    monkeypatch.setattr(registry, "_sources", {})

    def offer(key, columns, rows_of):
        metrics.register(Source(key, columns, "", lambda scope, branch, since, until: rows_of(branch, since)))

    return offer


@pytest.fixture
def a_busy_day(only_these_sources):
    """Tickets of a Monday and a Friday before it at b01, a forecast and a roster for the Monday."""

    def tickets(branch, day):
        if branch.code != "b01" or day not in (date(2026, 11, 23), date(2026, 11, 20)):
            return frame([])
        nine = datetime(day.year, day.month, day.day, 9, 5)
        rows = [ticket(f"A{n:03d}", nine + timedelta(minutes=n), 4 + n % 20) for n in range(1, 41)]
        rows.append(ticket("B001", nine, 9, tier="vip"))
        rows.append(ticket("A041", nine, None, outcome="abandoned"))
        rows.append(ticket("A042", nine + timedelta(minutes=80), None, outcome="unknown"))
        return frame(rows)

    def shifts(branch, day):
        names = ["user", "name", "start", "end", "lunch_start", "lunch_end", "segments"]
        if branch.code != "b01" or day != date(2026, 11, 23):
            return pd.DataFrame(columns=names)
        work = [{"start": 510, "end": 1050, "skill": "cash"}]
        return pd.DataFrame(
            [("u1", "Mei", 510, 1050, 690, 720, work), ("u2", "Omar", 540, 1050, None, None, work)], columns=names
        )

    def forecast(branch, day):
        names = ["minute", "service", "mean", "p90"]
        if branch.code != "b01":
            return pd.DataFrame(columns=names)
        rows = [
            (minute, service, 3.0 + (minute == 600), 5.0) for minute in range(540, 1020, 30) for service in ("a", "b")
        ]
        return pd.DataFrame(rows, columns=names)

    only_these_sources("onsite.tickets", COLUMNS, tickets)
    only_these_sources("team.shifts", ("user", "name", "start", "end", "lunch_start", "lunch_end", "segments"), shifts)
    only_these_sources("team.forecast", ("minute", "service", "mean"), forecast)
    only_these_sources("onsite.days", ("closed",), lambda branch, day: pd.DataFrame({"closed": [day.day != 20]}))


@pytest.fixture
def no_foreign_panels(monkeypatch):
    """The desk with this room's panels only. Addresses come first: rooms bring their panels with them, and what came
    while the stand-in stands would be gone with it."""
    list(get_resolver().url_patterns)
    kept = {key: one for key, one in panels._panels.items() if key.startswith("role.")}
    monkeypatch.setattr(panels, "_panels", kept)
