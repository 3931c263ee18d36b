"""From journal entries to the events of a day: order, clocks that run behind, machines' tickets, the night."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from counterpoint.onsite.rules import telling
from counterpoint.onsite.rules.telling import Before, Slip

ZONE, ON = ZoneInfo("Asia/Shanghai"), date(2026, 11, 23)
TEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
A = Slip("id-a", "A001", "served", "", "1", TEN, None, None, None, None, None)


def entry(after, what, **data):
    return TEN + timedelta(minutes=after), f"onsite.{what}", data


def told(entries, slips=(A,), closed=None):
    return [
        (round(e.minute - 600, 3), e.kind, e.ticket or e.counter or e.person or e.what)
        for e in telling.events_of(ZONE, ON, entries, list(slips), closed)
    ]


def test_entries_become_events_in_the_order_of_the_journal():
    entries = [
        entry(-5, "window_opened", counter=1, user="mei", services=["transfer"]),
        entry(0, "ticket_taken", ticket="id-a", label="A001"), entry(2, "ticket_called", ticket="id-a", counter=1),
        entry(2, "ticket_recalled", ticket="id-a", counter=1), entry(2.5, "ticket_started", ticket="id-a", counter=1),
        entry(3, "device_failed", device="stm-1", kind="stm"), entry(9, "ticket_finished", ticket="id-a", counter=1),
        entry(9, "break_started", user="mei", minutes=20, counter=1),
        entry(30, "break_ended", user="mei", counter=None),
        entry(31, "diversion_set", service="transfer", share=0.3), entry(32, "advice_given", advice="x"),
    ]  # fmt: skip
    assert told(entries) == [
        (-5, "open", "1"), (0, "take", "A001"), (2, "call", "A001"), (2.5, "start", "A001"), (3, "down", "stm-1"),
        (9, "end", "A001"), (9, "break", "mei"), (30, "back", "mei"), (31, "share", "transfer"),
    ]  # fmt: skip


def test_an_entry_whose_clock_ran_behind_comes_no_earlier_than_the_one_before_it():
    """A request that waited for the lock read its clock before the ticket that it calls was written."""
    entries = [
        entry(5, "ticket_taken", ticket="id-a", label="A001"),
        entry(4.9, "ticket_called", ticket="id-a", counter=1),
        entry(6, "ticket_no_show", ticket="id-a", counter=1),
    ]
    assert told(entries) == [(5, "take", "A001"), (5, "call", "A001"), (6, "no_show", "A001")]


def test_a_customer_handed_over_takes_the_second_ticket_in_the_same_moment():
    second = replace(A, id="id-b", label="B001")
    entries = [
        entry(0, "ticket_taken", ticket="id-a", label="A001"), entry(1, "ticket_called", ticket="id-a", counter=1),
        entry(3, "ticket_handed_over", ticket="id-a", counter=1, to_ticket="id-b", to_service="transfer"),
    ]  # fmt: skip
    assert told(entries, (A, second))[2:] == [(3, "end", "A001"), (3, "take", "B001")]


def at(minutes):
    return TEN + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("changes", "events"),
    [
        ({"called": at(2), "started": at(3), "finished": at(9)}, [(0, "take"), (2, "call"), (3, "start"), (9, "end")]),
        ({"called": at(2), "left": at(4), "state": "no_show"}, [(0, "take"), (2, "call"), (4, "no_show")]),
        ({"left": at(7), "state": "abandoned"}, [(0, "take"), (7, "leave")]),
        ({"left": at(7), "state": "abandoned", "reason": "closing"}, [(0, "take")]),
        ({"called": at(1), "started": at(1), "held": at(5), "state": "held"},
         [(0, "take"), (1, "call"), (1, "start"), (5, "hold")]),
        ({"called": at(-3), "finished": at(-2)}, [(0, "take"), (0, "call"), (0, "end")]),
    ],
)  # fmt: skip
def test_a_machines_ticket_tells_by_its_own_times(changes, events):
    slip = replace(A, **changes)
    assert [(minute, kind) for minute, kind, _t in told([], [slip])] == events


def test_of_one_minute_the_window_is_left_before_it_calls_again():
    first = replace(A, called=at(1), started=at(1), finished=at(5))
    second = replace(A, id="id-b", label="B001", called=at(5), started=at(5), finished=at(5))
    found = told([], [second, first])
    assert [(kind, label) for minute, kind, label in found if minute == 5] == [
        ("end", "A001"), ("call", "B001"), ("start", "B001"), ("end", "B001"),
    ]  # fmt: skip


def test_a_machines_ticket_that_was_called_here_goes_on_by_the_entries():
    slip = replace(A, taken=at(3), called=at(9), finished=at(12))
    entries = [
        entry(2, "ticket_called", ticket="id-a", counter=2),
        entry(4, "ticket_finished", ticket="id-a", counter=2),
    ]
    assert told(entries, [slip]) == [(2, "take", "A001"), (2, "call", "A001"), (4, "end", "A001")]


def test_a_day_ends_where_it_was_closed_and_at_night_when_nobody_did():
    taken = entry(0, "ticket_taken", ticket="id-a", label="A001")
    closed = entry(400, "day_closed", date="2026-11-23", arrivals=1, served=0, left=1)
    after = entry(410, "window_opened", counter=1, user="mei", services=[])
    assert told([taken, closed, after], closed=at(400)) == [(0, "take", "A001"), (400, "shut", ""), (410, "open", "1")]
    yesterdays = entry(-60, "day_closed", date="2026-11-22", arrivals=1, served=0, left=1)
    late = datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)
    assert told([yesterdays, taken], closed=late) == [(0, "take", "A001"), (839.983, "shut", "")]
    assert told([taken]) == [(0, "take", "A001")]


def test_what_was_open_broken_and_guided_before_the_day_is_folded_from_the_days_before():
    entries = [
        ("onsite.window_opened", {"counter": 1}), ("onsite.device_failed", {"device": "stm-1"}),
        ("onsite.diversion_set", {"service": "transfer", "share": 0.2}), ("onsite.day_closed", {}),
        ("onsite.window_opened", {"counter": 2}), ("onsite.window_opened", {"counter": 3}),
        ("onsite.window_closed", {"counter": 3}), ("onsite.device_failed", {"device": "stm-2"}),
        ("onsite.device_restored", {"device": "stm-1"}),
        ("onsite.diversion_set", {"service": "transfer", "share": 0.4}),
    ]  # fmt: skip
    assert telling.standing_before(entries) == Before(("2",), ("stm-2",), (("transfer", 0.4),))


def test_tickets_without_a_name_and_with_one_used_twice_are_told_apart():
    assert telling.distinct(["A1", "", "A1", ""]) == ["A1", "#2", "A1#3", "#4"]
