"""Attempts are counted before the work and forgotten after the window."""

from datetime import timedelta

import pytest

from counterpoint.foundation import ratelimit
from counterpoint.foundation.models import RateBucket
from counterpoint.foundation.ratelimit import TooMany

MINUTE = timedelta(minutes=1)


@pytest.fixture
def take(db, clock):
    def attempt(key="k", limit=3, after=0):
        return ratelimit.take(key=key, limit=limit, window=MINUTE, now=clock.at + timedelta(seconds=after))

    return attempt


def test_what_is_left_counts_down_and_then_it_is_refused(take):
    assert [take(), take(), take()] == [2, 1, 0]
    with pytest.raises(TooMany) as refused:
        take(after=20)
    assert refused.value.details["retry_after"] == 40 and refused.value.status == 429


def test_a_refused_attempt_is_counted_too(take):
    for _ in range(3):
        take()
    for _ in range(2):
        with pytest.raises(TooMany):
            take()
    assert RateBucket.objects.get(pk="k").count == 5


def test_trying_on_does_not_push_the_end_of_the_window_away(take):
    for _ in range(3):
        take()
    with pytest.raises(TooMany):
        take(after=59)
    assert take(after=60) == 2


def test_keys_do_not_share_their_allowance(take):
    for _ in range(3):
        take()
    assert take(key="other") == 2


def test_clearing_gives_the_whole_allowance_back(take):
    take()
    ratelimit.clear("k")
    assert take() == 2


def test_a_clock_that_goes_back_does_not_lock_anyone_out(take):
    for _ in range(3):
        take()
    assert take(after=-3600) == 2


def test_an_attempt_that_overtook_another_does_not_open_a_fresh_window(take):
    """Parallel attempts read the clock before they wait for the row: the earlier may come second."""
    for _ in range(3):
        take(after=1)
    with pytest.raises(TooMany):
        take(after=0)


def test_no_caller_s_address_is_kept(bank, client):
    """Signing in, a certificate's page and a learning system's login count addresses, and keep none."""
    here = "203.0.113.77"
    client.get("/k/abcdefgh23456789", REMOTE_ADDR=here)
    client.get("/academy/lti/login", REMOTE_ADDR=here)
    client.post("/sign-in", {"staff_no": "nobody", "password": "wrong"}, REMOTE_ADDR=here)
    held = list(RateBucket.objects.values_list("key", flat=True))
    assert {one.split(":")[0] for one in held} >= {"certificate", "lti", "signin"}
    assert not [one for one in held if here in one]
