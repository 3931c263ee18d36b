"""Single steps: which are tried, what each takes, which pays; and the answer in words."""

from dataclasses import replace

import pytest
from django.utils import translation

from counterpoint.onsite.tests.whatif_days import CREW, GROUND, changed, worker
from counterpoint.onsite.whatif import shown, words
from counterpoint.onsite.whatif.answer import answer, seed_of, steps
from counterpoint.onsite.whatif.remedies import remedies, worst_stretch
from counterpoint.onsite.whatif.scenario import Added, Scenario, Slow, Span, Surge
from counterpoint.onsite.whatif.seats import seating

NOTHING = Scenario()
BUSY = (1.0, 2.0, 9.0, 20.0, 22.0, 18.0, 9.0, 4.0, 2.0, 1.0, 0.5, 3.0, 4.0, 3.0, 2.0, 1.0)
WAITED = {"cash": 900.0, "non_cash": 300.0, "wealth": 50.0}


def tried(scenario=NOTHING, ground=GROUND, waited=WAITED):
    return remedies(ground, scenario, waited, BUSY)


def kinds(found):
    return [(r.kind, r.skill) for r in found]


def test_the_worst_stretch_is_the_three_hours_with_the_longest_waits():
    assert worst_stretch(GROUND, BUSY) == (600, 780)
    assert worst_stretch(GROUND, (0.0,) * 15 + (5.0,)) == (840, 1020)
    assert worst_stretch(changed(closes=600), (1.0, 2.0)) == (540, 600)


def test_where_a_window_is_free_one_more_person_is_tried_all_day_and_in_the_worst_hours():
    found = tried()
    assert kinds(found) == [
        ("more", "cash"), ("worst", "cash"), ("more", "non_cash"), ("worst", "non_cash"), ("relief", "wealth"),
        ("lunch", "cash"), ("machines", ""),
    ]  # fmt: skip
    assert [r.minutes for r in found] == [480, 180, 480, 180, 30, 0, 0]
    assert found[1].scenario.added == (Added("cash", 1, 600, 780),)


def test_a_skill_that_nobody_waits_for_is_not_tried():
    assert {r.skill for r in tried(waited={"cash": 10.0, "wealth": 0.0})} <= {"cash", ""}


def test_every_step_that_is_tried_finds_its_window():
    for scenario in (NOTHING, Scenario(posts=(("mei", "off"),)), Scenario(added=(Added("cash", 1, 540, 1020),))):
        before = len(seating(GROUND, scenario).standing)
        assert all(len(seating(GROUND, r.scenario).standing) <= before for r in tried(scenario))


def test_a_lunch_in_the_worst_hours_moves_to_the_calmest_half_hour_that_fits():
    lunch = next(r for r in tried() if r.kind == "lunch")
    assert (lunch.person, lunch.start, lunch.scenario.moved) == ("mei", 780, (("mei", 780),))
    early = changed(workers=(worker("mei", "cash", 690, end=800), *CREW[1:]))
    assert next(r for r in tried(ground=early) if r.kind == "lunch").person == "bao"


def test_the_question_has_room_for_no_more_rows_than_it_has():
    full = Scenario(added=tuple(Added("lobby", 1, 540, 570 + n) for n in range(4)))
    assert {r.kind for r in tried(full)} == {"lunch", "machines"}


def test_more_use_of_machines_is_tried_only_where_machines_stand_and_use_can_grow():
    assert "machines" not in {r.kind for r in tried(ground=changed(machines=()))}
    assert "machines" not in {r.kind for r in tried(Scenario(uptake=95))}
    assert next(r for r in tried(Scenario(uptake=80)) if r.kind == "machines").scenario.uptake == 90


def test_of_a_busy_day_the_step_that_saves_most_comes_first_and_pays():
    found = steps(GROUND, Scenario(arrivals=60))
    assert [t.saved.mean for t in found] == sorted((t.saved.mean for t in found), reverse=True)
    assert found[0].pays
    assert found[0].saved.low <= found[0].saved.mean <= found[0].saved.high
    more = next(t for t in found if t.remedy.kind == "more")
    assert more.minutes == 480
    assert more.wait.high < 0
    machines = next(t for t in found if t.remedy.kind == "machines")
    assert machines.minutes > 0


def test_a_step_that_cannot_be_played_costs_only_itself(monkeypatch):
    from counterpoint.onsite.whatif import answer as answering

    real = answering._try
    tried = []

    def refuse_the_first(ground, remedy, *rest):
        tried.append(remedy)
        if len(tried) == 1:
            raise answering.Impossible("no window")
        return real(ground, remedy, *rest)

    monkeypatch.setattr(answering, "_try", refuse_the_first)
    found = answering.steps(GROUND, Scenario())
    assert len(tried) > 1 and [t.remedy for t in found if t.remedy == tried[0]] == [] and len(found) == len(tried) - 1


def test_on_a_quiet_day_one_more_person_does_not_pay():
    quiet = changed(services=tuple(replace(s, rates=tuple(r / 4 for r in s.rates)) for s in GROUND.services))
    assert not any(t.pays for t in steps(quiet, NOTHING) if t.remedy.kind in ("more", "worst"))


