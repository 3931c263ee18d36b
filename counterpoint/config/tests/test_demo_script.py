"""A day is written before it begins: visitors as the twin draws them, seats as the roster says, faults by seed."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.config.demo import cast, script, world
from counterpoint.config.demo.script import AFTER, BEFORE, TAKE_OVER, Script, Seat, Shift, Visitor
from counterpoint.role.api import service_types
from counterpoint.science import twin

PLANS = cast.plans()
FLAGSHIP, SMALL = PLANS[0], PLANS[3]
ON = date(2026, 11, 25)
MODEL = world.model_of(SMALL, ON)  # doors from 540 to 1020; counters 1, 2 cash, 3 non_cash, 4 wealth, 5 corporate


def seats(*shifts):
    return {seat.staff_no: seat for seat in script.seats_of(SMALL, MODEL, shifts)}


def shift(staff_no, start, end, skill="cash", lunch=None):
    return Shift(staff_no, start, end, lunch, skill)


# --- seats ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "end", "opens", "closes"),
    [
        (480, 1050, 540 - BEFORE, 1020 + AFTER),
        (536, 1020, 536, 1020 + AFTER),
        (535, 1019, 535, 1019),
        (600, 780, 600, 780),
    ],
    ids=["whole day", "until the doors close", "a minute before they close", "a short shift"],
)
def test_a_window_opens_shortly_before_the_doors_and_its_person_stays_for_the_last_customers(start, end, opens, closes):
    seat = seats(shift("a", start, end))["a"]
    assert (seat.start, seat.end) == (opens, closes)


def test_everybody_takes_the_first_free_counter_of_their_kind_by_start_then_number():
    found = seats(shift("b", 510, 1020), shift("a", 510, 1020), shift("c", 510, 1020, "wealth"))
    assert {who: seat.counter for who, seat in found.items()} == {"a": 1, "b": 2, "c": 4}


def test_a_third_cashier_of_two_counters_has_no_seat_unless_one_becomes_free_in_time():
    busy = (shift("a", 510, 1020), shift("b", 510, 1020))
    assert set(seats(*busy, shift("c", 600, 1020))) == {"a", "b"}
    early = (shift("a", 510, 720), shift("b", 510, 1020))
    found = seats(*early, shift("c", 600, 1020))
    assert found["c"].counter == 1 and found["c"].start == 720


@pytest.mark.parametrize(("end", "seated"), [(720 + TAKE_OVER, True), (720 + TAKE_OVER - 1, False)])
def test_a_counter_is_taken_over_only_for_a_full_hour(end, seated):
    found = seats(shift("a", 510, 720), shift("b", 510, 1020), shift("c", 600, end))
    assert ("c" in found) is seated


@pytest.mark.parametrize("skill", ["vault", "lobby", "loan"])
def test_a_skill_without_a_counter_has_no_seat(skill):
    assert seats(shift("a", 510, 1020, skill)) == {}


def test_lunch_and_speed_come_from_the_roster_and_the_person():
    teller = SMALL.of_role("teller")[0]
    found = seats(shift(teller.staff_no, 510, 1020, lunch=(690.0, 30.0)), shift("stranger", 510, 1020))
    assert found[teller.staff_no].lunch == (690.0, 30.0) and found[teller.staff_no].speed == teller.speed
    assert found["stranger"].speed == 1.0


shifts_ = st.lists(
    st.builds(
        Shift,
        st.integers(0, 30).map("p{}".format),
        st.integers(16, 30).map(lambda n: n * 30.0),
        st.integers(20, 36).map(lambda n: n * 30.0),
        st.none(),
        st.sampled_from(["cash", "non_cash", "wealth", "corporate", "vault"]),
    ).filter(lambda s: s.start < s.end),
    max_size=12,
    unique_by=lambda s: s.staff_no,
)


@settings(max_examples=40)
@given(shifts=shifts_)
def test_whatever_the_roster_a_counter_has_one_person_at_a_time_of_its_own_kind(shifts):
    found = script.seats_of(SMALL, MODEL, shifts)
    kinds = {s.staff_no: s.skill for s in shifts}
    for seat in found:
        assert SMALL.counters[seat.counter - 1] == kinds[seat.staff_no] and seat.start >= 540 - BEFORE
    for number in range(1, len(SMALL.counters) + 1):
        mine = sorted((seat for seat in found if seat.counter == number), key=lambda seat: seat.start)
        assert all(before.end <= after.start for before, after in pairwise(mine))


@settings(max_examples=40)
@given(shifts=shifts_)
def test_a_roster_written_in_another_order_seats_the_same_people(shifts):
    assert script.seats_of(SMALL, MODEL, shifts) == script.seats_of(SMALL, MODEL, list(reversed(shifts)))


def test_without_a_roster_everybody_at_a_counter_works_from_door_to_door():
    for seat in script.unrostered(FLAGSHIP, world.model_of(FLAGSHIP, ON), ON):
        assert (seat.start, seat.end) == (540 - BEFORE, 1020 + AFTER)
        assert seat.lunch is not None and seat.lunch[0] in world.LUNCHES


# --- visitors -------------------------------------------------------------------------------------------------------
def test_visitors_are_numbered_in_the_order_in_which_they_come_and_come_while_the_doors_are_open():
    found = script.visitors_of(SMALL, MODEL, ON, seed=5)
    assert [v.number for v in found] == list(range(len(found)))
    assert all(540 <= v.minute <= 1020 and v.work > 0 and v.patience >= script.PATIENCE_FLOOR for v in found)
    assert {v.service for v in found} <= set(service_types(ON))


def test_a_visitor_has_a_time_at_a_machine_exactly_when_one_can_do_the_service():
    for plan in (FLAGSHIP, SMALL):
        model = world.model_of(plan, ON)
        machines = {service.code: service.device or "" for service in model.services}
        tiers = {tier.code: tier.divertible for tier in model.tiers}
        for visitor in script.visitors_of(plan, model, ON, seed=5):
            kind = machines[visitor.service]
            assert (visitor.alone > 0.0) is bool(kind)
            assert visitor.machine in ("", kind)
            assert visitor.device == (kind if tiers[visitor.tier] else "")
            assert 0.0 < visitor.reluctance < 1.0


def machine_service(divertible=0.5, device="crs"):
    minutes = twin.Duration(4.0, 0.5)
    return twin.Service("s", minutes, "", device, minutes if device else None, divertible if device else 0.0)


@pytest.mark.parametrize(
    ("device", "divertible", "tier", "u_triage", "u_divert", "uses"),
    [
        ("crs", 1.0, True, 0.0, 0.0, True),
        (None, 1.0, True, 0.0, 0.0, False),
        ("crs", 1.0, False, 0.0, 0.0, False),
        ("crs", 0.0, True, 0.0, 0.0, False),
        ("crs", 1.0, True, 0.0, 0.9999, False),
        ("crs", 1.0, True, 0.9999, 0.9999, False),
    ],
    ids=[
        "guided",
        "no machine",
        "a tier that is never sent",
        "nothing to divert",
        "unwilling",
        "unguided and unwilling",
    ],
)
def test_a_machine_is_used_by_whom_it_may_and_who_is_willing(device, divertible, tier, u_triage, u_divert, uses):
    one = twin.Tier("standard", 1.0, 0, 15.0, 1.0, tier)
    assert script._uses_machine(MODEL, machine_service(divertible, device), one, u_triage, u_divert) is uses


def test_who_is_not_guided_uses_the_machine_less_often():
    one, service = twin.Tier("standard", 1.0, 0, 15.0, 1.0, True), machine_service(1.0)
    steps = [n / 100 for n in range(100)]
    guided = sum(script._uses_machine(MODEL, service, one, 0.0, u) for u in steps)
    alone = sum(script._uses_machine(MODEL, service, one, 0.9999, u) for u in steps)
    assert 0 < alone < guided <= round(100 * MODEL.uptake) + 1


# --- faults ---------------------------------------------------------------------------------------------------------
@settings(max_examples=60)
@given(place=st.integers(0, 11), on=st.dates(date(2026, 1, 1), date(2026, 12, 31)), seed=st.integers(0, 50))
def test_a_fault_hits_a_machine_of_the_branch_in_the_afternoon_and_is_repaired_within_seventy_minutes(place, on, seed):
    plan = PLANS[place]
    found = script.faults_of(plan, on, seed)
    assert len(found) <= 1 and found == script.faults_of(plan, on, seed)
    for fault in found:
        kinds = {code: kind for code, _name, kind in plan.devices}
        assert kinds[fault.device] in world.MACHINES
        assert 815 <= fault.minute <= 900 and 25 <= fault.until - fault.minute <= 70


def test_the_first_branch_fails_every_day_and_the_others_on_two_of_five():
    days = [date(2026, 3, 1).fromordinal(date(2026, 3, 1).toordinal() + n) for n in range(200)]
    assert all(script.faults_of(FLAGSHIP, on, 1) for on in days)
    assert sum(bool(script.faults_of(SMALL, on, 1)) for on in days) / 200 == pytest.approx(0.4, abs=0.1)


def test_a_branch_without_machines_has_none_to_fail():
    assert script.faults_of(replace(FLAGSHIP, devices=(("kiosk1", "取号机", "kiosk"),)), ON, 1) == ()


# --- the whole ------------------------------------------------------------------------------------------------------
def test_a_published_roster_replaces_the_habit():
    rostered = script.script_of(SMALL, ON, seed=1, shifts=[shift("a", 510, 1020)])
    assert [seat.staff_no for seat in rostered.seats] == ["a"]
    assert rostered.visitors == script.script_of(SMALL, ON, seed=1).visitors


@pytest.mark.parametrize(("starts", "begins"), [((), 535.0), ((600.0,), 535.0), ((520.0, 600.0), 520.0)])
def test_a_day_begins_with_its_first_seat_or_shortly_before_the_doors(starts, begins):
    made = tuple(Seat(f"s{n}", n, start, 1020.0, None, 1.0) for n, start in enumerate(starts, 1))
    visitor = Visitor(0, 541.0, "cash_deposit", "standard", 20.0, 6.0)
    assert Script(ON, 540.0, 1020.0, (visitor,), made).begins == begins


def test_who_has_a_shift_but_no_counter_waits_in_the_lobby_or_the_back_office():
    lobby = [p.staff_no for p in SMALL.of_role("lobby_manager")]
    tellers = [p.staff_no for p in SMALL.of_role("teller")]
    shifts = [script.Shift(s, 520.0, 1030.0, None, "cash") for s in tellers]
    shifts += [script.Shift(s, 560.0, 1030.0, None, "lobby") for s in lobby]
    seats = script.seats_of(SMALL, MODEL, shifts)
    places = {p.staff_no: p for p in script.places_of(SMALL, MODEL, seats, shifts)}
    seated = {seat.staff_no for seat in seats}
    assert set(places) == set(lobby + tellers) - seated
    assert all((p.place == "lobby") == (p.staff_no in lobby) for p in places.values())
    assert all(p.minute == max(560.0 if p.staff_no in lobby else 520.0, MODEL.open_minute - 5) for p in places.values())


def test_without_a_roster_the_lobby_managers_stand_in_the_lobby():
    found = script.places_of(SMALL, MODEL, (), ())
    assert {p.staff_no for p in found} == {p.staff_no for p in SMALL.of_role("lobby_manager")}
    assert {p.place for p in found} == {"lobby"}
