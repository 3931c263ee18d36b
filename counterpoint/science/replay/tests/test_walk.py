"""Following a day: one small story a rule, a naive reading of the same lines, and the twin's own chairs."""

import numpy as np
import pytest

from counterpoint.science import replay, twin
from counterpoint.science.replay.orders import STEP, Orders, break_lengths, strictly_ordered
from counterpoint.science.replay.tests.days import lived, random_day
from counterpoint.science.replay.walk import Walk
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.state import table


def walked(*told):
    """A hall after these lines: (kind, more), one a minute from ten o'clock on."""
    walk = Walk()
    for i, (kind, more) in enumerate(told):
        walk.take_in(replay.Event(600.0 + i, kind, **more))
    return walk


OPEN = ("open", {"counter": "1", "person": "mei"})
TAKE, CALL = ("take", {"ticket": "a"}), ("call", {"ticket": "a", "counter": "1"})
START, END = ("start", {"ticket": "a"}), ("end", {"ticket": "a"})
HOLD, RESUME = ("hold", {"ticket": "a"}), ("resume", {"ticket": "a", "counter": "2"})
CLOSE = ("close", {"counter": "1"})


def places(walk):
    return {who: (place.where, place.counter) for who, place in walk.people.items()}


def test_a_window_opens_with_its_person_and_calls_when_free():
    walk = walked(OPEN)
    assert walk.able("1") and walk.sitting("1") == "mei" and not walk.able("2")
    assert not walked(OPEN, TAKE, CALL).able("1")
    assert walked(OPEN, TAKE, CALL, START, END).able("1")


def test_whoever_takes_the_chair_sends_the_other_to_the_back_office():
    walk = walked(OPEN, ("open", {"counter": "1", "person": "bo"}))
    assert places(walk) == {"mei": ("back_office", ""), "bo": ("counter", "1")}


def test_a_window_that_closes_idle_frees_its_person_and_one_that_serves_frees_it_after():
    assert places(walked(OPEN, CLOSE)) == {"mei": ("back_office", "")}
    assert places(walked(OPEN, TAKE, CALL, CLOSE)) == {"mei": ("counter", "1")}
    for last in (END, ("no_show", {"ticket": "a"})):
        assert places(walked(OPEN, TAKE, CALL, CLOSE, last)) == {"mei": ("back_office", "")}


def test_a_customer_on_hold_leaves_the_person_where_it_is_also_at_a_closed_window():
    told = (OPEN, TAKE, CALL, START, CLOSE, HOLD)
    assert places(walked(*told)) == {"mei": ("counter", "1")}
    assert places(walked(*told, ("leave", {"ticket": "a"}))) == {"mei": ("counter", "1")}
    assert places(walked(*told, END)) == {"mei": ("back_office", "")}, "handed over from hold"


def test_a_held_customer_goes_on_at_another_window():
    walk = walked(OPEN, ("open", {"counter": "2", "person": "bo"}), TAKE, CALL, START, HOLD, RESUME)
    assert walk.busy == {"2": "a"} and walk.tickets["a"].state == "serving"
    assert walk.tickets["a"].person == "bo" and walk.tickets["a"].held is None


def test_a_call_taken_back_leaves_no_trace():
    ticket = walked(OPEN, TAKE, CALL, ("undo", {"ticket": "a"})).tickets["a"]
    assert (ticket.state, ticket.counter, ticket.person, ticket.called) == ("waiting", "", "", None)


def test_a_break_remembers_the_window_and_ends_where_it_is_told():
    told = (OPEN, ("break", {"person": "mei", "value": 20.0}))
    place = walked(*told).people["mei"]
    assert (place.where, place.counter, place.since, place.until) == ("break", "1", 601.0, 621.0)
    assert not walked(*told).able("1")
    assert places(walked(*told, ("back", {"person": "mei", "counter": "1"}))) == {"mei": ("counter", "1")}
    assert places(walked(*told, ("back", {"person": "mei"}))) == {"mei": ("back_office", "")}


def test_people_are_sent_and_machines_fail_and_shares_change():
    walk = walked(
        OPEN,
        ("post", {"person": "mei", "what": "lobby"}),
        ("post", {"person": "bo", "what": "counter", "counter": "1"}),
        ("down", {"what": "m1"}),
        ("share", {"what": "transfer", "value": 0.3}),
        ("rank", {"what": "vip", "value": -1.0}),
    )  # fmt: skip
    assert places(walk) == {"mei": ("lobby", ""), "bo": ("counter", "1")}
    assert walk.down == {"m1"} and walk.shares == {"transfer": 0.3}
    walk.take_in(replay.Event(700.0, "up", what="m1"))
    assert walk.down == set()


def test_care_and_some_minutes_stand_with_the_ticket():
    ticket = walked(TAKE, ("care", {"ticket": "a", "value": 1.0}), ("delay", {"ticket": "a", "value": 5.0})).tickets[
        "a"
    ]
    assert ticket.care and ticket.not_before == 607.0


def test_closing_the_day_sends_everybody_home():
    walk = walked(OPEN, TAKE, ("shut", {}))
    assert places(walk) == {"mei": ("gone", "")} and not walk.open
    assert (walk.tickets["a"].state, walk.tickets["a"].reason) == ("over", "closing")


def naive_state(events, ticket, minute):
    """Of one ticket alone: the last line that changes its state."""
    state = None
    means = {"take": "waiting", "call": "called", "undo": "waiting", "start": "serving", "hold": "held",
             "resume": "serving", "end": "over", "no_show": "over", "leave": "over"}  # fmt: skip
    for event in events:
        if event.minute > minute:
            break
        if event.kind == "shut":
            state = "over"
        elif event.ticket == ticket:
            state = means.get(event.kind, state)
    return state