def test_the_answer_is_the_same_each_time_and_another_day_has_other_people():
    one, two = answer(GROUND, Scenario(arrivals=20)), answer(GROUND, Scenario(arrivals=20))
    assert one.differences == two.differences
    assert answer(GROUND, NOTHING).same
    assert seed_of(GROUND) != seed_of(changed(on=GROUND.on.replace(day=25)))


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def names():
    with translation.override("en"):
        yield words.names_of(GROUND, "en", "cn")


def test_every_change_is_told_in_the_order_of_the_form(names):
    everything = Scenario(
        arrivals=20, groups=(("cash", -10),), surges=(Surge("large_cash", 30, 540, 600, "vip"),),
        posts=(("mei", "off"), ("lin", "cash")), added=(Added("cash", 2, 600, 660),), closed=(Span("4", 600, 660),),
        outages=(Span("all", 600, 720), Span("crs", 800, 900), Span("stm1", 900, 960)), slow=Slow(40, 630, 690),
        seniors=False, vips=False, first="pension_social", promise=10, uptake=70, lunch="together",
        moved=(("bao", 810),),
    )  # fmt: skip
    assert words.changes(everything, names) == [
        "20 % more customers", "Cash: 10 % fewer customers",
        f"30 more for “{names.services['large_cash']}” 09:00–10:00 (VIP)", "without Mei",
        "Lin all day on Cash", "2 more people for Cash 10:00–11:00", "window 4 closed 10:00–11:00",
        "all machines out of order 10:00–12:00", "all CRS out of order 13:20–15:00",
        "STM 1 out of order 15:00–16:00", "windows at 40 % speed 10:30–11:30", "use of machines 70 %",
        "no priority for older and disabled customers", "no priority for VIPs",
        f"“{names.services['pension_social']}” before all others", "promise of 10 minutes",
        "everybody at lunch at 12:00", "Bao at lunch at 13:30",
    ]  # fmt: skip
    assert words.changes(NOTHING, names) == []


def test_steps_are_told_as_orders(names):
    told = {r.kind: words.step(r, names) for r in reversed(tried())}
    assert told["more"] == "One more person for Cash, all day"
    assert told["worst"] == "One more person for Cash, 10:00–13:00"
    assert told["relief"].startswith("Somebody sits in for Wealth")
    assert told["lunch"] == "Mei eats at 13:00"
    assert told["machines"] == "Guide more customers to the machines (use 70 %)"


def test_the_finding_states_change_effect_and_certainty(names):
    found = answer(GROUND, Scenario(arrivals=60))
    said = shown.finding(found, names)
    wait = found.differences["wait_p90"]
    assert said.startswith("60 % more customers: P90 wait ")
    assert shown.spread(wait) in said
    assert shown.finding(answer(GROUND, NOTHING), names).startswith("As planned 9 of 10 wait at most ")
    assert shown.best(steps(GROUND, Scenario(arrivals=60)), names).startswith("Best single step: ")
    assert shown.best((), names) == "No single step pays."


def test_what_changes_nothing_is_said_to_show_no_difference(names):
    unused = Scenario(outages=(Span("stm1", 1015, 1020),))
    said = shown.finding(answer(GROUND, unused), names)
    assert "no difference shown" in said or "[" in said
    rows = shown.figures(answer(GROUND, NOTHING), "").rows
    assert {row[-1].text for row in rows} == {"no difference shown"}


def test_numbers_are_short_signed_where_they_differ_and_a_dash_where_there_is_none():
    assert [shown.number(v) for v in (0.04, 6.38, 9.96, 31.4, -2.06, float("nan"))] == [
        "0.0", "6.4", "10", "31", "−2.1", "–",
    ]  # fmt: skip
    assert [shown.number(v, sign=True) for v in (0.0, 13.2, -0.02, -5.0)] == ["0.0", "+13", "0.0", "−5.0"]


def test_worse_better_neutral_and_not_shown():
    from counterpoint.onsite.whatif.figures import Difference

    with translation.override("en"):
        assert shown.verdict("wait_p90", Difference(2, 1, 3)) == ("watch", "worse")
        assert shown.verdict("walkouts", Difference(-2, -3, -1)) == ("fine", "better")
        assert shown.verdict("idle", Difference(2, 1, 3)) == ("info", "higher")
        assert shown.verdict("wait_p90", Difference(2, -1, 5)) == ("calm", "no difference shown")


def test_warnings_name_services_that_nobody_can_do_and_people_without_a_window(names):
    found = answer(GROUND, Scenario(posts=(("wen", "off"),)))
    assert shown.warnings(found, names) == [
        f"Nobody on duty can do “{names.services['wealth']}”: everybody who comes for it leaves unserved."
    ]
    crowded = changed(workers=(*CREW, *(worker(f"p{n}", "cash") for n in range(3))))
    assert "2 people of the plan find no free window" in shown.warnings(answer(crowded, NOTHING), names)[0]
