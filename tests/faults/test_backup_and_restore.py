"""F18, F20: a backup made while the branch works comes back whole, and a bad one is refused."""

import shutil
import sqlite3
import time
from datetime import UTC, datetime

from counterpoint.foundation.backup import STAMP


def backup(household, to, *more):
    done = household.command("backup", "--to", to, *more)
    assert done.returncode == 0, done.stderr
    return max(p for p in to.iterdir() if p.name.startswith("2"))


def refusal(household, *arguments):
    done = household.command(*arguments)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr, done.stderr
    return done.stderr


STORE = """
from counterpoint.foundation import files
place, scope = parts.the_branch(), parts.everything()
with scoped(scope):
    row = files.store(scope=scope, org_unit=place, name="list.csv", content=b"a,b\\n1,2\\n", now=clock.now())
answer(sha=row.sha256)
"""


def test_a_backup_during_writes_comes_back_with_every_write_before_it(household, another, tmp_path):
    sha = household.play(STORE)["sha"]
    writer = household.start("parts.write_for_ever(1)")
    for _ in range(30):
        writer.stdout.readline()
    before = household.play("answer(**parts.state())")["rows"]
    folder = backup(household, tmp_path / "backups")
    writer.kill()
    writer.communicate()
    fresh = another("fresh")
    shutil.copytree(household.home / "keys", fresh.home / "keys")
    done = fresh.command("restore", folder)
    assert done.returncode == 0, done.stderr
    after = fresh.play("answer(**parts.state())")
    assert set(before) <= set(after["rows"])
    assert after["rows"] == after["noted"] and after["broken"] == [] and after["integrity"] == "ok"
    assert (fresh.home / "files" / sha[:2] / sha).read_bytes() == b"a,b\n1,2\n"


def test_a_restore_refuses_a_home_that_is_not_empty_and_foreign_keys(household, another, tmp_path):
    folder = backup(household, tmp_path / "backups")
    assert "not empty" in refusal(household, "restore", folder)
    fresh = another("fresh")
    assert fresh.command("keys", "create").returncode == 0
    assert "key folder" in refusal(fresh, "restore", folder)
    done = fresh.command("restore", folder, "--new-keys")
    assert done.returncode == 0, done.stderr
    assert fresh.play("answer(**parts.state())")["broken"] == []


WAITING = """
from django.contrib.sessions.models import Session
from counterpoint.foundation.models import JobRun, Message, User
place, now = parts.the_branch(), clock.now()
with unscoped("test"):
    User.objects.create_user("sun", "Sun")
    Message(org_unit=place, dedupe="m", title="t", body="b", created_at=now, next_due_at=now).save()
    JobRun(org_unit=place, key="k", kind="none", state="running", requested_at=now, lease_until=now).save()
    Session.objects.create(session_key="s", session_data="x", expire_date=now + timedelta(days=1))
answer()
"""

HELD = """
from django.contrib.sessions.models import Session
from counterpoint.foundation import notify
from counterpoint.foundation.models import JobRun, Message, User
with unscoped("test"):
    answer(
        epoch=User.objects.get(staff_no="sun").session_epoch, sessions=Session.objects.count(),
        sent=notify.deliver_due(now=clock.now() + timedelta(days=1)), job=JobRun.objects.get(key="k").state,
        released=notify.release_held(now=clock.now()),
    )
"""


def test_a_restore_does_nothing_twice(household, another, tmp_path):
    household.play(WAITING)
    folder = backup(household, tmp_path / "backups")
    fresh = another("fresh")
    shutil.copytree(household.home / "keys", fresh.home / "keys")
    assert "1 messages and 1 jobs are held" in fresh.command("restore", folder).stdout
    found = fresh.play(HELD)
    assert found == {"epoch": 1, "sessions": 0, "sent": 0, "job": "failed", "released": 1}


