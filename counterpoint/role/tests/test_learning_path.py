"""From gaps to what is learnt next, against every choice there is."""

from itertools import combinations
from math import e

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.role.rules.path import MOST, Offer, path, worth

KEYS = ("a", "b", "c")
offers = st.lists(
    st.builds(
        Offer,
        key=st.text("abcdefgh", min_size=1, max_size=4),
        minutes=st.integers(5, 40),
        gains=st.dictionaries(st.sampled_from(KEYS), st.integers(0, 20), max_size=3),
    ),
    max_size=7,
    unique_by=lambda one: one.key,
)
gaps = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 30), max_size=3)


@given(gaps, offers)
@settings(max_examples=200, deadline=None)
def test_each_beginning_is_worth_its_share_of_the_best_of_as_many_minutes(needed, offered):
    found = [step.offer for step in path(needed, offered)]
    for length in range(1, len(found) + 1):
        chosen = found[:length]
        minutes = sum(one.minutes for one in chosen)
        best = max(
            worth(needed, some)
            for count in range(len(offered) + 1)
            for some in combinations(offered, count)
            if sum(one.minutes for one in some) <= minutes
        )
        assert worth(needed, chosen) >= (1 - 1 / e) * best - 1e-9


@given(gaps, offers)
@settings(max_examples=100, deadline=None)
def test_it_covers_all_that_can_be_covered_and_nothing_twice(needed, offered):
    steps = path(needed, offered)
    chosen = [step.offer for step in steps]
    assert len({one.key for one in chosen}) == len(chosen) <= MOST
    assert worth(needed, chosen) == pytest.approx(worth(needed, offered))
    assert sum(sum(step.covers.values()) for step in steps) == pytest.approx(worth(needed, chosen))
    assert all(sum(step.covers.values()) > 0 for step in steps)


def test_points_a_minute_decide_then_minutes():
    long, short = Offer("long", 30, {"a": 9}), Offer("short", 10, {"a": 4})
    assert [step.offer.key for step in path({"a": 10}, [long, short])] == ["short", "long"]
    same = [Offer("y", 20, {"a": 4}), Offer("x", 10, {"a": 2}), Offer("w", 10, {"a": 2})]
    assert [step.offer.key for step in path({"a": 8}, same)] == ["w", "x", "y"]


def test_no_gap_no_way():
    assert path({}, [Offer("x", 10, {"a": 5})]) == []
    assert path({"a": 0.0}, [Offer("x", 10, {"a": 5})]) == []


def test_never_more_than_asked_for():
    many = [Offer(f"o{n:02}", 10, {"a": 1}) for n in range(20)]
    assert len(path({"a": 100}, many)) == MOST and len(path({"a": 100}, many, most=3)) == 3
