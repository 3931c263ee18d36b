"""The rest of the day as the roster plans it: who still goes to lunch, who goes home, and what the twin makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import scoped
from counterpoint.onsite import api, futures, state
from counterpoint.onsite.state import Plan, hall_of
from counterpoint.team.api import ShiftView

pytestmark = pytest.mark.django_db
HALF_PAST_TEN = 630


@pytest.fixture
def rostered(bank, monkeypatch):
    """Publish shifts by hand: name, start, end, lunch."""

    def publish(*shifts):
        rows = tuple(
            ShiftView(bank.people[name].pk, name, bank.now.date(), start, end, lunch, ())
            for name, start, end, lunch in shifts
        )
        monkeypatch.setattr(state, "shifts_on", lambda **_asked: rows)

    return publish


def act(bank, name, **inputs):
    inputs.setdefault("now", bank.now)
    return getattr(api, name)(scope=bank.scope("Sun"), branch=bank.b01, **inputs)


def seat(bank):
    for counter, name in ((1, "Mei"), (2, "Omar")):
        act(bank, "window_open", counter=counter, user=bank.people[name].pk)


def look(bank, after=0):
    return hall_of(scope=bank.scope("Sun"), branch=bank.b01, now=bank.now + timedelta(minutes=after))


def person(bank, hall, name):
    with scoped(bank.scope("Sun")):
        staffing = futures.state_of(hall).staffing
    return staffing.people[staffing.index(str(bank.people[name].pk))]


def test_without_a_published_roster_nobody_goes_to_lunch_or_home(bank):
    seat(bank)
    hall = look(bank)
    assert hall.plans == {} and person(bank, hall, "Mei").breaks == ()


@pytest.mark.parametrize(("after", "lunch"), [(0, (690, 720)), (59, (690, 720)), (60, None), (75, None), (120, None)])
def test_a_lunch_is_ahead_until_its_time_has_come(bank, rostered, after, lunch):
    rostered(("Mei", 540, 1020, (690, 720)))
    seat(bank)
    assert look(bank, after).plans == {bank.people["Mei"].pk: Plan(1020, lunch)}


def test_who_has_had_a_break_does_not_go_again(bank, rostered):
    rostered(("Mei", 540, 1020, (690, 720)), ("Omar", 540, 1020, (720, 750)))
    seat(bank)
    act(bank, "break_start", user=bank.people["Mei"].pk, minutes=20)
    act(bank, "break_end", user=bank.people["Mei"].pk, now=bank.now + timedelta(minutes=20))
    plans = look(bank, 25).plans
    assert plans[bank.people["Mei"].pk].lunch is None and plans[bank.people["Omar"].pk].lunch == (720, 750)
    assert look(bank, -5).plans[bank.people["Mei"].pk].lunch == (690, 720)  # looking back: not yet


def test_the_twin_knows_lunches_and_ends_of_shifts(bank, rostered):
    rostered(("Mei", 540, 800, (690, 720)), ("Omar", 540, 1020, None))
    seat(bank)
    hall = look(bank)
    mei, omar = person(bank, hall, "Mei"), person(bank, hall, "Omar")
    assert mei.breaks == ((690.0, 30.0),) and mei.shifts[0][1] == 800.0
    assert omar.breaks == () and omar.shifts[0][1] == 1020.0


def test_who_stays_beyond_the_planned_end_is_still_here(bank, rostered):
    rostered(("Mei", 540, 600, None))
    seat(bank)
    assert person(bank, look(bank), "Mei").shifts[0][1] > 1020


def test_on_a_break_beyond_the_planned_end_is_no_contradiction(bank, rostered):
    rostered(("Mei", 540, 640, (630, 640)))
    seat(bank)
    act(bank, "break_start", user=bank.people["Mei"].pk, minutes=45)
    assert person(bank, look(bank), "Mei").shifts[0][1] >= HALF_PAST_TEN + 45


@given(st.integers(540, 900), st.integers(10, 60), st.integers(560, 1100))
def test_whatever_is_planned_the_twin_can_picture_it(lunch, minutes, end):
    """A plan by hand is laid over a hall that was read once."""
    from types import SimpleNamespace
    from uuid import UUID

    who = UUID(int=7)
    duty = SimpleNamespace(place="counter", user_id=who, skills=[], counter=SimpleNamespace(number=1), break_until=None)
    content = SimpleNamespace(services={"transfer": SimpleNamespace(skill="non_cash")})
    hall = SimpleNamespace(duties=(duty,), plans={who: Plan(end, (lunch, lunch + minutes))}, content=content)
    (one,) = futures._staffing(hall, (540.0, 1020.0), 630.0).people
    assert all(a <= s and s + m <= b for s, m in one.breaks for a, b in one.shifts)


@pytest.mark.slow
def test_a_lunch_soon_makes_the_wait_longer(bank, rostered, monkeypatch):
    monkeypatch.setitem(futures._warmth, "asked", False)
    assert futures.warm(wait=True) or futures.ready()
    seat(bank)
    for i in range(10):
        act(bank, "ticket_take", service="transfer", now=bank.now + timedelta(seconds=i))
    hall = look(bank, 1)
    mei = bank.people["Mei"].pk
    with scoped(bank.scope("Sun")):
        before = futures.promise(replace(hall, plans={}), "transfer", None)
        after = futures.promise(replace(hall, plans={mei: Plan(1020, (640, 670))}), "transfer", None)
    assert after.high > before.high
