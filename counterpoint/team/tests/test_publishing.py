"""Publishing by the rules: what may be waived, who is told, what is written, and walks of many drafts."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Invalid, scoped
from counterpoint.foundation.models import JournalText
from counterpoint.science.rostering import Roster as Schedule
from counterpoint.science.rostering import RosterProblem, Rule
from counterpoint.team import api, workbench
from counterpoint.team.models import Forecast, LeaveRequest, Roster, ShiftRow, StaffProfile, SwapRequest
from counterpoint.team.tests.conftest import tiny_problem
from counterpoint.team.tests.stories import (
    TUESDAY,
    WEEK,
    ask_leave,
    by,
    decide_leave,
    edit,
    in_days,
    journal,
    key,
    on_post,
    profile,
    publish,
    revise,
    told,
)

LAW = Rule("day.max_minutes", 120, "minutes", "State Council, 2 hours in this story", "V", hard=True)
CUSTOM = replace(LAW, mark="D", source="house rule")


def with_rule(team, rule):
    """A draft of the small week under one rule that every three-hour shift breaks."""
    problem = replace(tiny_problem(team), rules=(rule,))
    return api.roster_store(
        **by(team, "Sun"), branch=team.b01, week=WEEK, problem=problem.to_dict(), solution=some_roster(team)
    )


def some_roster(team):
    shifts = [
        {"person": key(team, name), "day": day, "start": 540, "end": 720, "lunch": None,
         "tasks": [{"start": 540, "end": 720, "skill": skill}]}
        for day in (0, 1) for name, skill in (("Mei", "cash"), ("Omar", "lobby"))
    ]  # fmt: skip
    return {"status": "optimal", "roster": {"shifts": sorted(shifts, key=lambda s: (s["day"], s["person"]))}}


def rows_of(team, row):
    with scoped(team.scope("Sun")):
        return list(ShiftRow.objects.filter(roster=row).order_by("date", "user__name").select_related("user"))


def test_a_law_is_not_waived_whatever_the_reason(team):
    row = with_rule(team, LAW)
    with pytest.raises(api.HardRuleBroken) as refused:
        publish(team, row, waivers={"day.max_minutes": "everybody agreed"})
    assert refused.value.details["keys"] == ["day.max_minutes"] * 4
    assert refused.value.message.startswith("违反 4 条硬性规则，首条：")
    assert "State Council" in refused.value.message and rows_of(team, row) == []


@pytest.mark.parametrize("reason", ["", " ", "\t\n", "\u3000"])
def test_a_house_rule_needs_a_reason_in_words(team, reason):
    row = with_rule(team, CUSTOM)
    with pytest.raises(api.HardRuleBroken):
        publish(team, row, waivers={"day.max_minutes": reason})
    with pytest.raises(api.HardRuleBroken):
        publish(team, row, waivers={"week.max_minutes": "another rule's reason"})
    assert publish(team, row, waivers={"day.max_minutes": "培训日"}).state == "published"


def test_reasons_are_kept_with_the_roster_and_erasable_beside_the_journal(team):
    row = with_rule(team, CUSTOM)
    done = publish(team, row, waivers={"day.max_minutes": "培训日", "leave": "not broken at all"})
    assert done.waivers == {"day.max_minutes": "培训日"}
    (_kind, data), = journal(team, "team.roster_published")  # fmt: skip
    assert data["waived"] == ["day.max_minutes"] and "培训日" not in str(data)
    with scoped(team.scope("Sun")):
        assert [t.text for t in JournalText.objects.filter(entry__kind="team.roster_published")] == [
            {"day.max_minutes": "培训日"}
        ]


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "Omar 在 09:00 的岗位上没有有效证书（技能矩阵）"), ("en", "(skills matrix)")]
)
def test_the_first_broken_rule_is_told_in_the_readers_language(team, draft, language, words):
    cell = api.Cell(key(team, "Omar"), 0, start=540, end=720, tasks=((540, 720, "cash"),))
    row = edit(team, draft, cell).roster
    with translation.override(language), pytest.raises(api.HardRuleBroken) as refused:
        publish(team, row)
    assert words in refused.value.message
    assert len(refused.value.details["violations"]) == len(refused.value.details["keys"]) == 1


def posts_of(row):
    """Posts of a stored shift, whatever order the database keeps its keys in."""
    return tuple((s["start"], s["end"], s["skill"]) for s in row.segments)


def test_every_shift_of_the_roster_becomes_a_row_and_nothing_else(team, draft):
    cell = api.Cell(key(team, "Mei"), 1, start=570, end=690, tasks=((570, 630, "cash"), (630, 690, "lobby")))
    row = edit(team, edit(team, draft, cell).roster, api.Cell(key(team, "Omar"), 0, off=True)).roster
    done = publish(team, row, waivers={"skill.unqualified": "trained"})
    schedule = Schedule.from_dict(done.solution["roster"])
    stored = {(str(r.user_id), (r.date - WEEK).days, r.start, r.end, posts_of(r)) for r in rows_of(team, done)}
    wanted = {
        (s.person, s.day, s.start, s.end, tuple((t.start, t.end, t.skill) for t in s.tasks)) for s in schedule.shifts
    }
    assert stored == wanted and len(stored) == 3


def test_the_first_roster_tells_everybody_on_it_and_a_change_only_whom_it_moves(team, draft):
    publish(team, draft)
    assert told(team, "Mei") == told(team, "Omar") == ["2026-11-30 当周班次"] and told(team, "Ada") == []
    second = edit(team, revise(team, draft), api.Cell(key(team, "Mei"), 0, off=True)).roster
    third = edit(team, second, api.Cell(key(team, "Ada"), 0, start=540, end=720, tasks=((540, 720, "cash"),))).roster
    publish(team, third)
    assert [len(told(team, name)) for name in ("Mei", "Omar", "Ada", "Sun")] == [2, 1, 1, 0]
    assert [data["changes"] for _kind, data in journal(team, "team.roster_published")] == [0, 2]


def test_publishing_the_same_again_from_a_copy_moves_nobody(team, draft):
    publish(team, draft)
    done = publish(team, revise(team, draft))
    assert done.version == 2 and len(told(team, "Mei")) == 1
    assert journal(team, "team.roster_published")[1][1]["changes"] == 0


@pytest.mark.parametrize("revision", [2, 99])
def test_a_revision_that_the_publisher_did_not_see_is_refused(team, draft, revision):
    with pytest.raises(api.StaleRevision):
        publish(team, draft, revision=revision)
    row = edit(team, draft, api.Cell(key(team, "Mei"), 0, start=540, end=690)).roster
    with pytest.raises(api.StaleRevision) as refused:
        publish(team, row, revision=1)
    assert refused.value.details == {"revision": 2}


def test_a_superseded_version_is_neither_published_nor_edited_again(team, draft):
    publish(team, draft)
    publish(team, revise(team, draft))
    with pytest.raises(api.AlreadyPublished, match="第 1 版已发布"):
        publish(team, draft)
    with pytest.raises(api.AlreadyPublished):
        edit(team, draft, api.Cell(key(team, "Mei"), 0, off=True))
    assert revise(team, draft).based_on.version == 2  # but it may be taken up again as a new draft


def test_the_loser_of_two_drafts_is_told_which_version_won(team, draft):
    other = revise(team, draft)
    publish(team, other, "Ada")
    with pytest.raises(api.AlreadyPublished) as refused:
        publish(team, draft)
    assert refused.value.message == "第 2 版已先发布。请据此制作新版本后重做修改。"


def test_a_draft_without_a_shift_is_refused_with_what_to_do(team, draft):
    row = draft
    for day in (0, 1):
        for name in ("Mei", "Omar"):
            row = edit(team, row, api.Cell(key(team, name), day, off=True)).roster
    with pytest.raises(Invalid, match="草案没有班次，请先解决冲突。"):
        publish(team, row)


def test_what_is_published_is_judged_by_the_records_of_that_moment(team, draft):
    decide_leave(team, ask_leave(team, "Omar", since=TUESDAY))
    with pytest.raises(api.HardRuleBroken) as refused:
        publish(team, draft)
    assert refused.value.details["keys"] == ["leave"] and "Omar 休假" in refused.value.message
    done = publish(team, draft, waivers={"leave": "Omar comes in for the audit"})
    away = {
        p.name: [(w.day, w.start, w.end) for w in p.unavailable] for p in RosterProblem.from_dict(done.problem).people
    }
    assert away["Omar"] == [(1, 0, 1440)] and away["Mei"] == []


def test_somebody_who_left_since_the_draft_is_still_judged_as_drafted(team, draft):
    api.staff_profile_set(**by(team, "Sun"), branch=team.b01, user=team.people["Mei"], skills=[], active=False)
    with scoped(team.scope("Sun")):
        people = {p.name for p in workbench.problem_of(draft, fresh=True).people}
    assert people == {"Mei", "Omar", "Sun", "Ada"}


@pytest.mark.parametrize("other_day", [7, -7, 14])
def test_weeks_are_published_independently(team, draft, other_day):
    publish(team, draft)
    other = api.roster_store(
        **by(team, "Sun"), branch=team.b01, week=WEEK + timedelta(days=other_day), problem=draft.problem,
        solution=draft.solution,
    )  # fmt: skip
    publish(team, other)
    sun = {"scope": team.scope("Sun"), "branch": team.b01}
    assert api.roster_published_for(**sun, day=WEEK).pk == draft.pk
    assert api.roster_published_for(**sun, day=in_days(6)).pk == draft.pk
    assert api.roster_published_for(**sun, day=in_days(other_day + 3)).pk == other.pk


STEPS = st.sampled_from(["edit", "publish", "revise", "stale"])


def test_whatever_two_planners_do_one_version_is_out_and_rows_are_its_shifts(team, draft):
    @settings(max_examples=10)
    @given(st.lists(st.tuples(STEPS, st.integers(0, 3), st.sampled_from(["Sun", "Ada"])), min_size=1, max_size=6))
    def walk(steps):
        with transaction.atomic():
            versions = [Roster.objects.get(pk=draft.pk)]
            model = [{"state": "draft", "base": None, "revision": 1}]
            current = None
            for step, which, who in steps:
                n = which % len(versions)
                row, seen = versions[n], model[n]
                if step == "revise":
                    versions.append(revise(team, row, who))
                    model.append({"state": "draft", "base": current, "revision": 1})
                elif step == "edit" and seen["state"] == "draft":
                    cell = api.Cell(key(team, "Mei"), 1, start=540, end=720 - 30 * (seen["revision"] % 2))
                    versions[n] = edit(team, row, cell, who, revision=seen["revision"]).roster
                    seen["revision"] += 1
                elif step == "publish" and seen["state"] == "draft" and seen["base"] == current:
                    publish(team, row, who, revision=seen["revision"])
                    if current is not None:
                        model[current]["state"] = "superseded"
                    seen["state"], current = "published", n
                elif step == "stale" and seen["state"] == "draft":
                    with pytest.raises(api.StaleRevision):
                        publish(team, row, who, revision=seen["revision"] + 1)
                elif seen["state"] != "published":
                    with pytest.raises(api.AlreadyPublished):
                        publish(team, row, who, revision=seen["revision"])
            check(current, model)
            transaction.set_rollback(True)

    def check(current, model):
        rows = api.versions(scope=team.scope("Sun"), branch=team.b01, week=WEEK)
        assert [(r.version, r.state, r.revision) for r in reversed(rows)] == [
            (n, seen["state"], seen["revision"]) for n, seen in enumerate(model, 1)
        ]
        out = [r for r in rows if r.state == "published"]
        assert [r.version for r in out] == ([] if current is None else [current + 1])
        assert on_post(team) == ({} if current is None else {"Mei": ("cash",), "Omar": ("lobby",)})
        written = len(journal(team, "team.roster_published"))
        assert written == sum(seen["state"] != "draft" for seen in model)

    with scoped(team.scope("Sun")):
        walk()


def test_the_database_holds_one_published_version_and_one_of_each_number(team, out):
    with scoped(team.scope("Sun")):
        for values in ({"state": "published", "published_at": team.now, "version": 2}, {"version": 1}):
            twin = Roster(org_unit=team.b01, week=WEEK, problem={}, made_at=team.now, **values)
            with pytest.raises(IntegrityError), transaction.atomic():
                twin.save(force_insert=True)


@pytest.mark.parametrize(
    ("model", "values", "why"),
    [
        (Roster, {"state": "published"}, "published without a date"),
        (Roster, {"state": "draft", "published": True}, "a draft with a date"),
        (ShiftRow, {"start": 600, "end": 600}, "a shift of no length"),
        (ShiftRow, {"start": 600, "end": 1441}, "a shift beyond midnight"),
        (LeaveRequest, {"since": TUESDAY, "until": WEEK}, "leave backwards"),
        (LeaveRequest, {"start": 600, "end": 600}, "leave of no length"),
        (LeaveRequest, {"start": 600, "end": 1441}, "leave beyond midnight"),
        (StaffProfile, {"speed": 0.0}, "nobody stands still"),
        (StaffProfile, {"min_week_minutes": 2401}, "the minimum above the contract"),
        (SwapRequest, {"taker": "Mei"}, "a swap with oneself"),
    ],
)
def test_the_database_itself_refuses_nonsense(team, out, model, values, why):
    mei = profile(team, "Mei")
    base = {
        Roster: {"week": in_days(7), "version": 1, "problem": {}, "made_at": team.now},
        ShiftRow: {"roster": out, "user": team.people["Ada"], "date": WEEK, "start": 540, "end": 720},
        LeaveRequest: {"profile": mei, "kind": "annual", "since": WEEK, "until": WEEK, "requested_at": team.now},
        StaffProfile: {"user": team.people["Rita"]},
        SwapRequest: {"week": WEEK, "giver": mei, "taker": mei, "date": WEEK, "asked_at": team.now},
    }[model]
    values = dict(values)
    if values.pop("published", False):
        values["published_at"] = team.now
    if "taker" in values:
        values["taker"] = mei
    with scoped(team.scope("Sun")), pytest.raises(IntegrityError), transaction.atomic():
        model(org_unit=team.b01, **base | values).save(force_insert=True)


def test_the_models_refuse_to_save_a_forecast_or_a_published_shift_again(team, out):
    from counterpoint.team.models import PublishedRosterChange

    with scoped(team.scope("Sun")):
        forecast = api.forecast_store(
            **by(team, "Sun"), branch=team.b01, since=WEEK, until=in_days(7), seed=1, inputs_hash="x", payload={}
        )
        for row in (forecast, ShiftRow.objects.filter(roster=out).order_by("pk").first()):
            with pytest.raises(PublishedRosterChange, match="never changed"):
                row.save()
        assert Forecast.objects.count() == 1
