"""People who are free and not at once ready to call: days worked out by hand, the chance, and a live start."""

from dataclasses import replace

import numpy as np
import pytest

from counterpoint.science import queueing, twin
from counterpoint.science.twin.tests.by_hand import branch, day, fixed, staff, times
from counterpoint.science.twin.tests.random_days import random_customers, random_model, random_pickup, random_staffing

NEVER_READY = twin.Pickup(1.0, fixed(3))


def team(*posts, shift=(0.0, 600.0)):
    return staff(*posts, shift=shift, skills=("A",))


def test_a_ticket_that_finds_nobody_ready_is_called_when_somebody_is_back():
    model = branch(twin.Service("A", fixed(4)), counters=2, pickup=NEVER_READY)
    done, events = day(model, [(10, "A"), (11, "A")])
    assert times(events, "start_service") == [13, 13]  # the second takes a number behind the first, both come back
    assert done.result.times[:, 1].tolist() == [3, 2]


def test_a_colleague_who_has_just_finished_calls_before():
    model = branch(twin.Service("A", fixed(4)), counters=2, pickup=NEVER_READY)
    _, events = day(model, [(0, "A"), (5, "A")])  # K0 is free again at 7, the other would be back at 8
    assert times(events, "start_service") == [3, 7]


def test_who_comes_on_duty_is_ready():
    model = branch(twin.Service("A", fixed(4)), counters=2, pickup=NEVER_READY)
    people = twin.Staffing.of(*team("K0").people, twin.Person("late", ("A",), ((1.0, 600.0),), (), "K1"))
    _, events = day(model, [(0, "A")], people)
    assert times(events, "start_service") == [1]


def test_who_leaves_before_anybody_is_back_was_not_called():
    model = branch(twin.Service("A", fixed(4)), pickup=NEVER_READY, patience=fixed(2))
    _, events = day(model, [(10, "A"), (12.5, "A")])
    assert times(events, "abandon") == [12]
    assert times(events, "start_service") == [13]  # whoever was away for the first is back for the second


def test_a_window_called_by_hand_knows_no_such_wait():
    model = branch(twin.Service("A", fixed(4)), pickup=NEVER_READY, calling="manual")
    _, events = day(model, [(10, "A")], commands=[twin.CallNext(11.0, "K0")])
    assert times(events, "start_service") == [11]


@pytest.mark.parametrize("free", [1, 2, 3])
def test_nobody_is_ready_as_often_as_the_chance_to_the_power_of_the_free(free):
    """Customers so far apart that all `free` counters are free: not_ready ** free of them wait, `back` on average."""
    model = branch(
        twin.Service("A", fixed(1)), counters=free, close_minute=400_000.0,
        pickup=twin.Pickup(0.4, twin.Duration(2.0, 0.7)),
    )  # fmt: skip
    people = team(*model.counter_codes, shift=(0.0, 500_000.0))
    n = 8000
    done, _ = day(model, [(40.0 * i, "A") for i in range(n)], people)
    waited = done.result.times[:, 1]
    share = 0.4**free
    assert (waited > 0).mean() == pytest.approx(share, abs=4 * np.sqrt(share / n))
    late = waited[waited > 0]
    assert late.mean() == pytest.approx(2.0, abs=4 * 1.4 / np.sqrt(len(late)))


def test_one_window_that_is_never_ready_is_the_queue_with_an_exceptional_first_service():
    """Poisson arrivals, exponential work, and an exponential delay for whoever meets an empty hall: Welch (1964).

    The mean wait is that of M/M/1 and, for a server who sets up when a busy period begins, (2 s + λ s²) / 2(1 + λ s)
    more, with s the mean and s² here the second moment of the set-up.
    """
    rate, work, back = 0.1, 6.0, 4.0
    model = branch(
        twin.Service("A", twin.Duration(work, shape="exponential")), close_minute=1e7, overrun_minutes=1e6,
        pickup=twin.Pickup(1.0, twin.Duration(back, shape="exponential")),
    )  # fmt: skip
    gaps = np.random.default_rng(5).exponential(1 / rate, 400_000)
    done, _ = day(model, [(float(at), "A") for at in np.cumsum(gaps)], team("K0", shift=(0.0, 1.2e7)))
    second = 2 * back**2
    more = (2 * back + rate * second) / (2 * (1 + rate * back))
    assert done.result.times[:, 1].mean() == pytest.approx(queueing.mg1_mean_wait(rate, work, 1.0) + more, rel=0.03)


def test_a_day_cut_in_two_while_nobody_is_ready_is_the_same_day():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        model = replace(random_model(rng, full=seed % 2 == 1), pickup=twin.Pickup(0.9, twin.Duration(4.0, 0.7)))
        staffing, customers = random_staffing(rng, model), random_customers(rng, model)
        start = twin.initial_state(model, staffing, customers)
        _, whole = twin.advance(start, np.inf)
        state, parts = start, []
        for minute in (*np.arange(540.0, 700.0, 1.7), np.inf):
            state, events = twin.advance(twin.State.from_bytes(state.to_bytes()), minute)
            parts.append(events)
        assert np.concatenate(parts).tobytes() == whole.tobytes(), f"seed {seed}"


def test_people_always_ready_are_as_if_nothing_was_said():
    rng = np.random.default_rng(3)
    model = replace(random_model(rng, full=True), pickup=None)
    staffing, customers = random_staffing(rng, model), random_customers(rng, model)
    ready = replace(model, pickup=twin.Pickup(0.0, fixed(3)))
    days = [twin.run_day(one, staffing, customers).events.tobytes() for one in (model, ready)]
    assert days[0] == days[1]


def test_a_live_hall_whose_people_are_not_ready_is_told_what_is_left():
    model = branch(twin.Service("A", fixed(4)), counters=2, pickup=NEVER_READY)
    state = twin.state_from_live(model, team("K0", "K1"), now=10.0, seed=1, waiting=[(9.0, "A"), (9.5, "A")])
    found = [twin.eta(state, ticket, seed=1, n=20) for ticket in (0, 1)]
    assert [(one.called, one.p20, one.p80) for one in found] == [(20, 2.0, 2.0)] * 2
    ready = twin.state_from_live(replace(model, pickup=None), team("K0"), now=10.0, seed=1, waiting=[(9.0, "A")])
    assert twin.eta(ready, 0, seed=1, n=20).mean == 0.0


def test_a_wait_for_somebody_ready_that_lasts_is_drawn_beyond_it():
    """Exponential: what is left of it has the whole mean, however long it lasts already."""
    back = twin.Duration(3.0, shape="exponential")
    model = branch(twin.Service("A", fixed(4)), pickup=twin.Pickup(1.0, back))
    state = twin.state_from_live(model, team("K0"), now=10.0, seed=1, waiting=[(2.0, "A")])
    assert twin.eta(state, 0, seed=1, n=4000).mean == pytest.approx(3.0, rel=0.06)


def test_a_model_with_it_survives_its_json():
    for seed in range(20):
        model = replace(branch(twin.Service("A", fixed(4))), pickup=random_pickup(np.random.default_rng(seed)))
        assert twin.BranchModel.from_json(model.to_json()) == model


@pytest.mark.parametrize("chance", [-0.1, 1.1])
def test_a_chance_outside_its_range_is_refused(chance):
    with pytest.raises(twin.ModelError, match="not_ready must lie in"):
        twin.Pickup(chance, fixed(3))
