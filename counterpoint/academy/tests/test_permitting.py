"""A certificate is a permission where a bank says so: withheld without it, told weeks ahead, at one query a request."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from counterpoint.academy import api
from counterpoint.academy.catalogue.permissions import PERMISSIONS, PermissionBody, wrong_permission
from counterpoint.academy.certificates import permitting
from counterpoint.academy.models import Certificate
from counterpoint.academy.rules.permitting import COMING, ENDED, ENDS, HELD, MISSING, REVOKED, Held, state
from counterpoint.academy.tests.certified import COMPLAINTS, LOBBY, award, hire, learnt
from counterpoint.academy.tests.test_exam_pages import left
from counterpoint.foundation import access, keys, roles
from counterpoint.foundation.api import Forbidden, Invalid, scoped
from counterpoint.foundation.scope import unscoped
from counterpoint.primitives import cases
from counterpoint.primitives.content import every
from counterpoint.primitives.content.actions import content_approve, content_propose
from counterpoint.primitives.content.drafts import Draft
from counterpoint.service import api as service

TODAY = date(2026, 11, 23)
HANDLE, RUN = "service.complaint.handle", "onsite.hall.run"


def body_of(slug, begins):
    held = next(item.value for item in every(PERMISSIONS) if item.key == f"academy.permission.{slug}")
    return replace(held, begins=begins)


@pytest.fixture
def badges(tmp_path, settings):
    settings.KEYS = tmp_path / "keys"
    keys.create()


@pytest.fixture
def switched_on(monkeypatch):
    """`switched_on(begins, "complaints", "hall")`: a bank's decision for these."""

    def go(begins, *slugs):
        held = [body_of(slug, begins) for slug in slugs]
        monkeypatch.setattr(permitting, "asked_at", lambda unit, on: held)

    return go


def gives(bank, name, since, until, key=COMPLAINTS):
    """Somebody holds a certificate from one day to another."""
    with unscoped("the test has it awarded"):
        Certificate(
            org_unit=bank.b01, user=bank.people[name], key=key, version=1, since=since, until=until, issuer="x",
            public_code=f"{name}{since:%y%m%d}"[:16], badge="x", status_list=2026,
            status_index=since.toordinal() % 9999, awarded_by=bank.people["Ada"].pk, awarded_at=bank.now,
        ).save(force_insert=True)  # fmt: skip


@pytest.mark.parametrize("in_force", [True, False])
def test_a_right_whose_certificate_is_not_in_force_is_asked_of_nobody(bank, monkeypatch, in_force):
    body = body_of("complaints", TODAY)
    row = next(item for item in every(PERMISSIONS) if item.key == "academy.permission.complaints")
    certificates = {body.certificate: row} if in_force else {}
    monkeypatch.setattr(
        permitting, "items", lambda kind, *_, **__: {row.key: replace(row, value=body)} if kind is PERMISSIONS
        else certificates,
    )  # fmt: skip
    assert permitting.asked_at(bank.b01, TODAY) == ([body] if in_force else [])


def test_a_right_is_withheld_from_the_day_on_which_it_is_asked_for_and_told_six_weeks_ahead():
    assert state(TODAY + timedelta(days=43), [], TODAY).kind == HELD
    assert state(TODAY + timedelta(days=42), [], TODAY).kind == COMING
    for begins in (TODAY, TODAY - timedelta(days=9)):
        assert (state(begins, [], TODAY).kind, state(begins, [], TODAY).withheld) == (MISSING, True)
    good = Held(date(2026, 1, 1), TODAY + timedelta(days=42))
    assert state(TODAY, [good], TODAY).kind == HELD
    assert state(TODAY, [good], TODAY + timedelta(days=1)).kind == ENDS
    assert not state(TODAY, [good], good.until).withheld
    after = state(TODAY, [good], good.until + timedelta(days=1))
    assert (after.kind, after.withheld, after.day) == (ENDED, True, good.until)
    assert state(TODAY, [replace(good, revoked=True)], TODAY).kind == REVOKED
    renewed = [replace(good, until=TODAY + timedelta(days=3)), good]
    assert state(TODAY, renewed, TODAY).kind == HELD
    lapses = Held(date(2026, 1, 1), TODAY + timedelta(days=5))
    assert state(TODAY + timedelta(days=30), [lapses], TODAY).kind == ENDS, "it will be missing when it is asked for"


