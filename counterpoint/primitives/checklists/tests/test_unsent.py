"""Answers that have waited on a phone for a day: derived from what stands here and the phone's last word, and told."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import Forbidden, Invalid, NotFound, clock, scoped
from counterpoint.foundation.models import JournalEntry, Message
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import handing, unsent
from counterpoint.primitives.checklists.models import Round, SyncItem
from counterpoint.primitives.checklists.tests.world import sent
from counterpoint.ui.panels import get as panel


def begin(world, device="phone-2", who="Mei", ref="r"):
    """A round begun on a phone, with one answer."""
    start = sent(1, kind="start", round=ref, checklist="probe.walk", version=1, asset="")
    world.sync(start, sent(2, kind="answer", round=ref, item="clean", value="yes", files=[], base=""),
               device=device, who=who)  # fmt: skip
    with scoped(world.scope):
        return Round.objects.get(key=ref)


def say(world, count, hours, device="phone-2", who="Mei"):
    word = unsent.Unsent(count, hours)
    batch = checklists.Batch(world.branch.code, (), word)
    checklists.sync(scope=world.bank.scope(who), device=device, batch=batch, now=world.now)


def waiting(world, who="Sun"):
    found = unsent.phones_waiting(scope=world.bank.scope(who), org_unit=world.branch, now=world.now)
    return [(one.device, one.why, one.count) for one in found]


def told(world):
    with scoped(world.bank.scope("Hana")):
        rows = Message.objects.filter(dedupe__startswith="unsent:").select_related("recipient").order_by("id")
        return [one.recipient.name for one in rows]


def notes(world):
    with scoped(world.bank.scope("Hana")):
        return [one.data for one in JournalEntry.objects.filter(kind="primitives.unsent_told").order_by("seq")]


def test_a_phone_that_fell_silent_with_a_round_on_it_is_named_after_a_day(world):
    row = begin(world)
    world.later(hours=23, minutes=59)
    assert waiting(world) == []
    world.later(minutes=1)
    (phone,) = unsent.phones_waiting(scope=world.scope, org_unit=world.branch, now=world.now)
    assert (phone.device, phone.why, phone.person) == ("phone-2", "silent", "Mei")
    assert [one.pk for one in phone.rounds] == [row.pk] and phone.since == world.now - timedelta(days=1)


def test_a_round_that_was_handed_in_leaves_nothing_to_look_for(world):
    row = begin(world)
    world.fill(row.pk)
    world.submit(row.pk)
    world.later(days=2)
    assert waiting(world) == []


def test_a_phone_that_is_heard_again_is_silent_no_more(world):
    begin(world)
    world.later(days=2)
    world.sync(
        sent(3, kind="answer", round="r", item="warmth", value=20, files=[], base=""), device="phone-2", who="Mei"
    )
    assert waiting(world) == []


def test_an_overdue_round_points_to_the_phone_of_whom_it_was_given_to(world):
    begin(world, device="phone-1", who="Sun", ref="old")
    row = begin(world, device="phone-1", who="Sun", ref="done")
    for one in ("old", "done"):
        with scoped(world.scope):
            pk = Round.objects.get(key=one).pk
        world.fill(pk)
        world.submit(pk)
    world.later(hours=1)
    checklists.plan_branch(scope=world.bank.scope("Hana"), org_unit=world.branch, now=world.now)  # given to Sun
    world.later(hours=26)
    (phone,) = unsent.phones_waiting(scope=world.scope, org_unit=world.branch, now=world.now)
    assert (phone.device, phone.why) == ("phone-1", "silent")
    assert [one.checklist for one in phone.rounds] == ["probe.opening"] and row.pk not in [r.pk for r in phone.rounds]


def test_what_waits_here_for_the_rest_names_its_phone(world):
    begin(world)
    world.sync(sent(3, kind="submit", round="r", answers=["never"], files=[]), device="phone-2", who="Mei")
    world.later(hours=24)
    world.sync(
        sent(9, kind="start", round="z", checklist="probe.walk", version=1, asset=""), device="phone-2", who="Mei"
    )
    assert waiting(world) == [("phone-2", "half", 1)]


def test_a_phone_s_own_word_counts_until_it_says_that_it_is_over(world):
    say(world, 3, 30)
    assert waiting(world) == [("phone-2", "said", 3)]
    say(world, 5, 36)
    assert waiting(world) == [("phone-2", "said", 5)]
    say(world, 0, 0)
    assert waiting(world) == []


def test_a_file_handed_in_at_a_desk_ends_it(world):
    say(world, 2, 30)
    one = sent(1, "a", kind="start", round="r", checklist="probe.walk", version=1, asset="")
    file = {"format": handing.FORMAT, "device": "phone-2", "items": [vars(one)], "photos": []}
    handing.file_take(scope=world.scope, org_unit=world.branch, content=json.dumps(file).encode(), now=world.now)
    assert waiting(world) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(-5, 10**30), st.integers(-5, 10**30))
def test_a_phone_may_say_any_number(world, count, hours):
    say(world, count, hours)
    found = waiting(world)
    assert len(found) == (count > 0) and all(0 < n <= unsent.MOST_ENTRIES for _device, _why, n in found)


def test_leaders_hear_of_a_phone_once_a_day(world):
    begin(world)
    world.later(hours=25)
    assert unsent.tell_of_phones(now=world.now) == 1
    assert unsent.tell_of_phones(now=world.now + timedelta(minutes=10)) == 0
    assert sorted(told(world)) == ["Ada", "Sun"]
    assert notes(world) == [{"device": "phone-2", "why": "silent", "count": 0, "hours": 25, "told": 2}]
    world.later(days=1)
    assert unsent.tell_of_phones(now=world.now) == 1
    assert len(told(world)) == 4
    world.later(days=20)
    assert unsent.tell_of_phones(now=world.now) == 0  # after two weeks nobody is reminded any more


def test_telling_of_a_phone_is_no_word_from_it(world):
    begin(world)
    world.later(hours=25)
    unsent.tell_of_phones(now=world.now)
    assert waiting(world) == [("phone-2", "silent", 0)]


def test_a_stranger_sees_nothing_of_it(world):
    begin(world)
    world.later(hours=25)
    with pytest.raises(Forbidden):
        waiting(world, "Stranger")
    other = unsent.phones_waiting(scope=world.bank.scope("Hana"), org_unit=world.bank.b02, now=world.now)
    assert other == []


def test_the_list_and_the_desk_show_it_to_leaders(world, sign_in, rf):
    begin(world)
    world.later(hours=25)
    clock.current().at = world.now
    page = sign_in("Sun").get(reverse("primitives:rounds-today"))
    assert "超过 24 小时未上传" in page.content.decode() and "Mei" in page.content.decode()
    assert sign_in("Mei").get(reverse("primitives:rounds-today")).context["phones"] == []
    request = rf.get("/")
    request.scope, request.branch, request.LANGUAGE_CODE = world.scope, world.branch, "zh-hans"
    with scoped(world.scope):
        body = panel("primitives.phones").render(request)
        assert body.level == "act" and len(body.context["phones"]) == 1
        SyncItem.objects.all().delete()
        assert panel("primitives.phones").render(request) is None


@pytest.mark.parametrize("word", [{"count": "x"}, {"count": 1}, [], 3, {"count": 1, "hours": None}])
def test_a_word_that_lost_its_end_is_refused(world, sign_in, word):
    body = {"branch": "b01", "device": "d", "items": [], "unsent": word}
    sun = sign_in("Sun")
    answer = sun.post(reverse("primitives:rounds-sync"), json.dumps(body), content_type="application/json")
    assert answer.status_code == (400 if word else 200)


def test_a_phone_s_file_brings_items_only_to_branches_of_who_hands_it_in(world):
    start = sent(1, "a", kind="start", round="r", checklist="probe.walk", version=1, asset="")
    file = {"format": handing.FORMAT, "device": "d", "photos": []}
    file["items"] = [vars(start) | {"branch": {"code": "b01"}}]
    content = json.dumps(file).encode()
    with pytest.raises(NotFound):
        handing.file_take(scope=world.bank.scope("Stranger"), org_unit=world.bank.b02, content=content, now=world.now)
    counts = handing.file_take(scope=world.scope, org_unit=world.branch, content=content, now=world.now)
    assert (counts["taken"], counts["aside"]) == (1, 0)


@pytest.mark.parametrize(
    "change", [{"format": "x"}, {"device": ""}, {"device": "d" * 81}, {"items": [3]}, {"photos": 1}]
)
def test_what_is_no_file_of_a_phone_is_refused(world, change):
    file = {"format": handing.FORMAT, "device": "d", "photos": [], "items": []} | change
    with pytest.raises(Invalid):
        handing.file_take(scope=world.scope, org_unit=world.branch, content=json.dumps(file).encode(), now=world.now)
