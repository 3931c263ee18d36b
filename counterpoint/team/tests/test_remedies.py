"""Ways out with what they do to the wait: of a week that cannot be rostered, and of a day that waits too long."""

import json
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation

from counterpoint.foundation.api import scoped
from counterpoint.science.rostering import Minimum, Roster, RosterProblem, Skill, Waiver, Window, diagnose
from counterpoint.team import api, ways, why, workbench
from counterpoint.team.planning import priced
from counterpoint.team.planning.pipeline import conflict_dicts, way_dicts
from counterpoint.team.planning.remedies import loan
from counterpoint.team.tests import test_what_if
from counterpoint.team.tests.stories import by, on_post, publish

row = test_what_if.row  # the small draft on a forecast by hand


def renewed(team, row):
    return api.roster(scope=team.scope("Sun"), roster_id=row.pk)


def at(name, row):
    return reverse(f"team:{name}", args=[row.pk])


@pytest.fixture
def stuck(draft):
    """The small week with Omar, the only one in the lobby beside Sun, and Sun on leave on Monday."""
    problem = RosterProblem.from_dict(draft.problem)
    away = {p.id: (Window(0, 0, 1440, "leave (annual)"),) for p in problem.people if p.name in ("Omar", "Sun")}
    people = tuple(replace(p, unavailable=away.get(p.id, ())) for p in problem.people)
    return replace(problem, people=people, minimums=(Minimum("lobby", ("lobby",), 1),))


def test_conflicts_and_ways_are_told_in_the_readers_language(stuck):
    diagnosis = diagnose(stuck, seed=1)
    names = workbench.names_of(stuck)
    with translation.override("zh-hans"):
        told = [ways.restriction(i, stuck, names) for c in conflict_dicts(diagnosis) for i in c["restrictions"]]
        found = {w["kind"]: ways.way(w, stuck, names)["words"] for w in way_dicts(diagnosis)}
    assert {"Omar 11-30 周一 的休假", "Sun 11-30 周一 的休假"} <= {one["words"] for one in told}
    assert any(one["words"].startswith("大堂岗最低人数，11-30 周一") for one in told)
    assert found["borrow"] == "向其他网点借 1 人做大堂，11-30 周一 09:00–12:00"
    assert found["waive"] == "放宽：大堂岗最低人数，11-30 周一 09:00–12:00" or "的休假" in found["waive"]
    assert found["accept"] == "最低岗位空缺 6 个半小时人次"
    assert len(found) >= 3


def test_every_kind_is_kept_before_a_second_of_one_kind(stuck):
    diagnosis = diagnose(stuck, seed=1)
    kept = priced.chosen(diagnosis)
    assert {way.kind for way in kept} == {way.kind for way in diagnosis.relaxations}
    assert [w.cost for w in kept] == sorted(w.cost for w in kept) and len(kept) <= priced.MOST


def test_overtime_and_a_wider_lunch_have_words_too(draft):
    problem = RosterProblem.from_dict(draft.problem)
    from counterpoint.science.rostering import LunchRules

    wider = replace(problem, lunch=LunchRules(600, 870))
    one = {"kind": "lunch", "words": "lunch", "problem": wider.to_dict()}
    waived = replace(problem, waivers=(Waiver("rest.between_minutes", "x", problem.people[0].id, 1),))
    with translation.override("zh-hans"):
        assert ways.way(one, problem, {})["words"] == "午休时段放宽为 10:00 至 14:30"
        set_aside = {"kind": "waive", "words": "as the planner said", "problem": waived.to_dict()}
        assert "两班之间的休息" in ways.way(set_aside, problem, workbench.names_of(problem))["words"]
        assert ways.way(set_aside, problem, {})["words"] == "as the planner said"


def test_a_ways_wait_is_told_with_its_change_and_its_day():
    told = {"p90": 5.0, "change": -6.2, "day": {"date": "2026-11-30", "before": 18.0, "after": 9.0}}
    with translation.override("zh-hans"):
        text = ways.wait(told)
    assert text == "预计九成客户等候少于 5.0 分钟（模拟）, 比岗位空缺 -6.2 分钟; 变化最大的一天 11-30 周一：18.0 → 9.0"
    assert ways.wait(None) == "" == ways.wait({"p90": None})


