"""The invented bank is sound: everybody can sign in, every wish has a counter and somebody able to serve it."""

from datetime import date

import numpy as np
import pytest

from counterpoint.config.demo import cast, script, world, year
from counterpoint.foundation.api import roles

WEDNESDAY = date(2026, 11, 25)
PLANS = cast.plans()


def test_there_are_twelve_branches_in_three_regions_and_the_first_is_the_largest():
    assert len(PLANS) == 12
    assert {plan.region for plan in PLANS} == {code for code, _name in cast.REGIONS}
    assert PLANS[0].code == "b01" and PLANS[0].size == "flagship"


def test_no_two_people_share_a_staff_number():
    numbers = [person.staff_no for plan in PLANS for person in plan.people] + [row[0] for row in cast.ABOVE]
    assert len(numbers) == len(set(numbers))
    assert {"sun01", "mei01", "ou01", "ai01"} <= set(numbers)


def test_every_role_of_the_house_is_cast():
    held = {person.role for plan in PLANS for person in plan.people} | {row[2] for row in cast.ABOVE}
    assert held == set(roles.ROLES) - roles.MEMBERS  # a virtual team is lived through later


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    assert cast.plans(3, seed=4) == cast.plans(3, seed=4)
    assert cast.plans(3, seed=4) != cast.plans(3, seed=5)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_every_service_has_a_counter_and_somebody_able(plan):
    model = world.model_of(plan, WEDNESDAY)
    assert set(model.service_codes) == {code for counter in model.counters for code in counter.services}
    skills = {skill for person in plan.people for skill, _level in person.skills}
    assert set(plan.counters) | {"lobby"} <= skills


def test_everybody_who_sits_at_a_counter_can_do_its_business():
    for plan in PLANS:
        model = world.model_of(plan, WEDNESDAY)
        world.staffing_of(plan, model, WEDNESDAY).check(model)
        held = {person.staff_no: {skill for skill, _level in person.skills} for person in plan.people}
        for seat in script.unrostered(plan, model, WEDNESDAY):
            assert plan.counters[seat.counter - 1] in held[seat.staff_no]


def test_a_payday_brings_more_people_than_the_same_weekday_before_it():
    plan = PLANS[0]
    model = world.model_of(plan, WEDNESDAY)
    quiet = [world.rates_of(plan, model, date(2026, 11, 18), seed=seed).sum() for seed in range(40)]
    busy = [world.rates_of(plan, model, WEDNESDAY, seed=seed).sum() for seed in range(40)]
    assert np.mean(busy) / np.mean(quiet) == pytest.approx(1.25, abs=0.06)


def test_the_simulated_year_has_tickets_on_open_days_only_and_is_the_same_twice():
    plan = PLANS[3]
    first = year.history(plan, date(2026, 9, 28), date(2026, 10, 12), seed=3)
    again = year.history(plan, date(2026, 9, 28), date(2026, 10, 12), seed=3)
    assert first.equals(again)
    days = set(first["arrived"].dt.date)
    assert date(2026, 10, 1) not in days and date(2026, 10, 3) not in days  # National Day
    assert date(2026, 10, 10) in days  # a Saturday worked to make up for it
    assert days == set(year.open_days(plan, date(2026, 9, 28), date(2026, 10, 12)))


def test_numbers_count_up_under_their_letter_and_times_follow_each_other():
    frame = year.history(PLANS[3], date(2026, 11, 23), date(2026, 11, 24), seed=3)
    assert frame["ticket"].is_unique
    served = frame[frame["outcome"] == "served"]
    assert (served["called"] >= served["arrived"]).all() and (served["finished"] > served["called"]).all()
    assert served["server"].notna().all() and served["left"].isna().all()
    gone = frame[frame["outcome"] == "abandoned"]
    assert gone["called"].isna().all() and (gone["left"] > gone["arrived"]).all()


def test_a_script_is_the_same_twice_and_another_day_brings_other_people():
    one = script.script_of(PLANS[3], WEDNESDAY, seed=1)
    assert one == script.script_of(PLANS[3], WEDNESDAY, seed=1)
    assert one.visitors != script.script_of(PLANS[3], date(2026, 11, 26), seed=1).visitors
    assert [v.minute for v in one.visitors] == sorted(v.minute for v in one.visitors)


def test_priority_customers_are_never_sent_to_a_machine():
    visitors = script.script_of(PLANS[0], WEDNESDAY, seed=1).visitors
    assert any(v.machine for v in visitors)
    assert not any(v.machine for v in visitors if v.tier != "standard")


def test_a_rostered_day_takes_counters_over_instead_of_sharing_them():
    plan = PLANS[3]
    model = world.model_of(plan, WEDNESDAY)
    shifts = [
        script.Shift("a", 510, 780, None, "cash"), script.Shift("b", 510, 1020, (690, 30), "cash"),
        script.Shift("c", 720, 1050, None, "cash"), script.Shift("d", 510, 1020, None, "vault"),
    ]  # fmt: skip
    seats = {seat.staff_no: seat for seat in script.seats_of(plan, model, shifts)}
    assert set(seats) == {"a", "b", "c"}
    assert seats["c"].counter == seats["a"].counter and seats["c"].start == seats["a"].end == 780


def test_the_first_branch_has_a_machine_that_fails_in_the_afternoon():
    (fault,) = script.faults_of(PLANS[0], WEDNESDAY, 20261125)
    assert 13.5 * 60 < fault.minute < fault.until
    assert fault.device in {code for code, _name, _kind in PLANS[0].devices}
