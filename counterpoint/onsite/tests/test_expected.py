"""How many customers are expected today, and what other rooms read by key: both once more by counting on fingers."""

from collections import Counter
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.scope import scoped
from counterpoint.onsite import api, expected, futures, panels
from counterpoint.onsite.queries.snapshot import snapshot
from counterpoint.onsite.state import hall_of
from counterpoint.primitives import metrics

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)


def history(hall, *visits):
    """Bring in tickets: (date, "HH:MM", service)."""
    rows = [
        {
            "branch": "b01", "ticket": f"T{n}", "service": service, "tier": "standard",
            "arrived": pd.Timestamp(f"{on} {clock}"), "called": pd.NaT, "finished": pd.NaT,
            "left": pd.Timestamp(f"{on} {clock}") + pd.Timedelta(minutes=9), "server": None, "outcome": "abandoned",
        }
        for n, (on, clock, service) in enumerate(visits)
    ]  # fmt: skip
    api.history_import(
        scope=hall.sun, branches=[hall.branch], now=hall.now, log=pd.DataFrame(rows), label="x", replace=True
    )


def rates(hall):
    with scoped(hall.sun):
        return expected.rates(hall_of(scope=hall.sun, branch=hall.branch, now=hall.now))


def test_without_history_and_without_customers_nothing_is_expected(hall):
    assert rates(hall) is None


def test_without_history_today_goes_on_as_it_began(hall):
    """Three transfers since 10:30; at 11:10 two half hours have begun, so 1.5 come in each."""
    for _ in range(3):
        hall.take(service="transfer")
    hall.later(minutes=40)
    found = rates(hall)
    assert set(found["transfer"]) == {1.5}
    assert set(found["wealth"]) == {0.0}


@pytest.mark.parametrize(
    ("weeks", "counts"),
    [(1, True), (4, True), (5, False), (0, None)],  # today itself, brought in, is no earlier weekday
)
def test_the_same_weekday_of_the_last_four_weeks_counts(hall, weeks, counts):
    history(hall, (MONDAY - timedelta(weeks=weeks), "09:10", "transfer"))
    found = rates(hall)
    assert (found is not None) is bool(counts)


def test_other_weekdays_do_not_count(hall):
    history(hall, *((MONDAY - timedelta(days=n), "09:10", "transfer") for n in (1, 2, 3, 4, 5, 6, 8, 13)))
    assert rates(hall) is None


@pytest.mark.parametrize(
    ("usual", "came", "factor"),
    [
        (0, 0, 1.0),  # nothing usual until now, nobody came
        (20, 20, 1.0), (20, 0, 0.5),  # (0 + 20) / (20 + 20)
        (0, 20, 2.0), (0, 30, 2.0),  # never more than twice the usual day
        (60, 0, 0.5),  # never less than half of it
        (20, 10, 0.75),
    ],
)  # fmt: skip
def test_a_day_that_begins_busier_or_quieter_is_scaled_within_half_and_double(hall, usual, came, factor):
    day = MONDAY - timedelta(weeks=1)
    history(hall, *([(day, "09:10", "transfer")] * usual), *([(day, "15:10", "wealth")] * 8))
    for _ in range(came):
        hall.take(service="transfer")
    assert rates(hall)["wealth"][30] == pytest.approx(8 * factor)


def test_a_service_that_never_came_is_expected_never_and_the_mean_is_over_the_days_that_are_known(hall):
    weeks = [MONDAY - timedelta(weeks=n) for n in (1, 3)]
    history(hall, (weeks[0], "14:00", "transfer"), (weeks[1], "14:29", "transfer"), (weeks[1], "14:30", "transfer"))
    found = rates(hall)
    assert (found["transfer"][28], found["transfer"][29]) == (1.0, 0.5)
    assert found["loan"].sum() == 0


arrived = st.tuples(st.integers(0, 2), st.integers(0, 1439), st.sampled_from(["transfer", "wealth"]))


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(st.lists(arrived, min_size=1, max_size=12, unique=True))
def test_arrivals_by_key_are_the_tickets_counted_by_half_hour(hall, found):
    first = date(2026, 11, 16)
    span = {"since": first, "until": first + timedelta(days=2)}  # the third day lies beyond
    with transaction.atomic():
        history(hall, *((first + timedelta(days=d), f"{m // 60:02d}:{m % 60:02d}", s) for d, m, s in found))
        frame = metrics.fetch("onsite.arrivals", scope=hall.sun, branch=hall.branch, **span)
        tickets = metrics.fetch("onsite.tickets", scope=hall.sun, branch=hall.branch, **span)
        transaction.set_rollback(True)
    counted = Counter((first + timedelta(days=d), s, m // 30 * 30) for d, m, s in found if d < 2)
    assert {(r.date, r.service, r.minute): r.arrivals for r in frame.itertuples()} == counted
    assert len(tickets) == sum(counted.values())


def test_numbers_of_another_branch_are_not_read_by_key(hall):
    history(hall, (date(2026, 11, 16), "09:00", "transfer"))
    span = {"since": date(2026, 11, 16), "until": MONDAY}
    for key in ("onsite.days", "onsite.arrivals", "onsite.tickets"):
        assert metrics.fetch(key, scope=hall.bank.scope("Bo"), branch=hall.branch, **span).empty


# --- the panels of the desk ------------------------------------------------------------------------------------------


def body(hall, rf, panel):
    request = rf.get("/")
    request.scope, request.branch, request.LANGUAGE_CODE = hall.sun, hall.branch, "en"
    with scoped(hall.sun):
        return panel(request)


def test_the_panel_is_calm_while_all_is_well_and_loud_when_nobody_serves(hall, rf):
    assert body(hall, rf, panels.now).level == "calm"
    hall.take(service="wealth")
    assert body(hall, rf, panels.now).level == "act"
    hall.open(4, hall.Omar)
    assert body(hall, rf, panels.now).level == "calm"


def test_who_works_at_no_branch_has_no_hall_on_the_desk(rf):
    request = rf.get("/")
    request.branch = None
    assert panels.now(request) is None
    assert panels.soon(request) is None


@pytest.mark.parametrize(("minute", "first"), [("10:30:00", 645), ("10:44:59", 645), ("10:45:00", 660)])
def test_the_outlook_begins_with_the_next_quarter_and_lasts_two_hours(hall, monkeypatch, minute, first):
    monkeypatch.setitem(futures._warmth, "ready", False)
    hall.now = datetime.fromisoformat(f"2026-11-23T{minute}+08:00")
    shown = snapshot(scope=hall.sun, branch=hall.branch, now=hall.now)
    assert shown.future_minutes == tuple(range(first, first + 120, 15))
    assert shown.future_by == "none"
