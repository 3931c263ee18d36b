"""A day's tickets are counted as a person would count them."""

from datetime import datetime

import pytest

from counterpoint.role.numbers import EMPTY, by_half_hour, numbers_of
from counterpoint.role.tests.conftest import frame, ticket

NINE = datetime(2026, 11, 23, 9, 0)
PROMISES = {"priority": 5.0, "vip": 5.0, "standard": 15.0}


def test_a_day_without_tickets_has_no_numbers_rather_than_zeros_for_waits():
    day = numbers_of(frame([]), PROMISES)
    assert day == EMPTY
    assert day.kept_share is None and day.median is None and day.left_share == 0


def test_a_wait_of_exactly_the_promise_is_kept_and_one_minute_more_is_not():
    day = numbers_of(frame([ticket("A1", NINE, 15), ticket("A2", NINE, 16)]), PROMISES)
    standard = {tier.tier: tier for tier in day.tiers}["standard"]
    assert (standard.called, standard.kept, standard.share) == (2, 1, 0.5)


def test_each_tier_is_judged_by_its_own_promise():
    day = numbers_of(frame([ticket("A1", NINE, 10), ticket("V1", NINE, 10, tier="vip")]), PROMISES)
    shares = {tier.tier: tier.share for tier in day.tiers}
    assert shares == {"priority": None, "vip": 0.0, "standard": 1.0}
    assert day.kept_share == 0.5


def test_walk_outs_and_waiting_people_are_counted_apart():
    rows = [
        ticket("A1", NINE, 3),
        ticket("A2", NINE, None, outcome="abandoned"),
        ticket("A3", NINE, None, outcome="unknown"),
        ticket("A4", NINE, None, outcome="waiting"),
    ]
    day = numbers_of(frame(rows), PROMISES)
    assert (day.arrivals, day.served, day.left, day.waiting, day.called) == (4, 1, 1, 2, 1)
    assert day.left_share == pytest.approx(1 / 4)


def test_the_longest_waits_over_their_promise_come_first_and_kept_ones_not_at_all():
    rows = [ticket("A1", NINE, 20), ticket("A2", NINE, 40), ticket("A3", NINE, 14), ticket("V1", NINE, 6, tier="vip")]
    late = numbers_of(frame(rows), PROMISES).longest
    assert [one.label for one in late] == ["A2", "A1", "V1"]
    assert late[0].minutes == 40 and late[2].promise == 5


def test_arrivals_fall_into_their_half_hour():
    rows = [ticket("A1", NINE, 1), ticket("A2", NINE.replace(minute=29), 1), ticket("A3", NINE.replace(minute=30), 1)]
    assert by_half_hour(frame(rows)) == {540: 2, 570: 1}
    assert by_half_hour(frame([])) == {}
