"""Who sits where: planned people on their windows, lunches, absences, more people. Without the twin."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from counterpoint.onsite.tests.test_whatif_scenario import scenarios
from counterpoint.onsite.tests.whatif_days import CREW, GROUND, changed, worker
from counterpoint.onsite.whatif.ground import Desk
from counterpoint.onsite.whatif.scenario import Added, Scenario
from counterpoint.onsite.whatif.seats import crew, seating


def held(scenario=None, ground=GROUND):
    """Person → [(start, end, desk)]."""
    found = {}
    for one in seating(ground, scenario or Scenario()).seated:
        found.setdefault(one.worker, []).append((one.start, one.end, one.desk))
    return found


def test_as_planned_everybody_sits_at_a_window_of_the_kind_and_comes_back_to_it_after_lunch():
    assert held() == {
        "mei": [(540, 690, 1), (720, 1020, 1)], "bao": [(540, 720, 2), (750, 1020, 2)],
        "lin": [(540, 690, 4), (720, 1020, 4)], "omar": [(540, 750, None), (780, 1020, None)],
        "wen": [(540, 720, 5), (750, 1020, 5)],
    }  # fmt: skip


def test_who_is_absent_sits_nowhere_and_nobody_else_moves():
    without = held(Scenario(posts=(("bao", "off"),)))
    assert without == {key: spans for key, spans in held().items() if key != "bao"}


def test_another_post_is_for_all_day_with_the_same_lunch():
    assert held(Scenario(posts=(("lin", "cash"),)))["lin"] == [(540, 690, 3), (720, 1020, 3)]


def test_somebody_without_tasks_can_be_given_a_post():
    ground = changed(workers=(*CREW, replace(worker("sun", "cash", None), tasks=())))
    assert held(ground=ground).get("sun") is None
    assert held(Scenario(posts=(("sun", "cash"),)), ground)["sun"] == [(540, 1020, 3)]


def test_lunch_together_and_in_turn():
    together = {w.key: w.lunch for w in crew(GROUND, Scenario(lunch="together"))}
    assert set(together.values()) == {(720, 750)}
    in_turn = {w.key: w.lunch for w in crew(GROUND, Scenario(lunch="staggered"))}
    assert (in_turn["mei"], in_turn["bao"], in_turn["wen"]) == ((660, 690), (690, 720), (660, 690))


def test_a_moved_lunch_leaves_the_old_gap_worked():
    assert held(Scenario(moved=(("mei", 810),)))["mei"] == [(540, 810, 1), (840, 1020, 1)]
    beyond = Scenario(moved=(("mei", 1010),))
    assert held(beyond)["mei"] == held()["mei"]


def test_one_more_person_gets_the_free_window_and_a_second_none():
    one = held(Scenario(added=(Added("cash", 1, 660, 840),)))
    assert one["+0.0"] == [(660, 840, 3)]
    two = seating(GROUND, Scenario(added=(Added("cash", 2, 660, 840),)))
    assert [(s.worker, s.desk) for s in two.standing] == [("+0.1", None)]


def test_a_stand_in_takes_the_window_while_its_owner_eats():
    full = changed(desks=GROUND.desks[:2] + GROUND.desks[3:])
    stand_in = held(Scenario(added=(Added("cash", 1, 690, 720),)), full)
    assert stand_in["+0.0"] == [(690, 720, 1)]
    assert stand_in["mei"] == held(ground=full)["mei"]


def test_more_planned_people_than_windows_are_told_as_standing():
    crowded = changed(desks=(Desk(1, "cash", ("cash",)),))
    assert {s.worker for s in seating(crowded, Scenario()).standing} == {"bao", "lin", "wen"}


@given(scenarios)
def test_nobody_is_in_two_places_and_no_window_is_held_twice(scenario):
    found = seating(GROUND, scenario)
    equipped = {d.number: d.skills for d in GROUND.desks}
    by_desk, by_person = {}, {}
    for one in found.seated:
        by_person.setdefault(one.worker, []).append((one.start, one.end))
        if one.desk is not None:
            assert one.skill in equipped[one.desk]
            by_desk.setdefault(one.desk, []).append((one.start, one.end))
    for spans in (*by_desk.values(), *by_person.values()):
        ordered = sorted(spans)
        assert all(a[1] <= b[0] for a, b in pairwise(ordered))
        assert all(GROUND.opens <= a < b <= GROUND.closes for a, b in ordered)
    assert not {s.worker for s in found.seated} & scenario.absent


@given(st.integers(540, 990))
def test_a_lunch_moved_anywhere_keeps_the_minutes_of_work(begin):
    before = sum(b - a for a, b, _desk in held()["mei"])
    assert sum(b - a for a, b, _desk in held(Scenario(moved=(("mei", begin),)))["mei"]) == before
