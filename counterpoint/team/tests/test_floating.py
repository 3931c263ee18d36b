"""People who help at near branches: worked out over all branches of a region, put into drafts, published by each."""

import re
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from counterpoint.foundation.api import Forbidden, Invalid, JobRun, OrgUnit, scoped
from counterpoint.science.rostering import Day, Flexible, RosterProblem, ShiftRules
from counterpoint.team import api, floating, workbench
from counterpoint.team.errors import NotNow, StaleRevision
from counterpoint.team.models import FloatPlan, Roster, ShiftRow, TravelTime

pytestmark = pytest.mark.django_db
WEEK = date(2026, 11, 30)


def problem(team, branch, who, need):
    """Two mornings that need `need` people on cash."""
    days = tuple(Day((WEEK + timedelta(days=n)).isoformat(), 540, 720) for n in range(2))
    with scoped(team.scope(who)):
        people = workbench.people_of(branch, [WEEK + timedelta(days=n) for n in range(2)])
    return RosterProblem(
        days=days, start=540, end=720, step=30, people=tuple(replace(p, min_day=60, min_week=0) for p in people),
        demand={"cash": (need,) * 12}, shifts=ShiftRules(flexible=(Flexible(540, 600, 120, 180, 30),), lead=0, tail=0),
        lunch=None,
    )  # fmt: skip


@pytest.fixture
def two(team):
    """b01 has three people for cash and needs one; b02 needs two and has Bo. Mei may help elsewhere."""
    sun, bo = team.scope("Sun"), team.scope("Bo")
    for name, held in (("Mei", True), ("Sun", False), ("Ada", False)):
        api.staff_profile_set(
            scope=sun, now=team.now, branch=team.b01, user=team.people[name], skills=[api.SkillInput("cash", 3)],
            min_day_minutes=60, floats=held,
        )  # fmt: skip
    api.staff_profile_set(
        scope=bo, now=team.now, branch=team.b02, user=team.people["Bo"], skills=[api.SkillInput("cash", 3)],
        min_day_minutes=60,
    )  # fmt: skip
    for who, branch, need in (("Sun", team.b01, 1), ("Bo", team.b02, 2)):
        api.roster_store(
            scope=team.scope(who), now=team.now, branch=branch, week=WEEK,
            problem=problem(team, branch, who, need).to_dict(), solution={"status": "none"},
        )  # fmt: skip
    return team


def made(team, who="Rita"):
    return floating.make_floating(
        scope=team.scope(who), now=team.now, unit=team.east, week=WEEK, seed=1, report=lambda share, words: None
    )


def test_the_idle_colleague_helps_where_somebody_is_missing(two):
    plan = made(two)
    assert {(m["name"], m["home"], m["branch"], m["day"]) for m in plan.payload["moves"]} == {
        ("Mei", "b01", "b02", 0),
        ("Mei", "b01", "b02", 1),
    }
    by_code = {row["code"]: row for row in plan.payload["branches"]}
    assert by_code["b02"]["short_alone"] == 6 and by_code["b02"]["short"] < 1
    assert by_code["b01"]["short"] == 0
    assert set(plan.rosters) == {"b01", "b02"}


def test_a_pair_that_is_too_far_is_left_alone(two):
    api.travel_set(
        scope=two.scope("Rita"), now=two.now, unit=two.east, one=two.b02, other=two.b01, minutes=600
    )  # twelve hours of travel cannot be worked
    assert made(two).payload["moves"] == []


def test_applying_gives_both_branches_drafts_that_can_be_published(two):
    plan = made(two)
    done = api.float_apply(scope=two.scope("Rita"), now=two.now, plan_id=plan.pk)
    assert done.applied_at == two.now
    for who, branch in (("Sun", two.b01), ("Bo", two.b02)):
        scope = two.scope(who)
        with scoped(scope):
            row = Roster.objects.filter(org_unit=branch, week=WEEK).order_by("-version").first()
        assert (row.version, row.solution["status"]) == (2, "floating")
        api.roster_publish(scope=scope, now=two.now, roster_id=row.pk, revision=row.revision)
    mei = two.people["Mei"].pk
    with scoped(two.scope("Rita")):
        shifts = list(ShiftRow.objects.filter(user_id=mei).values_list("org_path", "date"))
    assert {path for path, _date in shifts} == {two.b02.path}
    assert len(shifts) == len({day for _path, day in shifts}) == 2


def test_applying_twice_changes_nothing(two):
    plan = made(two)
    for _again in range(2):
        api.float_apply(scope=two.scope("Rita"), now=two.now, plan_id=plan.pk)
    with scoped(two.scope("Rita")):
        assert Roster.objects.filter(week=WEEK).count() == 4


def test_a_plan_made_before_a_change_is_refused_whole(two):
    plan = made(two)
    api.roster_store(
        scope=two.scope("Bo"), now=two.now, branch=two.b02, week=WEEK,
        problem=problem(two, two.b02, "Bo", 1).to_dict(), solution={"status": "none"},
    )  # fmt: skip
    with pytest.raises(StaleRevision, match="重新测算"):
        api.float_apply(scope=two.scope("Rita"), now=two.now, plan_id=plan.pk)
    with scoped(two.scope("Rita")):
        assert Roster.objects.filter(org_unit=two.b01, week=WEEK).count() == 1
        assert FloatPlan.objects.get(pk=plan.pk).applied_at is None


def test_without_helpers_or_rosters_it_says_what_is_missing(team):
    with pytest.raises(NotNow, match="两个网点"):
        made(team)


def test_only_those_above_a_branch_may_work_it_out(two):
    with pytest.raises(Forbidden):
        api.float_make(scope=two.scope("Sun"), now=two.now, unit=two.east, week=WEEK)
    plan = made(two)
    with pytest.raises(Forbidden):
        api.float_apply(scope=two.scope("Otto"), now=two.now, plan_id=plan.pk)


