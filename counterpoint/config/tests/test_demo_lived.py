"""The demo's past of things put right, of complaints with their rarer turns, and of calls to customers."""

from datetime import datetime, timedelta

import pytest

from counterpoint.config.demo import (
    bank,
    lived_assets,
    lived_complaints,
    lived_mending,
    lived_numbers,
    lived_plays,
    lived_risk,
    lived_rounds,
    lived_turns,
    story,
)
from counterpoint.config.demo import cast as casting
from counterpoint.config.demo.year import open_days
from counterpoint.foundation.api import scoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.primitives import cases, checklists, playbooks
from counterpoint.primitives.checklists.models import Evidence, Round
from counterpoint.risk.models import Risk
from counterpoint.service import api as service
from counterpoint.service.models import Callback, Complaint, Extension, Report

SEED, UNTIL = 7, story.start()
FOUNDED = story.ON - timedelta(days=110)


def founded(cast):
    began = datetime(FOUNDED.year, FOUNDED.month, FOUNDED.day, tzinfo=UNTIL.tzinfo)
    return bank.build(cast, now=began, since=FOUNDED)


@pytest.fixture
def cast(monkeypatch):
    monkeypatch.setattr(casting, "BRANCHES", (casting.BRANCHES[4], casting.BRANCHES[7]))
    return casting.plans(2)


@pytest.fixture
def mended(db, cast, monkeypatch):
    """The first branch with what it found and put right, without the rounds that found nothing."""
    pytest.importorskip("cv2")
    monkeypatch.setattr(lived_rounds, "walk", lambda *_place, **_lived: 0)
    yield from lived(cast)


@pytest.fixture
def walked(db, cast, monkeypatch):
    """The first branch with the rounds that found nothing."""
    monkeypatch.setattr(lived_mending, "WALKS", ())
    yield from lived(cast)


def lived(cast):
    built = founded(cast[:1])
    lived_assets.live(cast[:1], built, FOUNDED, UNTIL, seed=SEED)
    with scoped(bank.demo_scope()):
        yield built.units[cast[0].code]


def rectifications(branch):
    wanted = cases.CaseFilter(type="onsite.rectification", size=50)
    found = cases.cases(scope=bank.demo_scope(), filters=wanted, now=UNTIL).rows
    return [one for one in found if one.source.startswith("primitives.round:")]


def test_what_rounds_found_was_put_right_with_a_new_photo_and_seen_by_another_person(mended):
    found = rectifications(mended)
    assert len(found) == sum(bool(walk.wrong) for walk in lived_mending.WALKS)
    assert sorted(one.stage for one in found).count("closed") == len(found) - 1
    assert [one.title for one in found if one.stage == "doing"] == ["监控画面缺失"]
    for one in found:
        told = {event.kind: event for event in cases.timeline(scope=bank.demo_scope(), case=one.id)}
        if one.stage == "closed":
            assert told["resolved"].files and told["resolved"].actor != told["verified"].actor, one.title
    assert [one.cycle for one in found].count(2) == 1, "one came back"
    fault = AssetFault.objects.get(asset__device__code="fire-02", source="round")
    assert fault.ended_at and timedelta(hours=20) < fault.ended_at - fault.began_at < timedelta(hours=36)
    assert Asset.objects.get(device__code="fire-02", org_unit=mended).device.in_service, "filled again"


def test_the_machine_saw_what_is_wrong_with_the_photos_and_a_person_confirmed_what_it_read(mended):
    rows = Evidence.objects.exclude(checks=[]).select_related("round")
    said = {
        (row.round.asset or row.round.checklist, row.item, one["check"]): (one["verdict"], row.confirmed)
        for row in rows.order_by("round__business_date")
        for one in row.checks
    }
    assert said["fire-01", "gauge", "sharpness"][0] == "watch", "blurred"
    assert said["fire-02", "gauge", "code"][0] == "act", "the label of another thing"
    assert said["onsite.closing", "hall_photo", "reuse"][0] == "act", "an old photo"
    same = [row for row in rows if any(one["check"] == "reuse" for one in row.checks)]
    assert [row.item for row in same] == ["hall_photo"], "no other picture is taken for one that was there before"
    pytest.importorskip("rapidocr")
    read = {row.round.asset: row for row in Evidence.objects.filter(item="valid").exclude(checks=[])}
    verdicts = {code: {one["check"]: one for one in row.checks}["date"]["verdict"] for code, row in read.items()}
    assert verdicts == {"fire-01": "fine", "fire-02": "watch"}
    assert read["fire-01"].confirmed and read["fire-02"].confirmed is None


