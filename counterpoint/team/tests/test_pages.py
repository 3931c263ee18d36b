"""Every page for every role: what they see, what they may send, and that strangers find nothing."""

import json
from datetime import date

import pytest
from django.urls import reverse

from counterpoint.foundation.api import scoped
from counterpoint.team import api
from counterpoint.team.models import LeaveRequest, Roster

WEEK = date(2026, 11, 30)
PLANNERS = ("Sun", "Ada")
PAGES = ("team:plan", "team:forecast", "team:need", "team:roster", "team:my", "team:approvals", "team:staff")


@pytest.mark.parametrize("name", PLANNERS)
@pytest.mark.parametrize("page", PAGES)
def test_planners_open_every_page_and_empty_ones_say_what_to_do(team, sign_in, page, name):
    answer = sign_in(name).get(reverse(page))
    assert answer.status_code == 200 and b"<h1>" in answer.content


@pytest.mark.parametrize(
    ("name", "page", "status"),
    [
        ("Mei", "team:my", 200),
        ("Mei", "team:roster", 200),
        ("Mei", "team:plan", 404),
        ("Mei", "team:approvals", 404),
        ("Mei", "team:staff", 404),
        ("Omar", "team:forecast", 404),
        ("Rita", "team:plan", 200),
        ("Rita", "team:approvals", 404),
        ("Otto", "team:staff", 200),
        ("Sysadmin", "team:my", 404),
    ],
)
def test_each_role_sees_its_own_pages(team, sign_in, name, page, status):
    assert sign_in(name).get(reverse(page)).status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_nobody_unsigned_sees_a_page(team, client, page):
    assert client.get(reverse(page)).status_code == 302


def test_the_editor_page_carries_the_state_for_its_script(team, draft, sign_in):
    answer = sign_in("Sun").get(reverse("team:roster-version", args=[draft.pk]))
    state = answer.context["state"]
    assert state["editable"] and state["revision"] == 1 and len(state["shifts"]) == 4
    assert {p["name"] for p in state["people"]} == {"Mei", "Omar", "Sun", "Ada"}
    assert b'id="roster-state"' in answer.content


def edit(client, row, **cell):
    return client.post(reverse("team:roster-edit", args=[row.pk]), json.dumps(cell), content_type="application/json")


def test_an_edit_answers_with_what_the_judge_says_now(team, draft, sign_in):
    mei = str(team.people["Mei"].pk)
    answer = edit(sign_in("Sun"), draft, person=mei, day=0, off=True, revision=1)
    said = answer.json()
    assert answer.status_code == 200 and said["revision"] == 2 and said["shift"] is None
    assert said["short_hours"] == 3.0 and said["waits"] is None


def test_two_editors_do_not_overwrite_each_other(team, draft, sign_in):
    mei, omar = str(team.people["Mei"].pk), str(team.people["Omar"].pk)
    assert edit(sign_in("Sun"), draft, person=mei, day=0, off=True, revision=1).status_code == 200
    late = edit(sign_in("Ada"), draft, person=omar, day=0, off=True, revision=1)
    assert late.status_code == 409 and late.json()["code"] == "stale_revision"


def test_a_violation_is_named_in_the_readers_language_with_its_source(team, draft, sign_in):
    omar = str(team.people["Omar"].pk)
    tasks = [{"start": 540, "end": 720, "skill": "cash"}]
    cell = {"person": omar, "day": 0, "start": 540, "end": 720, "tasks": tasks, "revision": 1}
    said = edit(sign_in("Sun"), draft, **cell).json()
    found = next(v for v in said["violations"] if v["key"] == "skill.unqualified")
    assert "Omar" in found["text"] and found["source"] in ("技能矩阵", "skills matrix")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"person": 1}', b'{"person":"x","day":0,"revision":"?"}'])
def test_a_change_that_is_not_understood_is_refused(team, draft, sign_in, body):
    answer = sign_in("Sun").post(reverse("team:roster-edit", args=[draft.pk]), body, content_type="application/json")
    assert answer.status_code == 422


