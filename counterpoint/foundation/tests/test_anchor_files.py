"""Anchor files over months, restarts and clocks that jump: one unbroken line of signed heads."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterpoint.foundation import anchor, journal, keys, proof
from counterpoint.foundation.models import JournalHead
from counterpoint.foundation.scope import unscoped

NOVEMBER = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)


@pytest.fixture
def home(settings, tmp_path, monkeypatch, bank):
    """An installation that has anchored nothing yet."""
    monkeypatch.delenv("COUNTERPOINT_ANCHORS", raising=False)
    settings.HOME, settings.KEYS = tmp_path, tmp_path / "keys"
    monkeypatch.setattr(anchor, "_known", anchor._Known())
    keys.create()
    return tmp_path


def note(bank, where="b01"):
    with unscoped("test"), transaction.atomic():
        return journal.record(
            scope=None, org_unit=bank.units[where], kind="foundation.signed_in", subject="x", at=bank.now
        )


def restart(monkeypatch):
    """Another process: nothing is remembered."""
    monkeypatch.setattr(anchor, "_known", anchor._Known())


def names():
    return [file.name for file in anchor.files()]


def problems():
    return proof.read(anchor.lines(), proof.public_hex(keys.signing_key())).problems


def bodies():
    return [json.loads(line) for line in anchor.lines()]


def test_each_month_has_its_file_and_the_line_goes_on(bank, home):
    anchor.write(NOVEMBER)
    note(bank)
    anchor.write(NOVEMBER + timedelta(seconds=1))
    assert names() == ["journal-2026-11.jsonl", "journal-2026-12.jsonl"]
    first, second = bodies()
    assert second["previous"] == proof.line_hash(anchor.files()[0].read_text().strip())
    assert list(second["heads"]) == ["b01"] and len(first["heads"]) == 6
    assert problems() == [] and all(found.verdict.ok for found in anchor.verify())


@pytest.mark.parametrize("restarted", [False, True], ids=["running on", "after a restart"])
def test_a_clock_that_goes_back_over_a_months_end_leaves_the_line_whole(bank, home, monkeypatch, restarted):
    """A dead battery set the host to the future for an hour; then time synchronisation put it right."""
    anchor.write(NOVEMBER + timedelta(days=900))
    note(bank)
    if restarted:
        restart(monkeypatch)
    anchor.write(NOVEMBER)
    assert names() == ["journal-2029-05.jsonl"]
    assert problems() == [] and all(found.verdict.ok for found in anchor.verify())


def test_however_the_clock_jumps_and_the_tick_restarts_the_anchors_verify(bank, home, monkeypatch, tmp_path_factory):
    @settings(max_examples=15, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.tuples(st.integers(-500, 500), st.booleans(), st.sampled_from(["b01", "b02", "hq"])), max_size=6)
    )
    def jumps(story):
        monkeypatch.setenv("COUNTERPOINT_ANCHORS", str(tmp_path_factory.mktemp("anchors")))
        restart(monkeypatch)
        wrote = 0
        for days, restarted, where in story:
            note(bank, where)
            if restarted:
                restart(monkeypatch)
            wrote += bool(anchor.write(NOVEMBER + timedelta(days=days)))
        assert len(list(anchor.lines())) == wrote == len(story)
        assert problems() == []
        assert all(found.verdict.ok for found in anchor.verify())

    jumps()


def test_nothing_new_writes_nothing_and_makes_no_file(bank, home):
    assert anchor.write(NOVEMBER) == 6
    size = anchor.files()[0].stat().st_size
    assert anchor.write(NOVEMBER + timedelta(days=40)) == 0
    assert names() == ["journal-2026-11.jsonl"] and anchor.files()[0].stat().st_size == size


def test_a_note_is_written_also_when_nothing_changed_and_names_every_head(bank, home):
    anchor.write(NOVEMBER)
    assert anchor.write(NOVEMBER, note="restored") == 6
    assert [body["note"] for body in bodies()] == ["", "restored"]
    assert bodies()[1]["heads"] == bodies()[0]["heads"]


def test_another_process_that_wrote_meanwhile_is_noticed(bank, home, monkeypatch):
    """The tick remembers what is anchored; a restore beside it writes too."""
    anchor.write(NOVEMBER)
    mine = anchor._known
    note(bank)
    restart(monkeypatch)
    anchor.write(NOVEMBER)
    monkeypatch.setattr(anchor, "_known", mine)
    assert anchor.write(NOVEMBER) == 0
    note(bank, "b02")
    assert anchor.write(NOVEMBER) == 1
    assert problems() == [] and len(bodies()) == 3


def test_the_folder_can_be_on_another_disk(bank, home, monkeypatch, tmp_path):
    monkeypatch.setenv("COUNTERPOINT_ANCHORS", str(tmp_path / "elsewhere" / "deep"))
    anchor.write(NOVEMBER)
    assert anchor.folder() == tmp_path / "elsewhere" / "deep"
    assert [file.parent for file in anchor.files()] == [anchor.folder()]
    assert not (home / "anchors").exists()


def test_anchors_are_legible_to_the_service_and_its_group_only(bank, home):
    anchor.write(NOVEMBER)
    assert anchor.files()[0].stat().st_mode & 0o007 == 0
    assert anchor.folder().stat().st_mode & 0o007 == 0


def test_a_line_added_by_hand_is_not_trusted_and_a_removed_one_is_missed(bank, home):
    anchor.write(NOVEMBER)
    note(bank)
    anchor.write(NOVEMBER)
    file = anchor.files()[0]
    first, second = file.read_text().splitlines()
    for forged in ([second], [first, second, second], [first, second, "{}"]):
        file.write_text("\n".join(forged) + "\n")
        with pytest.raises(ValueError, match="not sound"):
            anchor.verify()
    file.write_text(f"{first}\n{second}\n")
    assert all(found.verdict.ok for found in anchor.verify())


def test_one_chain_is_verified_alone(bank, home):
    anchor.write(NOVEMBER)
    (found,) = anchor.verify(code="b02")
    assert (found.code, found.verdict.ok, found.anchors) == ("b02", True, 1)
    assert anchor.verify(code="nowhere") == []


def test_a_chain_that_vanished_with_its_head_is_missed_by_its_anchor(bank, home, monkeypatch):
    anchor.write(NOVEMBER)
    real = anchor.heads

    def without(*arguments, **more):
        return {code: head for code, head in real(*arguments, **more).items() if code != "b03"}

    links = [pair for pair in all_links() if pair[0].chain != "b03"]
    monkeypatch.setattr(anchor, "heads", without)
    monkeypatch.setattr(anchor, "all_links", lambda *_: iter(links))
    wrong = {found.code: found.verdict for found in anchor.verify() if not found.verdict.ok}
    assert set(wrong) == {"b03"} and wrong["b03"].first_bad == 1 and "no entries" in wrong["b03"].reason


def all_links():
    with unscoped("test"):
        return list(anchor.all_links())


@pytest.mark.parametrize("head", [{"hash": "f" * 64}, {"seq": 99}, {"seq": 0, "hash": ""}], ids=str)
def test_a_head_that_does_not_fit_its_entries_is_found(bank, home, head):
    with unscoped("test"):
        JournalHead.objects.filter(pk=bank.b01.pk).update(**head)
    assert {found.code for found in anchor.verify() if not found.verdict.ok} == {"b01"}


def test_a_colleague_who_writes_while_the_chains_are_read_raises_no_alarm(bank, home, monkeypatch):
    real = anchor.all_links

    def busy(*arguments):
        note(bank)
        yield from real(*arguments)

    anchor.write(NOVEMBER)
    monkeypatch.setattr(anchor, "all_links", busy)
    assert all(found.verdict.ok for found in anchor.verify())


def test_chains_are_told_apart_in_one_walk_and_each_has_its_entries(bank, home):
    counted = {}
    for link, _stored in all_links():
        counted.setdefault(link.chain, []).append(link.seq)
    assert set(counted) == set(bank.units)
    assert all(seqs == list(range(1, len(seqs) + 1)) for seqs in counted.values())
    assert {found.code: found.verdict.rows for found in anchor.verify()} == {c: len(s) for c, s in counted.items()}
