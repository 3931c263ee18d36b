"""The rest of the day as the roster plans it: who still goes to lunch, who goes home, and what the twin makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, scoped
from counterpoint.foundation.models import JournalEntry
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


def journal_kinds(bank):
    with scoped(bank.scope("Sun")):
        return list(JournalEntry.objects.values_list("kind", flat=True))


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


@pytest.mark.parametrize(
    ("after", "lunch"), [(0, (690, 720)), (59, (690, 720)), (75, (690, 720)), (119, (690, 720)), (120, None)]
)
def test_a_lunch_is_ahead_until_an_hour_after_its_time(bank, rostered, after, lunch):
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


@pytest.mark.parametrize(("minutes", "lunch"), [(5, (690, 720)), (14, (690, 720)), (15, None), (30, None)])
def test_a_short_break_is_no_lunch(bank, rostered, minutes, lunch):
    rostered(("Mei", 540, 1020, (690, 720)))
    seat(bank)
    act(bank, "break_start", user=bank.people["Mei"].pk, minutes=minutes)
    assert look(bank, 1).plans[bank.people["Mei"].pk].lunch == lunch


def test_the_twin_knows_lunches_and_ends_of_shifts(bank, rostered):
    rostered(("Mei", 540, 800, (690, 720)), ("Omar", 540, 1020, None))
    seat(bank)
    hall = look(bank)
    mei, omar = person(bank, hall, "Mei"), person(bank, hall, "Omar")
    assert mei.breaks == ((690.0, 30.0),) and mei.shifts[0][1] == 800.0
    assert omar.breaks == () and omar.shifts[0][1] == 1020.0


def test_a_lunch_that_is_due_begins_with_the_next_minute(bank, rostered):
    rostered(("Mei", 540, 1020, (620, 650)), ("Omar", 540, 645, (620, 650)))
    seat(bank)
    hall = look(bank)
    assert person(bank, hall, "Mei").breaks == ((631.0, 30.0),)
    assert person(bank, hall, "Omar").breaks == ()  # it no longer fits into the shift


def test_who_stays_beyond_the_planned_end_is_still_here(bank, rostered):
    rostered(("Mei", 540, 600, None))
    seat(bank)
    assert person(bank, look(bank), "Mei").shifts[0][1] > 1020


def test_on_a_break_beyond_the_planned_end_is_no_contradiction(bank, rostered):
    rostered(("Mei", 540, 640, (630, 640)))
    seat(bank)
    act(bank, "break_start", user=bank.people["Mei"].pk, minutes=45)
    assert person(bank, look(bank), "Mei").shifts[0][1] >= HALF_PAST_TEN + 45


def test_a_lunch_moved_by_hand_is_where_it_was_moved_to(bank, rostered, sign_in):
    rostered(("Mei", 540, 1020, (690, 720)), ("Omar", 540, 1020, None))
    seat(bank)
    mei = bank.people["Mei"].pk
    page = sign_in("Sun").get("/onsite/hall").content.decode()
    assert "11:30 用餐" in page and "用餐推后 30 分钟" in page
    sign_in("Sun").post("/onsite/do/break-move", {"user": mei, "minute": 720})
    assert look(bank).plans[mei].lunch == (720, 750)
    act(bank, "break_move", user=mei, minute=735, now=bank.now + timedelta(minutes=1))
    assert look(bank, 2).plans[mei].lunch == (735, 765)
    assert person(bank, look(bank, 2), "Mei").breaks == ((735.0, 30.0),)
    with scoped(bank.scope("Sun")):
        kinds = list(JournalEntry.objects.filter(kind="onsite.break_moved").values_list("data", flat=True))
    assert {"user": str(mei), "minute": 735} in kinds


@pytest.mark.parametrize(("name", "minute"), [("Mei", 600), ("Mei", 1000), ("Omar", 700), ("Ada", 700)])
def test_a_break_that_cannot_be_is_refused_in_words(bank, rostered, name, minute):
    rostered(("Mei", 540, 1020, (690, 720)), ("Omar", 540, 1020, None))
    seat(bank)
    with pytest.raises(Invalid) as refused:
        act(bank, "break_move", user=bank.people[name].pk, minute=minute)
    assert "休息" in str(refused.value.message)
    assert "onsite.break_moved" not in journal_kinds(bank)


def test_tellers_do_not_move_breaks(bank, rostered):
    rostered(("Mei", 540, 1020, (690, 720)))
    seat(bank)
    with pytest.raises(Forbidden):
        api.break_move(scope=bank.scope("Mei"), branch=bank.b01, now=bank.now, user=bank.people["Mei"].pk, minute=720)


def test_advice_to_delay_a_lunch_is_told_and_taken(bank, rostered, monkeypatch):
    from counterpoint.onsite import shown_advice
    from counterpoint.onsite.actions import advice
    from counterpoint.onsite.tests.advised import found

    rostered(("Mei", 540, 1020, (640, 670)))
    seat(bank)
    mei = bank.people["Mei"].pk
    monkeypatch.setitem(futures._warmth, "ready", True)
    monkeypatch.setattr(advice, "consult", lambda _hall: found("delay_break", user=str(mei), minute=685))
    given_ = act(bank, "advice_ask")
    option = {"kind": "delay_break", "user": str(mei), "counter": None, "service": "", "share": None, "minute": 685}
    assert shown_advice.deed(option, {str(mei): "Mei"}, {}) == "让Mei改在 11:25 用餐"
    act(bank, "advice_take", advice=given_.id)
    assert look(bank, 1).plans[mei].lunch == (685, 715)


def test_the_advisor_proposes_to_delay_a_lunch_that_falls_into_a_full_hall(bank, rostered):
    from counterpoint.onsite.advising import _option
    from counterpoint.science import advice

    rostered(("Mei", 540, 1020, (640, 670)), ("Omar", 540, 1020, None))
    seat(bank)
    for i in range(6):
        act(bank, "ticket_take", service="transfer", now=bank.now + timedelta(seconds=i))
    with scoped(bank.scope("Sun")):
        options = advice.options(futures.state_of(look(bank, 1)))
    (one,) = [_option(o) for o in options if o.kind == "delay_break"]
    assert (one["user"], one["minute"]) == (str(bank.people["Mei"].pk), 685)


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
