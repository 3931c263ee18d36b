"""Orders about pace, sending home and coming back: days worked out by hand, and that random days try them all."""

from collections import Counter

import numpy as np
import pytest

from counterpoint.science import twin
from counterpoint.science.twin.tests.by_hand import branch, day, fixed, staff, times
from counterpoint.science.twin.tests.random_days import (
    random_commands,
    random_customers,
    random_model,
    random_staffing,
)

A = twin.Service("A", fixed(4))
ATM = twin.Service("A", fixed(4), device="atm", self_service=fixed(3), fallback=0.0)


def test_a_pace_is_that_of_the_turns_that_begin_under_it():
    orders = [twin.SetPace(2.0, 0.5), twin.SetPace(15.0, 1.0), twin.SetPace(16.0, 1.0)]
    _, events = day(branch(A), [(0, "A"), (1, "A"), (10, "A"), (13, "A")], commands=orders)
    assert times(events, "end_service") == [4, 12, 20, 24]
    assert times(events, "refused") == [16]


def test_a_pace_may_be_that_of_one_counter():
    _, events = day(branch(A, counters=2), [(1, "A"), (1, "A")], commands=[twin.SetPace(0.0, 0.5, "K1")])
    assert times(events, "end_service") == [5, 9]


@pytest.mark.parametrize("switch", [0.0, 1.0])  # plain turns, and turns that may be more than work
def test_a_turn_keeps_its_pace_in_every_future(switch):
    model = branch(twin.Service("A", twin.Duration(4.0, shape="exponential")), switch_minutes=switch)
    orders = [twin.SetPace(0.0, 0.5), twin.SetPace(2.0, 4.0)]
    customers = twin.draw_customers(model, arrivals=[(1.0, "A"), (1.0, "A")], seed=5)
    state, _ = twin.advance(twin.initial_state(model, twin.one_person_a_counter(model), customers), 3.0, orders)
    assert state.counts()["at_counter"] == 1 and state.counts()["waiting"] == 1
    called = twin.futures(state, 4000, seed=1).times[:, 3]
    # without memory: 4 minutes of work are left on average, at half the pace, whatever was ordered since
    assert called.mean() - 3.0 == pytest.approx(8.0, rel=0.06)


def test_who_waits_is_sent_home_and_who_is_served_goes_on():
    model = branch(A, twin.Service("B", fixed(9)))
    arrivals = [(0, "A"), (1, "A"), (1, "B"), (30, "A")]
    _, events = day(model, arrivals, commands=[twin.Dismiss(2.0), twin.Dismiss(20.0)])
    assert [e for e in events if e[1] == "dismiss"] == [(2, "dismiss", 1), (2, "dismiss", 2)]
    assert times(events, "end_service") == [4, 34] and times(events, "refused") == [20]
    _, some = day(model, arrivals, commands=[twin.Dismiss(2.0, "A")])
    assert [e for e in some if e[1] == "dismiss"] == [(2, "dismiss", 1)]
    assert times(some, "end_service") == [4, 13, 34]


def test_somebody_who_waits_is_sent_to_a_device():
    model = branch(ATM, devices=(twin.Device("D", "atm"),))
    orders = [twin.SendToDevice(minute, ticket) for minute, ticket in ((2.0, 1), (2.5, 2), (3.0, 0), (3.0, 1))]
    _, events = day(model, [(0, "A"), (1, "A"), (1, "A")], commands=orders)
    assert [e for e in events if e[1] == "device_start"] == [(2, "device_start", 1), (5, "device_start", 2)]
    assert times(events, "device_end") == [5, 8] and times(events, "end_service") == [4]
    assert times(events, "refused") == [3, 3]  # one is served, the other at the device already


def test_nobody_is_sent_where_no_device_helps():
    arrivals, order = [(0, "A"), (1, "A")], [twin.SendToDevice(2.0, 1), twin.SendToDevice(2.0, 7)]
    down = branch(ATM, devices=(twin.Device("D", "atm", up=False),))
    never = branch(ATM, devices=(twin.Device("D", "atm"),), tiers=(twin.Tier("old", 1.0, divertible=False),))
    for model in (branch(A), down, never):
        _, events = day(model, arrivals, commands=order)
        assert times(events, "refused") == [2, 2] and times(events, "end_service") == [4, 8]


