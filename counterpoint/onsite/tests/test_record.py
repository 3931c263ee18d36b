"""The record of a day: from the hall's own journal, from machines, from a file; and the twin at any minute of it."""

from datetime import date, timedelta

import pytest

from counterpoint.foundation.api import Invalid, NotFound, scoped
from counterpoint.onsite import api, futures
from counterpoint.onsite.actions.ingest import EventIn, events_ingest
from counterpoint.onsite.queries import living, past, record
from counterpoint.onsite.state import hall_of
from counterpoint.onsite.tests.lived import busy_morning, serve_next
from counterpoint.onsite.tests.test_history import log
from counterpoint.science import replay

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


def recorded(hall, on=ON, **more):
    return record.recorded(**{"scope": hall.sun, "branch": hall.branch, "on": on, "now": hall.now} | more)


def lived(hall, on=ON):
    return living.day_of(scope=hall.sun, branch=hall.branch, on=on, now=hall.now).scenario


def test_a_morning_comes_out_of_the_journal_as_it_was_and_replays_to_the_microsecond(hall):
    tickets = busy_morning(hall)
    found = recorded(hall)
    assert [v.code for v in found.visits] == [t.label for t in tickets]
    assert not found.closed and not found.inferred
    assert found.until == pytest.approx((hall.now - hall.bank.now).total_seconds() / 60 + 630)
    first = [(e.kind, e.ticket or e.person or e.counter) for e in found.events[:4]]
    assert first == [("open", str(hall.Mei)), ("post", str(hall.Ada)), ("post", str(hall.Omar)), ("take", "A001")]
    assert replay.replay(lived(hall), seed=1).exact


def test_closed_it_says_so_and_those_who_still_waited_were_sent_home(hall):
    busy_morning(hall)
    waiting = recorded(hall)
    hall.do("day_close")
    hall.later(minutes=1)
    found, day = recorded(hall), lived(hall)
    assert found.closed and found.events[:-1] == waiting.events and found.events[-1].kind == "shut"
    assert {leg.came for leg in day.legs} == {"served", "left", "closing"}
    assert replay.replay(day, seed=1).exact


def test_a_day_that_nobody_closed_ends_at_midnight(hall):
    busy_morning(hall)
    hall.do("ticket_call_next", counter=1)
    hall.later(days=1)
    assert recorded(hall).until == 24 * 60.0 and not recorded(hall).closed
    api.day_close_forgotten(scope=hall.bank.scope("Ada"), branch=hall.branch, now=hall.now, on=ON)
    found = recorded(hall)
    assert found.closed and found.until == pytest.approx(24 * 60 - 1 / 60)
    assert replay.replay(lived(hall), seed=1).exact
    assert lived(hall).unexpressed["still_at_counter"] == 1


def test_at_an_earlier_instant_nothing_later_is_known(hall):
    busy_morning(hall)
    early = recorded(hall, now=hall.bank.now + timedelta(minutes=3))
    assert len(early.visits) == 3 and max(e.minute for e in early.events) <= 633.0 == early.until
    assert recorded(hall, now=hall.bank.now - timedelta(minutes=1)) is None


def test_tomorrow_and_a_day_without_anybody_have_no_record(hall):
    assert recorded(hall) is None
    hall.open(1)
    assert recorded(hall) is None
    assert recorded(hall, on=ON + timedelta(days=1)) is None
    with pytest.raises(living.NoDay):
        lived(hall)


def test_another_branch_is_not_found_also_when_its_record_was_read_a_moment_ago(hall):
    busy_morning(hall)
    recorded(hall)
    with pytest.raises(NotFound):
        recorded(hall, scope=hall.bank.scope("Bo"))
    with pytest.raises(NotFound):
        past.state_at(scope=hall.bank.scope("Stranger"), branch=hall.branch, on=ON, minute=640.0)


def test_tickets_of_a_vendors_machine_are_in_the_record_and_may_overlap(hall):
    """Their machine knows no rule of one customer a window."""
    events = []
    for i, (called, ended) in enumerate(((2, 9), (4, 7), (8, 12))):
        times = {"taken": i, "called": called, "started": called, "finished": ended}
        for kind, minute in times.items():
            more = {"label": f"M00{i}", "service": "transfer"} if kind == "taken" else {}
            counter = {"counter": 2} if kind == "called" else {}
            at = hall.now + timedelta(minutes=minute)
            events.append(EventIn(machine="k", seq=len(events), ref=f"r{i}", kind=kind, at=at, **more, **counter))
    hall.later(minutes=20)
    machine = hall.bank.scope("Sun")
    grants = dict(machine.grants) | {"onsite.events.ingest": machine.roots}
    scope = type(machine)(actor=machine.actor, roots=machine.roots, grants=grants)
    events_ingest(scope=scope, branch=hall.branch, now=hall.now, events=events)
    day = lived(hall)
    assert replay.replay(day, seed=1).exact
    assert day.unexpressed == {"no_free_window": 3}, "nobody of the house sat there"


