"""What a staff trace can and cannot carry: people away now and then, and people who come when customers wait."""

from dataclasses import replace

import pytest

from counterpoint.science.calibration import Params, calibrate, restrict, tickets
from counterpoint.science.calibration.tests.following import (
    ALWAYS,
    BLIND,
    MORE,
    cash_branch,
    following_log,
    not_ready_log,
    now_and_then_duty,
    now_and_then_log,
)
from counterpoint.science.trust import GATE, judge, replay, verdict

QUICK = replace(GATE, replications=20, resamples=200)


def figures(model, found, log, days):
    return judge(found.apply(model), found, log, days, gate=QUICK, seed=2).to_frame()


def as_they_were(model, found, log, days):
    """The same with the people who were there, not those read from the calls."""
    part = restrict(log, days)
    lived = replay(found.apply(model), found, part, gate=QUICK, seed=2, duty=now_and_then_duty(40))
    return verdict(lived, found, part, QUICK, 2).to_frame()


def halves(log):
    days = sorted(set(tickets(log)["day"]))
    return days[: len(days) // 2], days[len(days) // 2 :]


def test_people_away_now_and_then_are_read_from_the_calls_as_well_as_the_wait_needs():
    """Days lived by the people read are as near as days lived by the people who were there (chance: 3 points)."""
    log, model = now_and_then_log(40), cash_branch(5)
    early, late = halves(log)
    found, blind = (calibrate(log, params, days=early, seed=1) for params in (Params(), BLIND))
    assert blind.readiness.not_ready > 0.3
    assert found.readiness.not_ready < 0.1
    true = as_they_were(model, found, log, late).loc["mean", "value"]
    seen, unseen = (figures(model, one, log, late) for one in (found, blind))
    assert abs(seen.loc["mean", "value"] - true) < 0.08
    assert seen.loc["mean", "passed"]
    assert not unseen.loc["mean", "passed"]


def test_people_free_but_not_ready_are_found_and_lived():
    """Read from calls alone part of it is taken for absence; days lived by what is found are as the days were."""
    log, model = not_ready_log(40), cash_branch(3)
    early, late = halves(log)
    found = calibrate(log, days=early, seed=1)
    pickup = found.readiness.pickup
    assert pickup is not None
    assert 0.2 < pickup.not_ready < 0.4
    assert 0.5 < pickup.back.mean < 0.8
    assert found.origins(model)["pickup"] == "fitted"
    assert found.apply(model).pickup == pickup
    seen, unseen = (
        figures(model, replace(found, readiness=one), log, late).loc["mean"]
        for one in (found.readiness, replace(found.readiness, interval=(0.0, 1.0)))
    )
    assert abs(seen["value"]) < 0.08
    assert seen["passed"]
    assert unseen["value"] > 0.2
    assert not unseen["passed"]


def test_people_who_come_when_customers_wait_are_lived_in_part():
    """A fixed trace makes even the true twin wait too long; with people who follow as capacity less so."""
    log, model = following_log(28), cash_branch(ALWAYS + MORE)
    early, late = halves(log)
    found = calibrate(log, days=early, seed=1)
    assert found.following.used
    fixed = replace(found, following=replace(found.following, used=False))
    error, rest = (figures(model, one, log, late).loc["mean", "value"] for one in (fixed, found))
    assert error > 0.4
    assert 0 < rest < 0.85 * error


def test_people_who_follow_by_chance_only_change_nothing():
    log, model = now_and_then_log(40), cash_branch(5)
    early, late = halves(log)
    found = calibrate(log, BLIND, days=early, seed=1)
    assert not found.following.used
    other = replace(found, following=replace(found.following, levels=(0.5, 2.0)))
    assert figures(model, found, log, late).equals(figures(model, other, log, late))


@pytest.mark.parametrize("waiting", [0, 3])
def test_who_follows_is_told_with_the_minutes_it_rests_on(waiting):
    found = calibrate(following_log(28), seed=1).following
    assert found.minutes[waiting] > 300
    low, high = found.intervals[waiting]
    assert low < found.levels[waiting] < high
