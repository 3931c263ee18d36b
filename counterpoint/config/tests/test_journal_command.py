"""`counterpoint journal`: chains are checked against themselves and the anchors, and leave the house as a proof."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import connection

from counterpoint.config.journal_command import journal
from counterpoint.foundation import actions, anchor, keys, proof
from counterpoint.foundation.api import scoped, unscoped
from counterpoint.foundation.models import JournalEntry


@pytest.fixture(autouse=True)
def house(bank, settings, tmp_path, monkeypatch):
    """The bank with keys and anchors of its own."""
    monkeypatch.delenv("COUNTERPOINT_PROFILE", raising=False)
    monkeypatch.delenv("COUNTERPOINT_ANCHORS", raising=False)
    settings.HOME, settings.KEYS = tmp_path, tmp_path / "keys"
    keys.create(tmp_path / "keys")
    monkeypatch.setattr(anchor, "_known", anchor._Known())
    return bank


def told(*arguments):
    done = CliRunner().invoke(journal, [str(a) for a in arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done


def entries(code):
    with unscoped("the test counts entries"):
        return JournalEntry.objects.filter(org_unit__code=code).count()


def changed(bank, code="b01", times=1):
    """Something happens at a branch: its hours are set anew."""
    scope = bank.scope("Sysadmin")
    with scoped(scope):
        for number in range(times):
            at = bank.now + timedelta(minutes=number)
            actions.hours_set(scope=scope, now=at, branch=bank.units[code], weekly={0: [(540, 1020)]})


def test_every_chain_of_the_house_is_told_with_its_length(house):
    done = told("verify")
    assert done.exit_code == 0
    lines = dict(line.split(": ", 1) for line in done.output.splitlines())
    assert set(lines) == {"hq", "east", "west", "b01", "b02", "b03"}
    assert lines["b01"] == f"{entries('b01')} entries, 0 anchors, sound"


def test_one_unit_is_checked_alone(house):
    assert [line.partition(":")[0] for line in told("verify", "--branch", "b02").output.splitlines()] == ["b02"]


def test_anchoring_twice_anchors_only_what_changed_meanwhile(house):
    assert told("anchor").output.startswith("6 heads anchored in")
    assert told("anchor").output.startswith("0 heads anchored in")
    changed(house)
    assert told("anchor").output.startswith("1 heads anchored in")
    assert "2 anchors, sound" in told("verify", "--branch", "b01").output


def test_a_tail_that_was_cut_is_broken_where_the_anchor_says_and_the_command_fails(house):
    changed(house, times=2)
    told("anchor")
    count = entries("b01")
    file = anchor.files()[0]
    head = json.loads(file.read_text())["heads"]["b01"]
    line = proof.anchor_line(
        keys.signing_key(), house.now, {"b01": (count + 3, "f" * 64)}, proof.line_hash(file.read_text().rstrip("\n"))
    )
    file.write_text(file.read_text() + line + "\n")
    done = told("verify")
    assert done.exit_code == 1 and head[0] == count
    assert f"b01: {count} entries, 2 anchors, BROKEN at {count + 1}: the tail was cut" in done.output
    assert "b02: " in done.output and done.output.count("BROKEN") == 1


@pytest.mark.parametrize("spoil", [lambda text: text.replace("b01", "b09"), lambda text: text[:-40], lambda text: "?"])
def test_tampered_anchors_are_told_in_one_line_and_not_by_a_trace(house, spoil):
    told("anchor")
    file = anchor.files()[0]
    file.write_text(spoil(file.read_text()) + "\n")
    done = told("verify")
    assert done.exit_code == 1 and "The anchor files are not sound: anchor line 1" in done.output


def exported(tmp_path, *more):
    out = tmp_path / "journal.jsonl"
    done = told("export", "--out", out, *more)
    assert done.exit_code == 0
    return done, [json.loads(line) for line in out.read_text().splitlines()]


def test_an_export_has_a_header_and_one_line_an_entry(house, tmp_path):
    done, lines = exported(tmp_path)
    with unscoped("the test counts entries"):
        count = JournalEntry.objects.count()
    assert len(lines) == count + 1
    assert f"{count} entries in" in done.output
    assert proof.public_hex(keys.signing_key()) in done.output


def test_an_export_of_one_unit_holds_that_unit_only_and_in_order(house, tmp_path):
    changed(house, "b02", times=3)
    _done, lines = exported(tmp_path, "--branch", "b02")
    assert len(lines) == entries("b02") + 1
    assert {line["chain"] for line in lines[1:]} == {"b02"}
    assert [line["seq"] for line in lines[1:]] == list(range(1, len(lines)))


def test_an_export_proves_itself_without_the_house_and_a_changed_line_betrays_itself(house, tmp_path, capsys):
    exported(tmp_path)
    file = tmp_path / "journal.jsonl"
    assert proof.main([str(file)]) == 0
    capsys.readouterr()
    lines = file.read_text().splitlines()
    place = next(n for n, line in enumerate(lines) if '"foundation.hours_set"' in line)
    lines[place] = lines[place].replace("foundation.hours_set", "foundation.hours_got")
    file.write_text("\n".join(lines) + "\n")
    assert proof.main([str(file)]) == 1
    assert "content differs from its hash" in capsys.readouterr().out


def test_what_a_person_typed_stays_in_the_house(house, tmp_path):
    scope, day = house.scope("Sysadmin"), house.now.date()
    with scoped(scope):
        actions.special_day_set(
            scope=scope, now=house.now, branch=house.b01, on=day, opens=None, closes=None, reason="停电检修"
        )
    _done, lines = exported(tmp_path, "--branch", "b01")
    assert lines[-1]["kind"] == "foundation.special_day_set"
    assert "停电检修" not in json.dumps(lines, ensure_ascii=False)


def test_an_export_changes_nothing_and_needs_a_file(house, tmp_path):
    before = entries("b01")
    exported(tmp_path)
    assert entries("b01") == before
    assert told("export").exit_code == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the trigger's words are the embedded database's")
def test_the_journal_refuses_to_be_rewritten_even_by_the_server_itself(house):
    from django.db import DatabaseError, transaction

    with unscoped("the test tries what is forbidden"), pytest.raises(DatabaseError), transaction.atomic():
        JournalEntry.objects.filter(org_unit__code="b01").update(kind="forged")
