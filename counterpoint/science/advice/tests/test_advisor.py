"""Which option wins, when none does, and what is promised about it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from counterpoint.science import advice, twin
from counterpoint.science.advice.tests.halls import ada, bo, hall, mei, omar


def test_a_full_hall_with_a_free_colleague_calls_the_colleague() -> None:
    state = hall(mei(), bo(), waiting=14, rate=9.0)
    found = advice.advise(state, seed=3)
    assert found.best is not None
    assert found.best.kind == "call"
    chosen = found.chosen
    assert chosen.difference["waited"] < 0
    assert chosen.difference["p90_wait"] < 0
    assert chosen.high["loss"] < 0


def test_an_empty_hall_needs_nothing() -> None:
    found = advice.advise(hall(mei(), bo(), omar()), seed=3)
    assert found.best is None
    assert found.chosen.option.kind == "nothing"


def test_calling_somebody_for_two_people_does_not_pay() -> None:
    found = advice.advise(hall(mei(), bo(), waiting=2), seed=3)
    assert found.best is None
    call = next(s for s in found.standings if s.option.kind == "call")
    assert call.cost == 0.5 * 57 + 5


def test_an_option_that_changes_nothing_is_exactly_as_good_as_nothing() -> None:
    idle = advice.Option("idle")
    found = advice.advise(hall(mei(), waiting=5, rate=4.0), [idle], seed=3, futures=50)
    standing = next(s for s in found.standings if s.option == idle)
    assert set(standing.difference.values()) == {0.0}
    assert found.best is None


def test_a_small_saving_is_not_worth_saying() -> None:
    state = hall(mei(), bo(), waiting=14, rate=9.0)
    assert advice.advise(state, seed=3, loss=advice.Loss(least=1e6)).best is None


def test_what_staff_time_costs_decides() -> None:
    state = hall(mei(), bo(), waiting=6, rate=2.0)
    assert advice.advise(state, seed=3, loss=advice.Loss(staff_minute=0.0, move=0.0)).best is not None
    assert advice.advise(state, seed=3, loss=advice.Loss(staff_minute=50.0)).best is None


def test_the_same_seed_gives_the_same_advice() -> None:
    state = hall(mei(((610.0, 30.0),)), omar(), bo(), waiting=8, rate=6.0)
    one, two = (advice.advise(state, seed=9, futures=60) for _ in range(2))
    assert one.to_frame().equals(two.to_frame())


@pytest.mark.parametrize("workers", [2, 5, None])
def test_threads_that_share_the_options_give_the_same_bits(workers: int | None) -> None:
    state = hall(mei(((610.0, 30.0),)), omar(), bo(), waiting=8, rate=6.0)
    surge = advice.Option("surge", (twin.AddCustomers(state.now + 5, "cash", 40),))
    choices = [*advice.options(state), surge]  # forty more people need more room than the others have
    alone, shared = (advice.advise(state, choices, seed=9, futures=60, workers=n) for n in (1, workers))
    assert alone.best == shared.best
    for one, other in zip(alone.standings, shared.standings, strict=True):
        assert one.option == other.option and one.values.tobytes() == other.values.tobytes()


def test_losers_are_dropped_early_and_the_winner_is_the_same_as_without_dropping() -> None:
    state = hall(mei(((610.0, 30.0),)), omar(), bo(), waiting=14, rate=9.0)
    bad = advice.Option("silly", (twin.CloseCounter(600.0, "K1"),), counter="K1")
    found = advice.advise(state, [*advice.options(state), bad], seed=3)
    silly = next(s for s in found.standings if s.option == bad)
    assert silly.dropped
    assert len(silly.values) < found.futures
    assert found.standings[-1].dropped
    until, loss = state.now + 60.0, advice.Loss()
    brute = {}
    for option in advice.options(state):
        result = twin.futures(state, 200, seed=3, until=until, commands=option.commands)
        values = advice.measures(result, until, loss)[:, -1]
        brute[option.key] = values.mean() + loss.staff_minute * option.staff_minutes + loss.move * option.moves
    assert found.best is not None
    assert min(brute, key=lambda key: brute[key]) == found.best.key


def test_rounds_are_the_same_futures_as_one_batch() -> None:
    state = hall(mei(), waiting=5, rate=6.0)
    begin = twin.outset(state)
    whole = begin.run(40, seed=5, until=660.0)
    parts = [begin.run(n, seed=5, until=660.0, first=first) for first, n in ((0, 10), (10, 25), (35, 5))]
    for name in ("times", "codes", "by_counter", "by_person"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_measures_count_by_hand() -> None:
    result = twin.futures(hall(mei(), waiting=3), 4, seed=2, until=601.0)
    rows = advice.measures(result, 601.0, advice.Loss())
    waited = np.zeros(4)
    for (
        future,
        *_,
    ), (arrival, minutes, ticket, start, _end), status in zip(
        result.codes[:, :1], result.times, result.codes[:, 4], strict=True
    ):
        called = twin.STATUS_NAMES[status] in ("served", "at_counter")
        waited[future] += minutes if called else 601.0 - ticket
        assert not called or start >= arrival
    np.testing.assert_allclose(rows[:, advice.MEASURES.index("waited")], waited)


def test_somebody_still_waiting_at_the_end_counts_as_a_breach_when_the_promise_has_passed() -> None:
    loan = [twin.Service("loan", twin.Duration(300.0, 0.0))]
    branch = twin.BranchModel(tuple(loan), (twin.Counter("L1", ("loan",)),), patience=None, balking=None)
    staffing = twin.Staffing.of(twin.Person("ada", ("loan",), ((500.0, 1080.0),), (), "L1"))
    state = twin.state_from_live(branch, staffing, now=600.0, seed=1, waiting=[(590.0, "loan"), (599.0, "loan")])
    for until, breaches in ((615.0, 0), (619.0, 0), (619.5, 1)):
        result = twin.futures(state, 1, seed=1, until=until)
        assert advice.measures(result, until, advice.Loss())[0, advice.MEASURES.index("breaches")] == breaches


def test_eight_of_ten_futures_lie_in_the_band() -> None:
    standing = advice.advise(hall(mei(), waiting=5, rate=4.0), [], seed=1, futures=80).nothing
    low, high = standing.band("waited")
    inside = np.mean([low <= v <= high for v in standing.values[:, advice.MEASURES.index("waited")]])
    assert 0.75 <= inside <= 0.85


def test_too_few_futures_are_refused() -> None:
    with pytest.raises(twin.ModelError, match="at least two"):
        advice.advise(hall(mei()), seed=1, futures=1)


@settings(max_examples=25, deadline=None)
@given(waiting=some.integers(0, 12), rate=some.floats(0, 12), seed=some.integers(0, 2**31), called=some.booleans())
def test_asking_never_changes_the_hall(waiting: int, rate: float, seed: int, called: bool) -> None:
    people = (mei(((612.0, 30.0),)), omar(), ada(), *((bo(),) if called else ()))
    state = hall(*people, waiting=waiting, rate=rate)
    before = state.to_bytes()
    found = advice.advise(state, seed=seed, futures=25)
    assert state.to_bytes() == before
    assert found.nothing.difference["loss"] == 0.0
    assert found.best is None or found.chosen.high["loss"] < 0


@settings(max_examples=15, deadline=None)
@given(waiting=some.integers(1, 12), seed=some.integers(0, 2**31))
def test_a_second_free_window_never_makes_people_wait_longer(waiting: int, seed: int) -> None:
    state = hall(mei(), bo(), waiting=waiting, triage=None)
    found = advice.advise(state, seed=seed, futures=25)
    call = next(s for s in found.standings if s.option.kind == "call")
    waited = advice.MEASURES.index("waited")
    n = min(len(call.values), len(found.nothing.values))
    assert (call.values[:n, waited] <= found.nothing.values[:n, waited] + 1e-6).all()
