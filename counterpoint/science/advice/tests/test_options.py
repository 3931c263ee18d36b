"""What is proposed in which hall, and what is not."""

from __future__ import annotations

import pytest

from counterpoint.science import advice, twin
from counterpoint.science.advice.tests.halls import ada, bo, hall, mei, omar


def kinds(state: twin.State, **rules: object) -> list[str]:
    return [o.kind for o in advice.options(state, advice.Rules(**rules))]  # type: ignore[arg-type]


def find(state: twin.State, kind: str) -> advice.Option:
    return next(o for o in advice.options(state) if o.kind == kind)


def test_doing_nothing_is_always_the_first_option() -> None:
    assert kinds(hall(mei())) == ["nothing"]
    assert kinds(hall(mei(), bo(), waiting=9))[0] == "nothing"


def test_somebody_on_call_is_proposed_for_the_unmanned_window_where_people_wait() -> None:
    option = find(hall(mei(), bo(), waiting=6), "call")
    assert (option.person, option.counter) == ("bo", "K2")
    assert option.commands == (twin.OpenCounter(603.0, "K2"), twin.MovePerson(603.0, "bo", "K2"))
    assert option.staff_minutes == 57.0
    assert option.moves == 1


@pytest.mark.parametrize(
    ("people", "waiting", "why"),
    [
        ((mei(), bo()), 0, "nobody waits"),
        ((mei(), bo(("loan",))), 6, "the person on call cannot take cash"),
        ((mei(),), 6, "nobody is on call"),
    ],
)
def test_nobody_is_called_when(people: tuple[twin.Person, ...], waiting: int, why: str) -> None:
    assert "call" not in kinds(hall(*people, waiting=waiting)), why


def test_two_alike_people_on_call_make_one_option() -> None:
    second = twin.Person("cy", ("cash",), ((500.0, 1080.0),), (), None)
    assert kinds(hall(mei(), bo(), second, waiting=6)).count("call") == 1


def test_a_lobby_manager_who_can_take_cash_may_be_asked_to_the_window() -> None:
    assert find(hall(mei(), omar(), waiting=6), "from_lobby").person == "omar"


def test_a_colleague_with_nobody_to_serve_moves_only_to_what_she_can_do() -> None:
    able = twin.Person("ada", ("loan", "cash"), ((500.0, 1080.0),), (), "L1")
    assert find(hall(mei(), able, waiting=6), "swap").counter == "K2"
    assert "swap" not in kinds(hall(mei(), ada(), waiting=6))


@pytest.mark.parametrize(
    ("start", "waiting", "proposed"),
    [
        (610.0, 6, True),
        (630.0, 6, True),
        (631.0, 6, False),  # later than half an hour from now
        (610.0, 0, False),  # nobody waits
        (1030.0, 6, False),  # too late in the shift to be put off, and not soon
    ],
)
def test_a_break_is_put_off_when_it_is_near_and_people_wait(start: float, waiting: int, proposed: bool) -> None:
    state = hall(mei(((start, 30.0),)), waiting=waiting)
    assert ("delay_break" in kinds(state)) == proposed


def test_a_break_is_never_moved_out_of_the_shift() -> None:
    late = twin.Person("mei", ("cash",), ((500.0, 680.0),), ((610.0, 30.0),), "K1")
    assert "delay_break" not in kinds(hall(late, waiting=6))


def test_guiding_needs_a_lobby_manager_and_a_service_that_a_machine_can_do() -> None:
    assert find(hall(mei(), omar(), waiting=4), "guide").service == "cash"
    assert "guide" not in kinds(hall(mei(), waiting=4))
    assert "guide" not in kinds(hall(mei(), omar(), ada(), waiting=4, service="loan"))


def test_guiding_is_not_proposed_where_everybody_is_guided_already() -> None:
    assert "guide" not in kinds(hall(mei(), omar(), waiting=4, uptake=1.0))


def test_a_window_is_closed_only_when_another_covers_it() -> None:
    both = (mei(), twin.Person("cy", ("cash",), ((500.0, 1080.0),), (), "K2"))
    open_both = {"counters": (twin.Counter("K1", ("cash",)), twin.Counter("K2", ("cash",)))}
    quiet = hall(*both, **open_both)
    option = find(quiet, "close")
    assert option.staff_minutes == -60.0
    assert "close" not in kinds(hall(mei()))
    assert "close" not in kinds(hall(*both, waiting=5, **open_both))


def test_rules_can_forbid_a_kind_and_limit_the_number() -> None:
    state = hall(mei(((610.0, 30.0),)), omar(), bo(), waiting=6)
    assert "call" not in kinds(state, kinds=frozenset({"guide"}))
    assert len(kinds(state, most=1)) == 2


def test_every_option_is_accepted_by_the_twin() -> None:
    state = hall(mei(((610.0, 30.0),)), omar(), bo(), ada(), waiting=6)
    for option in advice.options(state):
        _, events = twin.advance(state, 700.0, option.commands)
        refused = [e for e in events if e["kind"] == twin.KIND["refused"]]
        assert not refused, option.key


def test_keys_tell_options_apart() -> None:
    found = advice.options(hall(mei(((610.0, 30.0),)), omar(), bo(), ada(), waiting=6))
    assert len({o.key for o in found}) == len(found)