def test_who_was_at_a_counter_or_a_device_is_not_sent_again():
    form = twin.Service(
        "A", fixed(4), device="atm", self_service=fixed(3), fallback=1.0, form=fixed(2), form_share=1.0, divertible=0.0
    )
    model = branch(form, devices=(twin.Device("D", "atm"),))
    # 0 serves 0..1, fills in 1..3 and queues behind 1, who is served 1..2; 2 goes to the device at 2.5 and comes back
    orders = [twin.SendToDevice(1.5, 2), twin.SendToDevice(4.9, 2), twin.SendToDevice(3.5, 1)]
    _, events = day(model, [(0, "A"), (0, "A"), (1, "A"), (1, "A")], commands=orders)
    assert times(events, "device_start") == [1.5] and times(events, "device_fallback") == [4.5]
    assert len(times(events, "refused")) == 2


def test_a_shift_ends_after_the_customer_or_is_left_out():
    _, sent = day(branch(A), [(0, "A"), (1, "A")], commands=[twin.EndShift(2.0, "p1"), twin.EndShift(3.0, "p1")])
    assert times(sent, "shift_end") == [4] and times(sent, "end_service") == [4] and times(sent, "refused") == [3]
    late = staff("K0", shift=(10.0, 600.0), skills=("A",))
    _, absent = day(branch(A), [(11, "A")], late, [twin.EndShift(5.0, "p0"), twin.EndShift(6.0, "p0")])
    assert times(absent, "shift_start") == [] and times(absent, "refused") == [6]
    both = twin.Staffing.of(twin.Person("p0", ("A",), ((0.0, 10.0), (20.0, 600.0)), (), "K0"))
    _, again = day(branch(A), [(11, "A")], both, [twin.EndShift(5.0, "p0")])
    assert times(again, "shift_end") == [5, 600] and times(again, "start_service") == [20]


def test_a_break_is_cut_short():
    orders = [twin.StartBreak(5.0, "p1", 30.0), twin.EndBreak(12.0, "p1"), twin.EndBreak(13.0, "p1")]
    _, events = day(branch(A), [(6, "A")], commands=orders)
    assert times(events, "break_end") == [12] and times(events, "start_service") == [12]
    assert times(events, "refused") == [13]
    pair = [twin.StartTask(2.0, "p1", "p2", 10.0), twin.EndBreak(3.0, "p2"), twin.EndBreak(8.0, "p2")]
    _, task = day(branch(A, counters=2), [(0, "A")], commands=pair)
    # p2 waits from 2 for p1, who serves 0..4; the task goes 4..14, for p2 until 8
    assert times(task, "task_start") == [4] and times(task, "refused") == [3]
    assert times(task, "break_end") == [8, 14]


@pytest.mark.parametrize(("order", "words"), [(twin.SetPace(1.0, 0.0), "pace must be above 0"),
                                              (twin.SetPace(1.0, float("inf")), "pace must be above 0")])  # fmt: skip
def test_wrong_orders_are_refused_in_words(order, words):
    with pytest.raises(twin.ModelError, match=words):
        day(branch(A), [(0, "A")], commands=[order])


def test_random_days_obey_and_refuse_each_of_them():
    obeyed, refused = Counter(), Counter()
    for seed in range(30_000, 30_040):
        rng = np.random.default_rng(seed)
        model = random_model(rng, calling="auto", full=True)
        staffing = random_staffing(rng, model)
        orders = random_commands(rng, model, staffing, 60)
        customers = random_customers(np.random.default_rng(seed), model)
        events = twin.run_day(model, staffing, customers, orders).events
        ordered = sorted(orders, key=lambda order: (twin.due_minute(order, model), order.minute))
        for kind, counted in (("command", obeyed), ("refused", refused)):
            counted.update(type(ordered[e["place"]]).__name__ for e in events[events["kind"] == twin.KIND[kind]])
    for name in ("SetPace", "Dismiss", "SendToDevice", "EndShift", "EndBreak"):
        assert obeyed[name] > 0 and refused[name] > 0, name
