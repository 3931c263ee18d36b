"""Publishing: one winner, nothing half seen, nothing changed afterwards."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from counterpoint.foundation.api import Forbidden, NotFound, scoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.team import api
from counterpoint.team.models import PublishedRosterChange, Roster, ShiftRow

WEEK = date(2026, 11, 30)


def publish(team, row, name="Sun", **more):
    return api.roster_publish(
        scope=team.scope(name), now=team.now, roster_id=row.pk, revision=more.pop("revision", row.revision), **more
    )


def kinds(team, branch):
    with scoped(team.scope("Sun")):
        return list(JournalEntry.objects.filter(org_unit=branch).values_list("kind", flat=True))


def test_publishing_writes_a_row_a_shift_and_one_journal_entry(team, draft):
    done = publish(team, draft)
    assert done.state == Roster.State.PUBLISHED and done.version == 1
    shifts = api.shifts_on(scope=team.scope("Mei"), branch=team.b01, day=WEEK)
    assert {(s.name, s.start, s.segments[0][2]) for s in shifts} == {("Mei", 540, "cash"), ("Omar", 540, "lobby")}
    assert kinds(team, team.b01).count("team.roster_published") == 1


def test_publishing_again_changes_nothing(team, draft):
    publish(team, draft)
    publish(team, draft)
    assert kinds(team, team.b01).count("team.roster_published") == 1
    with scoped(team.scope("Sun")):
        assert ShiftRow.objects.count() == 4


def test_the_second_publisher_of_a_draft_is_told_it_is_published(team, draft):
    publish(team, draft, "Sun")
    with pytest.raises(api.AlreadyPublished) as told:
        publish(team, draft, "Ada")
    assert told.value.status == 409 and "1" in told.value.message


def test_of_two_drafts_from_one_base_only_the_first_is_published(team, draft):
    sun = team.scope("Sun")
    other = api.roster_revise(scope=sun, now=team.now, roster_id=draft.pk)
    publish(team, draft)
    with pytest.raises(api.AlreadyPublished):
        publish(team, other, "Ada")
    assert api.roster_published_for(scope=sun, branch=team.b01, day=WEEK).version == 1


def test_a_new_version_supersedes_the_old_one_and_both_stay_readable(team, draft):
    publish(team, draft)
    sun = team.scope("Sun")
    second = api.roster_revise(scope=sun, now=team.now, roster_id=draft.pk)
    mei = str(team.people["Mei"].pk)
    edited = api.roster_edit(
        scope=sun, now=team.now, roster_id=second.pk, revision=1, cell=api.Cell(mei, 1, start=570, end=720)
    )
    publish(team, edited.roster)
    states = {row.version: row.state for row in api.versions(scope=sun, branch=team.b01, week=WEEK)}
    assert states == {1: "superseded", 2: "published"}
    shifts = api.shifts_between(scope=sun, branch=team.b01, since=WEEK, until=date(2026, 12, 2))
    assert [s.start for s in shifts if s.name == "Mei"] == [540, 570]


def test_an_edit_says_which_revision_it_saw(team, draft):
    sun, mei = team.scope("Sun"), str(team.people["Mei"].pk)
    first = api.roster_edit(
        scope=sun, now=team.now, roster_id=draft.pk, revision=1, cell=api.Cell(mei, 0, start=540, end=660)
    )
    assert first.roster.revision == 2
    with pytest.raises(api.StaleRevision) as told:
        api.roster_edit(scope=sun, now=team.now, roster_id=draft.pk, revision=1, cell=api.Cell(mei, 0, off=True))
    assert told.value.status == 409 and told.value.details["revision"] == 2


def test_a_published_roster_cannot_be_edited(team, draft):
    publish(team, draft)
    with pytest.raises(api.AlreadyPublished):
        api.roster_edit(
            scope=team.scope("Sun"), now=team.now, roster_id=draft.pk, revision=1,
            cell=api.Cell(str(team.people["Mei"].pk), 0, off=True),
        )  # fmt: skip


def test_the_database_itself_refuses_to_change_what_is_published(team, draft):
    publish(team, draft)
    with scoped(team.scope("Sun")):
        for attempt in (
            lambda: ShiftRow.objects.update(start=0),
            lambda: ShiftRow.objects.all()._raw_delete("default"),
            lambda: Roster.objects.filter(pk=draft.pk).update(solution={}),
            lambda: Roster.objects.filter(pk=draft.pk).update(state="draft", published_at=None),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                attempt()
        row = ShiftRow.objects.first()
        with pytest.raises(PublishedRosterChange):
            row.save()


def test_a_broken_hard_rule_is_named_and_refused(team, draft):
    sun, omar = team.scope("Sun"), str(team.people["Omar"].pk)
    cell = api.Cell(omar, 0, start=540, end=720, tasks=((540, 720, "cash"),))
    edited = api.roster_edit(scope=sun, now=team.now, roster_id=draft.pk, revision=1, cell=cell)
    assert "skill.unqualified" in {v["key"] for v in edited.judgement["violations"]}
    with pytest.raises(api.HardRuleBroken) as told:
        publish(team, edited.roster)
    assert "技能矩阵" in told.value.message
    publish(team, edited.roster, waivers={"skill.unqualified": "trained yesterday, certificate follows"})


def test_an_approved_leave_after_the_draft_is_found_at_publishing(team, draft):
    with scoped(team.scope("Mei")):
        leave = api.leave_request(
            scope=team.scope("Mei"), now=team.now, branch=team.b01, kind="annual", since=WEEK, until=WEEK
        )
    api.leave_decide(scope=team.scope("Sun"), now=team.now, leave_id=leave.pk, approve=True)
    with pytest.raises(api.HardRuleBroken) as told:
        publish(team, draft)
    assert "leave" in told.value.details["keys"]


def test_nobody_is_in_two_branches_at_once(team, draft, bank):
    from counterpoint.foundation import access, actions, roles

    publish(team, draft)
    root = access.system_scope(tuple(roles.table()))
    mei = team.people["Mei"]
    with scoped(root):
        actions.post_grant(scope=root, now=team.now, org_unit=team.b02, user=mei, role="teller", since=date(2026, 1, 1))
        api.staff_profile_set(
            scope=root, now=team.now, branch=team.b02, user=mei, skills=[api.SkillInput("cash", 3)], min_day_minutes=60
        )
        problem = dict(draft.problem)
        solution = {
            "status": "optimal",
            "roster": {"shifts": [s for s in draft.solution["roster"]["shifts"] if s["person"] == str(mei.pk)]},
        }
        other = api.roster_store(
            scope=root, now=team.now, branch=team.b02, week=WEEK, problem=problem, solution=solution
        )
        with pytest.raises(api.HardRuleBroken, match=r"another branch|别的网点|其他网点"):
            api.roster_publish(scope=root, now=team.now, roster_id=other.pk, revision=1)


def test_a_teller_cannot_publish_and_a_stranger_finds_nothing(team, draft):
    with pytest.raises(Forbidden):
        publish(team, draft, "Mei")
    with pytest.raises(NotFound):
        publish(team, draft, "Stranger")


def test_an_empty_draft_is_refused(team, draft):
    sun = team.scope("Sun")
    from counterpoint.foundation.api import Invalid

    with scoped(sun):
        row = api.roster_store(
            scope=sun,
            now=team.now,
            branch=team.b01,
            week=WEEK,
            problem=draft.problem,
            solution={"status": "infeasible"},
        )
    with pytest.raises(Invalid):
        publish(team, row)


def test_a_change_keeps_the_posts_where_they_still_fit(team, draft):
    from counterpoint.science.rostering import Roster as Schedule
    from counterpoint.team.actions.rosters import changed

    before = Schedule.from_dict(draft.solution["roster"])
    mei = str(team.people["Mei"].pk)
    moved = changed(before, api.Cell(mei, 0, start=570, end=720, lunch=(630, 660)), {mei}, 2).of(mei, 0)
    assert [(t.start, t.end) for t in moved.tasks] == [(570, 630), (660, 720)]
    assert replace(moved, tasks=()).minutes == 120
