"""The surge plan: when it is proposed, what belongs to it, and that it is its steps and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from counterpoint.science import advice, twin
from counterpoint.science.advice.tests.halls import DAY, SERVICES, ada, bo, hall, mei, omar


def plans(state: twin.State, surge: advice.Surge | None = None, **rules: object) -> list[advice.Option]:
    own = advice.Rules(surge=surge or advice.Surge(), **rules)  # type: ignore[arg-type]
    return [o for o in advice.options(state, own) if o.kind == "surge"]


def full(waiting: int = 9) -> twin.State:
    """Mei soon at lunch, Omar in the lobby, Bo on call."""
    return hall(mei(((612.0, 30.0),)), omar(), bo(), waiting=waiting, rate=6.0)


def test_everything_that_can_be_done_at_once_is_one_plan() -> None:
    (plan,) = plans(full())
    assert [step.kind for step in plan.steps] == ["call", "delay_break", "guide"]
    assert plan.staff_minutes == pytest.approx(57 + 6)
    assert plan.moves == 2
    assert plan.commands == tuple(c for step in plan.steps for c in step.commands)


@pytest.mark.parametrize(
    ("waiting", "surge", "proposed"),
    [
        (4, advice.Surge(waiting=4, p90=60), False),  # four for one window
        (5, advice.Surge(waiting=4, p90=60), True),
        (4, advice.Surge(waiting=4, p90=15), True),  # the last is called in 15 minutes and has waited one: 16
        (4, advice.Surge(waiting=4, p90=16), False),
        (0, advice.Surge(waiting=0, p90=0), False),
    ],
)
def test_it_appears_only_when_the_hall_fills_up(waiting: int, surge: advice.Surge, proposed: bool) -> None:
    assert bool(plans(full(waiting), surge)) is proposed


@pytest.mark.parametrize(
    ("windows", "p90", "found"), [(0, 0.0, True), (1, 25.0, False), (1, 25.1, True), (0, 99.0, True)]
)
def test_the_trigger_by_hand(windows: int, p90: float, found: bool) -> None:
    assert advice.Surge(waiting=4, p90=25).triggered(1, windows, p90) is found
    assert not advice.Surge(waiting=0, p90=0).triggered(0, windows, p90)


def test_one_step_alone_is_no_plan() -> None:
    assert not plans(hall(mei(), bo(), waiting=9))


def test_only_the_kinds_of_the_plan_and_of_the_rules_belong_to_it() -> None:
    (plan,) = plans(full(), advice.Surge(steps=("call", "guide")))
    assert [step.kind for step in plan.steps] == ["call", "guide"]
    assert not plans(full(), kinds=frozenset({"surge", "call"}))
    assert not plans(full(), kinds=frozenset({"call", "guide", "delay_break"}))


def test_the_lobby_is_not_left_alone_when_guiding_belongs_to_the_plan() -> None:
    everybody = advice.Surge(steps=("from_lobby", "call", "delay_break", "guide"))
    counters = tuple(twin.Counter(f"K{n}", ("cash",), n == 1) for n in range(1, 5))
    eve = replace(omar(), code="eve")
    one = hall(mei(((612.0, 30.0),)), omar(), bo(), waiting=9, counters=counters)
    two = hall(mei(((612.0, 30.0),)), omar(), eve, bo(), waiting=9, counters=counters)
    for state, called in ((one, ["call"]), (two, ["call", "from_lobby"])):
        (plan,) = plans(state, everybody)
        assert [step.kind for step in plan.steps] == [*called, "delay_break", "guide"]
        (plan,) = plans(state, replace(everybody, steps=("from_lobby", "delay_break")))
        assert [step.kind for step in plan.steps].count("from_lobby") == (2 if state is two else 1)


def test_no_more_people_change_place_than_the_plan_allows() -> None:
    (plan,) = plans(full(), advice.Surge(moves=1))
    assert [step.kind for step in plan.steps] == ["call", "guide"]


def test_everybody_on_call_gets_a_window_of_their_own() -> None:
    counters = tuple(twin.Counter(f"K{n}", ("cash",)) for n in range(1, 5))
    called = [twin.Person(name, ("cash",), DAY, (), None) for name in ("bo", "cy", "di", "ed")]
    (plan,) = plans(hall(mei(), *called, waiting=20, counters=counters))
    assert [(s.person, s.counter) for s in plan.steps] == [("bo", "K2"), ("cy", "K3"), ("di", "K4")]


def test_one_window_is_given_to_one_person_only() -> None:
    """Ada sits where nobody waits and Bo is on call: both could take the second window, where the call is first."""
    able = replace(ada(), skills=("loan", "cash"))
    state = hall(mei(((612.0, 30.0),)), able, bo(), waiting=9)
    assert {o.counter for o in advice.options(state) if o.kind in ("call", "swap")} == {"K2"}
    (plan,) = plans(state, advice.Surge(steps=("call", "swap", "delay_break")))
    assert [step.kind for step in plan.steps] == ["call", "delay_break"]


# --- on random halls -------------------------------------------------------------------------------------------------


@some.composite
def random_halls(draw: some.DrawFn) -> twin.State:
    """People here and there, breaks soon or late, five windows, two services, a machine."""
    posts = some.sampled_from(["K1", "K2", "K3", "K4", "K5", "lobby", None])
    able = some.sampled_from([("cash",), ("cash", "loan"), ("loan",)])
    people, taken = [], set()
    for name in ("ann", "ben", "cat", "dan", "eve", "fay"):
        post = draw(posts)
        if post in taken:
            post = None
        taken |= {post} - {"lobby", None}
        start = draw(some.integers(601, 660))
        breaks = ((float(start), 30.0),) if draw(some.booleans()) else ()
        people.append(twin.Person(name, draw(able), DAY, breaks, post))
    counters = tuple(twin.Counter(f"K{n}", draw(able), f"K{n}" in taken) for n in range(1, 6))
    waiting = draw(some.integers(0, 25))
    return hall(*people, waiting=waiting, rate=6.0, counters=counters, services=SERVICES)


STEPS = some.lists(some.sampled_from(["call", "from_lobby", "swap", "reorder", "delay_break", "guide"]), unique=True)


@settings(max_examples=40, deadline=None)
@given(random_halls(), STEPS, some.integers(0, 6))
def test_a_plan_is_its_steps_one_by_one(state: twin.State, steps: list[str], moves: int) -> None:
    before = state.to_bytes()
    for plan in plans(state, advice.Surge(waiting=1.0, steps=tuple(steps), moves=moves)):
        assert len(plan.steps) > 1 and {s.kind for s in plan.steps} <= set(steps)
        assert plan.moves == sum(s.moves for s in plan.steps) <= moves
        assert plan.staff_minutes == sum(s.staff_minutes for s in plan.steps)
        for what in ("person", "counter"):
            named = [getattr(s, what) for s in plan.steps if getattr(s, what) is not None]
            assert len(set(named)) == len(named), "nobody is in two places, no window has two people"
        at_once, events = twin.advance(state, 640.0, plan.commands)
        one_by_one = state
        for step in plan.steps:
            one_by_one, _ = twin.advance(one_by_one, 600.0, step.commands)
        one_by_one, _ = twin.advance(one_by_one, 640.0)
        assert at_once.st.tobytes() == one_by_one.st.tobytes() and at_once.tm.tobytes() == one_by_one.tm.tobytes()
        assert not [e for e in events if e["kind"] == twin.KIND["refused"]]
    assert state.to_bytes() == before


def test_a_plan_that_helps_more_than_each_of_its_steps_is_advised() -> None:
    state = hall(mei(((605.0, 30.0),)), omar(), bo(), ada(), waiting=20, rate=12.0)
    found = advice.advise(state, seed=3)
    assert found.best is not None and found.best.kind == "surge"
    single = [s for s in found.standings if s.option.kind in {"call", "delay_break", "guide"}]
    assert found.chosen.difference["loss"] < min(s.difference["loss"] for s in single)


def test_what_a_plan_costs_is_what_its_steps_cost() -> None:
    found = advice.advise(full(), seed=3, futures=50)
    cost = {s.option.kind: s.cost for s in found.standings}
    assert cost["surge"] == pytest.approx(cost["call"] + cost["delay_break"] + cost["guide"])