@pytest.mark.parametrize("minutes", [-1, 601])
def test_travel_has_a_sane_length(two, minutes):
    with pytest.raises(Invalid):
        api.travel_set(scope=two.scope("Rita"), now=two.now, unit=two.east, one=two.b01, other=two.b02, minutes=minutes)


def test_the_page_tells_who_goes_where(two, client):
    made(two)
    client.force_login(two.people["Rita"])
    page = client.get(f"/team/floating?week={WEEK}").content.decode()
    assert "Mei" in page and "解放路支行" in page
    assert client.get(f"/team/floating.xlsx?week={WEEK}").status_code == 200
    answer = client.post("/team/floating/travel", {"one": "b01", "other": "b02", "minutes": "25"})
    assert answer.status_code == 302
    assert "25" in client.get(f"/team/floating?week={WEEK}").content.decode()


def test_nobody_of_another_region_sees_the_plan(two, client):
    plan = made(two)
    client.force_login(two.people["Stranger"])
    assert client.get(f"/team/floating?week={WEEK}").status_code == 404
    assert client.post(f"/team/floating/{plan.pk}/apply").status_code == 404
    assert UUID(str(plan.pk))


class TestWrongInput:
    """Whatever is typed is answered with what is wrong, beside what was typed; nothing is written by halves."""

    @pytest.fixture
    def rita(self, two, client):
        client.force_login(two.people["Rita"])
        return client

    def send(self, rita, **typed):
        data = {"one": "b01", "other": "b02", "minutes": "25", "week": f"{WEEK}"}
        return rita.post("/team/floating/travel", data | typed)

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"minutes": "-5"}, "0 至 600 分钟"),
            ({"minutes": "601"}, "0 至 600 分钟"),
            ({"minutes": "9" * 400}, "0 至 600 分钟"),
            ({"minutes": "半小时"}, "输入整数"),
            ({"minutes": "2.5"}, "输入整数"),
            ({"minutes": ""}, "必填"),
            ({"other": "b01"}, "两个不同"),
            ({"other": "b03"}, "在列表中选择网点"),
            ({"other": "east"}, "在列表中选择网点"),
            ({"other": "b99"}, "在列表中选择网点"),
            ({"other": "网" * 5000}, "在列表中选择网点"),
            ({"one": ""}, "必填"),
        ],
    )
    def test_travel_is_refused_at_its_field_and_keeps_what_was_typed(self, rita, two, typed, words):
        answer = self.send(rita, **typed)
        text = answer.content.decode()
        assert answer.status_code == 422 and words in text
        assert '<option value="b01" selected>' in text or typed.get("one") == ""
        kept = typed.get("minutes", "25")
        assert f'value="{kept}"' in text or not kept
        assert f'name="week" value="{WEEK}"' in text
        with scoped(two.scope("Rita")):
            assert not TravelTime.objects.exists()

    def test_a_branch_of_another_region_is_told_apart_by_nothing(self, rita):
        for code in ("b03", "b99"):  # a token of the form may hold the code by chance
            assert code not in re.sub(r"\w{32,}", "", self.send(rita, other=code).content.decode())

    def test_what_is_right_is_kept_and_the_week_too(self, rita, two):
        answer = self.send(rita)
        assert answer.status_code == 302 and answer.url.endswith(f"?week={WEEK}")
        with scoped(two.scope("Rita")):
            assert TravelTime.objects.get().minutes == 25

    def test_a_region_is_no_branch_for_programs_either(self, two):
        with pytest.raises(Invalid):
            api.travel_set(scope=two.scope("Rita"), now=two.now, unit=two.east, one=two.b01, other=two.east, minutes=5)

    @pytest.mark.parametrize("week", ["2026-13-01", "nonsense", "0001-01-01", "9999-12-31"])
    def test_a_week_that_is_none_is_not_worked_out(self, rita, two, week):
        assert rita.get(f"/team/floating?week={week}").status_code == 404
        answer = rita.post("/team/floating/make", {"week": week}, follow=True)
        assert "这不是日期" in answer.content.decode()
        with scoped(two.scope("Rita")):
            assert not JobRun.objects.filter(kind="team.floating").exists()

    def test_a_week_without_rules_says_so(self, rita):
        answer = rita.get("/team/floating?week=1995-05-01", follow=True)
        assert answer.status_code == 200 and "没有生效的网点互助规则" in answer.content.decode()
        answer = rita.post("/team/floating/make", {"week": "1995-05-01"}, follow=True)
        assert "没有生效的网点互助规则" in answer.content.decode()

    def test_a_refused_plan_comes_back_to_its_week(self, rita, two):
        plan = made(two)
        api.roster_store(
            scope=two.scope("Bo"), now=two.now, branch=two.b02, week=WEEK,
            problem=problem(two, two.b02, "Bo", 2).to_dict(), solution={"status": "none"},
        )  # fmt: skip
        answer = rita.post(f"/team/floating/{plan.pk}/apply", {"week": f"{WEEK}"}, follow=True)
        assert answer.redirect_chain[0][0].endswith(f"?week={WEEK}") and "请重新" in answer.content.decode()

    def test_long_names_are_shown_whole_and_harmless(self, rita, two):
        long = "<b>" + "东" * 57
        with scoped(two.scope("Rita")):
            OrgUnit.objects.filter(pk=two.b02.pk).update(name=long)
        made(two)
        text = rita.get(f"/team/floating?week={WEEK}").content.decode()
        assert "&lt;b&gt;" + "东" * 57 in text and "<b>东" not in text
        assert rita.get(f"/team/floating.xlsx?week={WEEK}").status_code == 200
