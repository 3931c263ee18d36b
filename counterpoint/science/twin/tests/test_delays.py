"""Orders take time: each kind has its delay, counted from the order to its effect."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterpoint.science import twin
from counterpoint.science.twin.tests.random_days import random_delays
from counterpoint.science.twin.tests.test_properties import SEEDS, few, random_day

ALONE = twin.Delays(open_counter=3.0, start_break=10.0, close_counter=5.0)


def hall(delays=ALONE, *, open_at_first=False, shift=(540.0, 1080.0), waiting=(590.0,)):
    """One counter, closed at first, one teller at it, customers of four minutes who never leave."""
    service = twin.Service("S", twin.Duration(4.0, shape="fixed"))
    model = twin.BranchModel(
        (service,), (twin.Counter("K", ("S",), open_at_first),), patience=None, balking=None, delays=delays
    )
    people = twin.Staffing.of(twin.Person("mei", ("S",), (shift,), (), "K"))
    return twin.initial_state(model, people, twin.draw_customers(model, arrivals=[(t, "S") for t in waiting], seed=1))


def told(state, orders, *kinds):
    """(minute, kind) of the events of these kinds."""
    _, events = twin.advance(state, np.inf, orders)
    pairs = [(float(e["minute"]), twin.EVENT_NAMES[e["kind"]]) for e in events]
    return [pair for pair in pairs if pair[1] in kinds]


def test_a_window_ordered_open_at_ten_opens_three_minutes_later():
    kinds = ("command", "counter_open", "start_service")
    found = told(hall(), [twin.OpenCounter(600.0, "K")], *kinds)
    assert found == [(603.0, "command"), (603.0, "counter_open"), (603.0, "start_service")]


def test_an_order_is_judged_when_it_takes_effect():
    over = hall(shift=(540.0, 605.0), open_at_first=True)
    assert told(over, [twin.StartBreak(600.0, "mei", 5.0)], "break_start", "refused") == [(610.0, "refused")]
    before = hall(shift=(605.0, 700.0), open_at_first=True, waiting=())
    assert told(before, [twin.StartBreak(600.0, "mei", 5.0)], "break_start", "refused") == [(610.0, "break_start")]


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_effects_at_one_minute_the_earlier_order_comes_first(turned):
    orders = [twin.CloseCounter(600.0, "K"), twin.OpenCounter(602.0, "K")]  # both at 605
    found = told(hall(), orders[::-1] if turned else orders, "refused", "counter_open", "counter_close")
    assert found == [(605.0, "refused"), (605.0, "counter_open")], "closing a closed window makes no sense"


def test_an_order_overtakes_a_slower_one_given_before_it():
    orders = [twin.CloseCounter(600.0, "K"), twin.OpenCounter(601.0, "K")]  # 605 and 604
    found = told(hall(), orders, "counter_open", "counter_close")
    assert found == [(604.0, "counter_open"), (605.0, "counter_close")]


def test_a_state_between_order_and_effect_is_saved_with_the_order_under_way():
    state, _ = twin.advance(hall(), 601.0, [twin.OpenCounter(600.0, "K")])
    back = twin.State.from_bytes(state.to_bytes())
    assert back.model.delays == ALONE
    assert told(back, [], "counter_open") == [(603.0, "counter_open")]


def test_futures_of_a_live_hall_obey_after_the_delay():
    model = hall().model
    people = twin.Staffing.of(twin.Person("mei", ("S",), ((540.0, 1080.0),), (), "K"))
    live = twin.state_from_live(model, people, now=600.0, waiting=[(599.0, "S")], seed=1)
    result = twin.futures(live, 3, seed=1, commands=[twin.OpenCounter(600.0, "K")])
    assert result.times[:, 3].tolist() == [603.0] * 3
    assert twin.eta(live, 0, seed=1, n=5, commands=[twin.OpenCounter(601.0, "K")]).p50 == 4.0


def test_people_who_come_are_not_delayed():
    slow = hall(twin.Delays(**dict.fromkeys(twin.Delays.__dataclass_fields__, 9.0)), open_at_first=True, waiting=())
    assert told(slow, [twin.AddCustomers(600.0, "S", 1, 0.0)], "arrive", "command") == [
        (600.0, "command"), (600.0, "arrive")
    ]  # fmt: skip


@few
@given(SEEDS)
def test_a_delayed_order_is_the_order_at_its_later_minute(seed):
    """Two answers: the model's delays, and the same orders given when they take effect to a branch without delays."""
    start, orders = random_day(seed)
    delayed = replace(start, model=replace(start.model, delays=random_delays(np.random.default_rng(seed))))
    prompt = replace(start, model=replace(start.model, delays=twin.Delays()))
    by_order = sorted(orders, key=lambda order: order.minute)
    later = [replace(order, minute=twin.due_minute(order, delayed.model)) for order in by_order]
    assert twin.advance(delayed, np.inf, orders)[1].tobytes() == twin.advance(prompt, np.inf, later)[1].tobytes()


