"""`doctor`, `backup`, `restore`, `drill`, `messages`: what the operator reads, and the exit code a timer sees."""

from datetime import UTC
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from counterpoint.config import care_command
from counterpoint.foundation import backup, doctor, keys, notify, restore
from counterpoint.foundation.api import DomainError, unscoped
from counterpoint.foundation.doctor import Finding, Verdict
from counterpoint.foundation.models import Message


@pytest.fixture(autouse=True)
def as_tests(monkeypatch):
    for name in ("COUNTERPOINT_PROFILE", "COUNTERPOINT_BACKUP_TO", "COUNTERPOINT_BACKUP_KEY"):
        monkeypatch.delenv(name, raising=False)


def told(command, *arguments, **environment):
    done = CliRunner().invoke(command, [str(a) for a in arguments], env=environment)
    known = done.exception is None or isinstance(done.exception, SystemExit | DomainError)
    assert known, done.exc_info
    return done


OK = Finding("keys", Verdict.OK, "3 of 3")
WARN = Finding("disk", Verdict.WARN, "12 % free", "Make room.")
FAIL = Finding("pragmas", Verdict.FAIL, "synchronous is 1", "Nobody may change the settings.")


@pytest.mark.parametrize(
    ("findings", "code"), [([OK], 0), ([OK, WARN], 0), ([WARN, FAIL], 1), ([FAIL], 1), ([], 0)],
    ids=["all well", "a warning passes", "a failure among warnings", "a failure alone", "nothing checked"],
)  # fmt: skip
def test_only_a_failure_makes_the_doctor_end_with_one(monkeypatch, db, findings, code):
    monkeypatch.setattr(doctor, "examine", lambda now: findings)
    assert told(care_command.doctor).exit_code == code


def test_a_finding_is_one_line_and_its_remedy_the_next(monkeypatch, db):
    monkeypatch.setattr(doctor, "examine", lambda now: [OK, WARN])
    assert told(care_command.doctor).output.splitlines() == [
        "  ok  keys: 3 of 3", "warn  disk: 12 % free", "      → Make room.",
    ]  # fmt: skip


def test_the_doctor_judges_by_real_time_even_where_the_clock_stands(monkeypatch, bank):
    seen = []
    monkeypatch.setattr(doctor, "examine", lambda now: seen.append(now) or [])
    told(care_command.doctor)
    assert seen[0].tzinfo is UTC and seen[0] != bank.now


def test_the_real_checks_of_this_installation_are_all_told(bank, settings, tmp_path):
    settings.HOME, settings.KEYS = tmp_path, tmp_path / "keys"
    keys.create(tmp_path / "keys")
    done = told(care_command.doctor)
    told_names = [line[6:].partition(":")[0] for line in done.output.splitlines() if not line.startswith("      →")]
    assert len(told_names) >= len(doctor.CHECKS) // 2
    assert (done.exit_code == 1) is ("fail  " in done.output)


def made(**more):
    given = {"folder": Path("/safe/2026-11-23"), "manifest": {"rows": {"a": 3, "b": 4}, "files": {}}, "damaged": []}
    return SimpleNamespace(**{**given, **more})


def test_a_backup_says_where_it_lies_and_how_much_it_holds(monkeypatch, db, tmp_path):
    asked = []
    monkeypatch.setattr(backup, "make", lambda **given: asked.append(given) or made())
    done = told(care_command.backup, "--to", tmp_path)
    assert done.exit_code == 0 and done.output.strip() == "/safe/2026-11-23: 7 rows, 0 files, checked."
    assert asked[0]["to"] == tmp_path and asked[0]["key_file"] is None


def test_a_damaged_file_fails_the_backup_command_and_is_named(monkeypatch, db, tmp_path):
    monkeypatch.setattr(backup, "make", lambda **given: made(damaged=["ab12", "cd34"]))
    done = told(care_command.backup, "--to", tmp_path)
    assert done.exit_code == 1
    assert "2 stored files are damaged" in done.output and "  ab12\n  cd34" in done.output