def test_content_names_real_rights_and_never_the_way_back_or_an_emergency():
    for item in every(PERMISSIONS):
        assert item.value.begins is None and wrong_permission(item.value) == ""
    plain = body_of("complaints", None)
    for verb in ("academy.learn", "primitives.play.start", "service.complaint.open", "onsite.hall.view", "no.such"):
        assert wrong_permission(replace(plain, verbs=(verb,))) != "", verb
    assert wrong_permission(replace(plain, posts=("teller",))) != ""
    assert wrong_permission(replace(plain, posts=("nobody",))) != ""
    assert PermissionBody.asks(plain, "supervisor", HANDLE) and not plain.asks("branch_head", HANDLE)


def test_off_by_default_nothing_is_withheld_and_no_certificate_is_looked_up(bank):
    with CaptureQueriesContext(connection) as seen:
        scope = access.scope_of(bank.people["Sun"], bank.now)
    assert scope.withheld == () and scope.may(HANDLE)
    assert not [one for one in seen if "certificate" in one["sql"]]


def test_without_the_certificate_the_post_does_not_give_the_right_and_says_why(bank, switched_on):
    switched_on(TODAY, "complaints", "hall")
    scope = access.scope_of(bank.people["Sun"], bank.now)
    assert not scope.may(HANDLE) and scope.may(RUN), "the hall asks it of lobby managers only"
    with pytest.raises(Forbidden) as refused:
        scope.require(HANDLE, bank.b01.path)
    assert "投诉处置上岗证" in refused.value.message and refused.value.details["link"] == "academy:certificates"
    assert access.scope_of(bank.people["Ada"], bank.now).may(HANDLE)
    assert not access.scope_of(bank.people["Omar"], bank.now).may(RUN)
    everything = roles.verbs_of("supervisor")
    assert {verb for verb in everything if not scope.may(verb)} == {HANDLE}


def test_a_grace_date_lets_everybody_go_on_until_it(bank, switched_on):
    switched_on(TODAY + timedelta(days=1), "complaints")
    assert access.scope_of(bank.people["Sun"], bank.now).may(HANDLE)
    assert not access.scope_of(bank.people["Sun"], bank.now + timedelta(days=1)).may(HANDLE)


def test_award_end_and_revocation_are_felt_at_the_next_request(bank, badges, switched_on):
    switched_on(TODAY, "hall")
    assert not access.scope_of(bank.people["Omar"], bank.now).may(RUN)
    learnt(bank, "Omar")
    row = award(bank, "Omar", certificate=LOBBY)
    assert access.scope_of(bank.people["Omar"], bank.now).may(RUN)
    last = bank.now + timedelta(days=(row.until - TODAY).days)
    assert access.scope_of(bank.people["Omar"], last).may(RUN)
    over = access.scope_of(bank.people["Omar"], last + timedelta(days=1))
    assert not over.may(RUN) and row.until.isoformat() in over.missing(RUN).why(), "before any tick has ended it"
    api.certificate_revoke(scope=bank.scope("Ada"), certificate=row.pk, reason="一直没有到场", now=bank.now)
    gone = access.scope_of(bank.people["Omar"], bank.now)
    assert not gone.may(RUN) and "撤销" in gone.missing(RUN).why()


def test_a_certificate_of_another_branch_of_the_bank_counts_and_another_persons_does_not(bank, switched_on):
    switched_on(TODAY, "complaints")
    gives(bank, "Ada", date(2026, 1, 1), date(2027, 12, 31))
    assert not access.scope_of(bank.people["Sun"], bank.now).may(HANDLE)
    gives(bank, "Sun", date(2026, 1, 2), date(2027, 12, 30))
    assert access.scope_of(bank.people["Sun"], bank.now).may(HANDLE)


def test_all_rights_together_cost_one_query(bank, switched_on):
    with CaptureQueriesContext(connection) as plain:
        access.scope_of(bank.people["Sun"], bank.now)
    switched_on(TODAY, "complaints", "roster", "hall")
    with CaptureQueriesContext(connection) as seen:
        scope = access.scope_of(bank.people["Sun"], bank.now)
        for verb in roles.verbs_of("supervisor"):
            scope.may(verb, bank.b01.path)
    assert len([one for one in seen if "academy_certificate" in one["sql"]]) == 1
    assert len(seen) <= len(plain) + 1


