"""P-I1…P-I5 and P-O1…P-O8: what a phone captured is on the server once, whatever the network did.

Every example runs in a savepoint of its own that is rolled back.
"""

import dataclasses
import json
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation.api import NotFound, scoped
from counterpoint.foundation.models import JournalEntry
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists.models import AnswerEntry, Round, SyncItem
from counterpoint.primitives.checklists.syncing import MEMORY
from counterpoint.primitives.checklists.tests.phones import Network, Phone, Quiet, deliver, rough, state, story
from counterpoint.primitives.checklists.tests.world import digest_of, picture, sent
from tests.properties import dose

fixtures_stay = settings(
    max_examples=dose(20),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class _Undo(Exception):
    pass


@contextmanager
def tried(world):
    """A world of its own: what happens in the block is undone."""
    world.opened.clear()
    now = world.now
    try:
        with transaction.atomic():
            yield world
            raise _Undo
    except _Undo:
        pass
    world.now = now


def outcome(world, messages, **more):
    with tried(world):
        deliver(world, messages, **more)
        return state(world)


@fixtures_stay
@given(st.randoms(), st.integers(2, 4))
def test_p_i1_applying_again_changes_nothing(world, random, times):
    told = story(random, rounds=1)
    assert outcome(world, told) == outcome(world, [message for message in told for _ in range(times)])


@fixtures_stay
@given(st.randoms())
def test_p_i2_any_order_gives_the_same_state(world, random):
    told = story(random)
    shuffled = list(told)
    random.shuffle(shuffled)
    assert outcome(world, told) == outcome(world, shuffled)


@fixtures_stay
@given(st.randoms())
def test_p_i3_the_same_key_with_other_content_is_refused_and_told(world, random):
    told = story(random, rounds=1)
    with tried(world):
        deliver(world, told)
        before = state(world)
        victim = random.choice([message for message in told if message.item is not None])
        other = sent(
            victim.item.seq,
            victim.item.key,
            kind="answer",
            round="round-0",
            item="clean",
            value="no",
            files=[],
            base="x",
        )
        (receipt,) = world.sync(other, device=victim.device).receipts
        assert receipt.state == "conflict"
        assert state(world) == before
        with scoped(world.bank.scope("Hana")):
            assert JournalEntry.objects.filter(kind="primitives.sync_conflicted").count() == 1


@fixtures_stay
@given(st.randoms())
def test_p_i4_a_repeated_item_gets_its_first_answer(world, random):
    told = [message for message in rough(random, story(random, rounds=1), most=1) if message.item is not None]
    with tried(world):
        first = {}
        for message in told + told:
            (receipt,) = world.sync(message.item, device=message.device).receipts
            if receipt.state != "damaged":
                assert first.setdefault((message.device, message.item.key), receipt) == receipt


@fixtures_stay
@given(st.integers(-40, 400))
def test_p_i5_an_item_older_than_the_memory_of_keys_is_set_aside(world, days):
    with tried(world):
        at = (world.now - timedelta(days=days)).isoformat()
        item = sent(1, "old", at=at, kind="start", round="r", checklist="probe.walk", version=1, asset="")
        (receipt,) = world.sync(item).receipts
        too_old = timedelta(days=days) > MEMORY
        assert (receipt.state, receipt.reason) == (("quarantined", "too_old") if too_old else ("applied", ""))
        kept = checklists.quarantined(scope=world.scope, org_unit=world.branch)
        assert [one.key for one in kept] == (["old"] if too_old else [])


def test_p_i5_nothing_forgets_a_key():
    """Keys are remembered for ever: no code deletes them, so the memory is longer than any device keeps its items."""
    from pathlib import Path

    here = Path(checklists.__file__).parent
    assert timedelta(days=90) <= MEMORY
    assert not [p.name for p in here.glob("*.py") if ".delete(" in p.read_text(encoding="utf-8")]


def live(world, random, phones, steps):
    """Phones at work on a bad network; returns what each captured."""
    network = Network(random)
    refs = []
    for number, phone in enumerate(phones):
        ref = f"{phone.device}-round"
        phone.capture(kind="start", round=ref, checklist="probe.walk", version=1, asset="")
        refs.append(ref)
        if number == 0:
            phone.capture(kind="answer", round=ref, item="exit", value="", files=[phone.shoot(1)], base="")
    for _ in range(steps):
        phone = random.choice(phones)
        deed = random.choice(["answer", "answer", "answer", "send", "pull", "nonsense"])
        if deed == "answer":
            ref = random.choice(refs)
            item, value = random.choice([("clean", "yes"), ("clean", "no"), ("warmth", 20), ("note", "ok")])
            base = phone.known.get(ref, {}).get("answers", {}).get(item, {}).get("entry", "")
            phone.capture(kind="answer", round=ref, item=item, value=value, files=[], base=base)
        elif deed == "nonsense":
            phone.capture(kind="answer", round=refs[0], item="warmth", value="hot", files=[], base="")
        elif deed == "send":
            phone.send(network)
        else:
            phone.pull(network)
    return refs


def settle(phones):
    """The network is good again."""
    for _ in range(2):
        for phone in phones:
            phone.send(Quiet())
    for phone in phones:
        phone.pull(Quiet())


@fixtures_stay
@given(st.randoms(), st.integers(3, 12))
def test_p_o1_what_was_captured_is_on_the_server_or_set_aside_with_a_reason(world, random, steps):
    with tried(world):
        phones = [Phone(world, "a"), Phone(world, "b")]
        live(world, random, phones, steps)
        settle(phones)
        with scoped(world.scope):
            known = {one.key: one for one in SyncItem.objects.filter(org_unit=world.branch)}
            entries = set(AnswerEntry.objects.filter(org_unit=world.branch).values_list("key", flat=True))
        for item in (one for phone in phones for one in phone.captured):
            row = known[item.key]
            assert row.digest == item.hash
            if row.state == "applied" and row.kind == "answer":
                assert item.key in entries
            assert row.state == "applied" or row.reason
        assert len(known) == sum(len(phone.captured) for phone in phones)


@fixtures_stay
@given(st.randoms(), st.integers(3, 12))
def test_p_o2_a_copy_is_let_go_only_when_the_server_has_it(world, random, steps):
    with tried(world):
        phones = [Phone(world, "a"), Phone(world, "b")]
        live(world, random, phones, steps)
        with scoped(world.scope):
            here = set(SyncItem.objects.filter(org_unit=world.branch).values_list("key", "digest"))
        for phone in phones:
            gone = [one for one in phone.captured if one not in phone.outbox]
            assert {(one.key, one.hash) for one in gone} <= here
            assert set(phone.settled) == {one.key for one in gone}


@fixtures_stay
@given(st.randoms(), st.integers(3, 12))
def test_p_o3_a_phone_knows_a_version_only_with_its_content(world, random, steps):
    with tried(world):
        phones = [Phone(world, "a"), Phone(world, "b")]
        live(world, random, phones, steps)
        for phone in phones:
            phone.pull(Network(random))
            fresh = Phone(world, "c")
            fresh.pull(Quiet())
            if phone.version == fresh.version:
                assert phone.known == fresh.known


@fixtures_stay
@given(st.randoms(), st.lists(st.sampled_from(["yes", "no", "send", "pull"]), min_size=1, max_size=10))
def test_p_o4_a_phone_sees_its_own_writes_and_never_an_older_state(world, random, deeds):
    with tried(world):
        phone, network = Phone(world, "a"), Network(random)
        phone.capture(kind="start", round="r", checklist="probe.walk", version=1, asset="")
        last, seen, base = None, -1, ""
        for deed in deeds:
            if deed in ("yes", "no"):
                base = phone.capture(kind="answer", round="r", item="clean", value=deed, files=[], base=base)
                last = deed
            elif deed == "send":
                phone.send(network)
                phone.pull(Quiet())
            else:
                phone.pull(network)
            assert phone.version >= seen
            seen = phone.version
            assert phone.shown("r", "clean") == last


@fixtures_stay
@given(st.randoms(), st.integers(3, 14))
def test_p_o5_at_rest_all_phones_agree_and_nothing_waits(world, random, steps):
    with tried(world):
        phones = [Phone(world, name) for name in "abc"]
        live(world, random, phones, steps)
        settle(phones)
        assert all(not phone.outbox and not phone.photos for phone in phones)
        assert all(phone.known == phones[0].known for phone in phones)


@fixtures_stay
@given(
    st.sampled_from(["yes", "no"]), st.sampled_from(["yes", "no"]), st.booleans(), st.integers(1, 9), st.integers(1, 9)
)
def test_p_o6_two_answers_given_without_knowing_of_each_other_are_both_kept(world, one, two, swap, seq_a, seq_b):
    with tried(world):
        world.sync(sent(1, "s", kind="start", round="r", checklist="probe.walk", version=1, asset=""), device="a")
        edits = [
            ("a", sent(seq_a + 1, "ea", kind="answer", round="r", item="clean", value=one, files=[], base="")),
            ("b", sent(seq_b + 1, "eb", kind="answer", round="r", item="clean", value=two, files=[], base="")),
        ]  # fmt: skip
        for device, item in reversed(edits) if swap else edits:
            world.sync(item, device=device)
        with scoped(world.scope):
            row = Round.objects.get(key="r")
        line = world.detail(row.pk).lines["clean"]
        assert sorted(entry.value for entry in line.history) == sorted([one, two])
        winner = max(((seq_a, "a", one), (seq_b, "b", two)))
        assert line.value == winner[2] and line.contested is (one != two)


@fixtures_stay
@given(st.randoms())
def test_p_o7_a_round_is_not_submitted_before_its_pictures_are_here(world, random):
    with tried(world):
        told = story(random, rounds=1, devices=1)
        for message in rough(random, told, most=2):
            deliver(world, [message])
            with scoped(world.scope):
                for row in Round.objects.filter(org_unit=world.branch, state="submitted"):
                    lines = world.detail(row.pk).lines.values()
                    submit = next(m for m in told if m.item is not None and m.item.key.endswith("submit"))
                    body = json.loads(submit.item.text)
                    assert {e.digest for line in lines for e in line.evidence} >= set(body["files"])
                    assert {e.key for line in lines for e in line.history} >= set(body["answers"])


@fixtures_stay
@given(st.randoms(), st.lists(st.integers(-48 * 60, 48 * 60), min_size=3, max_size=3))
def test_p_o8_a_wrong_clock_of_a_phone_changes_nothing(world, random, skews):
    told = story(random)
    skew = {f"phone-{n}": timedelta(minutes=minutes) for n, minutes in enumerate(skews)}
    plain = outcome(world, told, at=lambda message: world.now.isoformat())
    assert outcome(world, told, at=lambda message: (world.now + skew[message.device]).isoformat()) == plain


def test_p_o8_the_server_says_when_something_was_done(world):
    item = sent(1, kind="start", round="r", checklist="probe.walk", version=1, asset="", at="2026-11-01T00:00:00Z")
    world.sync(item, sent(2, kind="answer", round="r", item="clean", value="yes", files=[], base=""))
    with scoped(world.scope):
        row = Round.objects.get(key="r")
    assert row.started_at == world.now and world.detail(row.pk).lines["clean"].done_at == world.now


def test_a_damaged_item_gets_no_key(world):
    good = sent(1, "k", kind="start", round="r", checklist="probe.walk", version=1, asset="")
    (receipt,) = world.sync(dataclasses.replace(good, text=good.text[:-1])).receipts
    assert receipt.state == "damaged"
    (receipt,) = world.sync(good).receipts
    assert receipt.state == "applied" and receipt.hash == good.hash


def test_a_submission_waits_for_its_picture_and_then_takes_effect(world):
    told = [
        sent(1, kind="start", round="r", checklist="probe.opening", version=1, asset=""),
        sent(2, "a", kind="answer", round="r", item="door", value="yes", files=[], base=""),
        sent(3, "b", kind="answer", round="r", item="signature", value="", files=[digest_of(picture(5))], base=""),
        sent(4, kind="submit", round="r", answers=["a", "b"], files=[digest_of(picture(5))]),
    ]
    states = [world.sync(item).receipts[0].state for item in told]
    assert states == ["applied", "applied", "applied", "held"]
    world.photo(5)
    with scoped(world.scope):
        assert Round.objects.get(key="r").state == "submitted"
    assert checklists.quarantined(scope=world.scope, org_unit=world.branch) == []


def test_a_picture_that_lost_its_end_is_not_taken(world):
    with pytest.raises(checklists.Damaged):
        checklists.photo_put(
            scope=world.scope,
            org_unit=world.branch,
            content=picture(1)[:-5],
            digest=digest_of(picture(1)),
            now=world.now,
        )


def test_what_comes_after_the_submission_is_set_aside_with_its_reason(world):
    begun = world.start(key="r")
    world.fill(begun.id)
    world.submit(begun.id)
    (receipt,) = world.sync(sent(9, kind="answer", round="r", item="clean", value="no", files=[], base="")).receipts
    assert (receipt.state, receipt.reason) == ("quarantined", "round_closed")


def test_a_phone_of_another_branch_is_not_heard(world):
    item = sent(1, kind="start", round="r", checklist="probe.walk", version=1, asset="")
    batch = checklists.Batch("b01", (item,))
    with pytest.raises(NotFound):
        checklists.sync(scope=world.bank.scope("Stranger"), device="x", batch=batch, now=world.now)
