"""A demo branch as the twin sees it: rates, seats and people of any date, against a second count by hand."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.config.demo import cast, story, world, year
from counterpoint.foundation.api import calendar
from counterpoint.role.api import marks_of, service_types, tiers

PLANS = cast.plans()
FLAGSHIP, SMALL, RURAL = PLANS[0], PLANS[3], PLANS[7]
MONDAY = date(2026, 11, 23)
dates = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def luck(plan, on, seed):
    """Weekday, day's own luck and rain, as the operations model says them."""
    own = np.random.default_rng([seed, on.toordinal(), int(plan.code[1:])]).normal(-(0.07**2) / 2, 0.07)
    rain = 0.75 if np.random.default_rng([seed, on.toordinal()]).uniform() < 0.08 else 1.0
    return [1.20, 1.0, 0.95, 0.95, 1.05, 0.65, 0.50][on.weekday()] * float(np.exp(own)) * rain


def expected_total(plan, model, on, seed):
    """Customers of a day counted hour by hour in plain Python."""
    hourly = {570 + 60 * n: share for n, share in enumerate((12.0, 16.0, 14.0, 9.0, 9.0, 14.0, 14.5, 11.5))}
    known, total = sorted(hourly), 0.0
    slots = int(np.ceil((model.close_minute - model.open_minute) / 30))
    for n in range(slots):
        middle = min(max(model.open_minute + 30 * n + 15, known[0]), known[-1])
        left = max(k for k in known if k <= middle)
        right = min(k for k in known if k >= middle)
        part = 0.0 if left == right else (middle - left) / (right - left)
        total += (hourly[left] * (1 - part) + hourly[right] * part) / sum(hourly.values()) / 2
    factor, pushed = luck(plan, on, seed), 0.0
    for mark in marks_of(on):
        more = factor * (mark.factor - 1)
        pushed, factor = pushed + 0.15 * more, factor + 0.85 * more
    return plan.customers * (factor * total + pushed)


@settings(max_examples=40)
@given(on=dates, place=st.integers(0, 11), seed=st.integers(0, 99))
def test_the_rates_of_a_day_add_up_to_what_a_person_would_count(on, place, seed):
    plan = PLANS[place]
    model = world.model_of(plan, on)
    rates = world.rates_of(plan, model, on, seed=seed)
    assert rates.shape == (len(model.services), world.half_hours(model))
    assert (rates >= 0).all()
    assert rates.sum() == pytest.approx(expected_total(plan, model, on, seed))


@settings(max_examples=20)
@given(on=dates, seed=st.integers(0, 99))
def test_every_service_gets_its_share_of_every_half_hour_up_to_the_morning_of_a_marked_day(on, seed):
    model = world.model_of(FLAGSHIP, on)
    rates = world.rates_of(FLAGSHIP, model, on, seed=seed)
    shares = np.array([service_types(on)[code].share for code in model.service_codes])
    later = rates[:, 4:]
    assert np.allclose(later / later.sum(axis=0), (shares / shares.sum())[:, None])


def test_the_same_seed_gives_the_same_rates_and_branches_share_the_rain_but_not_their_luck():
    def rate(plan, seed):
        return world.rates_of(plan, world.model_of(plan, MONDAY), MONDAY, seed=seed).sum()

    assert rate(FLAGSHIP, 4) == rate(FLAGSHIP, 4) != rate(FLAGSHIP, 5)
    wet = [s for s in range(80) if np.random.default_rng([s, MONDAY.toordinal()]).uniform() < 0.08]
    dry = [s for s in range(80) if s not in wet]
    for plan in (FLAGSHIP, SMALL):
        share = np.mean([rate(plan, s) for s in wet]) / np.mean([rate(plan, s) for s in dry])
        assert share == pytest.approx(0.75, abs=0.08)


@pytest.mark.parametrize(
    ("plan", "on", "hours"),
    [
        (FLAGSHIP, MONDAY, (540, 1020)),
        (FLAGSHIP, date(2026, 11, 28), (570, 960)),
        (FLAGSHIP, date(2026, 11, 29), (570, 960)),
        (RURAL, MONDAY, (510, 990)),
        (SMALL, date(2026, 11, 28), (540, 1020)),
    ],
    ids=["weekday", "saturday", "sunday", "village", "a day on which it never opens has Monday's"],
)
def test_the_model_opens_as_the_branch_does(plan, on, hours):
    model = world.model_of(plan, on)
    assert (model.open_minute, model.close_minute) == hours


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_a_machine_serves_only_what_content_sends_there_and_only_where_one_stands(plan):
    model = world.model_of(plan, MONDAY)
    kinds = {kind for _code, _name, kind in plan.devices}
    for service in model.services:
        content = service_types(MONDAY)[service.code]
        if content.device in kinds and content.self_minutes is not None:
            assert (service.device, service.divertible) == (content.device, content.divertible)
        else:
            assert service.device is None
    assert {device.code for device in model.devices} == {c for c, _n, kind in plan.devices if kind in world.MACHINES}


