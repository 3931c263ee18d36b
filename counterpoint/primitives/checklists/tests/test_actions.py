"""A round from start to end: what is asked, what is kept, what a failure sets off."""

from datetime import UTC, datetime, timedelta

import pytest

from counterpoint.foundation.api import DomainError, Forbidden, Invalid, NotFound, journal, scoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import effects
from counterpoint.primitives.checklists.models import Answer, AnswerEntry, Evidence, Round, Upload
from counterpoint.primitives.checklists.tests.world import digest_of, picture, second_version


def entries(world, kind):
    with scoped(world.bank.scope("Hana")):
        return list(JournalEntry.objects.filter(kind=f"primitives.{kind}"))


def test_a_round_is_walked_scored_and_closed(world):
    begun = world.start()
    world.fill(begun.id)
    done = world.submit(begun.id)
    assert (done.percent, done.passed, done.failed) == (100.0, True, ())
    assert done.round.state == "submitted" and done.round.done_by == world.scope.actor
    assert len(entries(world, "round_submitted")) == 1
    with scoped(world.bank.scope("Hana")):
        assert journal.verify(world.branch).ok


def test_the_camera_s_moment_is_read_on_its_own_clock_else_on_the_branch_s(world):
    claims = {
        "branch": {"taken": "2026:11:23 10:31:05"},  # Shanghai
        "own": {"taken": "2026:11:23 10:31:05", "offset": "+09:00"},
        "edited": {"written": "2026:11:23 10:31:05"},  # says when it was saved, not when it was taken
        "broken": {"taken": "2026:13:45 99:99:99"},
        "first": {"taken": "0001:01:01 00:00:00"},
    }
    for number, (who, notes) in enumerate(claims.items()):
        content = picture(number, **notes)
        checklists.photo_put(scope=world.scope, org_unit=world.branch, content=content, now=world.now)
        with scoped(world.scope):
            claims[who] = Upload.objects.get(digest=digest_of(content)).taken_claim
    moment = datetime(2026, 11, 23, 2, 31, 5, tzinfo=UTC)
    assert claims == {
        "branch": moment, "own": moment - timedelta(hours=1), "edited": None, "broken": None, "first": None
    }  # fmt: skip


def test_a_failed_item_opens_its_case_once_and_tells_the_rooms(world, monkeypatch):
    told = []
    monkeypatch.setattr(effects, "_effects", {})
    checklists.register_on_fail(lambda scope, failed, now: told.append(failed))
    begun = world.start()
    world.fill(begun.id, extinguisher="2026-11-22")
    world.put(begun.id, "extinguisher", "2026-11-22", files=[world.photo(3)])
    done = world.submit(begun.id, key="k1")
    assert not done.passed and done.critical == ("extinguisher",)
    (case,) = world.opened.values()
    assert case.effect.type == "probe.hazard" and case.source == f"primitives.round:{begun.id}"
    assert done.failed[0].case == case.id
    assert [(one.item, one.case) for one in told] == [("extinguisher", case.id)]
    assert world.submit(begun.id, key="k1") == done and len(world.opened) == 1


def test_evidence_is_asked_for_where_it_failed(world):
    begun = world.start()
    world.fill(begun.id, extinguisher="2026-11-22")
    with pytest.raises(checklists.Incomplete) as refused:
        world.submit(begun.id)
    assert refused.value.details["lacking"] == ["extinguisher"]


def test_a_required_answer_is_missing(world):
    begun = world.start()
    world.fill(begun.id, warmth=None)
    with pytest.raises(checklists.Incomplete) as refused:
        world.submit(begun.id)
    assert refused.value.details["missing"] == ["warmth"]


def test_taking_a_tick_back_clears_who_and_when_and_leaves_a_line(world):
    begun = world.start()
    put = world.put(begun.id, "clean", "yes")
    assert put.done_by == world.scope.actor and put.done_at == world.now
    world.later(minutes=5)
    back = world.put(begun.id, "clean", None, who="Mei")
    assert (back.value, back.done_at, back.done_by) == (None, None, None)
    (line,) = entries(world, "answer_cleared")
    assert line.data["was_by"] == str(world.scope.actor) and line.actor == world.bank.people["Mei"].pk
    with scoped(world.scope):
        assert AnswerEntry.objects.filter(round=begun.id, item="clean").count() == 2
    assert "clean" in world.detail(begun.id).score.slugs("open")


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("clean", "perhaps"), ("clean", True), ("warmth", "21"), ("warmth", True), ("light", "none"),
        ("extinguisher", "soon"), ("extinguisher", "na"), ("spot", {"lat": 100, "lon": 0}), ("note", ""),
        ("nothing", "x"), ("note", "x" * 3000),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(world, item, value):
    begun = world.start()
    with pytest.raises(Invalid):
        world.put(begun.id, item, value)


def test_a_closed_round_keeps_its_answers(world):
    begun = world.start()
    world.fill(begun.id)
    world.submit(begun.id)
    for act in (lambda: world.put(begun.id, "clean", "no"), lambda: world.submit(begun.id)):
        with pytest.raises(checklists.RoundClosed):
            act()


