"""Answers that came after their round was handed in: seen at the round, taken over as a note or left, by a leader."""

import json

import pytest
from django.urls import reverse

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, journal, scoped, system_scope
from counterpoint.foundation.models import JournalEntry
from counterpoint.foundation.roles import table
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import aside, shown, syncing
from counterpoint.primitives.checklists.models import Evidence, Round, SyncItem
from counterpoint.primitives.checklists.tests.world import digest_of, picture, sent


@pytest.fixture
def closed(world):
    """A walk that was handed in, known to the phone as r."""
    begun = world.start(key="r")
    world.fill(begun.id)
    return world.submit(begun.id).round


def late(world, item="clean", value="no", *, files=(), who="Mei", seq=9):
    """The answer of Mei's phone, set aside; the message's number."""
    one = sent(seq, kind="answer", round="r", item=item, value=value, files=list(files), base="")
    assert world.sync(one, device="phone-2", who=who).receipts[0].state == "quarantined"
    with scoped(world.scope):
        return SyncItem.objects.latest("id").pk


def act(world, deed, message, who="Sun", **more):
    where = {"scope": world.bank.scope(who), "org_unit": world.branch, "message": message, "now": world.now} | more
    return deed(**where)


def kinds(world):
    with scoped(world.bank.scope("Hana")):
        rows = JournalEntry.objects.filter(kind__in=("primitives.answer_noted", "primitives.sync_settled"))
        return list(rows.order_by("seq").values_list("kind", flat=True))


def test_a_note_is_written_into_the_record_and_counts_for_nothing(world, closed):
    before = world.detail(closed.id)
    message = late(world)
    world.later(hours=1)
    act(world, aside.aside_note, message)
    found = world.detail(closed.id)
    (note,) = found.notes
    assert (note["item"], note["value"], note["person"]) == ("clean", "no", str(world.bank.scope("Mei").actor))
    assert (note["by"], note["at"]) == (str(world.scope.actor), world.now.isoformat())
    assert (found.row.percent, found.row.passed) == (before.row.percent, before.row.passed)
    assert found.lines["clean"].value == "yes" and found.lines["clean"].verdict == before.lines["clean"].verdict
    assert found.row.result == before.row.result | {"notes": [note]}
    assert kinds(world) == ["primitives.answer_noted"]
    with scoped(world.bank.scope("Hana")):
        assert journal.verify(world.branch).ok


def test_a_picture_that_came_late_is_marked_on_the_page_and_the_paper_and_no_other_is(world, closed, sign_in):
    mark = "送达较晚，不计入结果"
    page = reverse("primitives:round", args=[closed.id])
    assert mark not in sign_in("Sun").get(page).content.decode()
    with scoped(world.scope):
        (counted,) = Evidence.objects.filter(round=closed.id)  # of the exit, before it was handed in
        again = late(world, "exit", "", files=[world.photo(9), counted.digest])
        act(world, aside.aside_note, again)
        (came,) = Evidence.objects.filter(round=closed.id).exclude(pk=counted.pk)
    found = sign_in("Sun").get(page).content.decode()
    figures = [one.split("</figure>")[0] for one in found.split('<figure class="evidence">')[1:]]
    assert [mark in one for one in figures] == [str(came.pk) in one for one in figures]
    photos = {one["name"]: one["caption"] for one in shown.paper(world.detail(closed.id), "zh-hans")["photos"]}
    assert mark in photos[f"{came.pk}.jpg"] and mark not in photos[f"{counted.pk}.jpg"]


def test_a_note_brings_its_pictures(world, closed):
    message = late(world, "exit", "", files=[world.photo(9)])
    with scoped(world.scope):
        held = Evidence.objects.filter(round=closed.id, digest=digest_of(picture(9)))
        assert not held.exists()
        act(world, aside.aside_note, message)
        assert held.count() == 1


def test_asking_twice_notes_once(world, closed):
    message = late(world)
    act(world, aside.aside_note, message), act(world, aside.aside_note, message)
    act(world, aside.aside_settle, message)
    assert len(world.detail(closed.id).notes) == 1
    assert kinds(world) == ["primitives.answer_noted"]


def test_what_is_left_stays_in_sight_at_its_round_and_leaves_the_list(world, closed):
    message = late(world)
    act(world, aside.aside_settle, message), act(world, aside.aside_settle, message)
    assert aside.asides(scope=world.scope, org_unit=world.branch) == []
    with scoped(world.scope):
        row = Round.objects.select_related("org_unit").get(pk=closed.id)
    assert [one.message.state for one in aside.late_answers(scope=world.scope, row=row)] == ["settled"]
    assert world.detail(closed.id).notes == ()
    assert kinds(world) == ["primitives.sync_settled"]
    with pytest.raises(Invalid):  # what was left does not come back by an old page
        act(world, aside.aside_note, message)