def test_tiers_come_from_content_and_only_standard_customers_are_sent_to_machines():
    model = world.model_of(FLAGSHIP, MONDAY)
    assert [tier.code for tier in model.tiers] == list(tiers(MONDAY))
    assert [tier.code for tier in model.tiers if tier.divertible] == ["standard"]


# --- who sits where -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.code)
def test_on_a_weekday_every_counter_is_staffed_and_at_the_weekend_two_thirds_of_each_kind(plan):
    assert [number for number, _kind in world.seats(plan, MONDAY)] == list(range(1, len(plan.counters) + 1))
    kept = [kind for _number, kind in world.seats(plan, date(2026, 11, 28))]
    for kind in set(plan.counters):
        assert kept.count(kind) == int(np.ceil(plan.counters.count(kind) * 2 / 3))


@settings(max_examples=40)
@given(place=st.integers(0, 11), on=dates)
def test_nobody_sits_at_two_counters_and_everybody_can_do_the_counters_business(place, on):
    plan = PLANS[place]
    model = world.model_of(plan, on)
    staffing = world.staffing_of(plan, model, on)
    codes = [person.code for person in staffing.people]
    assert len(codes) == len(set(codes))
    held = {person.staff_no: {skill for skill, _level in person.skills} for person in plan.people}
    for person in staffing.people:
        wanted = "lobby" if person.post == "lobby" else plan.counters[int(person.post) - 1]
        assert wanted in held[person.code]


def test_the_supervisor_stays_at_the_desk_while_anybody_else_can_do_the_work():
    for plan in PLANS:
        seated = {person.code for person in world.staffing_of(plan, world.model_of(plan, MONDAY), MONDAY).people}
        for chief in plan.of_role("supervisor"):
            if chief.staff_no in seated:
                rest = [p for p in plan.people if p.role == "teller" and p.staff_no not in seated]
                assert rest == []


def test_everybody_of_the_hall_eats_in_turn_within_the_rotation():
    staffing = world.staffing_of(FLAGSHIP, world.model_of(FLAGSHIP, MONDAY), MONDAY)
    lunches = [person.breaks[0] for person in staffing.people]
    assert {start for start, _length in lunches} == set(map(float, world.LUNCHES))
    assert all(length == 30.0 for _start, length in lunches)
    assert sum(person.post == "lobby" for person in staffing.people) == len(FLAGSHIP.of_role("lobby_manager"))


@pytest.mark.parametrize(
    ("skills", "found"),
    [((), ()), (("wealth",), "wealth"), (("cash", "non_cash"), None), (("vault",), ())],
    ids=["nothing", "one", "two", "one that no service needs"],
)
def test_services_are_chosen_by_the_skill_that_they_need(skills, found):
    services = service_types(MONDAY)
    chosen = world.services_of_skills(services, skills)
    assert set(chosen) == {key for key, one in services.items() if one.skill in skills}
    assert found is None or bool(chosen) is bool(found)


# --- a simulated year -----------------------------------------------------------------------------------------------
@settings(max_examples=30)
@given(place=st.integers(0, 11), since=st.dates(date(2025, 1, 1), date(2026, 11, 1)), length=st.integers(0, 60))
def test_open_days_are_those_on_which_the_branch_keeps_hours(place, since, length):
    plan, until = PLANS[place], since + timedelta(days=length)
    hours, found = calendar.Hours(plan.hours), year.open_days(PLANS[place], since, until)
    every = [since + timedelta(days=n) for n in range(length)]
    assert found == [on for on in every if hours.on(on, provisional=True)]
    assert all(since <= on < until for on in found)
    assert not any(calendar.day(on, provisional=True).kind is calendar.DayKind.HOLIDAY for on in found)


def test_the_history_is_in_order_of_arrival_and_every_ticket_has_exactly_one_end():
    frame = year.history(SMALL, date(2026, 11, 16), date(2026, 11, 21), seed=story.SEED)
    assert frame["arrived"].is_monotonic_increasing and set(frame["branch"]) == {"b04"}
    assert (frame["left"].notna() ^ frame["finished"].notna()).all()
    assert set(frame["outcome"]) <= {"served", "abandoned"}
    letters = {service.key: service.letter for service in service_types(MONDAY).values()}
    assert (frame["ticket"].str[0] == frame["service"].map(letters)).all()


def test_ticket_numbers_begin_anew_each_day_and_leave_none_out():
    frame = year.history(SMALL, date(2026, 11, 16), date(2026, 11, 19), seed=2)
    for (_day, letter), rows in frame.groupby([frame["arrived"].dt.date, frame["ticket"].str[0]]):
        assert sorted(rows["ticket"]) == [f"{letter}{n:03d}" for n in range(1, len(rows) + 1)]
