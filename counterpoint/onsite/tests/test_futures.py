"""Promises from the twin's futures: warm they come as ranges that move with the hall; cold the formula speaks."""

from datetime import timedelta

import pytest

from counterpoint.foundation.api import scoped
from counterpoint.onsite import api, futures
from counterpoint.onsite.state import hall_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def warm(monkeypatch):
    monkeypatch.setitem(futures._warmth, "asked", False)
    monkeypatch.setitem(futures._warmth, "ready", False)
    assert futures.warm(wait=True) is True


def act(bank, name, **inputs):
    inputs.setdefault("now", bank.now)
    return getattr(api, name)(scope=bank.scope("Sun"), branch=bank.b01, **inputs)


def open_two(bank):
    act(bank, "window_open", counter=1, user=bank.people["Mei"].pk)
    act(bank, "window_open", counter=2, user=bank.people["Omar"].pk)


def test_cold_the_formula_promises_and_says_so(bank, monkeypatch):
    monkeypatch.setitem(futures._warmth, "ready", False)
    open_two(bank)
    assert act(bank, "ticket_take", service="transfer").promised_by == "formula"
    hall = hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now)
    assert futures.outlook(hall).by == "none"


@pytest.mark.slow
def test_warm_the_twin_promises_more_to_those_who_come_later(bank, warm):
    open_two(bank)
    tickets = [act(bank, "ticket_take", service="transfer", now=bank.now + timedelta(seconds=i)) for i in range(12)]
    assert {t.promised_by for t in tickets} == {"twin"}
    assert tickets[-1].promise_high > tickets[2].promise_high
    assert all(t.promise_low < t.promise_high for t in tickets)


@pytest.mark.slow
def test_the_outlook_is_by_skill_for_two_hours_and_leaves_the_hall_alone(bank, warm):
    open_two(bank)
    for i in range(8):
        act(bank, "ticket_take", service="transfer", now=bank.now + timedelta(seconds=i))
    act(bank, "ticket_call_next", counter=1, now=bank.now + timedelta(minutes=1))
    with scoped(bank.scope("Sun")):
        hall = hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now + timedelta(minutes=1))
        found = futures.outlook(hall)
    assert found.by == "twin"
    assert len(found.minutes) == 8
    assert {row.skill for row in found.rows} == {"cash", "non_cash", "wealth"}
    assert len(hall.waiting) == 7


@pytest.mark.slow
def test_breaks_and_idle_people_do_not_confuse_the_twin(bank, warm):
    open_two(bank)
    act(bank, "break_start", user=bank.people["Mei"].pk, minutes=20)
    act(bank, "person_move", user=bank.people["Ada"].pk, place="lobby")
    assert act(bank, "ticket_take", service="transfer").promised_by == "twin"


def test_with_all_windows_closed_the_promise_says_closed(bank):
    assert act(bank, "ticket_take", service="transfer").promised_by == "closed"


@pytest.mark.slow
def test_after_closing_nothing_is_foretold_unless_somebody_still_waits(bank, warm):
    evening = bank.now + timedelta(hours=9)
    with scoped(bank.scope("Sun")):
        assert futures.outlook(hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=evening)).by == "none"
    open_two(bank)
    act(bank, "ticket_take", service="transfer")
    with scoped(bank.scope("Sun")):
        assert futures.outlook(hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=evening)).by == "twin"