HARMS = """
import shutil
from counterpoint.foundation import backup, restore
from counterpoint.foundation.snapshot import BackupRefused
to, key = Path(sys.argv[1]), Path(sys.argv[2])
made = backup.make(to=to, now=clock.now(), key_file=key if key.is_file() else None).folder
name = "database.sealed" if key.is_file() else "database"

def cut(folder):
    path = folder / name
    path.write_bytes(path.read_bytes()[:-100])

def flip(folder):
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))

def bend(folder):
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"foundation_counter": 0', '"foundation_counter": 9'))

def lose(folder):
    (folder / name).unlink()

def said(harm, key_file):
    folder = to.parent / "harmed"
    shutil.copytree(made, folder)
    harm(folder)
    try:
        restore.verify(folder, key_file)
        return ""
    except BackupRefused as refused:
        return str(refused)
    finally:
        shutil.rmtree(folder)

own = key if key.is_file() else None
wrong = to.parent / "wrong"
wrong.write_text("another long random text")
found = {harm.__name__: said(harm, own) for harm in (cut, flip, bend, lose)}
found["untouched"] = said(lambda folder: None, own)
if own:
    found["no_key"], found["wrong_key"] = said(lambda f: None, None), said(lambda f: None, wrong)
    found["legible"] = b"SQLite format" in (made / name).read_bytes()
    (to / "key").write_text("a long random text of the operator")
    try:
        backup.make(to=to, now=clock.now() + timedelta(seconds=5), key_file=to / "key")
    except BackupRefused as refused:
        found["key_inside"] = str(refused)
answer(**found)
"""


def test_a_cut_changed_bent_or_incomplete_backup_is_refused_with_a_clear_word(household, tmp_path):
    found = household.play(HARMS, tmp_path / "backups", tmp_path / "no-key")
    assert found["untouched"] == ""
    assert "damaged" in found["cut"] and "damaged" in found["flip"]
    assert "changed after" in found["bend"] and "missing" in found["lose"]


def test_a_sealed_backup_opens_with_its_key_only(household, tmp_path):
    key = tmp_path / "key"
    key.write_text("a long random text of the operator")
    found = household.play(HARMS, tmp_path / "backups", key)
    assert found["untouched"] == "" and not found["legible"]
    assert "changed or cut" in found["cut"] and "changed or cut" in found["flip"]
    assert "--key-file" in found["no_key"] and "another" in found["wrong_key"]
    assert "takes both" in found["key_inside"]


def test_files_are_linked_between_backups_and_rot_is_found_at_the_source(household, tmp_path):
    sha = household.play(STORE)["sha"]
    to = tmp_path / "backups"
    first = backup(household, to)
    live = household.home / "files" / sha[:2] / sha
    live.write_bytes(b"a,b\n1,3\n")
    while datetime.now(UTC).strftime(STAMP) == first.name:  # one folder a second
        time.sleep(0.05)
    rotten = household.command("backup", "--to", to)
    assert rotten.returncode == 1 and sha in rotten.stderr
    second = max(p for p in to.iterdir() if p.name.startswith("2"))
    copies = [folder / "files" / sha[:2] / sha for folder in (first, second)]
    assert first != second and copies[0].samefile(copies[1])
    assert copies[1].read_bytes() == b"a,b\n1,2\n"


def test_a_drill_passes_on_a_good_backup_and_says_so_to_the_doctor(household, tmp_path):
    backup(household, tmp_path / "backups")
    done = household.command("drill", "--from", tmp_path / "backups")
    assert done.returncode == 0, done.stderr
    assert "Restore drill: last passed" in household.command("doctor").stdout
    with sqlite3.connect(household.database) as live:
        kinds = [row[0] for row in live.execute("SELECT kind FROM foundation_journalentry")]
    assert kinds.count("foundation.backup_made") == 1 and kinds.count("foundation.drill_passed") == 1


def test_a_drill_fails_when_the_live_journal_was_rewritten(household, tmp_path):
    backup(household, tmp_path / "backups")
    with sqlite3.connect(household.database) as live:
        live.execute("DROP TRIGGER foundation_journalentry_grows_u")
        live.execute("UPDATE foundation_journalentry SET hash = 'x' WHERE seq = 1")
    done = household.command("drill", "--from", tmp_path / "backups")
    assert done.returncode == 1 and "differ from the live journal" in done.stderr
