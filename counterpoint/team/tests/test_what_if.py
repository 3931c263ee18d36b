"""What a change would do before anybody saves it: the answer of saving, without a trace, and only to who may change."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.team import api, trial, waiting, workbench
from counterpoint.team.models import Roster
from counterpoint.team.tests import expected
from counterpoint.team.tests.stories import (
    WEEK,
    answer_swap,
    ask_swap,
    by,
    decide_swap,
    edit,
    journal,
    key,
    profile,
    publish,
)

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "FOR UPDATE")


@pytest.fixture
def row(team, draft):
    """The small draft, standing on the forecast by hand, with the waits that a drafted roster has."""
    forecast, sun = expected.store(team), team.scope("Sun")
    with scoped(sun):
        made = api.roster_store(
            **by(team, "Sun"), branch=team.b01, week=WEEK, problem=draft.problem, solution=draft.solution,
            forecast=forecast, seed=7,
        )  # fmt: skip
        view, saved = waiting.outlook_of(made), made.solution["roster"]
        from counterpoint.science.rostering import Roster as Schedule
        from counterpoint.team.planning import predict

        waits = predict(view, Schedule.from_dict(saved), seed=7, replications=waiting.FULL)
        made.waits = {"plan": waits.to_dict(), "baseline_kind": "flat"}
        made.save()
        return made


def at(name, row):
    return reverse(f"team:{name}", args=[row.pk])


def cell(team, name="Mei", **changes):
    return {"person": key(team, name), "day": 0, "start": 570, "end": 720, "revision": 1} | changes


def ask(client, row, sent, page="roster-what-if", query=""):
    return client.post(at(page, row) + query, json.dumps(sent), content_type="application/json")


def stored(team, row):
    with scoped(team.scope("Sun")):
        return Roster.objects.filter(pk=row.pk).values().get()


CHANGES = [
    {},
    {"start": 540, "end": 630},
    {"off": True},
    {"tasks": [{"start": 570, "end": 720, "skill": "lobby"}]},
    {"person": "Sun", "start": 540, "end": 720, "tasks": [{"start": 540, "end": 720, "skill": "cash"}]},
    {"day": 1, "lunch": {"start": 600, "end": 630}},
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_answer_is_the_one_that_saving_gives(team, row, sign_in, change):
    sent = cell(team, **change) | ({"person": key(team, "Sun")} if "person" in change else {})
    sun = sign_in("Sun")
    tried = ask(sun, row, sent).json()
    saved = ask(sun, row, sent, "roster-edit").json()
    assert (tried.pop("revision"), saved.pop("revision")) == (1, 2)
    assert tried == saved and tried["waits"]


def test_what_was_tried_is_read_after_it_was_saved(team, row, sign_in):
    sun, sent = sign_in("Sun"), cell(team, off=True, day=1)
    tried = ask(sun, row, sent).json()
    before = stored(team, row)["waits"]["plan"]
    assert tried["saved"] == before["days"][1]  # the same simulated customers as when the roster was drafted
    ask(sun, row, sent, "roster-edit")
    state = sun.get(at("roster-version", row)).context["state"]
    assert state["waits"][1] == tried["waits"]
    assert state["waits"][0] == before["days"][0]
    assert {name: state[name] for name in ("coverage", "violations", "short_hours")} == {
        name: tried[name] for name in ("coverage", "violations", "short_hours")
    }
    assert stored(team, row)["waits"]["plan"]["overall"] != before["overall"]


def test_a_swap_plays_its_day_anew(team, row):
    """The colleague works at another speed: what customers wait on that day is no longer what was drafted."""
    with scoped(team.scope("Sun")):
        slow = profile(team, "Ada")
        slow.speed = 0.5
        slow.save()
    publish(team, row)
    swap = ask_swap(team)
    answer_swap(team, swap)
    before = stored(team, row)["waits"]["plan"]
    decide_swap(team, swap, waivers={})
    with scoped(team.scope("Sun")):
        after = Roster.objects.select_related("org_unit", "forecast").get(week=WEEK, state=Roster.State.PUBLISHED)
        view = waiting.compared(after, workbench.schedule_of(after), workbench.schedule_of(after), 0)
    assert after.pk != row.pk
    assert after.waits["plan"]["days"][0] != before["days"][0]
    assert after.waits["plan"]["days"][0] == trial.day_json(view.tried)
    assert after.waits["plan"]["days"][1] == before["days"][1]


@pytest.mark.parametrize("query", ["", "?quick"])
def test_asking_leaves_no_trace(team, row, sign_in, query):
    sun, before, told = sign_in("Sun"), stored(team, row), journal(team, "")
    with CaptureQueriesContext(connection) as asked:
        assert ask(sun, row, cell(team), query=query).status_code == 200
    written = [q["sql"] for q in asked if any(word in q["sql"].upper() for word in WRITES)]
    assert [sql for sql in written if "session" not in sql] == []
    assert stored(team, row) == before and journal(team, "") == told


def test_a_quick_answer_comes_from_fewer_of_the_same_days(team, row, sign_in):
    quick, full = (ask(sign_in("Sun"), row, cell(team), query=q).json() for q in ("?quick", ""))
    assert (quick["change"]["days"], full["change"]["days"]) == (waiting.QUICK, waiting.FULL)
    assert quick["points"] == full["points"] and quick["broken"] == full["broken"]
    assert quick["waits"] != full["waits"]


def test_rules_points_and_coverage_are_told_as_changes(team, row, sign_in):
    found = ask(sign_in("Sun"), row, cell(team, off=True)).json()
    assert found["broken"] == [] and found["shift"] is None
    assert found["short_change"] == 3.0 and found["points"]["parts"][0]["text"] == "缺人"
    assert found["points"]["after"] - found["points"]["before"] == found["points"]["change"] > 0
    wrong = ask(sign_in("Sun"), row, cell(team, tasks=[{"start": 570, "end": 720, "skill": "lobby"}])).json()
    assert {"text": "Mei 在 09:30 的岗位上没有有效证书", "source": "技能矩阵", "mark": "D", "hard": True} in wrong[
        "broken"
    ]


def test_a_rule_that_is_kept_again_is_told_as_mended(team, row, sign_in):
    broken = api.Cell(key(team, "Mei"), 0, start=540, end=720, tasks=((540, 720, "lobby"),))
    edit(team, row, broken)
    sent = cell(team, revision=2, start=540, tasks=[{"start": 540, "end": 720, "skill": "cash"}])
    found = ask(sign_in("Sun"), row, sent).json()
    assert found["broken"] == [] and "技能矩阵" in {one["source"] for one in found["mended"]}


def test_nobody_left_on_a_post_is_said_in_words(team, row, sign_in):
    found = ask(sign_in("Sun"), row, cell(team, off=True)).json()
    assert found["finding"] == "对客岗位上将没有人，客户无法办理业务。" and found["waits"]["wait_p90"] is None


def test_a_roster_without_a_forecast_says_that_the_wait_is_unknown(team, draft, sign_in):
    found = ask(sign_in("Sun"), draft, cell(team)).json()
    assert found["waits"] is None and found["change"] is None
    assert found["finding"] == "本排班没有对应的客流预测，无法预计等候时间。"


@pytest.mark.parametrize("reader", ["Mei", "Rita", "Bo", "Stranger"])
def test_only_who_may_change_the_roster_of_this_branch_may_ask(team, row, sign_in, reader):
    answer = ask(sign_in(reader), row, cell(team))
    assert answer.status_code == 404 and "coverage" not in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [({"revision": 2}, 409, "stale_revision"), ({"person": "nobody"}, 422, "invalid"), ({"end": 540}, 422, "invalid")],
)
def test_what_saving_refuses_is_refused_in_the_same_words(team, row, sign_in, changes, status, code):
    sent, sun = cell(team, **changes), sign_in("Sun")
    tried, saved = ask(sun, row, sent), ask(sun, row, sent, "roster-edit")
    assert (tried.status_code, tried.json()["code"]) == (status, code)
    assert tried.json() == saved.json()


def test_a_published_roster_is_not_tried_on(team, row, sign_in):
    publish(team, row)
    assert ask(sign_in("Sun"), row, cell(team)).json()["code"] == "already_published"


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"person": "x", "day": 1e999, "off": true, "revision": 1}'])
def test_nonsense_is_refused(team, row, sign_in, body):
    answer = sign_in("Sun").post(at("roster-what-if", row), body, content_type="application/json")
    assert answer.status_code == 422
    assert sign_in("Sun").get(at("roster-what-if", row)).status_code == 405


def test_every_kind_of_point_has_words(row):
    from counterpoint.science.rostering import Roster as Schedule
    from counterpoint.science.rostering import RosterProblem, evaluate

    costs = evaluate(RosterProblem.from_dict(row.problem), Schedule(())).costs
    assert set(trial.kinds()) == set(costs)