def test_a_teller_sees_no_draft_and_a_stranger_nothing_at_all(team, draft, sign_in):
    url = reverse("team:roster-version", args=[draft.pk])
    assert sign_in("Mei").get(url).status_code == 404
    assert sign_in("Stranger").get(url).status_code == 404
    assert sign_in("Bo").post(reverse("team:roster-publish", args=[draft.pk]), {"revision": 1}).status_code == 404
    assert edit(sign_in("Stranger"), draft, person="x", day=0, off=True, revision=1).status_code == 404


def test_publishing_by_the_button_lets_the_teller_see_the_shift(team, draft, sign_in):
    sign_in("Sun").post(reverse("team:roster-publish", args=[draft.pk]), {"revision": 1})
    page = sign_in("Mei").get(reverse("team:my"))
    assert "09:00–12:00" in page.content.decode()
    seen = sign_in("Mei").get(reverse("team:roster") + f"?week={WEEK}")
    assert seen.context["state"]["editable"] is False


def test_a_published_version_is_changed_by_a_new_draft(team, draft, sign_in):
    sun = sign_in("Sun")
    sun.post(reverse("team:roster-publish", args=[draft.pk]), {"revision": 1})
    answer = sun.post(reverse("team:roster-revise", args=[draft.pk]))
    assert answer.status_code == 302
    row = api.roster_latest(scope=team.scope("Sun"), branch=team.b01, week=WEEK)
    assert (row.version, row.state) == (2, Roster.State.DRAFT)


def test_the_roster_leaves_as_a_workbook(team, draft, sign_in):
    import io

    from openpyxl import load_workbook

    answer = sign_in("Sun").get(reverse("team:roster-excel", args=[draft.pk]))
    book = load_workbook(io.BytesIO(answer.content))
    cells = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert "Mei" in cells and "09:00-12:00" in cells


def test_leave_is_asked_on_the_phone_and_decided_by_the_supervisor(team, sign_in):
    sign_in("Mei").post(reverse("team:leave"), {"kind": "annual", "since": "2026-12-01", "reason": "家事"})
    with scoped(team.scope("Sun")):
        leave = LeaveRequest.objects.get(profile__user=team.people["Mei"])
    page = sign_in("Sun").get(reverse("team:approvals"))
    assert "Mei" in page.content.decode()
    sign_in("Sun").post(reverse("team:leave-decide", args=[leave.pk]), {"decision": "approve"})
    with scoped(team.scope("Sun")):
        leave.refresh_from_db()
    assert leave.state == "approved"


def test_wishes_are_kept_and_shown_again(team, sign_in):
    mei = sign_in("Mei")
    mei.post(reverse("team:wishes"), {"wish-4": "early"})
    assert '<option value="early" selected>' in mei.get(reverse("team:my")).content.decode()


def test_a_profile_is_set_and_a_wrong_skill_says_how_to_write_it(team, sign_in):
    sun = sign_in("Sun")
    mei = team.people["Mei"]
    sun.post(reverse("team:staff-save"), {"user": str(mei.pk), "skills": "cash:4@2026-12-20 wealth", "hours": "32"})
    held = next(p for p in api.staff(scope=team.scope("Sun"), branch=team.b01) if p.user == mei.pk)
    assert [(s.skill, s.level) for s in held.skills] == [("cash", 4), ("wealth", 1)] and held.contract_minutes == 1920
    page = sun.get(reverse("team:staff")).content.decode()
    assert "2026-12-20" in page
    sun.post(reverse("team:staff-save"), {"user": str(mei.pk), "skills": "cash:nine"})
    assert "cash:nine" in sun.get(reverse("team:staff")).content.decode()


def test_panels_say_when_no_roster_is_out(team, sign_in, rf):
    from counterpoint.team import panels

    request = rf.get("/")
    request.scope, request.branch = team.scope("Sun"), team.b01
    with scoped(request.scope):
        assert panels.people(request).level == "act"
        assert panels.tomorrow(request).level == "watch"
        assert panels.requests(request) is None