def test_the_same_key_starts_one_round_and_another_request_is_a_conflict(world):
    first = world.start(key="a")
    assert world.start(key="a") == first
    with pytest.raises(checklists.KeyConflict):
        world.start("probe.opening", key="a")
    assert len(entries(world, "sync_conflicted")) == 1


def test_a_stranger_finds_no_round_and_an_auditor_may_only_look(world):
    begun = world.start()
    with pytest.raises(NotFound):
        world.put(begun.id, "clean", "yes", who="Stranger")
    with pytest.raises(Forbidden):
        world.put(begun.id, "clean", "yes", who="Otto")
    assert checklists.round_detail(scope=world.bank.scope("Otto"), round=begun.id).view == begun


def test_a_failed_step_changes_nothing(world, monkeypatch):
    def broken(*args, **kwargs):
        raise DomainError("no")

    begun = world.start()
    world.fill(begun.id, extinguisher="2026-11-22")
    world.put(begun.id, "extinguisher", "2026-11-22", files=[world.photo(3)])
    monkeypatch.setattr(effects, "open_case", broken)
    with pytest.raises(DomainError):
        world.submit(begun.id)
    with scoped(world.scope):
        assert Round.objects.get(pk=begun.id).state == "open"


def test_a_scan_is_judged_by_the_branchs_machines(world):
    world.machine("atm-1")
    begun = world.start()
    world.put(begun.id, "atm", "atm-9")
    assert "atm" in world.detail(begun.id).score.slugs("bad")
    world.put(begun.id, "atm", "atm-1")
    assert "atm" in world.detail(begun.id).score.slugs("good")


def test_a_round_of_a_machine_needs_the_machine(world):
    world.machine("atm-1")
    assert world.start("probe.atm", asset="atm-1").asset == "atm-1"
    for asset in ("", "atm-2"):
        with pytest.raises(NotFound):
            world.start("probe.atm", asset=asset)


def test_a_photo_is_checked_once_in_a_job_and_a_person_confirms(world, monkeypatch):
    seen = []

    def check(photo):
        seen.append(photo)
        return [checklists.Finding("sharp", "fine", 0.9, "0.82")]

    monkeypatch.setattr(effects, "_checks", {})
    checklists.register_photo_check(check)
    begun = world.start()
    digest = world.photo(4)
    world.put(begun.id, "exit", "", files=[digest])
    world.put(begun.id, "exit", "", files=[digest])
    assert len(seen) == 1 and seen[0].item == "exit" and seen[0].digest == digest
    with scoped(world.scope):
        evidence = Evidence.objects.get(round=begun.id)
    assert evidence.checks[0]["confidence"] == 0.9 and evidence.confirmed is None
    checklists.photo_confirm(scope=world.scope, evidence=evidence.pk, confirmed=False, now=world.now)
    with scoped(world.scope):
        evidence.refresh_from_db()
    assert evidence.confirmed is False and evidence.confirmed_by == world.scope.actor


def test_an_answer_names_a_picture_before_it_comes(world):
    from counterpoint.primitives.checklists.tests.world import digest_of, picture

    begun = world.start()
    world.fill(begun.id, exit=None)
    world.put(begun.id, "exit", "", files=[digest_of(picture(9))])
    with pytest.raises(checklists.Incomplete):
        world.submit(begun.id)
    world.photo(9)
    assert world.submit(begun.id).passed
    with scoped(world.scope):
        assert Answer.objects.get(round=begun.id, item="exit").files == [digest_of(picture(9))]


def test_a_round_is_given_to_a_colleague_only(world):
    begun = world.start()
    checklists.round_assign(scope=world.scope, round=begun.id, user=world.bank.people["Mei"].pk, now=world.now)
    (due,) = checklists.rounds_due(scope=world.scope, org_unit=world.branch, now=world.now)
    assert due.assignee == "Mei"
    with pytest.raises(NotFound):
        checklists.round_assign(scope=world.scope, round=begun.id, user=world.bank.people["Bo"].pk, now=world.now)
    with pytest.raises(Forbidden):
        checklists.round_assign(scope=world.bank.scope("Mei"), round=begun.id, user=None, now=world.now)


def test_the_rooms_are_told_how_grave_the_round_s_own_version_finds_it(world, content, monkeypatch):
    told = []
    monkeypatch.setattr(effects, "_effects", {})
    checklists.register_on_fail(lambda scope, failed, now: told.append(failed))
    begun = world.start()
    second_version(content, "probe.walk", "critical: true", "critical: false")
    world.later(days=1)
    world.fill(begun.id, extinguisher="2026-11-22")
    world.put(begun.id, "extinguisher", "2026-11-22", files=[world.photo(3)])
    world.submit(begun.id)
    after = world.start()
    world.fill(after.id, extinguisher="2026-11-22")
    world.put(after.id, "extinguisher", "2026-11-22", files=[world.photo(4)])
    world.submit(after.id)
    assert [(one.item, one.critical) for one in told] == [("extinguisher", True), ("extinguisher", False)]
