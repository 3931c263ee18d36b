"""From a question to what the twin takes: model, people, commands, arrivals. Each against its own small sum by hand."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from django.utils import translation

from counterpoint.onsite.tests.whatif_days import CREW, GROUND, changed
from counterpoint.onsite.whatif.ground import PATHS
from counterpoint.onsite.whatif.scenario import Added, Scenario, Slow, Span, Surge
from counterpoint.onsite.whatif.seats import Stretch
from counterpoint.onsite.whatif.translate import (
    Impossible,
    commands_of,
    inputs,
    joined,
    model_of,
    paces,
    rates_of,
    skill_name,
)
from counterpoint.science import twin

NOTHING = Scenario()


def told(scenario, ground=GROUND):
    """The refusal in English."""
    with translation.override("en"), pytest.raises(Impossible) as refused:
        inputs(ground, scenario)
    return refused.value.message


def rates(scenario=NOTHING, ground=GROUND):
    return rates_of(ground, scenario, model_of(ground, scenario))


def test_the_model_is_the_branch_with_its_windows_machines_and_promises():
    model = model_of(GROUND, NOTHING)
    assert model.counter_codes == ("1", "2", "3", "4", "5")
    assert model.counters[3].services == ("transfer",)
    assert [(d.code, d.kind, d.up) for d in model.devices] == [
        ("crs1", "crs", True), ("crs2", "crs", True), ("stm1", "stm", True),
    ]  # fmt: skip
    assert [(t.code, t.priority, t.promise, t.divertible) for t in model.tiers] == [
        ("priority", 0, 5.0, False), ("vip", 1, 5.0, True), ("standard", 2, 15.0, True),
    ]  # fmt: skip
    assert (model.open_minute, model.close_minute, model.uptake) == (540.0, 1020.0, 0.5)


def test_a_service_whose_machine_does_not_stand_here_is_for_windows_only():
    model = model_of(changed(machines=()), NOTHING)
    assert {s.device for s in model.services} == {None}
    assert {s.divertible for s in model.services} == {0.0}


def test_measured_patience_is_used_and_then_nobody_turns_round_at_the_door():
    model = model_of(changed(patience=(40.0, 1.0, "exponential")), NOTHING)
    assert (model.patience, model.balking) == (twin.Duration(40.0, 1.0, "exponential"), None)
    assert model_of(GROUND, NOTHING).balking is not None


def test_what_a_check_fitted_is_used_and_the_scenario_still_changes_it():
    plain = model_of(GROUND, NOTHING)
    services = tuple(replace(s, counter=twin.Duration(3.0, 0.4)) for s in plain.services)
    tiers = tuple(replace(t, patience_factor=2.0) for t in plain.tiers)
    found = replace(plain, services=services, tiers=tiers, patience=twin.Duration(25.0), balking=twin.Balking(9, 5.0))
    ground = changed(fitted=found.to_json(), patience=(40.0, 1.0, "exponential"))
    model = model_of(ground, Scenario(promise=30))
    assert {s.counter for s in model.services} == {twin.Duration(3.0, 0.4)}
    assert {t.patience_factor for t in model.tiers} == {2.0} and model.tiers[2].promise == 30.0
    assert (model.patience, model.balking) == (found.patience, found.balking)
    assert [s.divertible for s in model.services] == [s.divertible for s in plain.services]


def test_rules_change_who_is_called_first_and_what_is_promised():
    model = model_of(GROUND, Scenario(seniors=False, vips=False, promise=10, first="pension_social", uptake=80))
    assert {t.priority for t in model.tiers} == {2}
    assert [t.promise for t in model.tiers] == [5.0, 5.0, 10.0]
    assert {s.code: s.priority for s in model.services if s.priority} == {"pension_social": -10}
    assert model.uptake == 0.8


def test_as_many_take_a_ticket_as_the_forecast_says_the_rest_of_the_door_goes_to_machines():
    """Greeted 60 %, the others half as often; 9 of 10 may be guided; a tenth comes back to a window."""
    door = rates().mean(axis=0).sum(axis=1)
    for row, one in zip(door, GROUND.services, strict=True):
        gone = one.divertible * 0.5 * (0.6 + 0.4 * 0.5) * 0.9 * 0.9 if one.device else 0.0
        assert row * (1 - gone) == pytest.approx(sum(one.rates), rel=0.005)


def test_the_day_may_turn_out_smaller_or_larger_as_the_forecast_says():
    factors = np.array(GROUND.factors)
    assert len(factors) == PATHS
    assert factors.mean() == pytest.approx(1.0, abs=0.002)
    assert np.log(factors).std() == pytest.approx(0.1, rel=0.03)
    assert set(changed(sigma=0.0).factors) == {1.0}


def test_more_customers_are_more_everywhere_and_a_skill_of_its_own_multiplies():
    grown = rates(Scenario(arrivals=20, groups=(("cash", 50),))) / rates()
    skills = [s.skill for s in GROUND.services]
    assert grown[:, [s == "cash" for s in skills]] == pytest.approx(1.8)
    assert grown[:, [s != "cash" for s in skills]] == pytest.approx(1.2)
    assert rates(Scenario(arrivals=-50)).sum() == pytest.approx(rates().sum() / 2)


def test_commands_come_by_minute_and_what_is_out_till_closing_is_not_put_back():
    scenario = Scenario(
        surges=(Surge("pension_social", 40, 540, 660, "priority"),),
        closed=(Span("4", 600, 720),),
        outages=(Span("crs1", 900, 1020),),
    )
    assert commands_of(GROUND, scenario) == [
        twin.AddCustomers(540.0, "pension_social", 40, 120.0, "priority"), twin.CloseCounter(600.0, "4"),
        twin.OpenCounter(720.0, "4"), twin.DeviceDown(900.0, "crs1"),
    ]  # fmt: skip


def test_a_window_closed_till_closing_is_not_opened_again():
    assert commands_of(GROUND, Scenario(closed=(Span("4", 900, 1020),))) == [twin.CloseCounter(900.0, "4")]


@pytest.mark.parametrize(
    ("what", "codes"), [("all", {"crs1", "crs2", "stm1"}), ("crs", {"crs1", "crs2"}), ("stm1", {"stm1"})]
)
def test_a_machine_a_kind_or_all_are_out(what, codes):
    found = commands_of(GROUND, Scenario(outages=(Span(what, 600, 660),)))
    assert {c.device for c in found if isinstance(c, twin.DeviceDown)} == codes
    assert {c.device for c in found if isinstance(c, twin.DeviceUp)} == codes


def test_nothing_is_put_back_while_another_span_still_runs():
    spans = [Span("crs1", 700, 800), Span("crs1", 600, 720), Span("crs2", 600, 610), Span("crs1", 900, 930)]
    assert joined(spans) == [Span("crs1", 600, 800), Span("crs1", 900, 930), Span("crs2", 600, 610)]


def test_a_slow_hour_is_the_same_seat_held_by_a_slower_self():
    given = inputs(GROUND, Scenario(slow=Slow(40, 600, 660)))
    mei = [(p.shifts[0], p.speed, p.post) for p in given.staffing.people if p.code.startswith("mei#")]
    assert mei == [
        ((540.0, 600.0), 1.0, "1"), ((600.0, 660.0), 0.4, "1"), ((660.0, 690.0), 1.0, "1"), ((720.0, 1020.0), 1.0, "1"),
    ]  # fmt: skip
    lobby = [p.speed for p in given.staffing.people if p.code.startswith("omar#")]
    assert lobby == [1.0, 1.0]


def test_paces_cover_the_stretch_without_gaps():
    for start, end in ((500, 550), (500, 700), (610, 650), (640, 900), (700, 900)):
        parts = paces(Stretch("x", start, end, "cash", (), 1.0, 1), Scenario(slow=Slow(50, 600, 660)))
        assert (parts[0][0], parts[-1][1]) == (start, end)
        assert all(a[1] == b[0] for a, b in pairwise(parts))


def test_the_end_of_the_day_is_known_for_the_last_stretch_of_each_person():
    ends = inputs(GROUND, NOTHING).ends
    assert {code.split("#")[0]: end for code, end in ends.items()} == dict.fromkeys((w.key for w in CREW), 1020.0)
    assert len(ends) == len(CREW)


def test_a_day_without_anybody_at_a_window_is_refused_in_words():
    everybody = tuple((w.key, "off") for w in CREW if w.main != "lobby")
    assert told(Scenario(posts=everybody)) == (
        "Nobody sits at a window on this day: keep at least one person, or add one."
    )
    one = Scenario(posts=everybody, added=(Added("cash", 1, 540, 1020),))
    assert inputs(GROUND, one).unserved == ("transfer", "wealth")


def test_a_person_more_without_a_window_is_refused_in_words():
    with translation.override("en"):
        wealth = skill_name("wealth")
    assert told(Scenario(added=(Added("wealth", 1, 600, 660),))) == (
        f"No window for {wealth} is free from 10:00 to 11:00: add fewer people, or at another time."
    )


def test_services_that_nobody_can_do_are_named_those_that_nobody_asks_for_are_not():
    without = inputs(GROUND, Scenario(posts=(("wen", "off"),)))
    assert without.unserved == ("wealth",)
    quiet = changed(services=tuple(s for s in GROUND.services if s.skill != "wealth"))
    assert inputs(quiet, Scenario(posts=(("wen", "off"),))).unserved == ()
