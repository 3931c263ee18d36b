"""A small branch is played through the public actions: the same tickets however often the player is restarted."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from counterpoint.config.demo import bank, cast, player, rosters
from counterpoint.foundation.api import scoped
from counterpoint.onsite import api as hall
from counterpoint.onsite.models import BranchDay, DayLog, Ticket
from counterpoint.primitives import metrics
from counterpoint.team import api as team

ON = date(2026, 11, 25)
SMALL = cast.plans(4, scale=0.5)[3]


def at(hour, minute=0, day=25):
    """A time of the branch's day as UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@pytest.fixture
def built(db):
    return bank.build([SMALL], now=at(8), since=date(2026, 1, 1))


@pytest.fixture
def branch(built):
    with scoped(bank.demo_scope()):
        yield built.units["b04"]


def fresh(branch):
    return player.play_of(SMALL, branch, ON, seed=1)


def told():
    """Every ticket with everything that happened to it."""
    fields = (
        "label",
        "service",
        "tier",
        "state",
        "taken_at",
        "called_at",
        "started_at",
        "finished_at",
        "left_at",
        "counter__number",
    )
    return list(Ticket.objects.order_by("taken_at", "label").values_list(*fields))


class Undo(Exception):
    pass


def undone(branch, stops):
    """What a day looks like when a new player takes over at each stop; nothing of it stays."""
    try:
        with transaction.atomic():
            for stop in stops:
                fresh(branch).step(stop, stop)
            seen = told()
            raise Undo
    except Undo:
        return seen


def test_by_half_past_ten_tickets_were_taken_served_and_some_wait_or_are_at_counters(branch):
    fresh(branch).step(at(10, 30), at(10, 30))
    rows = told()
    assert len(rows) > 5
    assert all(row[4] <= at(10, 30) for row in rows)
    assert {"served"} <= {row[3] for row in rows}
    assert {ticket.channel for ticket in Ticket.objects.all()} == {"simulated"}


def test_a_restart_in_the_middle_gives_the_same_tickets(branch):
    once = undone(branch, [at(11)])
    often = undone(branch, [at(9, 10), at(9, 31), at(9, 58), at(10, 20), at(11)])
    assert often == once and len(once) > 5


def test_playing_the_same_minutes_again_adds_nothing(branch):
    play = fresh(branch)
    play.step(at(10), at(10))
    before = told()
    play.step(at(10), at(10))
    fresh(branch).step(at(10), at(10))
    assert told() == before


def test_a_whole_day_is_closed_with_everybody_accounted_for_and_the_next_one_follows(branch):
    house = player.House(SMALL, branch, seed=1)
    house.step(at(19), at(19))
    day = BranchDay.objects.get(business_date=ON)
    assert day.closed_at is not None and day.closed_at > at(17)
    log = DayLog.objects.get(business_date=ON)
    assert log.source == "live" and log.tickets == len(told())
    assert {row[3] for row in told()} <= {"served", "abandoned"}
    house.step(at(9, 30, day=26), at(9, 30, day=26))
    assert Ticket.objects.filter(business_date=date(2026, 11, 26)).exists()


def test_everybody_has_lunch_within_the_window_and_comes_back(branch):
    from counterpoint.foundation.models import JournalEntry

    fresh(branch).step(at(15), at(15))
    breaks = JournalEntry.objects.filter(kind="onsite.break_started")
    assert breaks.count() == len(fresh(branch).script.seats)
    assert all(at(11) <= entry.at <= at(14) for entry in breaks)
    assert JournalEntry.objects.filter(kind="onsite.break_ended").count() == breaks.count()


def serving_at_last(play):
    """The first minute after nine at which somebody is served, and the chair."""
    for minute in range(1, 40):
        play.step(at(9, minute), at(9, minute))
        for chair in play.stage.chairs.values():
            if chair.state == "serving":
                return minute, chair
    raise AssertionError("nobody came")


def test_a_counter_that_a_person_works_is_left_to_them_for_three_minutes(branch, built):
    play = fresh(branch)
    minute, chair = serving_at_last(play)
    now, soon, later = (at(9, minute + more) for more in (0, 1, 10))
    view = hall.ticket_finish(scope=play.scope(chair.staff_no), branch=branch, now=now, ticket=chair.ticket)
    play.step(soon, soon)
    assert chair.counter in play.stage.by_hand
    assert str(view.id) not in {one.ticket for one in play.stage.chairs.values()}
    play.step(later, later)
    assert chair.counter not in play.stage.by_hand


def test_a_real_customer_in_between_is_served_too(branch):
    play = fresh(branch)
    play.step(at(9, 20), at(9, 20))
    mine = hall.ticket_take(scope=play.system, branch=branch, now=at(9, 20), service="cash_deposit", channel="kiosk")
    play.step(at(10, 30), at(10, 30))
    assert Ticket.objects.get(pk=mine.id).state == "served"


def test_days_that_nobody_played_are_simulated_when_the_clock_jumps(branch):
    house = player.House(SMALL, branch, seed=1)
    house.step(at(19), at(19))
    house.step(at(9, 5, day=30), at(9, 5, day=30))
    sources = dict(DayLog.objects.order_by("business_date").values_list("business_date", "source"))
    assert sources == {ON: "live", date(2026, 11, 26): "simulated", date(2026, 11, 27): "simulated"}


def test_the_habitual_roster_breaks_no_law_and_seats_the_day(branch, built):
    week = rosters.monday(ON)
    rosters.publish_weeks([SMALL], built, [week], now=at(8, day=20))
    shifts = team.shifts_on(scope=bank.demo_scope(), branch=branch, day=ON)
    assert shifts and all(shift.end - shift.start <= 540 for shift in shifts)
    seats = fresh(branch).script.seats
    assert {seat.counter for seat in seats} == set(range(1, len(SMALL.counters) + 1))


def test_the_tickets_reach_other_rooms_by_key(branch):
    fresh(branch).step(at(10), at(10))
    rows = metrics.fetch("onsite.tickets", scope=bank.demo_scope(), branch=branch, since=ON, until=date(2026, 11, 26))
    assert len(rows) == len(told())