def test_an_imported_day_is_a_scenario_with_windows_found_from_who_served(hall):
    days = (date(2026, 11, 16),)
    api.history_import(scope=hall.sun, branches=[hall.branch], now=hall.now, log=log(days), label="old.csv")
    found, day = recorded(hall, on=days[0]), lived(hall, on=days[0])
    assert found.inferred and found.closed
    assert len(day.legs) == len(found.visits) == len(log(days))
    assert replay.replay(day, seed=1).exact


def test_the_twin_at_this_minute_is_the_twin_of_the_hall(hall):
    busy_morning(hall)
    with scoped(hall.sun):
        now = futures.state_of(hall_of(scope=hall.sun, branch=hall.branch, now=hall.now))
    minute = (hall.now - hall.bank.now).total_seconds() / 60 + 630
    assert past.state_at(scope=hall.sun, branch=hall.branch, on=ON, minute=minute) == now
    assert len(now.waiting()) > 5


def test_the_twin_at_an_earlier_minute_is_the_twin_of_the_hall_then(hall):
    """What was true at some minutes is asked for again when the day is over and everything has changed."""
    tickets = busy_morning(hall)
    then = {}
    for step in ("break_start", "device_fault", "window", "hold"):
        if step == "break_start":
            hall.do("break_start", user=hall.Mei, minutes=15)
        elif step == "device_fault":
            hall.do("device_fault", device="stm-1")
        elif step == "window":
            hall.open(2, hall.Ada)
        else:
            called = hall.do("ticket_call_next", counter=2)
            hall.do("ticket_start", ticket=called.id)
            hall.do("ticket_hold", ticket=called.id)
        with scoped(hall.sun):
            then[hall.now] = futures.state_of(hall_of(scope=hall.sun, branch=hall.branch, now=hall.now))
        hall.later(minutes=3)
    hall.do("device_restored", device="stm-1")
    hall.do("break_end", user=hall.Mei)
    serve_next(hall, tickets)
    hall.do("day_close")
    hall.later(days=2)
    for at, state in then.items():
        minute = (at - hall.bank.now).total_seconds() / 60 + 630
        assert past.state_at(scope=hall.sun, branch=hall.branch, on=ON, minute=minute) == state


def test_the_hall_looked_back_at_shows_breaks_and_machines_as_they_were(hall):
    hall.machine()
    hall.open(1)
    hall.do("break_start", user=hall.Mei, minutes=15)
    hall.do("device_fault", device="stm-1")
    at = hall.now + timedelta(minutes=2)
    hall.later(minutes=10)
    hall.do("break_end", user=hall.Mei)
    hall.do("device_restored", device="stm-1")
    seen = past.hall_at(scope=hall.sun, branch=hall.branch, at=at)
    lane = next(lane for lane in seen.lanes if lane.number == 1)
    assert (lane.state, lane.person) == ("break", "Mei")
    assert [machine.in_service for machine in seen.machines] == [False]
    now = past.hall_at(scope=hall.sun, branch=hall.branch, at=hall.now)
    assert next(lane.state for lane in now.lanes if lane.number == 1) == "open" and now.machines[0].in_service


def test_a_machine_that_failed_three_weeks_ago_is_still_out(hall):
    hall.machine()
    hall.do("device_fault", device="stm-1")
    hall.later(hours=21 * 24)
    hall.open(1)
    hall.take()
    found = record.recorded(scope=hall.sun, branch=hall.branch, on=hall.now.date(), now=hall.now)
    assert found is not None and found.down == ("stm-1",)


@pytest.mark.parametrize("minute", [-1.0, 1440.0, float("nan"), 1e9])
def test_a_minute_that_no_day_has_is_refused(hall, minute):
    with pytest.raises(Invalid):
        past.state_at(scope=hall.sun, branch=hall.branch, on=ON, minute=minute)


def test_before_the_first_ticket_and_late_at_night_nobody_waits(hall):
    busy_morning(hall)
    found = past.state_at(scope=hall.sun, branch=hall.branch, on=ON, minute=629.0)
    assert found.waiting() == []
    hall.do("day_close")
    assert past.state_at(scope=hall.sun, branch=hall.branch, on=ON, minute=1439.0).waiting() == []