def test_weekly_and_monthly_rounds_go_back_to_the_beginning_and_the_tick_finds_nothing_late(cast, walked):
    done = Round.objects.filter(org_unit=walked, state=Round.State.SUBMITTED)
    weeks = [row.business_date for row in done.filter(checklist="onsite.weekly_safety").order_by("business_date")]
    months = done.filter(checklist="onsite.extinguisher_monthly")
    assert weeks == [day for day in open_days(cast[0], FOUNDED, story.ON) if day.weekday() == 2] and len(weeks) > 12
    assert {row.business_date.month for row in months} == {8, 9, 10, 11}
    assert len({row.asset for row in months}) == 8 and months.count() == 32
    days = {row.business_date for row in done.filter(checklist="onsite.pre_open")}
    assert len(days) > 50 and min(days) <= story.ON - timedelta(days=60)
    checklists.plan_branch(scope=bank.demo_scope(), org_unit=walked, now=UNTIL)
    assert checklists.escalate_late(now=UNTIL) == 0


@pytest.fixture
def told(db, cast):
    built = founded(cast)
    lived_complaints.live(cast, built, FOUNDED, UNTIL, seed=SEED)
    assert lived_turns.live(cast, built, FOUNDED, UNTIL, seed=SEED) > 10
    with scoped(bank.demo_scope()):
        yield [built.units[plan.code] for plan in cast]


def test_the_calls_before_today_were_made_and_those_of_today_wait(told):
    for branch in told:
        due = service.callbacks_due(scope=bank.demo_scope(), branch=branch, on=story.ON)
        assert {call.due_on for call in due} <= {story.ON}
    assert 2 <= len(service.callbacks_due(scope=bank.demo_scope(), branch=told[0], on=story.ON)) <= 3
    outcomes = set(Callback.objects.exclude(outcome="").values_list("outcome", flat=True))
    assert outcomes <= {"satisfied", "unsatisfied"} and Callback.objects.filter(tries=2, outcome="satisfied").exists()


def test_the_year_has_an_extension_a_recusal_a_report_that_came_back_and_a_photo(told):
    granted = Extension.objects.get(state="granted")
    assert granted.days == 30 and granted.decided_by != granted.asked_by
    assert granted.complaint.closed_at > granted.complaint.received_at + timedelta(days=15)
    assert granted.complaint.breaches == 0
    decided = JournalEntry.objects.filter(org_unit=told[0], kind="service.report_decided")
    (back,) = [entry.subject for entry in decided if not entry.data["accepted"]]
    assert Report.objects.get(complaint=back).state == "accepted"
    (about,) = [
        row for row in Complaint.objects.filter(org_unit=told[0])
        if cases.case(scope=bank.demo_scope(), case=row.case, now=UNTIL).involved
    ]  # fmt: skip
    seen = cases.case(scope=bank.demo_scope(), case=about.case, now=UNTIL)
    assert seen.case.owner not in {person for person, _name in seen.involved} and about.closed_at
    assert Complaint.objects.exclude(photos=[]).count() == 1
    assert all(lived_complaints.LABEL in row.text for row in Complaint.objects.all())


def test_another_branch_has_a_register_incidents_disputes_and_a_drill_of_its_own(db, cast, monkeypatch):
    monkeypatch.setattr(lived_risk, "_first", lambda *_year: None)
    built = founded(cast)
    lived_risk.live(cast, built, FOUNDED, UNTIL, seed=SEED)
    assert lived_plays.live_other(cast[1], built, FOUNDED, story.ON, seed=SEED) == 1
    with scoped(bank.demo_scope()):
        branch = built.units["b08"]
        assert Risk.objects.filter(org_unit=branch).exists()
        for kind, many in (("risk.incident", 1), ("team.dispute", len(lived_risk.OTHERS_DISPUTES))):
            wanted = cases.CaseFilter(type=kind, branch="b08", size=20)
            found = cases.cases(scope=bank.demo_scope(), filters=wanted, now=UNTIL).rows
            assert len(found) == many and {one.stage_kind for one in found} == {"closed"}
            assert all(lived_risk.LABEL in one.title for one in found)
        (drill,) = playbooks.plays(scope=bank.demo_scope(), org_unit=branch)
        assert (drill.state, drill.mode) == ("completed", "drill")


def test_the_last_days_of_the_other_branches_of_the_region_are_judged_on_their_queues(db, cast, monkeypatch):
    judged = {}
    monkeypatch.setattr(
        lived_numbers, "_alarms", lambda branch, _until, known, days: judged.update({branch.code: (set(known), days)})
    )
    lived_numbers.live(cast, founded(cast), FOUNDED, UNTIL, seed=SEED)
    assert judged["b08"] == (set(lived_numbers.OTHERS_METRICS), 2) and len(judged["b05"][0]) > 20
