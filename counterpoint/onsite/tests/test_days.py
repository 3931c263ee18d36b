"""The business day: it opens with its first customer, ends at the branch's midnight, and is folded once."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from counterpoint.foundation.api import Forbidden, Invalid, scoped
from counterpoint.onsite import api, daylog, nightly
from counterpoint.onsite.models import BranchDay, DayLog, Duty, Ticket, Window
from counterpoint.onsite.queries import days
from counterpoint.onsite.tests.test_history import log
from counterpoint.primitives import metrics

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)


def day_log(hall):
    """The one log of the branch, with its tickets as (label, outcome)."""
    with hall.scoped():
        row = DayLog.objects.get(org_unit=hall.branch)
    day = daylog.unpack(row.payload)
    return row, dict(zip(day.tickets, day.words("outcome"), strict=True))


def visit(hall, end, service="transfer"):
    """A customer at window 1 who ends in this way."""
    ticket = hall.take(service=service)
    if end in ("served", "no_show", "handed_over"):
        hall.do("ticket_call", counter=1, ticket=ticket.id)
    if end in ("served", "handed_over"):
        hall.later(minutes=1)
        hall.do("ticket_start", ticket=ticket.id)
    acts = {
        "served": ("ticket_finish", {}), "no_show": ("ticket_no_show", {}), "abandoned": ("ticket_abandon", {}),
        "cancelled": ("ticket_cancel", {}), "diverted": ("ticket_divert", {}),
        "handed_over": ("ticket_hand_over", {"service": "wealth"}),
    }  # fmt: skip
    if end in acts:
        name, more = acts[end]
        hall.do(name, ticket=ticket.id, **more)
    return ticket


def test_the_first_ticket_begins_the_day_and_opening_it_says_so_once(hall):
    hall.take()
    hall.do("day_open")
    with hall.scoped():
        assert [d.business_date for d in BranchDay.objects.all()] == [TODAY]
    assert hall.kinds() == ["ticket_taken"]
    hall.later(days=1)
    assert hall.do("day_open").business_date == date(2026, 11, 24)
    hall.do("day_open")
    assert hall.kinds() == ["ticket_taken", "day_opened"]


@pytest.mark.parametrize("name", ["ticket_take", "day_open", "day_close"])
def test_a_closed_day_takes_nothing_more_and_says_what_to_do(hall, name):
    hall.do("day_close")
    with translation.override("en"), pytest.raises(api.DayClosed) as refused:
        hall.do(name, **({"service": "transfer"} if name == "ticket_take" else {}))
    assert refused.value.message == "The day is closed; tickets are given out again tomorrow."
    assert hall.kinds() == ["day_closed"]
    hall.later(days=1)
    assert hall.take().label == "A001"


def test_how_each_visit_ended_is_kept_in_the_days_log(hall):
    hall.machine()
    hall.open(1)
    ends = ("served", "no_show", "abandoned", "cancelled", "diverted", "handed_over", "stays")
    labels = {end: visit(hall, end).label for end in ends}
    closed = hall.do("day_close")
    row, outcomes = day_log(hall)
    onward = "C001"  # the second ticket of the customer who was handed over and never called
    assert outcomes == {
        labels["served"]: "served", labels["no_show"]: "abandoned", labels["abandoned"]: "abandoned",
        labels["cancelled"]: "unknown", labels["diverted"]: "unknown", labels["handed_over"]: "served",
        labels["stays"]: "abandoned", onward: "abandoned",
    }  # fmt: skip
    assert (closed.arrivals, closed.served, closed.left) == (8, 2, 6)
    assert (row.source, row.tickets, row.written_at) == ("live", 8, hall.now)
    assert hall.last().data == {"date": "2026-11-23", "arrivals": 8, "served": 2, "left": 6}


def test_who_still_waits_or_is_on_hold_is_counted_as_gone_at_closing(hall):
    hall.open(1)
    held, waiting = hall.take(), hall.take()
    hall.serve(held)
    hall.do("ticket_hold", ticket=held.id)
    hall.later(hours=6)
    hall.do("day_close")
    for ticket in (held, waiting):
        row = hall.row(ticket)
        assert (row.state, row.reason, row.left_at) == ("abandoned", "closing", hall.now)


@pytest.mark.parametrize("started", [False, True])
def test_nobody_is_sent_away_from_a_counter_by_closing_the_day(hall, started):
    hall.open(1)
    ticket = hall.take()
    hall.do("ticket_call_next", counter=1)
    if started:
        hall.do("ticket_start", ticket=ticket.id)
    with translation.override("en"), pytest.raises(api.StillServing) as refused:
        hall.do("day_close")
    assert refused.value.message == "A001 is still at a counter. Finish it, then close the day."
    assert hall.window(1).open is True
    assert hall.place(hall.Mei) == ("counter", 1)
    with hall.scoped():
        assert not DayLog.objects.exists()


def test_after_closing_every_window_is_shut_and_everybody_is_gone(hall):
    hall.open(1)
    hall.open(2, hall.Omar)
    hall.do("break_start", user=hall.Omar)
    hall.do("day_close")
    assert [hall.window(n).open for n in (1, 2)] == [False, False]
    assert [hall.place(who) for who in (hall.Mei, hall.Omar)] == [("gone", None)] * 2


def test_only_leaders_open_and_close_the_day(hall):
    for who in ("Mei", "Omar", "Rita", "Otto"):
        for name in ("day_open", "day_close"):
            with pytest.raises(Forbidden):
                hall.do(name, who=who)
    assert hall.code("day_close", who="Ada") == "ok"


def test_the_log_counts_seconds_of_the_branchs_own_day(hall):
    hall.open(1)
    visit(hall, "served")
    hall.later(minutes=1)
    hall.do("day_close")
    with hall.scoped():
        day = daylog.unpack(DayLog.objects.get().payload)
    assert [day.columns[name][0] for name in ("taken", "called", "finished", "left")] == [37800, 37800, 37860, -1]
    assert list(day.words("server")) == ["mei"]
    assert day.columns["high"][0] == hall.tickets()[0].promise_high


@pytest.mark.parametrize(
    ("instant", "day"),
    [("2026-11-23T15:59:59", 23), ("2026-11-23T16:00:00", 24), ("2026-11-30T15:59:59", 30), ("2026-11-30T16:00:00", 1)],
)
def test_the_day_changes_at_the_branchs_midnight(hall, instant, day):
    hall.now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert hall.take().business_date.day == day


def test_numbers_and_queues_of_two_days_never_meet(hall):
    hall.take()
    hall.later(days=1)
    hall.open(1)
    assert hall.code("ticket_call_next", counter=1) == "nothing_waiting"
    today = hall.take()
    assert (today.label, today.ahead) == ("A001", 0)
    assert hall.do("ticket_call_next", counter=1).id == today.id


def test_a_customer_on_hold_over_midnight_who_is_handed_over_waits_today(hall):
    hall.now = datetime(2026, 11, 23, 15, 50, tzinfo=UTC)
    hall.open(1)
    held = hall.take(service="wealth")
    hall.open(4, hall.Omar)
    hall.serve(held, counter=4)
    hall.do("ticket_hold", ticket=held.id)
    hall.later(minutes=20)
    hall.open(1)
    onward = hall.do("ticket_hand_over", ticket=held.id, service="transfer")
    assert onward.business_date == date(2026, 11, 24)
    assert hall.do("ticket_call_next", counter=1).id == onward.id


def test_own_tickets_win_over_a_history_brought_in_for_the_same_day(hall):
    hall.take()
    api.history_import(scope=hall.sun, branches=[hall.branch], now=hall.now, log=log((TODAY,)), label="machine.csv")
    assert hall.do("day_close").arrivals == 1
    row, outcomes = day_log(hall)
    assert (row.source, outcomes) == ("live", {"A001": "abandoned"})


def test_a_closed_day_reads_the_same_from_its_log_as_from_its_tickets(hall):
    """What other rooms read by key must not change when the day is folded, apart from those who were sent home."""
    hall.machine()
    hall.open(1)
    for end in ("served", "no_show", "abandoned", "cancelled", "diverted", "handed_over"):
        visit(hall, end)
    hall.do("ticket_cancel", ticket=hall.tickets()[-1].pk)

    def read(key):
        return metrics.fetch(key, scope=hall.sun, branch=hall.branch, since=TODAY, until=date(2026, 11, 24))

    before = [read(key).to_dict("records") for key in ("onsite.tickets", "onsite.arrivals")]
    assert bool(read("onsite.days")["closed"][0]) is False
    hall.do("day_close")
    assert [read(key).astype(object).to_dict("records") for key in ("onsite.tickets", "onsite.arrivals")] == before
    assert bool(read("onsite.days")["closed"][0]) is True


def test_days_of_other_branches_go_on(hall):
    hall.do("day_close")
    with scoped(hall.bank.scope("Bo")):
        taken = api.ticket_take(
            scope=hall.bank.scope("Bo"), branch=hall.bank.b02, now=hall.now, service="transfer", channel="staff"
        )
    assert taken.label == "B001"


# --- forgotten days and the end of today -----------------------------------------------------------------------------


def end_of(day):
    return datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai


def test_a_forgotten_day_is_closed_as_of_its_last_second(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    for end in ("served", "waiting"):
        visit(hall, end)
    hall.later(days=1)
    assert nightly.close_forgotten(hall.now) == 1
    with hall.scoped():
        day = BranchDay.objects.get(org_unit=hall.branch)
        assert day.closed_at == end_of(TODAY)
        assert not Window.objects.get(counter__number=1).open
    row, outcomes = day_log(hall)
    assert sorted(outcomes.values()) == ["abandoned", "served"]
    assert row.source == "live"
    assert nightly.close_forgotten(hall.now) == 0


def test_a_call_forgotten_overnight_does_not_block_the_window_in_the_morning(hall):
    hall.do("window_open", counter=1, user=hall.Mei)
    ticket = hall.take()
    hall.do("ticket_call", counter=1, ticket=ticket.id)
    hall.later(days=1)
    nightly.close_forgotten(hall.now)
    _row, outcomes = day_log(hall)
    assert set(outcomes.values()) == {"unknown"}
    hall.do("window_open", counter=1, user=hall.Mei)
    fresh = hall.take()
    assert hall.do("ticket_call_next", counter=1).id == fresh.id


def test_what_happens_after_midnight_is_left_alone_by_the_closing_of_yesterday(hall):
    hall.take()
    hall.later(days=1)
    hall.do("window_open", counter=2, user=hall.Omar)
    today = hall.take()
    nightly.close_forgotten(hall.now)
    with hall.scoped():
        assert Window.objects.get(counter__number=2).open
        assert Ticket.objects.get(pk=today.id).state == "waiting"
        assert Duty.objects.get(user_id=hall.Omar, business_date=date(2026, 11, 24)).place == "counter"


def test_today_is_never_closed_as_forgotten(hall):
    hall.take()
    with pytest.raises(Invalid):
        hall.do("day_close_forgotten", on=TODAY)
    assert nightly.close_forgotten(hall.now) == 0


def test_a_day_that_never_was_stays_absent(hall):
    assert not hall.do("day_close_forgotten", on=date(2026, 11, 20)).open
    with hall.scoped():
        assert not BranchDay.objects.exists()
    assert hall.kinds() == []


@pytest.mark.parametrize(
    ("hours", "close", "said"),
    [
        (0, False, ""),
        (6, False, ""),
        (6.5, False, "open"),
        (8, False, "open"),
        (0, True, "closed"),
        (8, True, "closed"),
    ],
)
def test_the_hall_knows_when_today_is_over(hall, hours, close, said):
    hall.take()
    if close:
        hall.do("day_close")
    hall.later(minutes=int(60 * hours))
    assert days.over(scope=hall.sun, branch=hall.branch, now=hall.now) == said


def test_before_its_first_customer_a_day_is_not_over(hall):
    hall.later(hours=8)
    assert days.over(scope=hall.sun, branch=hall.branch, now=hall.now) == ""
