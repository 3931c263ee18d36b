"""What is due next on the stage: pure, minute by minute."""

from datetime import date

import pytest

from counterpoint.config.demo.script import Fault, Script, Seat, Visitor
from counterpoint.config.demo.stage import Chair, Paper, Stage, fraction

DAY = date(2026, 11, 25)
COME = Visitor(0, 541.0, "cash_deposit", "standard", 20.0, 6.0)
LATER = Visitor(1, 560.0, "cash_deposit", "standard", 20.0, 6.0)
SEAT = Seat("mei01", 1, 535.0, 1080.0, (660.0, 30.0), 1.2)


def stage(**changes):
    script = Script(DAY, 540.0, 1020.0, (COME, LATER), (SEAT,), (Fault("crs1", 840.0, 870.0),))
    made = Stage(script)
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def open_chair(**changes):
    return Chair(1, True, "mei01", None, frozenset({"cash_deposit"}), since=535.0, **changes)


OPENED = {"open:mei01:1"}


def test_the_day_begins_with_opening_the_window():
    cue = stage().next()
    assert (cue.what, cue.minute, cue.number) == ("open", 535.0, 1)


def test_then_the_first_visitor_comes():
    cue = stage(done=set(OPENED), chairs={1: open_chair()}).next()
    assert (cue.what, cue.minute, cue.number) == ("arrive", 541.0, 0)


def test_an_idle_counter_calls_shortly_after_the_ticket_was_taken():
    found = stage(
        done=set(OPENED), chairs={1: open_chair()}, coming=1, papers={"t": Paper("t", "cash_deposit", 541.0, 0)}
    )
    cue = found.next()
    assert cue.what == "call" and 541.0 < cue.minute < 541.5


def test_a_counter_does_not_call_what_it_cannot_do_and_the_customer_leaves_when_patience_ends():
    found = stage(done=set(OPENED), chairs={1: open_chair()}, coming=2, papers={"t": Paper("t", "loan", 541.0, 0)})
    cue = found.next()
    assert (cue.what, cue.minute) == ("abandon", 561.0)


def test_work_takes_the_drawn_minutes_over_the_speed_of_the_person():
    chair = open_chair()
    chair.ticket, chair.state, chair.since = "t", "serving", 545.0
    cue = stage(done=set(OPENED), chairs={1: chair}, coming=2, visitor_of={"t": 0}).next()
    assert (cue.what, cue.minute) == ("finish", pytest.approx(550.0))


def test_a_ticket_of_a_real_person_has_a_time_that_belongs_to_the_ticket():
    assert stage().work_of("0192", 1.0) == stage().work_of("0192", 1.0)
    assert 2.0 <= stage().work_of("0192", 1.0) <= 10.0
    assert fraction("a") != fraction("b")


def test_lunch_comes_before_the_next_call_and_not_before_the_customer_is_done():
    busy = open_chair()
    busy.ticket, busy.state, busy.since = "t", "serving", 659.0
    held = {
        "done": set(OPENED),
        "coming": 2,
        "visitor_of": {"t": 0},
        "papers": {"u": Paper("u", "cash_deposit", 650.0, 1)},
    }
    assert stage(chairs={1: busy}, **held).next().what == "finish"
    free = open_chair()
    free.since = 664.0
    assert stage(chairs={1: free}, **held).next().what == "break_start"


def test_a_person_on_a_break_comes_back_and_does_not_call_meanwhile():
    away = open_chair()
    away.away_until = 690.0
    found = stage(
        done=OPENED | {"lunch:mei01"}, chairs={1: away}, coming=2, papers={"u": Paper("u", "cash_deposit", 685.0, 1)}
    )
    assert (found.next().what, found.next().minute) == ("break_end", 690.0)


def test_a_counter_worked_by_hand_is_left_alone():
    chair = open_chair()
    chair.ticket, chair.state, chair.since = "t", "serving", 545.0
    found = stage(done=set(OPENED), chairs={1: chair}, coming=2, visitor_of={"t": 0}, by_hand={1})
    assert found.next().what == "fault"


def test_a_refused_cue_is_put_off_and_does_not_stop_the_day():
    found = stage(done=set(OPENED), chairs={1: open_chair()})
    first = found.next()
    found.block(first)
    assert found.next().minute == first.minute + 1.0


def test_a_machine_fails_once_and_is_repaired_once():
    found = stage(done=set(OPENED), coming=2)
    assert [(found.next().what, found.next().minute)] == [("fault", 840.0)]
    found.done.add("fault:crs1")
    assert found.next().what == "restored"


def test_after_closing_the_window_closes_and_then_the_day():
    late = open_chair()
    late.since = 1015.0
    done = OPENED | {"lunch:mei01", "fault:crs1", "restored:crs1"}
    found = stage(done=done, coming=2, chairs={1: late})
    assert (found.next().what, found.next().minute) == ("close", 1022.0)
    found.done.add("close:mei01:1")
    found.chairs[1] = Chair(1, since=1022.0)
    assert (found.next().what, found.next().minute) == ("day_close", 1037.0)
    found.closed = True
    assert found.next() is None
