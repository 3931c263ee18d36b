"""The shelf of backups: which are kept, what is refused before a byte is written or read, what a restore holds."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.models import Session
from hypothesis import given, settings
from hypothesis import strategies as st

from counterpoint.foundation import anchor, backup, keys, notify, proof, restore, seal
from counterpoint.foundation.models import JobRun, JournalEntry, Message, User
from counterpoint.foundation.scope import unscoped
from counterpoint.foundation.snapshot import BackupRefused, Inspection

NOW = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)
SECRET = "a long random text of the operator"


def stamp(at):
    return at.strftime(backup.STAMP)


@pytest.fixture
def home(settings, tmp_path, monkeypatch):
    """An installation with its own keys."""
    monkeypatch.delenv("COUNTERPOINT_ANCHORS", raising=False)
    monkeypatch.setattr(anchor, "_known", anchor._Known())
    settings.HOME, settings.KEYS, settings.FILES = tmp_path, tmp_path / "keys", tmp_path / "files"
    keys.create()
    return tmp_path


def shelve(to, at=NOW, *, files=(), key=None, **changes):
    """A finished backup with a signed manifest and the named stored files, as `make` leaves it."""
    folder = to / (at if isinstance(at, str) else stamp(at))
    folder.mkdir(parents=True)
    for digest, content in files:
        place = folder / "files" / digest[:2] / digest
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    body = {
        "format": 1, "made_at": NOW.isoformat(), "version": "0.1.0", "engine": "sqlite", "schema": {}, "rows": {},
        "heads": {}, "database": {"sha256": "0" * 64, "size": 0}, "files": {d: len(c) for d, c in files},
        "damaged": [], "sealed": "", "public_key": proof.public_hex(key or keys.signing_key()),
    } | changes  # fmt: skip
    signed = body | {"signature": proof.sign(key or keys.signing_key(), body)}
    (folder / backup.MANIFEST).write_text(json.dumps(signed))
    return folder


# several a day around a new year whose week belongs to both years, and rare ones over three years
DENSE = st.builds(
    lambda day, hour: datetime(2024, 12, 15, hour) + timedelta(days=day), st.integers(0, 40), st.integers(0, 23)
)
MOMENTS = DENSE | st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 31)).map(lambda at: at.replace(microsecond=0))


def expected(moments):
    """The plain rule: the newest three, and the last one of each of the newest 7 days, 4 weeks and 12 months."""
    keep = set(sorted(moments)[-3:])
    for count, period in (
        (7, lambda m: m.date()),
        (4, lambda m: m.isocalendar()[:2]),
        (12, lambda m: (m.year, m.month)),
    ):
        periods = sorted({period(m) for m in moments})[-count:]
        keep |= {max(m for m in moments if period(m) == one) for one in periods}
    return keep


@settings(max_examples=80)
@given(st.sets(DENSE, max_size=40) | st.sets(MOMENTS, max_size=40))
def test_retention_keeps_what_the_plain_rule_keeps(moments):
    assert backup.kept([stamp(m) for m in moments]) == {stamp(m) for m in expected(moments)}


@given(st.sets(MOMENTS, min_size=1, max_size=30), MOMENTS)
def test_pruning_day_by_day_ends_where_pruning_at_once_would(moments, newest):
    """Retention forgets nothing that it would still want: the order of pruning does not matter."""
    shelf: set[str] = set()
    for moment in sorted(moments):
        shelf = backup.kept([*shelf, stamp(moment)])
    assert shelf == backup.kept([stamp(m) for m in moments])


def test_a_year_of_nightly_backups_leaves_at_most_twentysix():
    nights = [NOW - timedelta(days=day) for day in range(365)]
    kept = backup.kept([stamp(night) for night in nights])
    assert {stamp(NOW - timedelta(days=day)) for day in range(7)} <= kept
    assert 18 <= len(kept) <= 3 + 7 + 4 + 12 and stamp(datetime(2025, 12, 31, 3, tzinfo=UTC)) in kept


def test_a_week_over_the_new_year_is_one_week():
    """30 December 2024 to 5 January 2025 is the first week of 2025: the four weeks reach back to 22 December."""
    nights = [datetime(2024, 12, 16, 3) + timedelta(days=day) for day in range(28)]
    kept = backup.kept([stamp(night) for night in nights])
    assert {stamp(datetime(2024, 12, 22, 3)), stamp(datetime(2024, 12, 29, 3)), stamp(datetime(2025, 1, 5, 3))} <= kept


def test_the_newest_three_are_kept_also_of_one_day():
    hours = [datetime(2026, 11, 23, hour) for hour in range(9, 18)]
    assert backup.kept([stamp(hour) for hour in hours]) == {stamp(hour) for hour in hours[-3:]}


def test_pruning_removes_the_rest_and_touches_nothing_else(home):
    to = home / "backups"
    for day in range(40):
        shelve(to, NOW - timedelta(days=day))
    foreign = shelve(to, "2026-11-23T030000Z keep this one")
    half = to / ".2026-11-23T040000Z.part"
    half.mkdir()
    gone = backup.prune(to)
    left = backup.all_in(to)
    assert len(gone) + len(left) == 40 and {p.name for p in left} == backup.kept([p.name for p in gone + left])
    assert foreign.is_dir() and half.is_dir()
    assert backup.prune(to) == []


@pytest.mark.parametrize("name", ["2026-11-23T030000Z-good", "2nd copy", "20261123", "2026-13-45T000000Z.old", "2"])
def test_a_backup_that_a_person_renamed_is_theirs(home, name):
    to = home / "backups"
    mine = shelve(to)
    shelve(to, name)
    assert backup.all_in(to) == [mine] and backup.newest(to) == mine and backup.prune(to) == []


def test_a_folder_without_a_manifest_is_no_backup(home):
    to = home / "backups"
    (to / stamp(NOW)).mkdir(parents=True)
    assert backup.all_in(to) == [] and backup.newest(to) is None and backup.newest(home / "nowhere") is None


@pytest.mark.parametrize("text", ["", "[]", "5", "null", '"x"', "{}", "{", '{"signature": 1}', '{"public_key": "zz"}'])
def test_a_manifest_of_another_shape_is_refused_in_words(home, text):
    folder = shelve(home / "backups")
    (folder / backup.MANIFEST).write_text(text)
    with pytest.raises(BackupRefused, match="cannot be read"):
        backup.read_manifest(folder)


FIELDS = ["format", "made_at", "engine", "schema", "rows", "heads", "database", "files", "sealed", "public_key"]


@pytest.mark.parametrize("field", FIELDS)
def test_a_manifest_changed_in_any_field_is_refused(home, field):
    folder = shelve(home / "backups")
    assert backup.read_manifest(folder)["format"] == 1
    body = json.loads((folder / backup.MANIFEST).read_text())
    body[field] = "0" * 64 if field == "public_key" else ["changed"]
    (folder / backup.MANIFEST).write_text(json.dumps(body))
    with pytest.raises(BackupRefused, match="changed after"):
        backup.read_manifest(folder)


def test_a_backup_of_a_newer_version_is_left_to_that_version(home):
    with pytest.raises(BackupRefused, match="newer version"):
        restore.open_backup(shelve(home / "backups", format=2))


def test_a_sealed_backup_asks_for_its_key_and_takes_no_other(home, tmp_path):
    right, wrong, short = (tmp_path / name for name in ("right", "wrong", "short"))
    right.write_text(SECRET)
    wrong.write_text("another long random text")
    short.write_text("short")
    folder = shelve(home / "backups", sealed=seal.key_id(SECRET.encode()))
    assert restore.open_backup(folder, right).secret == SECRET.encode()
    for key, word in ((None, "--key-file"), (wrong, "another"), (short, "16 bytes"), (tmp_path / "absent", "absent")):
        with pytest.raises(BackupRefused, match=word):
            restore.open_backup(folder, key)


def test_a_legible_backup_needs_no_key(home, tmp_path):
    (tmp_path / "key").write_text(SECRET)
    assert restore.open_backup(shelve(home / "backups"), tmp_path / "key").secret is None


@pytest.mark.parametrize("inside", ["files", "files/deep", "keys", "backups/../keys"])
def test_a_backup_into_the_products_own_data_is_refused(home, inside):
    with pytest.raises(BackupRefused, match="own data"):
        backup.make(to=home / inside, now=NOW)
    assert not list(home.glob("**/2*"))


def test_the_key_of_a_seal_does_not_lie_beside_what_it_opens(home):
    to = home / "backups"
    (to / "deep").mkdir(parents=True)
    (to / "deep" / "key").write_text(SECRET)
    with pytest.raises(BackupRefused, match="takes both"):
        backup.make(to=to, now=NOW, key_file=to / "deep" / "key")
    assert [p.name for p in to.iterdir()] == ["deep"]


def test_two_backups_of_one_second_are_told_to_wait(home):
    to = home / "backups"
    shelve(to)
    with pytest.raises(BackupRefused, match="Wait a second"):
        backup.make(to=to, now=NOW + timedelta(milliseconds=999))


ROWS, HEADS = "row counts differ from the manifest", "journal heads differ from the manifest"
HELLO, OTHER = b"a,b\n", b"c,d\n"


def digest(content):
    return hashlib.sha256(content).hexdigest()


def test_lost_and_rotten_stored_files_are_named(home):
    folder = shelve(home / "backups", files=[(digest(HELLO), HELLO), (digest(OTHER), b"rotten"), (digest(b"x"), b"x")])
    (folder / "files" / digest(b"x")[:2] / digest(b"x")).unlink()
    bad = restore.damaged_files(restore.open_backup(folder))
    assert sorted(bad) == sorted(f"stored file {digest(c)[:12]} is damaged" for c in (OTHER, b"x"))


@pytest.mark.parametrize(
    ("found", "problems"),
    [
        (Inspection({"a": 1}, {"b01": (2, "h")}, {}), []),
        (Inspection({"a": 2}, {"b01": (2, "h")}, {}), [ROWS]),
        (Inspection({"a": 1}, {"b01": (3, "h")}, {}), [HEADS]),
        (Inspection({}, {}, {}, ["cannot be read"]), ["cannot be read"]),
        (Inspection({"a": 1, "b": 0}, {}, {}), [ROWS, HEADS]),
    ],
    ids=["equal", "a row more", "an entry more", "broken already", "another table, no heads"],
)  # fmt: skip
def test_what_is_in_a_copy_is_compared_with_what_was_written_down(home, found, problems):
    source = restore.open_backup(shelve(home / "backups", rows={"a": 1}, heads={"b01": [2, "h"]}))
    assert restore._compared(source, found).problems == problems


def test_a_restore_goes_into_an_empty_home_only(home):
    source = restore.open_backup(shelve(home.parent / "elsewhere" / "backups"))
    (home / "counterpoint.sqlite3").write_text("")
    (home / "files").mkdir()
    with pytest.raises(BackupRefused, match=r"not empty \(counterpoint\.sqlite3, files\)"):
        restore._refuse_unless_empty(source)


def test_keys_of_another_installation_are_refused_unless_new_ones_are_wanted(home, settings, tmp_path):
    source = restore.open_backup(shelve(home / "backups"))
    restore._refuse_other_keys(source, new_keys=False)
    settings.KEYS = tmp_path / "other"
    with pytest.raises(BackupRefused, match="--new-keys"):
        restore._refuse_other_keys(source, new_keys=False)
    keys.create()
    with pytest.raises(BackupRefused, match="--new-keys"):
        restore._refuse_other_keys(source, new_keys=False)
    restore._refuse_other_keys(source, new_keys=True)


def test_a_drill_without_a_backup_says_how_to_make_one(home):
    with pytest.raises(BackupRefused, match="counterpoint backup --to"):
        restore.drill(to=home / "backups", now=NOW)


def waiting(bank):
    """A session, messages in each state and jobs in each state."""
    User.objects.filter(staff_no="mei").update(session_epoch=5)
    with unscoped("test"):
        Session.objects.create(session_key="s", session_data="x", expire_date=NOW + timedelta(days=1))
        for name, due, sent in (("due", NOW, None), ("sent", None, NOW), ("given-up", None, None)):
            Message(
                org_unit=bank.b01, dedupe=name, title="t", body="b", created_at=NOW, next_due_at=due, sent_at=sent
            ).save()
        for state in JobRun.State.values:
            JobRun(org_unit=bank.b01, key=state, kind="x", state=state, requested_at=NOW, lease_until=NOW).save()


def test_a_restore_holds_what_would_happen_twice_and_leaves_what_is_over(bank, home):
    waiting(bank)
    epochs = dict(User.objects.values_list("pk", "session_epoch"))
    held = restore.settle(restore.open_backup(shelve(home / "backups", rows={"a": 2, "b": 3})), NOW)
    assert held == restore.Held(sessions=1, messages=1, jobs=2)
    with unscoped("test"):
        jobs = dict(JobRun.objects.values_list("key", "state"))
        errors = dict(Message.objects.values_list("dedupe", "error"))
        entry = JournalEntry.objects.get(kind="foundation.restored")
    assert jobs == {"queued": "failed", "running": "failed", "done": "done", "failed": "failed"}
    assert errors == {"due": notify.HELD, "sent": "", "given-up": ""}
    assert {pk: epoch + 1 for pk, epoch in epochs.items()} == dict(User.objects.values_list("pk", "session_epoch"))
    assert entry.org_path == "/hq/" and entry.data == {"sha256": "0" * 64, "rows": 5}
    assert json.loads(list(anchor.lines())[-1])["note"] == proof.RESTORED


def test_holding_a_second_time_finds_nothing_to_hold(bank, home):
    waiting(bank)
    source = restore.open_backup(shelve(home / "backups"))
    restore.settle(source, NOW)
    assert restore.settle(source, NOW) == restore.Held(0, 0, 0)
    assert notify.release_held(now=NOW) == 1