def test_only_a_late_answer_that_fits_can_become_a_note(world, closed):
    wrong = late(world, value="perhaps")
    again = sent(10, kind="submit", round="r", answers=[], files=[])
    assert world.sync(again, device="phone-2").receipts[0].reason == "round_closed"
    with scoped(world.scope):
        second = SyncItem.objects.latest("id").pk
    for message in (wrong, second):
        with pytest.raises(Invalid):
            act(world, aside.aside_note, message)
    assert world.detail(closed.id).notes == ()


def test_only_leaders_decide_and_only_at_their_branch(world, closed):
    message = late(world)
    for deed in (aside.aside_note, aside.aside_settle):
        with pytest.raises(Forbidden):
            act(world, deed, message, "Mei")
        with pytest.raises((NotFound, Forbidden)):
            act(world, deed, message, "Stranger")
        with pytest.raises((NotFound, Forbidden)):
            act(world, deed, message, "Stranger", org_unit=world.bank.b02)
    assert kinds(world) == []


def test_a_message_is_found_only_at_its_own_branch(world, closed):
    message, everywhere = late(world), system_scope(tuple(table()))
    for deed in (aside.aside_note, aside.aside_settle):
        with pytest.raises(NotFound):
            act(world, deed, message, org_unit=world.bank.b02, scope=everywhere)
    assert kinds(world) == []


def test_the_phone_s_receipt_stays_the_first_one(world, closed):
    one = sent(9, "k", kind="answer", round="r", item="clean", value="no", files=[], base="")
    first = world.sync(one, device="phone-2").receipts
    with scoped(world.scope):
        act(world, aside.aside_note, SyncItem.objects.latest("id").pk)
    assert world.sync(one, device="phone-2").receipts == first
    assert len(world.detail(closed.id).notes) == 1


def test_the_supervisor_takes_it_over_on_the_round_s_page(world, closed, sign_in):
    first, second = late(world), late(world, "light", "some", seq=10)
    sun, page = sign_in("Sun"), reverse("primitives:round", args=[closed.id])
    shown = sun.get(page).content.decode()
    assert "巡检提交后才从手机送达" in shown and "补记入档" in shown and "部分损坏" in shown
    done = sun.post(reverse("primitives:round-note", args=[first]), {"round": str(closed.id)}, follow=True)
    assert done.redirect_chain == [(page, 302)]
    assert "送达较晚，不计入结果" in done.content.decode() and "Mei" in done.content.decode()
    sun.post(reverse("primitives:round-settle", args=[second]), {"round": str(closed.id)})
    after = sun.get(page).content.decode()
    assert "补记入档</button>" not in after and "已补记入档" in after and "未作处理" in after
    assert sun.get(reverse("primitives:round-paper", args=[closed.id])).content.startswith(b"%PDF-")
    assert "从手机送来" not in sun.get(reverse("primitives:rounds-today")).content.decode()


def test_a_teller_sees_it_without_buttons_and_may_not_decide(world, closed, sign_in):
    message = late(world)
    mei = sign_in("Mei")
    assert "补记入档</button>" not in mei.get(reverse("primitives:round", args=[closed.id])).content.decode()
    assert mei.post(reverse("primitives:round-note", args=[message])).status_code == 404
    assert sign_in("Stranger").post(reverse("primitives:round-note", args=[message])).status_code == 404


# --- rounds that could not be begun ----------------------------------------------------------------------------------


def test_what_belongs_to_a_round_that_was_refused_is_set_aside_and_not_kept_for_ever(world):
    early = sent(2, "early", kind="answer", round="x", item="clean", value="yes", files=[], base="")
    start = sent(1, "start", kind="start", round="x", checklist="probe.gone", version=1, asset="")
    after = sent(3, "after", kind="answer", round="x", item="clean", value="no", files=[], base="")
    states = [world.sync(one).receipts[0].state for one in (early, start, after)]
    assert states == ["held", "quarantined", "quarantined"]
    with scoped(world.scope):
        assert dict(SyncItem.objects.values_list("key", "reason"))["early"] == "round_refused"


def test_a_phone_learns_which_rounds_count_as_handed_in(world):
    told = [
        sent(1, kind="start", round="r", checklist="probe.walk", version=1, asset=""),
        sent(2, kind="submit", round="r", answers=["missing"], files=[]),
    ]
    world.sync(*told)
    work = checklists.work(scope=world.scope, org_unit=world.branch, now=world.now, language="en")
    assert work["handed_in"] == ["r"]


@pytest.mark.parametrize("seq", ["nan", "1e999", None, [], "x"])
def test_a_number_that_is_none_is_no_item(seq):
    row = json.loads(json.dumps({"key": "k", "seq": 1, "hash": "h", "text": "t"}))
    row["seq"] = float(seq) if seq in ("nan", "1e999") else seq
    with pytest.raises((ValueError, KeyError, TypeError)):
        syncing.read(row)