@few
@given(SEEDS, st.lists(st.integers(540, 580), min_size=1, max_size=5))
def test_a_run_cut_between_order_and_effect_is_the_same_run(seed, cuts):
    """Whole minutes: cuts fall on orders and on effects, and effects of orders from both sides of a cut meet."""
    start, orders = random_day(seed, commands=10)
    rng = np.random.default_rng(seed)
    doors = [twin.OpenCounter, twin.CloseCounter]
    orders += [doors[rng.integers(2)](float(minute), "K0") for minute in rng.integers(540, 580, size=30)]
    delays = replace(random_delays(rng), open_counter=2.0, close_counter=float(rng.integers(4)))
    start = replace(start, model=replace(start.model, delays=delays))
    whole, events = twin.advance(start, np.inf, orders)
    state, parts = start, []
    for cut in (*sorted(map(float, cuts)), np.inf):
        state, part = twin.advance(state, cut, [o for o in orders if state.now <= o.minute < cut])
        parts.append(part)
    assert np.concatenate(parts).tobytes() == events.tobytes()
    assert (state.st == whole.st).all() and state.tm.tobytes() == whole.tm.tobytes()


def test_wrong_delays_are_refused_in_words():
    for wrong in (-1.0, float("inf"), float("nan")):
        with pytest.raises(twin.ModelError, match="move_person must be 0 or more minutes"):
            twin.Delays(move_person=wrong)


def test_delays_travel_in_json_and_a_model_saved_without_them_has_none():
    model = replace(hall().model, delays=twin.planned_delays())
    assert twin.BranchModel.from_json(model.to_json()) == model
    raw = json.loads(model.to_json())
    del raw["delays"]
    assert twin.BranchModel.from_json(json.dumps(raw)).delays == twin.Delays()


def test_every_kind_of_command_but_people_coming_has_a_delay_of_its_own():
    start = hall(open_at_first=True)
    model = replace(start.model, devices=(twin.Device("D", "atm"),))
    orders = [
        twin.OpenCounter(1.0, "K"), twin.CloseCounter(1.0, "K"), twin.MovePerson(1.0, "mei", None),
        twin.StartBreak(1.0, "mei"), twin.MoveBreak(1.0, "mei", 9.0), twin.SetDiversion(1.0, "S", 0.5),
        twin.DeviceDown(1.0, "D"), twin.DeviceUp(1.0, "D"), twin.CallNext(1.0, "K"),
        twin.SetPriority(1.0, 2, ticket=0), twin.StartTask(1.0, "mei", "mei", 5.0),
        twin.SetPace(1.0, 0.4), twin.Dismiss(1.0), twin.SendToDevice(1.0, 0), twin.EndShift(1.0, "mei"),
        twin.EndBreak(1.0, "mei"),
    ]  # fmt: skip
    kinds = list(twin.Delays.__dataclass_fields__)
    assert len(orders) == len(kinds)
    for n, order in enumerate(orders):
        one = replace(model, delays=twin.Delays(**{kind: float(n == m) * 7 for m, kind in enumerate(kinds)}))
        assert [twin.due_minute(each, one) for each in orders] == [8.0 if each is order else 1.0 for each in orders]
