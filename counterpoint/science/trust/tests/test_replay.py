"""Days lived again: the logged people and staff, nothing of how long anybody waited."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from counterpoint.science import twin
from counterpoint.science.calibration import calibrate, presence, simulated_log, tickets
from counterpoint.science.calibration.tests.branches import FIRST, RATES, branch, known_log, slower, staff
from counterpoint.science.trust import Gate, replay
from counterpoint.science.trust.replay import (
    counters_of,
    live_again,
    logged,
    own_minutes,
    seniority,
    skills_of_day,
    staff_trace,
)

QUICK = Gate(replications=3, resamples=50)


@pytest.fixture(scope="module")
def found():
    return calibrate(known_log(12), seed=1)


def fixed_branch():
    """No chance but arrivals: cash takes five minutes, nobody leaves, two people all day."""
    model = twin.BranchModel(
        (twin.Service("cash", twin.Duration(5, shape="fixed")),),
        (twin.Counter("K1", ("cash",)), twin.Counter("K2", ("cash",))),
        patience=None,
        balking=None,
    )
    return model, twin.one_person_a_counter(model)


def test_without_chance_the_log_is_lived_again_to_the_minute():
    model, plan = fixed_branch()
    log = simulated_log(model, plan, np.full((1, 16), 11.0), 3, first=FIRST, seed=3)
    table = tickets(log)
    here = presence(table, {"K1": frozenset({"cash"}), "K2": frozenset({"cash"})}, 1, 3)
    for day, today in table.groupby("day"):
        duty = here.duty[here.duty["day"] == day]
        people = twin.Staffing(
            tuple(
                twin.Person(server, ("cash",), ((480.0, 1200.0),), (), server) for server in sorted(set(duty["server"]))
            )
        )
        bare, people = counters_of(people, {"K1": frozenset({"cash"}), "K2": frozenset({"cash"})}, model)
        (again,) = live_again(bare, people, today, 0.0, {}, 1, seed=1)
        assert again.waited == pytest.approx(logged(today).waited, abs=1e-6)
        assert again.called.all()


def test_with_their_own_service_times_random_days_are_lived_again_too():
    """Three services of random length, nobody impatient, everybody able: only who serves whom decides the waits."""
    model = replace(
        branch(), patience=None, counters=tuple(replace(c, services=branch().service_codes) for c in branch().counters)
    )
    plan = twin.one_person_a_counter(model)
    log = simulated_log(model, plan, RATES * 1.4, 2, first=FIRST, seed=8)
    table = tickets(log, [FIRST])
    able = dict.fromkeys(model.counter_codes, frozenset(model.service_codes))
    seated = twin.Staffing(tuple(replace(p, code=p.post) for p in plan.people))
    bare, people = counters_of(seated, able, model)
    (again,) = live_again(bare, people, table, 0.0, {}, 1, 5, own_minutes(table, 0.0))
    assert again.waited == pytest.approx(logged(table).waited, abs=1e-6)
    (drawn,) = live_again(bare, people, table, 0.0, {}, 1, 5)
    assert not np.allclose(drawn.waited, again.waited)


def test_own_service_times_leave_only_the_errors_of_staff(found):
    log = known_log(14)
    days = sorted(set(tickets(log)["day"]))[12:]
    slow = slower(found.apply(branch()), 2.0)
    wrong, own = (replay(slow, found, log, days, gate=QUICK, seed=1, own_services=flag) for flag in (False, True))

    def mean(lived):
        return np.mean([np.nanmean(way.waited) for ways in lived.simulated for way in ways])

    logged_mean = np.mean([np.nanmean(day.waited) for day in wrong.actual])
    assert mean(wrong) > 3 * logged_mean
    assert mean(own) == pytest.approx(logged_mean, rel=0.4)


def test_arrivals_services_and_tiers_are_the_logged_ones(found):
    lived = replay(
        found.apply(branch()), found, known_log(14), sorted(set(tickets(known_log(14))["day"]))[12:], gate=QUICK, seed=1
    )
    assert len(lived.days) == 2
    for here, ways in zip(lived.actual, lived.simulated, strict=True):
        assert len(ways) == 3
        for one in ways:
            assert np.sort(one.arrived) == pytest.approx(here.arrived)
        assert not np.array_equal(ways[0].waited, ways[1].waited)


def test_the_staff_of_a_day_are_its_servers_at_their_speed(found):
    table = tickets(known_log(12))
    here = presence(table, found.skills, 1, 3)
    people = staff_trace(FIRST, here, found).people
    assert [p.code for p in people] == ["K1", "K2", "K3", "K4", "K5"]
    assert all(p.post == p.code and p.speed == found.speeds[p.code] for p in people)
    lunch = people[0].shifts
    assert len(lunch) >= 2, "K1 went to lunch"
    assert 540 <= lunch[0][0] < 580
    assert 990 < lunch[-1][1] <= 1060


def test_a_newcomer_works_at_speed_one_and_does_what_it_did(found):
    table = tickets(known_log(12)).replace({"server": {"K2": "new"}})
    here = presence(table, found.skills, 1, 3)
    people = {p.code: p for p in staff_trace(FIRST, here, found).people}
    assert people["new"].speed == 1
    able = skills_of_day(table[table["day"] == FIRST], found.skills)
    assert able["new"] == {"cash", "account"}
    assert able["K4"] == {"cash", "account", "loan"}


def test_machines_and_lobby_are_left_out_since_a_ticket_log_begins_with_the_ticket(found):
    full = twin.demo_branch(seed=1, size="small").model
    plan = twin.Staffing((twin.Person("K1", ("S01",), ((540, 600), (620, 1500))),))
    bare, people = counters_of(plan, {"K1": frozenset({"S01", "S02", "unknown"})}, full)
    assert (bare.devices, bare.triage) == ((), None)
    assert bare.counters == (twin.Counter("K1", ("S01", "S02")),)
    assert people.people[0].skills == ("S01", "S02")
    assert bare.close_minute + bare.overrun_minutes > 1500
    assert all(service.device is None for service in bare.services)


def test_some_leave_at_once_whatever_the_queue():
    model, plan = fixed_branch()
    today = tickets(simulated_log(model, plan, np.full((1, 16), 5.0), 1, first=FIRST, seed=3))
    seated = twin.Staffing(tuple(replace(p, code=p.post) for p in plan.people))
    bare, people = counters_of(seated, dict.fromkeys(seated.codes, frozenset({"cash"})), model)
    ways = live_again(bare, people, today, 0.25, {}, 40, seed=2)
    share = np.array([one.left.mean() for one in ways])
    assert share.mean() == pytest.approx(0.25, abs=0.03)
    assert all(len(one.arrived) == len(today) for one in ways)
    assert all((one.waited[one.left] == 0).all() for one in ways)


def test_a_head_start_is_seniority_ticket_by_ticket():
    """One server, everybody takes five minutes: the next is always the smallest arrival less head start."""
    model = replace(
        fixed_branch()[0],
        counters=(twin.Counter("K1", ("cash",)),),
        tiers=(twin.Tier("normal", 0.7, 0), twin.Tier("vip", 0.3, 5)),
        close_minute=2000.0,
        overrun_minutes=2000.0,
    )
    plan = twin.one_person_a_counter(model)
    rng = np.random.default_rng(4)
    people = [(float(m), "cash", "vip" if v else "normal") for m, v in
              zip(np.sort(rng.uniform(540, 700, 60)), rng.random(60) < 0.3, strict=True)]  # fmt: skip
    customers = twin.draw_customers(model, arrivals=people, seed=1)
    start = {"vip": 8.0}
    result = twin.run_day(model, plan, customers, seniority(model, customers, start)).result
    now, waiting, coming = 0.0, [], sorted((row[0], row[0] - start.get(row[2], 0.0), i) for i, row in enumerate(people))
    expected = {}
    while coming or waiting:
        while coming and (coming[0][0] <= now or not waiting):
            arrived, senior, i = coming.pop(0)
            now = max(now, arrived)
            waiting.append((round(senior * 60), arrived, i))
        waiting.sort()
        expected[waiting.pop(0)[2]] = now
        now += 5
    order = result.codes[:, 1]
    found = dict(zip(order.tolist(), result.times[:, 3].tolist(), strict=True))
    assert found == pytest.approx(expected, abs=1e-6)
    plain = twin.run_day(model, plan, customers).result
    assert not np.array_equal(plain.times[:, 3], result.times[:, 3])


def test_tickets_of_unknown_services_are_left_out_and_counted(found):
    model = found.apply(branch())
    less = replace(
        model,
        services=model.services[:2],
        counters=tuple(replace(c, services=c.services[:2]) for c in model.counters),
    )
    log = known_log(14)
    days = sorted(set(tickets(log)["day"]))[12:]
    lived = replay(less, found, log, days, gate=QUICK, seed=1)
    table = tickets(log, days)
    assert lived.left_out == (table["service"] == "loan").sum()
    assert sum(len(one.arrived) for one in lived.actual) == len(table) - lived.left_out


def test_the_branch_of_the_tests_is_busy_enough_to_learn_from():
    table = tickets(known_log(12))
    assert isinstance(table, pd.DataFrame)
    assert 0.02 < (table["outcome"] == "abandoned").mean() < 0.15
    assert len(staff(branch()).people) == len(RATES) + 2
