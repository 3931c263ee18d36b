"""The journal: one entry per change, chained, append-only, erasable where it is personal."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import chain, journal
from counterpoint.foundation.models import JournalEntry, JournalText
from counterpoint.foundation.scope import scoped, unscoped
from tests.properties import dose


def test_the_bank_was_built_with_a_sound_chain_per_unit(bank):
    with unscoped("test verifies all"):
        for unit in bank.units.values():
            verdict = journal.verify(unit)
            assert verdict.ok and verdict.rows > 0


def test_an_entry_outside_a_transaction_is_refused(bank, monkeypatch):
    monkeypatch.setattr(journal, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(journal.JournalError):
        journal.record(scope=None, org_unit=bank.b01, kind="foundation.signed_in", subject="x", at=bank.now)


def test_undeclared_kinds_and_fields_are_refused(bank):
    with scoped(bank.scope("Sun")), transaction.atomic():
        with pytest.raises(KeyError):
            journal.record(scope=None, org_unit=bank.b01, kind="nobody.knows", subject="x", at=bank.now)
        with pytest.raises(journal.JournalError):
            journal.record(
                scope=None, org_unit=bank.b01, kind="foundation.signed_in", subject="x", at=bank.now, data={"phone": 1}
            )


def test_the_database_refuses_to_change_or_delete_an_entry(bank):
    with unscoped("test tampers"):
        for tamper in (
            lambda: JournalEntry.objects.filter(seq=1).update(kind="x"),
            lambda: JournalEntry.objects.filter(seq=1).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                tamper()


def test_personal_text_can_be_erased_and_the_chain_stays_valid(bank):
    with scoped(bank.scope("Sun")), transaction.atomic():
        entry = journal.record(
            scope=bank.scope("Sun"), org_unit=bank.b01, kind="foundation.signed_in", subject="x",
            at=bank.now + timedelta(minutes=1), data={}, private={"note": "张三 13800000000"},
        )  # fmt: skip
    with unscoped("test erases"):
        assert "13800000000" not in str(entry.data)
        text = JournalText.objects.get(entry=entry)
        assert chain.commitment(text.salt, text.text) == entry.data["private"]
        journal.erase_private(entry)
        assert not JournalText.objects.filter(entry=entry).exists()
        assert journal.verify(bank.b01).ok


def test_a_rolled_back_change_leaves_no_entry(bank):
    with unscoped("test"):
        before = JournalEntry.objects.count()
        with pytest.raises(RuntimeError), transaction.atomic():
            journal.record(scope=None, org_unit=bank.b01, kind="foundation.signed_in", subject="x", at=bank.now)
            raise RuntimeError
        assert JournalEntry.objects.count() == before
        assert journal.verify(bank.b01).ok


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
DATA = st.dictionaries(TEXT, st.one_of(st.integers(-(2**53), 2**53), TEXT, st.booleans(), st.none()), max_size=4)


@st.composite
def chains(draw):
    from datetime import UTC, datetime

    previous, out = "", []
    for seq in range(1, draw(st.integers(2, 6)) + 1):
        at = draw(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))).replace(tzinfo=UTC)
        link = chain.Link("b01", seq, at, draw(TEXT), draw(TEXT), draw(TEXT), draw(DATA), previous)
        previous = chain.link_hash(link)
        out.append((link, previous))
    return out


@settings(max_examples=dose(100))
@given(chains())
def test_an_untouched_chain_verifies(links):
    verdict = chain.check(links)
    assert verdict.ok and verdict.rows == len(links) and verdict.head == links[-1][1]


@settings(max_examples=dose(100))
@given(chains(), st.data())
def test_any_change_is_found_at_its_place(links, data):
    from dataclasses import replace

    index = data.draw(st.integers(0, len(links) - 1))
    link, stored = links[index]
    field = data.draw(st.sampled_from(["kind", "actor", "subject"]))
    links[index] = (replace(link, **{field: getattr(link, field) + "x"}), stored)
    assert chain.check(links).first_bad == link.seq


@settings(max_examples=dose(100))
@given(chains(), st.data())
def test_a_removed_or_swapped_entry_is_found(links, data):
    index = data.draw(st.integers(0, len(links) - 2))
    removed = links[:index] + links[index + 1 :]
    assert not chain.check(removed).ok
    swapped = links[:]
    swapped[index], swapped[index + 1] = swapped[index + 1], swapped[index]
    assert not chain.check(swapped).ok


@given(st.lists(TEXT, min_size=2, max_size=2, unique=True))
def test_field_borders_are_part_of_the_hash(pair):
    from datetime import UTC, datetime

    at = datetime(2026, 1, 1, tzinfo=UTC)
    one = chain.Link("c", 1, at, pair[0] + pair[1], "", "", {}, "")
    two = chain.Link("c", 1, at, pair[0], pair[1], "", {}, "")
    assert (chain.link_hash(one) == chain.link_hash(two)) == (one == two)
