"""Whether who is free is ready, and whether people come when customers wait: planted and found, or not there."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from counterpoint.science.calibration import Params, calibrate, joined, presence, simulated_log, tickets
from counterpoint.science.calibration.presence import Presence
from counterpoint.science.calibration.readiness import (
    AROUND,
    PRIOR,
    fit_following,
    fit_readiness,
    free_servers,
    likeliest,
)
from counterpoint.science.calibration.tests.branches import FIRST, known_log
from counterpoint.science.calibration.tests.following import (
    ALWAYS,
    BLIND,
    CALLED_AT,
    cash_branch,
    following_log,
    now_and_then,
)


@pytest.mark.parametrize(("on", "off"), [(8.0, 2.0), (6.0, 4.0)])
def test_servers_who_are_free_but_not_ready_are_found(on, off):
    """Of the minutes without a customer, as read by somebody who knows no absences, off over all is not ready."""
    model = cash_branch(3)
    truth, fitted, tickets_seen = [], [], 0
    for seed in range(8):
        plan = now_and_then(model, on, off, seed)
        log = simulated_log(model, plan, np.full((1, 16), 6.0), 12, first=FIRST, seed=seed)
        table = tickets(log)
        here = presence(table, {}, BLIND.absence_minutes, 3)
        found = fit_readiness(table, here, {}, BLIND)
        fitted.append(found.not_ready * found.tickets)
        tickets_seen += found.tickets
        truth.append(_share_not_ready(table, here, plan) * found.tickets)
        assert found.interval[0] < found.not_ready < found.interval[1]
    assert sum(fitted) / tickets_seen == pytest.approx(sum(truth) / tickets_seen, rel=0.15)


def _share_not_ready(table, here, plan):
    """Of servers who looked free at the arrivals that met nobody waiting, the share who were away by the plan."""
    away = free = 0
    shifts = {person.code: np.array(person.shifts) for person in plan.people}
    for code in shifts:
        mine = Presence(here.duty[here.duty["server"] == code], here.pauses)
        looked = free_servers(table, mine, {}) > 0
        quiet = _nobody_waits(table) & looked
        at = table["arrived"].to_numpy()[quiet]
        there = ((shifts[code][:, :1] <= at) & (at < shifts[code][:, 1:])).any(axis=0)
        away, free = away + int((~there).sum()), free + len(at)
    return away / free


def _nobody_waits(table):
    waits = np.zeros(len(table), dtype=bool)
    for _, today in table.groupby("day"):
        at = today["arrived"].to_numpy()
        waits[today.index] = [((today["arrived"] < moment) & (today["until"] > moment)).any() for moment in at]
    return ~waits


def test_a_hall_that_calls_at_once_has_hardly_anybody_not_ready():
    found = calibrate(known_log(20), seed=1)
    assert found.readiness.origin == "fitted"
    assert found.readiness.not_ready < 0.06
    assert found.readiness.pickup is None
    row = found.to_frame().set_index("what").loc["not_ready"]
    assert (row["value"], row["tickets"]) == (found.readiness.not_ready, found.readiness.tickets)


def test_the_likeliest_chance_worked_out_by_hand():
    one = np.array([1])
    assert likeliest(one, np.array([50]), np.array([10])) == pytest.approx(0.2, abs=1e-4)
    assert likeliest(np.array([2]), np.array([100]), np.array([9])) == pytest.approx(0.3, abs=1e-4)
    assert likeliest(one, np.array([50]), np.array([0])) == 0.0
    assert likeliest(one, np.array([50]), np.array([50])) == 1.0


def test_who_is_free_worked_out_by_hand():
    rows = [  # K1 serves 0-10 and 20-25, K2 serves 5-30; somebody comes at 3, 12, 22
        (0.0, 0.0, 10.0, "K1"), (5.0, 5.0, 30.0, "K2"), (3.0, 3.0, 3.5, "K3"), (12.0, 12.0, 12.5, "K3"),
        (20.0, 20.0, 25.0, "K1"), (22.0, 31.0, 32.0, "K2"),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["arrived", "called", "finished", "server"])
    table = table.assign(day=FIRST, outcome="served", service="cash", until=table["called"])
    duty = pd.DataFrame([(FIRST, "K1", 0.0, 25.0), (FIRST, "K2", 5.0, 32.0)], columns=["day", "server", "start", "end"])
    free = free_servers(table, Presence(duty, pd.DataFrame()), {})
    # at 0 K1 (who takes it); at 5 K2; at 3 and 22 nobody; at 12 K1; at 20 K1 again
    assert free.tolist() == [1, 1, 0, 1, 1, 0]


def test_too_few_tickets_say_nothing_of_readiness():
    found = calibrate(known_log(20), Params(min_turnarounds=100_000), seed=1)
    assert (found.readiness.origin, found.readiness.not_ready) == ("default", 0.0)


def test_people_as_planned_do_not_follow_the_queue():
    for crowd in (1.0, 1.15):
        found = calibrate(known_log(20, crowd=crowd), seed=1)
        assert not found.following.used
        assert found.following.waiting == pytest.approx(1.0, abs=0.02)
        assert found.to_frame().set_index("what").loc["staff_following", "note"] == "within chance: not used"


def test_people_who_come_when_customers_wait_are_found():
    found = calibrate(following_log(20), seed=1).following
    assert found.used
    assert found.waiting_interval[0] > 1.02
    assert found.levels[0] < 1 < found.levels[CALLED_AT] < 1 + 1 / ALWAYS


def test_levels_worked_out_by_hand():
    """Two people always, a third in the ten minutes in which one ticket waits: three over the mean of the hour."""
    days = [FIRST + timedelta(days=k) for k in range(3)]
    table = pd.DataFrame(
        {"day": days, "arrived": 700.0, "until": 710.0, "called": 710.0, "server": "K1", "outcome": "served"}
    )
    duty = pd.DataFrame(
        [(day, server, a, b) for day in days for server, a, b in
         (("K1", 540.0, 1020.0), ("K2", 540.0, 1020.0), ("K3", 700.0, 710.0))],
        columns=["day", "server", "start", "end"],
    )  # fmt: skip
    found = fit_following(table, Presence(duty, pd.DataFrame()), Params(), np.random.default_rng(1))
    usual = 2 + 10 / (2 * AROUND)
    assert found.minutes[1] == pytest.approx(30.0)
    assert found.levels[1] == pytest.approx((30 * 3 / usual + PRIOR) / (30 + PRIOR), rel=2e-3)
    assert found.waiting == found.levels[1]
    assert found.used, "all three days alike: no chance"


def test_one_day_says_nothing_of_people_who_follow():
    found = fit_following(*_one_day(), Params(), np.random.default_rng(1))
    assert (found.levels, found.used, found.waiting) == ((), False, 1.0)


def _one_day():
    table = tickets(known_log(6), [date(2026, 3, 2)])
    return table, presence(table, {}, 1.0, 3)


def test_two_rows_by_tickets_waiting_are_multiplied():
    assert joined((), (0.9, 1.1)) == (0.9, 1.1)
    assert joined((1.0, 1.2), ()) == (1.0, 1.2)
    assert joined((1.0, 2.0), (0.5, 1.0, 1.5)) == (0.5, 2.0, 3.0)