def test_borrowing_is_played_against_open_posts(stuck, team):
    from counterpoint.team.planning import Outlook
    from counterpoint.team.tests import expected

    view = Outlook.from_dict(expected.payload(days=2))
    diagnosis = diagnose(replace(stuck, minimums=(Minimum("cash", ("cash",), 3), *stuck.minimums)), seed=1)
    found = priced.predicted(view, diagnosis, seed=3, speeds={}, replications=30)
    assert len(found) == len(priced.chosen(diagnosis))
    base = next(f for f, w in zip(found, priced.chosen(diagnosis), strict=True) if w.kind == "accept")
    assert base["change"] == 0
    assert priced.predicted(view, None, seed=3, speeds={}, replications=30) == []


def test_a_borrowed_colleague_shortens_the_wait_and_is_priced(team, row, in_scope):
    with in_scope("Sun"):
        found = {one.kind: one for one in why.steps(row, 1)}
    assert {"borrow", "shift"} <= set(found)
    assert found["borrow"].cell["tasks"][0]["skill"] == "cash"


def test_no_remedy_breaks_a_hard_rule_and_each_is_what_the_editor_would_find(team, row, sign_in):
    sun = sign_in("Sun")
    with scoped(team.scope("Sun")):
        steps = why.steps(row, 1)
    for one in steps:
        if one.kind == "borrow":
            continue
        answer = sun.post(
            at("roster-what-if", row), json.dumps(one.cell | {"revision": 1}), content_type="application/json"
        ).json()
        assert not [v for v in answer["broken"] if v["hard"]]
        assert f"{answer['points']['change']:+d}" == one.cost
        assert f"{answer['change']['p90']['mean']:+.1f}" in one.wait and answer["change"]["p90"]["high"] < 0


def test_the_page_part_offers_each_by_one_press(team, row, sign_in):
    text = sign_in("Sun").get(at("roster-remedies", row), {"day": "1"}).content.decode()
    assert "向其他网点借 1 人做现金" in text and at("roster-borrow", row) in text and "data-use" in text
    assert sign_in("Sun").get(at("roster-remedies", row), {"day": "6"}).status_code == 404
    for reader in ("Mei", "Rita", "Bo", "Stranger"):
        assert sign_in(reader).get(at("roster-remedies", row), {"day": "1"}).status_code == 404


def test_a_loan_is_stored_undone_and_published_without_an_account(team, row, sign_in):
    sun, form = sign_in("Sun"), {"day": "0", "start": "540", "end": "660", "skill": "cash", "revision": "1"}
    page = sun.post(at("roster-borrow", row), form, follow=True)
    state = page.context["state"]
    lent = next(p for p in state["people"] if p["name"] == "借调同事")
    assert state["revision"] == 2 and [s["person"] for s in state["shifts"]].count(lent["id"]) == 1
    assert not state["violations"]
    row = renewed(team, row)
    publish(team, row)
    assert set(on_post(team)) == {"Mei", "Omar"}


def test_a_loan_is_taken_off_as_any_shift_is(team, row, sign_in):
    made = api.roster_borrow(**by(team, "Sun"), roster_id=row.pk, revision=1, skill="cash", day=0, start=540, end=660)
    person = made.problem["people"][-1]["id"]
    back = api.roster_edit(**by(team, "Sun"), roster_id=row.pk, revision=2, cell=api.Cell(person, 0, off=True))
    assert Roster.from_dict(back.roster.solution["roster"]) == Roster.from_dict(row.solution["roster"])


@pytest.mark.parametrize("form", [{}, {"day": "x"}, {"day": "0", "start": "540", "end": "660", "revision": "1"}])
def test_a_broken_form_of_a_loan_is_not_found(team, row, sign_in, form):
    assert sign_in("Sun").post(at("roster-borrow", row), form).status_code == 404


@pytest.mark.parametrize("reader", ["Mei", "Bo", "Stranger"])
def test_nobody_else_borrows(team, row, sign_in, reader):
    form = {"day": "0", "start": "540", "end": "660", "skill": "cash", "revision": "1"}
    sign_in(reader).post(at("roster-borrow", row), form)
    assert renewed(team, row).revision == 1


def test_a_loan_costs_its_hours_and_what_the_roster_gains(row):
    problem, schedule = RosterProblem.from_dict(row.problem), Roster.from_dict(row.solution["roster"])
    changed, after, shift = loan(problem, schedule, 0, (540, 660), "cash")
    from counterpoint.science.rostering import evaluate

    before, now = evaluate(problem, schedule), evaluate(changed, after)
    kinds = {k for k in now.costs if now.costs[k] != before.costs[k]}
    assert kinds <= {"over", "under", "under_p90"} and changed.person(shift.person).skills == (Skill("cash", 1),)
