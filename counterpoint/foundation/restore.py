"""Taking a backup back, and rehearsing it.

A restore goes only into an empty home, and ends with nothing being done twice: sessions are revoked, waiting messages
and unfinished jobs are held for a person to look at.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connections, transaction
from django.db.models import F
from django_q.models import OrmQ

from counterpoint.foundation import anchor, backup, clock, files, journal, keys, notify, proof, seal, snapshot
from counterpoint.foundation.models import JobRun, JournalEntry, Message, OrgUnit, User
from counterpoint.foundation.scope import unscoped
from counterpoint.foundation.snapshot import BackupRefused, Inspection

ALLOWED_IN_HOME = {"keys", "run"}
SAMPLES = 100
INTERRUPTED = "Interrupted by a restore. Ask for it again."


@dataclass(frozen=True)
class Source:
    """A backup that was opened: folder, manifest, and the secret when it is sealed."""

    folder: Path
    manifest: dict[str, Any]
    secret: bytes | None


@dataclass(frozen=True)
class Held:
    """What a restore stopped from happening twice."""

    sessions: int
    messages: int
    jobs: int


@dataclass(frozen=True)
class Drill:
    """The record of a rehearsal."""

    backup: str
    rows: int
    seconds: int
    problems: list[str]
    record: Path


def open_backup(folder: Path, key_file: Path | None = None) -> Source:
    """Read the manifest and the key. Raises `BackupRefused`."""
    manifest = backup.read_manifest(folder)
    if manifest["format"] != 1:
        raise BackupRefused("This backup was made by a newer version. Restore it with that version.")
    if not manifest["sealed"]:
        return Source(folder, manifest, None)
    if key_file is None:
        raise BackupRefused("This backup is sealed. Name its key with --key-file.")
    try:
        secret = seal.secret_of(key_file)
    except (OSError, ValueError) as failure:
        raise BackupRefused(str(failure)) from failure
    if seal.key_id(secret) != manifest["sealed"]:
        raise BackupRefused("The key does not open this backup: it was sealed under another one.")
    return Source(folder, manifest, secret)


@contextmanager
def checked(source: Source) -> Iterator[tuple[Path, str, Inspection]]:
    """The plain database of a backup, an alias on it, and what was found in it; everything compared with the
    manifest. Raises `BackupRefused` when the bytes are not those that were written."""
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "database"
        _write_plain(source, source.folder / backup.sealed_name("database", source.secret), database)
        if backup.plain_hash(database, None) != source.manifest["database"]["sha256"]:
            raise BackupRefused("The database in this backup is damaged: it differs from its hash. Use another backup.")
        loaded = snapshot.opened if source.manifest["engine"] == "sqlite" else snapshot.loaded_dump
        on_disk = database if source.manifest["engine"] == "sqlite" else None
        with loaded(database) as alias:
            anchors, public = source.folder / "anchors", source.manifest["public_key"]
            found = snapshot.inspect(alias, anchors, on_disk, public)
            yield database, alias, _compared(source, found)


def _write_plain(source: Source, sealed: Path, target: Path) -> None:
    try:
        with target.open("wb") as out:
            for piece in backup.plain(sealed, source.secret):
                out.write(piece)
    except FileNotFoundError as missing:
        raise BackupRefused(f"{sealed.name} is missing from this backup. Use another backup.") from missing
    except seal.WrongKey as wrong:
        raise BackupRefused(str(wrong)) from wrong


def _compared(source: Source, found: Inspection) -> Inspection:
    manifest, problems = source.manifest, list(found.problems)
    if not problems:
        if found.rows != manifest["rows"]:
            problems.append("row counts differ from the manifest")
        if {c: list(h) for c, h in found.heads.items()} != manifest["heads"]:
            problems.append("journal heads differ from the manifest")
    return Inspection(found.rows, found.heads, found.schema, problems + damaged_files(source))


def damaged_files(source: Source) -> list[str]:
    """Stored files of a backup that are missing or differ from their hash."""
    bad = []
    for digest in source.manifest["files"]:
        path = source.folder / "files" / digest[:2] / backup.sealed_name(digest, source.secret)
        try:
            sound = backup.plain_hash(path, source.secret) == digest
        except (OSError, seal.WrongKey):
            sound = False
        if not sound:
            bad.append(f"stored file {digest[:12]} is damaged")
    return bad


def verify(folder: Path, key_file: Path | None = None) -> Inspection:
    """Check a backup without restoring it. Raises `BackupRefused` when anything is wrong."""
    with checked(open_backup(folder, key_file)) as (_database, _alias, found):
        if found.problems:
            raise BackupRefused("This backup is not sound: " + "; ".join(found.problems[:3]))
        return found


def restore(*, folder: Path, now: datetime, key_file: Path | None = None, new_keys: bool = False) -> Held:
    """Restore into settings.HOME, which must be empty but for its keys. `now` is real time. Raises `BackupRefused`."""
    source = open_backup(folder, key_file)
    _refuse_unless_empty(source)
    _refuse_other_keys(source, new_keys)
    with checked(source) as (database, _alias, found):
        if found.problems:
            raise BackupRefused("This backup is not sound: " + "; ".join(found.problems[:3]))
        _place_files(source)
        _place_anchors(source, new_keys)
        _place_database(source, database)
    return settle(source, now)


def _refuse_unless_empty(source: Source) -> None:
    home = Path(settings.HOME)
    found = {p.name for p in home.iterdir()} - ALLOWED_IN_HOME if home.is_dir() else set()
    if found:
        raise BackupRefused(
            f"{home} is not empty ({', '.join(sorted(found)[:3])}). A restore never overwrites: set "
            "COUNTERPOINT_HOME to an empty folder that holds only a copy of the old installation's keys."
        )
    if source.manifest["engine"] != snapshot.engine():
        raise BackupRefused(
            f"This backup is of {source.manifest['engine']}; COUNTERPOINT_DATABASE names another engine."
        )
    if snapshot.engine() == "postgresql" and connections["default"].introspection.table_names():
        raise BackupRefused("The PostgreSQL database is not empty. Create a fresh one and name it.")


def _refuse_other_keys(source: Source, new_keys: bool) -> None:
    if new_keys:
        keys.create()
        return
    own = Path(settings.KEYS) / "journal.pem"
    if not own.is_file() or proof.public_hex(keys.signing_key()) != source.manifest["public_key"]:
        raise BackupRefused(
            "HOME/keys is not the key folder of the installation that made this backup. Copy it there. If it is lost, "
            "say --new-keys: one-time-code secrets and channel addresses then have to be set again."
        )


def _place_files(source: Source) -> None:
    for digest in source.manifest["files"]:
        target = files.path_of(digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_plain(source, source.folder / "files" / digest[:2] / backup.sealed_name(digest, source.secret), target)
        target.chmod(0o640)


def _place_anchors(source: Source, new_keys: bool) -> None:
    """Anchors that already lie outside HOME are newer and stay; under new keys the old ones are kept apart."""
    place = anchor.folder() / "earlier" if new_keys else anchor.folder()
    if (source.folder / "anchors").is_dir() and not anchor.files(place):
        shutil.copytree(source.folder / "anchors", place, dirs_exist_ok=True)


def _place_database(source: Source, database: Path) -> None:
    if source.manifest["engine"] == "sqlite":
        shutil.move(database, str(connections["default"].settings_dict["NAME"]))
    else:
        snapshot.pg("pg_restore", "--no-owner", "--exit-on-error", str(database))


def settle(source: Source, now: datetime) -> Held:
    """After a restore: revoke sessions, hold messages and jobs, journal it, anchor the heads anew."""
    with unscoped("a restore covers all branches", practice=True), transaction.atomic():
        held = hold("default")
        top = OrgUnit.objects.filter(kind=OrgUnit.Kind.HEADQUARTERS).first()
        if top is not None:
            digest = source.manifest["database"]["sha256"]
            data = {"sha256": digest, "rows": sum(source.manifest["rows"].values())}
            at = clock.now()
            journal.record(scope=None, org_unit=top, kind="foundation.restored", subject=digest, at=at, data=data)
    anchor.write(now, note=proof.RESTORED)
    return held


def hold(using: str) -> Held:
    """Stop what would otherwise happen a second time. Call inside a lifted scope."""
    sessions = Session.objects.using(using).all().delete()[0]
    User.objects.using(using).update(session_epoch=F("session_epoch") + 1)
    waiting = Message.objects.using(using).filter(next_due_at__isnull=False)
    messages = waiting.update(next_due_at=None, error=notify.HELD)
    open_jobs = JobRun.objects.using(using).filter(state__in=(JobRun.State.QUEUED, JobRun.State.RUNNING))
    jobs = open_jobs.update(state=JobRun.State.FAILED, error=INTERRUPTED, lease_until=None)
    OrmQ.objects.using(using).all().delete()
    return Held(sessions, messages, jobs)


def drill(*, to: Path, now: datetime, key_file: Path | None = None) -> Drill:
    """Restore the newest backup of a folder to a temporary place, check it, compare it with the live data, and write
    a signed record; a passed drill is journalled. `now` is real time."""
    folder = backup.newest(to)
    if folder is None:
        raise BackupRefused(f"There is no backup in {to}. Make one with `counterpoint backup --to`.")
    source = open_backup(folder, key_file)
    with checked(source) as (_database, alias, found):
        problems = list(found.problems)
        if not problems:
            problems = _compare_with_live(alias, found) + _rehearse_hold(alias)
    seconds = int((clock.SystemClock().now() - now).total_seconds())
    record = _write_record(source, now, found.total, seconds, problems)
    if not problems:
        _note_drill(source, found.total, seconds)
    return Drill(folder.name, found.total, seconds, problems, record)


def _compare_with_live(alias: str, found: Inspection) -> list[str]:
    """The live journal must continue the backup's, and sampled entries must be equal."""
    problems = []
    with unscoped("a drill covers all branches", practice=True):
        for code, (seq, head) in found.heads.items():
            if not JournalEntry.objects.filter(org_unit__code=code, seq=seq, hash=head).exists():
                problems.append(f"the live journal of {code} does not continue the backup's")
        copied = JournalEntry.objects.using(alias)
        step = max(1, copied.count() // SAMPLES)
        sampled = dict(copied.order_by("id").values_list("id", "hash")[::step][:SAMPLES])
        live = dict(JournalEntry.objects.filter(id__in=sampled).values_list("id", "hash"))
    if live != sampled:
        problems.append("sampled entries differ from the live journal")
    return problems


def _rehearse_hold(alias: str) -> list[str]:
    with unscoped("a drill covers all branches", practice=True), transaction.atomic(using=alias):
        hold(alias)
        due = Message.objects.using(alias).filter(next_due_at__isnull=False).count()
    return [f"{due} messages would be sent again after a restore"] if due else []


def _write_record(source: Source, now: datetime, rows: int, seconds: int, problems: list[str]) -> Path:
    body = {
        "at": now.isoformat(), "backup": source.folder.name, "sha256": source.manifest["database"]["sha256"],
        "rows": rows, "seconds": seconds, "problems": problems,
    }  # fmt: skip
    place = Path(settings.HOME) / "drills"
    place.mkdir(parents=True, exist_ok=True)
    record = place / f"{now.strftime(backup.STAMP)}.json"
    record.write_text(json.dumps(body | {"signature": proof.sign(keys.signing_key(), body)}, indent=1))
    return record


def _note_drill(source: Source, rows: int, seconds: int) -> None:
    with unscoped("a drill covers all branches", practice=True), transaction.atomic():
        top = OrgUnit.objects.filter(kind=OrgUnit.Kind.HEADQUARTERS).first()
        if top is not None:
            digest = source.manifest["database"]["sha256"]
            data = {"sha256": digest, "rows": rows, "seconds": seconds}
            at = clock.now()
            journal.record(scope=None, org_unit=top, kind="foundation.drill_passed", subject=digest, at=at, data=data)


def last_good_drill() -> datetime | None:
    """When the newest passed drill with a valid signature was; None when there is none."""
    public = proof.public_hex(keys.signing_key())
    for record in sorted((Path(settings.HOME) / "drills").glob("*.json"), reverse=True):
        try:
            body = json.loads(record.read_text())
            signature = body.pop("signature", "")
            if not body["problems"] and proof.signed_by(public, body, signature):
                return datetime.fromisoformat(body["at"])
        except (ValueError, KeyError, TypeError, AttributeError):  # cut by a crash: the one before it still counts
            continue
    return None