@pytest.mark.parametrize("seed", range(6, 18, 2))
def test_every_ticket_stands_as_its_own_lines_say(seed):
    record = random_day(seed)
    for minute in np.random.default_rng(seed).uniform(540, record.until, 12):
        found = {code: t.state for code, t in replay.standing_at(record, minute).tickets.items()}
        naive = {v.code: naive_state(record.events, v.code, minute) for v in record.visits}
        assert found == {code: state for code, state in naive.items() if state}


@pytest.mark.parametrize("seed", range(1, 25, 3))
def test_the_twin_has_the_same_people_on_the_same_chairs(seed):
    """Two answers: the walk's chairs and those of the twin that obeyed the commands."""
    day = lived(seed)
    for minute in np.random.default_rng(seed).uniform(541, min(day.recorded.until, day.model.close_minute), 10):
        walk = replay.standing_at(day.recorded, minute)
        state = replay.standing(day, minute, seed=1)
        rows = table(state.st, state.st, lay.O_COUNTER, len(day.model.counters), lay.K_WIDTH)
        for counter, row in zip(day.model.counters, rows, strict=True):
            if counter.code in day.unmanned or counter.code not in walk.open:
                continue
            who = day.staffing.codes[row[lay.K_PERSON]] if row[lay.K_PERSON] >= 0 else ""
            assert bool(row[lay.K_OPEN]) and who == walk.sitting(counter.code), (minute, counter.code)


def test_events_of_one_instant_come_one_after_the_other():
    events = [replay.Event(m, "down", what="m1") for m in (600.0, 600.0, 600.0, 600.0 + STEP, 601.0)]
    found = strictly_ordered(events)
    assert (np.diff(found) > 0).all() and found[0] == 600.0 and found[-1] == 601.0
    assert max(abs(f - e.minute) for f, e in zip(found, events, strict=True)) < 1e-8
    assert strictly_ordered([]) == []


def test_a_break_lasts_until_the_person_is_seen_again_or_the_record_ends():
    events = [
        replay.Event(600.0, "break", person="mei", value=30.0), replay.Event(605.0, "break", person="bo", value=30.0),
        replay.Event(612.0, "open", counter="1", person="mei"), replay.Event(640.0, "shut"),
        replay.Event(650.0, "break", person="bo", value=5.0),
    ]  # fmt: skip
    assert break_lengths(events, [e.minute for e in events], 660.0) == {0: 12.0, 1: 35.0, 4: 11.0}


def orders(*told):
    made = Orders(Walk())
    return [
        c for i, (kind, more) in enumerate(told) for c in made.of(replay.Event(600.0 + i, kind, **more), 600.0 + i, 9.0)
    ]


def test_what_is_decided_becomes_commands_in_an_order_that_the_twin_can_obey():
    assert orders(OPEN) == [twin.OpenCounter(600.0, "1"), twin.MovePerson(600.0, "mei", "1")]
    assert orders(OPEN, CLOSE)[2:] == [twin.CloseCounter(601.0, "1"), twin.MovePerson(601.0, "mei", None)]
    assert orders(OPEN, ("break", {"person": "mei", "value": 30.0}))[2:] == [
        twin.StartBreak(601.0, "mei", 9.0), twin.MovePerson(601.0, "mei", None),
    ]  # fmt: skip
    assert orders(OPEN, ("open", {"counter": "1", "person": "bo"}))[2:] == [
        twin.MovePerson(601.0, "mei", None), twin.MovePerson(601.0, "bo", "1"),
    ]  # fmt: skip
    assert orders(("down", {"what": "m1"}), ("up", {"what": "m1"}), ("rank", {"what": "vip", "value": -1.0})) == [
        twin.DeviceDown(600.0, "m1"), twin.DeviceUp(601.0, "m1"), twin.SetPriority(602.0, -1, tier="vip"),
    ]  # fmt: skip
    assert orders(("post", {"person": "mei", "what": "lobby"})) == [twin.MovePerson(600.0, "mei", "lobby")]
    assert orders(OPEN, OPEN)[2:] == [], "nothing is ordered twice"


def log_row(code, taken, called=None, finished=None, left=None, server="w"):
    return code, "cash", "standard", server, taken, called, finished, left


def test_of_one_minute_a_log_tells_ends_before_calls_and_what_is_over_at_once_last():
    rows = [
        log_row("a", 600.0, 601.0, 605.0),
        log_row("b", 601.0, 605.0, 605.0),
        log_row("c", 605.0, left=605.0, server=""),
    ]
    events = replay.served_from_log(rows, {}, closes=1020.0).events
    assert [(e.kind, e.ticket) for e in events if e.minute == 605.0] == [
        ("end", "a"), ("take", "c"), ("call", "b"), ("end", "b"), ("leave", "c"), ("close", ""),
    ]  # fmt: skip
    assert events[-1].kind == "shut" and events[-1].minute == 1020.0


def test_a_log_that_runs_backwards_is_straightened():
    """Machines' clocks: called before taken, finished before called."""
    known = replay.served_from_log([log_row("a", 600.0, 599.0, 598.0)], {"a": 12.0}, closes=500.0)
    assert [(e.kind, e.minute) for e in known.events] == [
        ("open", 600.0), ("take", 600.0), ("call", 600.0), ("end", 600.0), ("close", 600.0), ("shut", 600.0),
    ]  # fmt: skip
    assert known.visits[0].promise == 12.0
    assert replay.replay(replay.scenario(known, replay.datasets.branch()), seed=1).exact