def test_a_seal_without_a_key_is_refused_before_anything_is_read(monkeypatch, db, tmp_path):
    monkeypatch.setattr(backup, "make", lambda **given: pytest.fail("a backup was begun"))
    done = told(care_command.backup, "--to", tmp_path, "--encrypt")
    assert done.exit_code == 2 and "--key-file" in done.output


@pytest.mark.parametrize(("flags", "sealed"), [(["--encrypt"], True), ([], False)])
def test_a_key_in_the_environment_seals_only_when_that_is_asked_for(monkeypatch, db, tmp_path, flags, sealed):
    asked, key = [], tmp_path / "key"
    key.write_text("k" * 40)
    monkeypatch.setattr(backup, "make", lambda **given: asked.append(given["key_file"]) or made())
    told(care_command.backup, *flags, COUNTERPOINT_BACKUP_TO=str(tmp_path / "to"), COUNTERPOINT_BACKUP_KEY=str(key))
    assert asked == [key if sealed else None]


def test_a_backup_without_a_place_is_refused_by_its_form(db):
    done = told(care_command.backup)
    assert done.exit_code == 2 and "--to" in done.output


def test_verifying_changes_nothing_and_counts_what_is_there(monkeypatch, db, tmp_path):
    monkeypatch.setattr(restore, "restore", lambda **given: pytest.fail("something was restored"))
    monkeypatch.setattr(restore, "verify", lambda source, key: SimpleNamespace(total=9, heads={"hq": 1, "b01": 2}))
    done = told(care_command.restore, tmp_path / "2026-11-23", "--verify-only")
    assert done.output.strip() == "2026-11-23 is sound: 9 rows, 2 journals."


def test_a_restore_says_what_is_held_and_what_to_do_about_it(monkeypatch, db, tmp_path):
    asked = []
    held = SimpleNamespace(sessions=4, messages=2, jobs=1)
    monkeypatch.setattr(restore, "restore", lambda **given: asked.append(given) or held)
    done = told(care_command.restore, tmp_path, "--new-keys")
    assert "4 sessions were ended, 2 messages and 1 jobs are held" in done.output
    assert "messages release" in done.output
    assert asked[0]["new_keys"] is True and asked[0]["folder"] == tmp_path


@pytest.mark.parametrize(("problems", "code"), [([], 0), (["row counts differ: a 3, now 2"], 1)])
def test_a_drill_with_a_problem_fails_and_names_it(monkeypatch, db, tmp_path, problems, code):
    done_drill = SimpleNamespace(backup="2026-11-23", rows=7, seconds=2, record=tmp_path / "r", problems=problems)
    monkeypatch.setattr(restore, "drill", lambda **given: done_drill)
    done = told(care_command.drill, "--from", tmp_path)
    assert done.exit_code == code
    assert "7 rows restored and checked in 2 s" in done.output
    assert all(f"  {problem}" in done.output for problem in problems)


def test_a_folder_without_a_backup_is_refused_in_words(db, tmp_path):
    done = CliRunner().invoke(care_command.drill, ["--from", str(tmp_path)])
    assert isinstance(done.exception, backup.BackupRefused) and str(done.exception)


def test_held_messages_are_released_once_and_others_are_left_alone(bank):
    with unscoped("the test writes what a restore would hold"):
        for number, error in enumerate([notify.HELD, notify.HELD, "the robot refused"]):
            given = {"dedupe": f"k{number}", "title": "t", "body": "b", "created_at": bank.now, "error": error}
            Message(org_unit=bank.b01, **given).save(force_insert=True)
    assert told(care_command.messages, "release").output.strip() == "2 messages will go out."
    assert told(care_command.messages, "release").output.strip() == "0 messages will go out."
    with unscoped("the test looks"):
        rows = list(Message.objects.order_by("dedupe").values_list("error", "next_due_at"))
    assert rows == [("", bank.now), ("", bank.now), ("the robot refused", None)]
