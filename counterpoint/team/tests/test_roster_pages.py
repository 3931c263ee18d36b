"""The roster on the screen: which version a reader gets, the editor's JSON, conflicts and ways out, the workbook."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from counterpoint.foundation import access, actions, roles
from counterpoint.foundation.api import scoped
from counterpoint.team import api
from counterpoint.team.models import Roster
from counterpoint.team.tests.conftest import tiny_problem
from counterpoint.team.tests.stories import (
    WEEK,
    ask_leave,
    by,
    decide_leave,
    edit,
    in_days,
    journal,
    key,
    publish,
    revise,
)

URL = reverse("team:roster")


def at(name, row):
    return reverse(f"team:{name}", args=[row.pk])


def words(answer):
    return [str(message) for message in answer.context["messages"]]


def rows(team):
    with scoped(team.scope("Sun")):
        return list(Roster.objects.order_by("version"))


def test_without_a_week_planners_see_this_weeks_newest_and_others_what_is_published(team, draft, sign_in, clock):
    clock.at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    assert sign_in("Sun").get(URL).context["row"].pk == draft.pk
    assert "本周排班尚未发布" in sign_in("Mei").get(URL).content.decode()
    publish(team, draft)
    copy = revise(team, draft)
    assert sign_in("Sun").get(URL).context["row"].pk == copy.pk
    for reader in ("Mei", "Omar", "Rita", "Otto"):
        context = sign_in(reader).get(URL).context
        assert context["row"].pk == draft.pk and context["state"]["editable"] is False, reader


@pytest.mark.parametrize(
    ("asked", "monday"),
    [("2026-11-30", WEEK), ("2026-12-06", WEEK), ("2026-12-07", in_days(7)), ("20261206", WEEK), ("2026-W49-3", WEEK)],
)
def test_any_day_of_a_week_opens_the_week(team, draft, sign_in, asked, monday):
    assert sign_in("Sun").get(URL, {"week": asked}).context["week"] == monday


@pytest.mark.parametrize(
    "asked",
    [
        "soon",
        "2026-02-30",
        "9999-12-31",
        "0001-01-01",
        "2026-11-30T00:00",
        "２０２６－１１－３０",
        "-1",
        "2026-11-30\u200b",
    ],
)
@pytest.mark.parametrize("page", ["team:roster", "team:plan"])
def test_a_week_that_is_no_date_or_no_century_of_ours_is_not_found(team, sign_in, page, asked):
    assert sign_in("Sun").get(reverse(page), {"week": asked}).status_code == 404


@pytest.mark.parametrize("asked", ["1990-01-01", "2199-12-31"])
def test_the_first_and_the_last_year_can_be_opened(team, sign_in, asked):
    assert sign_in("Sun").get(URL, {"week": asked}).status_code == 200


def test_an_empty_week_says_what_to_do_and_leads_on(team, sign_in):
    planner = sign_in("Sun").get(URL, {"week": "2026-11-30"}).content.decode()
    assert "本周还没有排班。" in planner and reverse("team:plan") in planner
    reader = sign_in("Mei").get(URL, {"week": "2026-11-30"}).content.decode()
    assert "发布后会通知你。" in reader and reverse("team:plan") not in reader
    assert "?week=2026-11-23" in planner and "?week=2026-12-07" in planner


def test_the_list_of_versions_shows_drafts_only_to_planners(team, out, sign_in):
    copy = revise(team, out)
    planner = sign_in("Sun").get(at("roster-version", out)).content.decode()
    assert at("roster-version", copy) in planner and 'aria-current="page"' in planner
    reader = sign_in("Mei").get(at("roster-version", out)).content.decode()
    assert at("roster-version", copy) not in reader and at("roster-version", out) in reader
    assert sign_in("Mei").get(at("roster-version", copy)).status_code == 404


@pytest.mark.parametrize(("reader", "buttons"), [("Sun", True), ("Ada", True), ("Mei", False), ("Rita", False)])
def test_only_planners_have_buttons_to_change_and_publish(team, out, sign_in, reader, buttons):
    page = sign_in(reader).get(at("roster-version", out)).content.decode()
    assert (at("roster-revise", out) in page) is buttons
    assert at("roster-publish", out) not in page  # it is out already


def test_a_draft_without_shifts_offers_no_publish_button(team, draft, sign_in):
    assert at("roster-publish", draft) in sign_in("Sun").get(at("roster-version", draft)).content.decode()
    empty = api.roster_store(**by(team, "Sun"), branch=team.b01, week=WEEK, problem=draft.problem, solution={})
    assert at("roster-publish", empty) not in sign_in("Sun").get(at("roster-version", empty)).content.decode()


WAY = {"kind": "waive", "words": "放弃 Omar 的休假", "cost": 400, "uncovered": 0}


@pytest.fixture
def stuck(team, draft):
    """A draft that found no roster: one conflict, and two ways out that hold the small roster."""
    item = {"words": "Omar on leave", "source": "leave and availability", "mark": "D"}
    ways = [
        {"type": "way", "problem": draft.problem, "roster": draft.solution["roster"], **WAY},
        {"type": "way", "problem": draft.problem, "roster": {"shifts": draft.solution["roster"]["shifts"][:2]},
         **WAY | {"words": "另一办法", "cost": 900}},
    ]  # fmt: skip
    return api.roster_store(
        **by(team, "Sun"), branch=team.b01, week=WEEK, problem=draft.problem, solution={"status": "infeasible"},
        conflict=[{"type": "conflict", "number": 1, "restrictions": [item]}, *ways], seed=7, inputs_hash="abc",
    )  # fmt: skip


def test_a_conflict_names_its_restrictions_and_the_ways_out_with_their_price(team, stuck, sign_in):
    page = sign_in("Sun").get(at("roster-version", stuck)).content.decode()
    for expected in ("没有排班能满足全部硬性规则", "Omar on leave", "放弃 Omar 的休假", "代价 400 分", "代价 900 分"):
        assert expected in page
    assert page.index("代价 400 分") < page.index("代价 900 分") and page.count('name="way"') == 2


@pytest.mark.parametrize(("number", "shifts"), [("0", 4), ("1", 2)])
def test_a_way_out_becomes_a_new_draft(team, stuck, sign_in, number, shifts):
    answer = sign_in("Sun").post(at("roster-way", stuck), {"way": number})
    made = rows(team)[-1]
    assert answer.headers["Location"] == at("roster-version", made)
    assert (made.version, made.state, made.seed, made.inputs_hash) == (3, "draft", 7, "abc")
    assert made.solution["status"] == "way out: waive" and len(made.solution["roster"]["shifts"]) == shifts
    assert journal(team, "team.roster_drafted")[-1][1]["status"] == "way out: waive"


@pytest.mark.parametrize("number", ["", "2", "-1", "first", "1.0", "９９"])
def test_a_way_that_is_not_offered_is_not_found(team, stuck, sign_in, number):
    assert sign_in("Sun").post(at("roster-way", stuck), {"way": number}).status_code == 404
    assert len(rows(team)) == 2


@pytest.mark.parametrize("name", ["roster-way", "roster-revise", "roster-publish", "roster-edit"])
def test_changing_a_roster_is_for_planners_of_the_branch(team, stuck, draft, sign_in, name):
    before = [(r.version, r.revision, r.state) for r in rows(team)]
    for reader in ("Mei", "Omar", "Rita", "Otto", "Bo", "Stranger", "Sysadmin"):
        cell = {"person": key(team, "Mei"), "day": 0, "off": True, "revision": 1}
        form = cell if name == "roster-edit" else {"way": "0", "revision": "1"}
        kind = {"content_type": "application/json"} if name == "roster-edit" else {}
        assert sign_in(reader).post(at(name, draft), form, **kind).status_code == 404, reader
    assert sign_in("Sun").get(at(name, draft)).status_code == 405
    assert [(r.version, r.revision, r.state) for r in rows(team)] == before


def test_a_leader_of_one_branch_who_only_works_at_another_does_not_plan_there(team, stuck, draft, sign_in):
    root = access.system_scope(tuple(roles.table()))
    with scoped(root):
        actions.post_grant(
            scope=root, now=team.now, org_unit=team.b01, user=team.people["Bo"], role="teller", since=date(2026, 1, 1)
        )
    publish(team, draft)
    bo = sign_in("Bo")
    assert bo.get(at("roster-version", draft)).status_code == 200
    refused = bo.post(at("roster-revise", draft), follow=True)
    assert words(refused) == ["此操作需要本网点的权限“team.roster.edit”，请联系网点负责人授权。"]
    assert bo.post(at("roster-way", stuck), {"way": "0"}).status_code == 302
    assert len(rows(team)) == 2


def test_publishing_a_broken_roster_names_the_rule_and_a_reason_lets_it_out(team, draft, sign_in):
    cell = api.Cell(key(team, "Omar"), 0, start=540, end=720, tasks=((540, 720, "cash"),))
    row = edit(team, draft, cell).roster
    sun = sign_in("Sun")
    refused = sun.post(at("roster-publish", row), {"revision": "2"}, follow=True)
    assert "Omar 在 09:00 的岗位上没有有效证书" in words(refused)[0]
    blank = sun.post(at("roster-publish", row), {"revision": "2", "waive-skill.unqualified": "  "}, follow=True)
    assert len(words(blank)) == 1 and rows(team)[0].state == "draft"
    done = sun.post(at("roster-publish", row), {"revision": "2", "waive-skill.unqualified": "已培训"}, follow=True)
    assert words(done) == ["已发布，大家现在能看到班次。"] and rows(team)[0].waivers == {"skill.unqualified": "已培训"}


@pytest.mark.parametrize("revision", ["", "one", "1.0", None])
def test_publishing_without_a_revision_is_not_found(team, draft, sign_in, revision):
    form = {} if revision is None else {"revision": revision}
    assert sign_in("Sun").post(at("roster-publish", draft), form).status_code == 404


def test_publishing_a_stale_revision_is_a_message(team, draft, sign_in):
    edit(team, draft, api.Cell(key(team, "Mei"), 0, start=540, end=690))
    answer = sign_in("Sun").post(at("roster-publish", draft), {"revision": "1"}, follow=True)
    assert words(answer) == ["草案已被他人修改（现为第 2 次修改）。请刷新后重做。"]


SHIFT = {"person": "x", "day": 0, "start": 540, "end": 600, "revision": 1}
BROKEN = {
    "no JSON": "{",
    "a list": "[]",
    "a number": "3",
    "nothing": "",
    "null": "null",
    "no text": b"\xff\xfe",
    "a deep nest": "[" * 100_000,
    "no person": {"day": 0, "off": True, "revision": 1},
    "no day": {"person": "x", "off": True, "revision": 1},
    "no revision": {"person": "x", "day": 0, "off": True},
    "a word as day": SHIFT | {"day": "Monday"},
    "an endless day": '{"person": "x", "day": 1e999, "off": true, "revision": 1}',
    "a day that is no number": '{"person": "x", "day": NaN, "off": true, "revision": 1}',
    "an endless revision": '{"person": "x", "day": 0, "off": true, "revision": Infinity}',
    "a grave of brackets": "[" * 200_000,
    "bytes in no letters": b"\xff",
    "no end": {"person": "x", "day": 0, "start": 540, "revision": 1},
    "lunch without end": SHIFT | {"lunch": {"start": 550}},
    "lunch as a word": SHIFT | {"lunch": "noon"},
    "tasks as a number": SHIFT | {"tasks": 7},
    "a task without post": SHIFT | {"tasks": [{"start": 540, "end": 600}]},
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_change_that_is_not_understood_says_so_and_changes_nothing(team, draft, sign_in, body):
    sent = json.dumps(body) if isinstance(body, dict) else body
    answer = sign_in("Sun").post(at("roster-edit", draft), sent, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json() == {"error": "无法识别这次修改，请刷新页面。", "code": "invalid"}
    assert rows(team)[0].revision == 1


@pytest.mark.parametrize(
    ("cell", "status", "code"),
    [
        ({"person": "nobody", "day": 0, "off": True, "revision": 1}, 422, "invalid"),
        ({"person": "Mei", "day": 7, "off": True, "revision": 1}, 422, "invalid"),
        ({"person": "Mei", "day": 0, "start": 720, "end": 540, "revision": 1}, 422, "invalid"),
        ({"person": "Mei", "day": 0, "off": True, "revision": 2}, 409, "stale_revision"),
    ],
)
def test_a_refused_change_answers_with_code_and_words(team, draft, sign_in, cell, status, code):
    cell = cell | {"person": key(team, "Mei") if cell["person"] == "Mei" else cell["person"]}
    answer = sign_in("Sun").post(at("roster-edit", draft), json.dumps(cell), content_type="application/json")
    assert answer.status_code == status and answer.json()["code"] == code and answer.json()["error"]


def test_a_change_of_something_published_or_absent_is_refused(team, out, sign_in):
    cell = json.dumps({"person": key(team, "Mei"), "day": 0, "off": True, "revision": 1})
    sun = sign_in("Sun")
    published = sun.post(at("roster-edit", out), cell, content_type="application/json")
    assert (published.status_code, published.json()["code"]) == (409, "already_published")
    absent = sun.post(reverse("team:roster-edit", args=[uuid4()]), cell, content_type="application/json")
    assert absent.status_code == 404


def test_the_answer_to_a_change_is_what_a_reload_would_show(team, draft, sign_in):
    sun = sign_in("Sun")
    cell = {
        "person": key(team, "Mei"), "day": 0, "start": 540, "end": 720, "revision": 1,
        "lunch": {"start": 600, "end": 630},
        "tasks": [{"start": 540, "end": 660, "skill": "cash"}, {"start": 660, "end": 720, "skill": "lobby"}],
    }  # fmt: skip
    said = sun.post(at("roster-edit", draft), json.dumps(cell), content_type="application/json").json()
    state = sun.get(at("roster-version", draft)).context["state"]
    mine = next(s for s in state["shifts"] if (s["person"], s["day"]) == (cell["person"], 0))
    assert said["shift"] == mine and mine["lunch"] == {"start": 600, "end": 630}
    assert [t["start"] for t in mine["tasks"]] == [540, 630, 660]
    assert said["coverage"] == state["coverage"] and said["short_hours"] == state["short_hours"] == 1.5
    assert said["revision"] == state["revision"] == 2


def test_the_state_tells_the_script_who_is_away_and_what_is_needed(team, sign_in):
    decide_leave(team, ask_leave(team, "Ada"))
    row = api.roster_store(
        **by(team, "Sun"), branch=team.b01, week=WEEK, problem=tiny_problem(team, need_cash=2).to_dict(), solution={}
    )
    state = sign_in("Sun").get(at("roster-version", row)).context["state"]
    away = {p["name"]: p["away"] for p in state["people"]}
    assert away["Ada"] == [{"day": 0, "start": 0, "end": 1440}] and away["Mei"] == []
    assert state["days"][0] == {"date": "2026-11-30", "label": "11-30 周一", "open": 540, "close": 720}
    assert (state["start"], state["end"], state["step"]) == (540, 720, 30)
    assert state["need"] == {"cash": [2] * 12, "lobby": [1] * 12} and state["skills"]["cash"] == "现金"
    assert state["short_hours"] == 18.0 and state["waits"] == [] and state["promise"] is None


def test_the_workbook_has_the_days_and_the_half_hours_as_on_the_screen(team, draft, sign_in):
    tasks = ((540, 600, "cash"), (630, 690, "lobby"))
    row = edit(team, draft, api.Cell(key(team, "Mei"), 0, start=540, end=720, lunch=(600, 630), tasks=tasks)).roster
    answer = sign_in("Sun").get(at("roster-excel", row))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster-2026-11-30-v1.xlsx"'
    days, halves = load_workbook(io.BytesIO(answer.content)).worksheets
    table = [[cell.value for cell in line] for line in days.iter_rows()]
    head = next(n for n, line in enumerate(table) if line[0] == "人员")
    assert "人民路支行 2026-11-30 v1" in str(table[0][0])
    assert table[head] == ["人员", "11-30 周一", "12-01 周二", "工时"]
    lines = {line[0]: line[1:] for line in table[head + 1 :]}
    assert lines["Mei"] == ["09:00-12:00", "09:00-12:00", 5.5] and lines["Ada"] == ["休", "休", 0]
    half = [[cell.value for cell in line] for line in halves.iter_rows()]
    head = next(n for n, line in enumerate(half) if line[0] == "日期")
    assert half[head][2:] == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    mei = next(line for line in half[head + 1 :] if line[:2] == ["11-30 周一", "Mei"])
    assert mei[2:] == ["现金", "现金", "午餐", "大堂", "大堂", "·"]


@pytest.mark.parametrize(
    ("reader", "status"), [("Mei", 404), ("Rita", 404), ("Bo", 404), ("Stranger", 404), ("Ada", 200)]
)
def test_a_draft_is_exported_only_by_planners(team, draft, sign_in, reader, status):
    assert sign_in(reader).get(at("roster-excel", draft)).status_code == status


def test_what_is_published_is_exported_by_every_reader_of_the_branch(team, out, sign_in):
    for reader in ("Mei", "Omar", "Rita", "Otto"):
        assert sign_in(reader).get(at("roster-excel", out)).status_code == 200
    assert sign_in("Bo").get(at("roster-excel", out)).status_code == 404


def test_the_figures_of_the_plan_stand_beside_those_of_the_comparison(team, draft, sign_in):
    overall = {"customers": 80.0, "wait_mean": 4.24, "wait_p90": 9.96, "within": 0.914, "walkouts": 1.0}
    for kind, words_of in (("last_week", "沿用上周：85 %"), ("flat", "同等工时均匀分布：85 %")):
        waits = {
            "plan": {"days": [], "overall": overall}, "baseline": {"days": [], "overall": overall | {"within": 0.85}},
            "baseline_kind": kind,
        }  # fmt: skip
        row = api.roster_store(
            **by(team, "Sun"), branch=team.b01, week=WEEK, problem=draft.problem, solution=draft.solution, waits=waits
        )
        page = sign_in("Sun").get(at("roster-version", row)).content.decode()
        assert words_of in page and "91" in page and "4.2" in page and "10.0" in page
    assert "承诺兑现率" not in sign_in("Sun").get(at("roster-version", draft)).content.decode()


def test_the_predicted_wait_is_told_with_the_range_of_the_simulated_days(team, draft, sign_in):
    overall = {"customers": 80.0, "wait_mean": 4.24, "wait_p90": 9.96, "within": 0.914, "walkouts": 1.0}
    for known, said in ((overall, False), (overall | {"p90_low": 6.04, "p90_high": 14.1}, True)):
        row = api.roster_store(
            **by(team, "Sun"), branch=team.b01, week=WEEK, problem=draft.problem, solution=draft.solution,
            waits={"plan": {"days": [], "overall": known}, "baseline": None, "baseline_kind": ""},
        )  # fmt: skip
        page = sign_in("Sun").get(at("roster-version", row)).content.decode()
        assert ("10 个模拟日中 8 个在 6.0–14.1" in page) is said


def test_the_week_before_and_after_are_one_step_away(team, draft, sign_in):
    assert sign_in("Sun").get(at("roster-version", draft)).context["weeks"] == [
        WEEK - timedelta(days=7), WEEK + timedelta(days=7),
    ]  # fmt: skip
