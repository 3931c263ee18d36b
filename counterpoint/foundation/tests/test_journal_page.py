"""What a reader finds in the journal: the right rows by kind, subject and the branch's own day, told in words."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from counterpoint.foundation import actions, facts, journal, queries
from counterpoint.foundation.models import JournalEntry, JournalHead
from counterpoint.foundation.scope import scoped, unscoped

KIND = "foundation.signed_in"


def note(bank, at, subject="x", kind=KIND, where="b01", person=None, **data):
    """One entry as an action would write it."""
    with unscoped("test"), transaction.atomic():
        scope = bank.scope(person) if person else None
        return journal.record(scope=scope, org_unit=bank.units[where], kind=kind, subject=subject, at=at, data=data)


def asked(bank, person="Sun", branch="b01", **wanted):
    scope = bank.scope(person)
    with scoped(scope):
        rows = queries.journal_entries(scope=scope, branch=bank.units[branch] if branch else None, **wanted)
        return [(row.org_unit_id, row.subject) for row in rows]


def utc(day, hour, minute=0, second=0):
    return datetime(2026, 12, day, hour, minute, second, tzinfo=UTC)


# The branch stands in Shanghai: its 8 December lasts from 7 December 16:00 to 8 December 16:00 UTC.
@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (utc(7, 15, 59, 59), False),
        (utc(7, 16), True),
        (utc(8, 0), True),
        (utc(8, 15, 59, 59), True),
        (utc(8, 16), False),
    ],
    ids=["the second before midnight", "midnight", "eight in the morning", "the last second", "the next midnight"],
)
def test_a_day_is_the_branchs_own_day(bank, at, inside):
    note(bank, at, "moment")
    assert ((bank.b01.pk, "moment") in asked(bank, day="2026-12-08")) is inside


def test_without_a_branch_a_day_is_utcs(bank):
    note(bank, utc(7, 23, 59), "before")
    note(bank, utc(8, 0), "within")
    found = [subject for _unit, subject in asked(bank, "Hana", None, day="2026-12-08")]
    assert found == ["within"]


@pytest.mark.parametrize(
    "day", ["2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "yesterday", "2026-11", "\uff12026-11-23"]
)
def test_a_day_that_does_not_exist_narrows_nothing_and_breaks_nothing(bank, sign_in, day):
    assert asked(bank, day=day) == asked(bank)
    assert sign_in("Sun").get("/journal", {"day": day}).status_code == 200


def test_kind_subject_and_day_narrow_together(bank):
    note(bank, utc(8, 1), "ticket-1")
    note(bank, utc(8, 2), "ticket-2")
    note(bank, utc(9, 1), "ticket-1")
    note(bank, utc(8, 3), "ticket-1", kind="foundation.second_factor_set")
    assert len(asked(bank, kind=KIND, subject="ticket-1", day="2026-12-08")) == 1
    assert len(asked(bank, kind=KIND, subject="ticket-1")) == 2
    assert len(asked(bank, subject="ticket-1", day="2026-12-08")) == 2
    assert asked(bank, kind=KIND, subject="ticket-3") == []


def test_the_newest_entry_comes_first(bank):
    for number in range(3):
        note(bank, utc(8, number), f"n{number}")
    assert [subject for _unit, subject in asked(bank, day="2026-12-08")] == ["n2", "n1", "n0"]


def test_a_region_reads_its_branches_and_not_those_of_another(bank):
    for where in ("b01", "b02", "b03", "hq"):
        note(bank, utc(8, 1), where, where=where)
    found = {subject for _unit, subject in asked(bank, "Rita", None, day="2026-12-08")}
    assert found == {"b01", "b02"}


def told(*entries):
    with unscoped("test"):
        return queries.told(JournalEntry.objects.filter(pk__in=[e.pk for e in entries]).order_by("id"))


def test_an_entry_is_told_with_the_names_of_who_did_it_and_whom_it_is_about(bank):
    mei = bank.people["Mei"]
    (line,) = told(note(bank, utc(8, 1), str(mei.pk), person="Ada", user=str(mei.pk)))
    assert (line.actor, line.data, line.kind) == ("Ada", {"user": "Mei"}, KIND)
    assert line.label not in ("", KIND)


def test_what_the_server_did_by_itself_has_no_actor(bank):
    (line,) = told(note(bank, utc(8, 1)))
    assert line.actor == "" and line.data == {}


def test_a_person_who_is_no_longer_known_keeps_their_id(bank):
    stranger = "0199a1b2-1111-7222-8333-123456789012"
    (line,) = told(note(bank, utc(8, 1), user=stranger))
    assert line.data == {"user": stranger}


def test_names_are_looked_up_once_for_a_whole_page(bank, django_assert_num_queries):
    people = [str(person.pk) for person in bank.people.values()]
    entries = [note(bank, utc(8, 1), person="Ada", user=pk) for pk in people]
    with unscoped("test"):
        rows = list(JournalEntry.objects.filter(pk__in=[e.pk for e in entries]))
    with django_assert_num_queries(1):
        assert {line.data["user"] for line in queries.told(rows)} == set(bank.people)


def test_a_kind_of_another_version_is_told_by_its_key(bank, sign_in, monkeypatch):
    """The journal outlives the room that wrote it: an entry whose kind is gone is still an entry."""
    note(bank, utc(8, 1), "old")
    monkeypatch.delitem(facts._registry, KIND)
    page = sign_in("Sun").get("/journal")
    assert page.status_code == 200 and page.context["entries"][0].label == KIND


def test_personal_text_is_on_no_page(bank, sign_in):
    with unscoped("test"), transaction.atomic():
        journal.record(
            scope=None, org_unit=bank.b01, kind=KIND, subject="x", at=bank.now, private="\u5f20\u4e09 13800000000"
        )
    assert "13800000000" not in sign_in("Sun").get("/journal").content.decode()


def test_a_page_has_fifty_entries_and_a_page_too_far_is_the_last(bank, sign_in):
    for number in range(60):
        note(bank, utc(8, 1), f"n{number}")
    client = sign_in("Sun")
    first, second, far = (client.get(f"/journal?kind={KIND}&page={page}") for page in (1, 2, 99))
    assert [len(page.context["entries"]) for page in (first, second, far)] == [50, 10, 10]
    assert first.context["entries"][0].subject == "n59" and far.context["entries"][-1].subject == "n0"


def shorter(monkeypatch, count):
    """The page looks at the newest `count` entries instead of a thousand."""
    real = journal.verify_tail
    monkeypatch.setattr(journal, "verify_tail", lambda unit, _count: real(unit, count))


@pytest.mark.parametrize("count", [1, 5, 1000], ids=["one", "some", "all"])
def test_a_tail_that_was_cut_is_told_whatever_the_length_of_the_chain(bank, sign_in, monkeypatch, count):
    shorter(monkeypatch, count)
    client = sign_in("Sun")
    assert client.get("/journal").context["verdict"].ok
    with unscoped("test"):
        head = JournalHead.objects.get(pk=bank.b01.pk)
        JournalHead.objects.filter(pk=bank.b01.pk).update(seq=head.seq + 1, hash="f" * 64)
    page = client.get("/journal")
    assert page.context["verdict"].first_bad == head.seq + 1 and "cut" in page.context["verdict"].reason
    assert f" {head.seq + 1} " in page.content.decode()


@pytest.mark.parametrize("count", [2, 1000], ids=["newest", "whole"])
def test_a_colleague_who_writes_while_the_chain_is_read_raises_no_alarm(bank, monkeypatch, count):
    real = journal.chain.link_hash
    written = []

    def busy(link):
        if not written:
            written.append(True)
            note(bank, utc(8, 1), "meanwhile")
        return real(link)

    with unscoped("test"):
        monkeypatch.setattr(journal.chain, "link_hash", busy)
        verdict = journal.verify_tail(bank.b01, count)
        monkeypatch.undo()
        assert written and verdict.ok
        assert JournalEntry.objects.filter(subject="meanwhile").exists()


def test_a_chain_without_entries_is_sound_and_one_that_lost_its_head_is_not(bank):
    with unscoped("test"):
        assert journal.verify_tail(bank.b01, 1).ok
        JournalHead.objects.filter(pk=bank.b01.pk).delete()
        assert not journal.verify_tail(bank.b01, 1).ok and not journal.verify(bank.b01).ok


@pytest.mark.parametrize("count", range(1, 12))
def test_looking_at_the_newest_entries_says_the_same_as_looking_at_all(bank, count):
    with unscoped("test"):
        whole, newest = journal.verify(bank.b01), journal.verify_tail(bank.b01, count)
    assert (newest.ok, newest.head) == (whole.ok, whole.head)
    assert newest.rows == min(count, whole.rows)


def test_who_may_not_read_a_journal_gets_no_verdict_of_it(bank):
    assert queries.chain_verdict(scope=bank.scope("Mei"), unit=bank.b01) is None
    assert queries.chain_verdict(scope=bank.scope("Sun"), unit=bank.b02) is None
    assert queries.chain_verdict(scope=bank.scope("Sun"), unit=None) is None
    assert queries.chain_verdict(scope=bank.scope("Rita"), unit=bank.b02).ok


@pytest.mark.parametrize("person", ["Stranger", "Rita", "Hana"])
def test_a_branch_that_was_moved_still_has_a_sound_chain(bank, sign_in, person):
    """Its older entries stand at the old place and are not all the reader's; that is no gap."""
    root = bank.scope("Sysadmin")
    with scoped(root):
        actions.org_unit_move(scope=root, now=bank.now, unit=bank.b03, parent=bank.east)
    client = sign_in(person)
    client.post("/branch", {"branch": "b03"})
    page = client.get("/journal")
    assert page.context["request"].branch.code == "b03" and page.context["verdict"].ok
    shown = {entry.kind for entry in page.context["entries"]}
    assert ("foundation.hours_set" in shown) is (person == "Hana")


def test_the_times_on_the_page_are_the_branchs(bank, sign_in):
    note(bank, utc(7, 17, 5, 9), "early")
    page = sign_in("Sun").get("/journal?subject=early").content.decode()
    assert "2026-12-08 01:05:09" in page


def test_a_subject_that_looks_like_a_page_is_shown_as_text(bank, sign_in):
    note(bank, bank.now, "<script>alert(1)")
    page = sign_in("Sun").get("/journal").content.decode()
    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page


@pytest.mark.parametrize("day", ["2026-11-23", ""])
def test_the_filter_keeps_what_was_asked_for(sign_in, day):
    asked_for = {"kind": "foundation.hours_set", "subject": "s-1", "day": day}
    page = sign_in("Sun").get("/journal", asked_for)
    text = page.content.decode()
    assert page.context["wanted"] == asked_for
    assert f'value="{day}"' in text and 'value="s-1"' in text and 'value="foundation.hours_set" selected' in text