def test_the_page_of_a_withheld_right_says_what_is_missing_and_leads_to_the_way(bank, sign_in, monkeypatch, caplog):
    staff = replace(body_of("roster", TODAY), verbs=("team.staff.edit",))
    monkeypatch.setattr(permitting, "asked_at", lambda unit, on: [staff])
    answer = sign_in("Sun").post(reverse("team:staff-save"), {})
    page = answer.content.decode()
    assert answer.status_code == 403 and "发布排班" in page and 'href="/academy/certificates"' in page
    assert "运营主管资格" in page and "资格" not in caplog.text
    assert sign_in("Mei").post(reverse("team:staff-save"), {}).status_code == 404


def test_a_bank_switches_it_on_by_a_version_of_its_own_with_a_grace_date(bank):
    hire(bank, "Henry", "hq_operations", "hq")
    text = """
names: {zh-hans: 处置投诉, en: handling complaints}
certificate: academy.certificate.complaints
posts: [supervisor]
verbs: [service.complaint.handle]
begins: 2026-12-07
examples:
  - {post: supervisor, verb: service.complaint.handle, begins: 2026-12-07, day: 2026-12-07, allowed: false}
"""
    draft = Draft(
        PERMISSIONS, "academy.permission.complaints", text, "总行运营会议纪要", "D", TODAY, why="先给两周时间考证",
    )  # fmt: skip
    proposer, decider = bank.scope("Hana"), bank.scope("Henry")
    with scoped(proposer):
        row = content_propose(scope=proposer, org_unit=bank.hq, draft=draft, now=bank.now)
    with scoped(decider):
        content_approve(scope=decider, proposal=row.pk, now=bank.now)
    assert access.scope_of(bank.people["Sun"], bank.now).may(HANDLE)
    later = bank.now + timedelta(days=14)
    assert not access.scope_of(bank.people["Sun"], later).may(HANDLE)
    assert access.scope_of(bank.people["Ada"], later).may(HANDLE)


def test_the_desk_and_the_team_page_tell_weeks_ahead(bank, sign_in, switched_on):
    switched_on(TODAY + timedelta(days=14), "complaints")
    sun, ada = sign_in("Sun"), sign_in("Ada")
    assert "2026-12-07" in sun.get("/").content.decode()
    team = ada.get("/academy/certificates/team").content.decode()
    assert "处置投诉" in team and "2026-12-07" in team and set(left(team)) <= {"Omar"}
    gives(bank, "Sun", date(2026, 1, 1), date(2027, 12, 31))
    assert "处置投诉" not in ada.get("/academy/certificates/team").content.decode()
    switched_on(TODAY, "hall")
    omar = sign_in("Omar").get("/academy/certificates").content.decode()
    assert "现场调度" in omar and "停用" in omar and left(omar) == []


def test_who_owns_a_case_may_not_handle_it_without_the_right_and_new_ones_go_to_somebody_who_may(bank, switched_on):
    here = {"org_unit": bank.b01, "now": bank.now}
    intake = service.Intake(channel="phone", text="等了两个小时没人叫号")
    before = service.complaint_take(scope=bank.scope("Sun"), intake=intake, key="before", **here)
    with scoped(bank.scope("Sun")):
        assert cases.case(scope=bank.scope("Sun"), case=before.case, now=bank.now).case.owner == bank.people["Sun"].pk
    switched_on(TODAY, "complaints")
    with pytest.raises(Forbidden):
        cases.case_accept(scope=bank.scope("Sun"), case=before.case, now=bank.now)
    with pytest.raises(Forbidden):
        service.level_confirm(scope=bank.scope("Sun"), complaint=before.id, level=before.level, now=bank.now)
    with pytest.raises(Invalid):
        cases.case_assign(scope=bank.scope("Ada"), case=before.case, owner=bank.people["Sun"].pk, now=bank.now)
    after = service.complaint_take(scope=bank.scope("Ada"), intake=intake, key="after", **here)
    owner = cases.case(scope=bank.scope("Ada"), case=after.case, now=bank.now).case.owner
    assert owner not in (None, bank.people["Sun"].pk)
