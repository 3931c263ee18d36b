"""Backups that were opened and checked before they count.

One backup is a folder: the database, every stored file under its hash (hard-linked to the backup before), the
journal's anchors, and a signed manifest. It is written under a hidden name and appears only when it is whole.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction

from counterpoint.foundation import (
    anchor,
    clock,
    fact_types,  # noqa: F401  declares what is journalled here
    files,
    journal,
    keys,
    proof,
    seal,
    snapshot,
)
from counterpoint.foundation.models import OrgUnit, StoredFile
from counterpoint.foundation.scope import unscoped
from counterpoint.foundation.snapshot import BackupRefused

MANIFEST = "manifest.json"
STAMP = "%Y-%m-%dT%H%M%SZ"
STAMPED = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
KEEP = ((3, STAMP), (7, "%Y-%m-%d"), (4, "%G-W%V"), (12, "%Y-%m"))
CHUNK = 2**20


@dataclass(frozen=True)
class Made:
    """A finished backup: its folder, manifest, stored files that are lost or damaged at the source, and what was
    pruned for it."""

    folder: Path
    manifest: dict[str, Any]
    damaged: list[str]
    pruned: list[Path]


def make(*, to: Path, now: datetime, key_file: Path | None = None) -> Made:
    """Back up database, files and anchors into a new folder of `to`. `now` is real time. Raises `BackupRefused`."""
    secret = _secret(key_file, to)
    _refuse_bad_place(to)
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    target, draft = to / now.strftime(STAMP), to / f".{now.strftime(STAMP)}.part"
    if target.exists():
        raise BackupRefused(f"{target.name} exists already in this folder. Wait a second and try again.")
    for left in to.glob(".*.part"):
        shutil.rmtree(left)
    draft.mkdir(mode=0o700)
    try:
        manifest, damaged = _fill(draft, previous=newest(to), now=now, secret=secret)
        _fsync_tree(draft)
        draft.rename(target)
        _fsync(to)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _note(manifest)
    return Made(target, manifest, damaged, prune(to))


def _secret(key_file: Path | None, to: Path) -> bytes | None:
    if key_file is None:
        return None
    if to.resolve() in key_file.resolve().parents:
        raise BackupRefused("The key lies inside the backup folder. Keep it elsewhere: whoever takes one takes both.")
    try:
        return seal.secret_of(key_file)
    except (OSError, ValueError) as failure:
        raise BackupRefused(str(failure)) from failure


def _refuse_bad_place(to: Path) -> None:
    for own in (Path(settings.FILES), Path(settings.KEYS)):
        if own.resolve() in [to.resolve(), *to.resolve().parents]:
            raise BackupRefused(f"{to} lies inside the product's own data. Choose another disk or host.")


def _fill(
    draft: Path, *, previous: Path | None, now: datetime, secret: bytes | None
) -> tuple[dict[str, Any], list[str]]:
    salt = os.urandom(seal.SALT)
    if previous and read_manifest(previous)["sealed"] != (seal.key_id(secret) if secret else ""):
        previous = None  # its files are sealed under another key
    with tempfile.TemporaryDirectory(dir=settings.HOME) as scratch:
        work = Path(scratch)
        if anchor.folder().is_dir():  # anchors first: they are never ahead of the database copied after them
            shutil.copytree(anchor.folder(), work / "anchors", ignore=shutil.ignore_patterns(".lock"))
        database = work / "database"
        found = snapshot.take(database, work / "anchors")
        if found.problems:
            raise BackupRefused("The database is not sound, no backup was made: " + "; ".join(found.problems[:3]))
        stored = _put(database, draft / sealed_name("database", secret), secret, salt)
        shutil.copytree(work / "anchors", draft / "anchors") if (work / "anchors").is_dir() else None
    sizes, damaged = _put_files(draft / "files", previous, secret, salt)
    body = {
        "format": 1, "made_at": now.isoformat(), "version": _version(), "engine": snapshot.engine(),
        "schema": found.schema, "rows": found.rows, "heads": {c: list(h) for c, h in found.heads.items()},
        "database": {"sha256": stored, "size": (draft / sealed_name("database", secret)).stat().st_size},
        "files": sizes, "damaged": damaged, "sealed": seal.key_id(secret) if secret else "",
        "public_key": proof.public_hex(keys.signing_key()),
    }  # fmt: skip
    manifest = body | {"signature": proof.sign(keys.signing_key(), body)}
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
    return manifest, damaged


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup, its signature checked. Raises `BackupRefused`."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        body = {k: v for k, v in manifest.items() if k != "signature"}
        fits = proof.signed_by(manifest["public_key"], body, manifest["signature"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        raise BackupRefused(f"{folder} is no finished backup: its manifest cannot be read.") from broken
    if not fits:
        raise BackupRefused(f"The manifest of {folder.name} was changed after the backup was made. Use another backup.")
    return manifest


def sealed_name(name: str, secret: bytes | None) -> str:
    """The name of a file in a backup."""
    return f"{name}.sealed" if secret else name


def _version() -> str:
    try:
        return version("counterpoint")
    except PackageNotFoundError:
        return "source"


def _put(source: Path, target: Path, secret: bytes | None, salt: bytes) -> str:
    """Copy or seal one file; returns the hash of its plain bytes, read back from the target."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as inside, target.open("wb") as outside:
        if secret:
            seal.seal(inside, outside, secret, salt)
        else:
            shutil.copyfileobj(inside, outside, CHUNK)
        outside.flush()
        os.fsync(outside.fileno())
    return plain_hash(target, secret)


def plain(path: Path, secret: bytes | None) -> Iterator[bytes]:
    """The plain bytes of a file in a backup, in pieces."""
    with path.open("rb") as stream:
        yield from seal.pieces(stream, secret) if secret else _chunks(stream)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def plain_hash(path: Path, secret: bytes | None) -> str:
    """SHA-256 of the plain bytes of a file in a backup."""
    digest = hashlib.sha256()
    for piece in plain(path, secret):
        digest.update(piece)
    return digest.hexdigest()


def _put_files(
    folder: Path, previous: Path | None, secret: bytes | None, salt: bytes
) -> tuple[dict[str, int], list[str]]:
    """Every stored file once. The live bytes are hashed each time: rot is found here, while an old copy is good."""
    sizes: dict[str, int] = {}
    damaged: list[str] = []
    with unscoped("a backup covers all branches", practice=True):
        wanted = list(StoredFile.objects.order_by("sha256").values_list("sha256", "size").distinct())
    for digest, size in wanted:
        name = sealed_name(digest, secret)
        target, source = folder / digest[:2] / name, files.path_of(digest)
        earlier = previous / "files" / digest[:2] / name if previous else None
        sound = source.is_file() and plain_hash(source, None) == digest
        if not sound:
            damaged.append(digest)
        if earlier is not None and earlier.is_file() and (sound or _opens(earlier, digest, secret)):
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.link(earlier, target)
        elif sound:
            _put(source, target, secret, salt)
        else:
            continue
        sizes[digest] = size
    return sizes, damaged


def _opens(path: Path, digest: str, secret: bytes | None) -> bool:
    try:
        return plain_hash(path, secret) == digest
    except seal.WrongKey:
        return False


def _note(manifest: dict[str, Any]) -> None:
    with unscoped("a backup covers all branches", practice=True), transaction.atomic():
        top = OrgUnit.objects.filter(kind=OrgUnit.Kind.HEADQUARTERS).first()
        if top is not None:
            data = {"sha256": manifest["database"]["sha256"], "rows": sum(manifest["rows"].values())}
            subject = manifest["database"]["sha256"][:64]
            journal.record(
                scope=None, org_unit=top, kind="foundation.backup_made", subject=subject, at=clock.now(), data=data
            )


def all_in(to: Path) -> list[Path]:
    """Finished backups of a folder, oldest first; one that a person renamed to keep it is theirs, not ours."""
    return sorted(p.parent for p in to.glob(f"2*/{MANIFEST}") if STAMPED.fullmatch(p.parent.name))


def newest(to: Path) -> Path | None:
    """The newest finished backup of a folder."""
    found = all_in(to)
    return found[-1] if found else None


def kept(names: list[str]) -> set[str]:
    """Of stamps, those to keep: the newest three, and the newest of each of 7 days, 4 weeks and 12 months."""
    keep: set[str] = set()
    for count, period in KEEP:
        newest_of: dict[str, str] = {}
        for name in sorted(names):
            newest_of[datetime.strptime(name, STAMP).strftime(period)] = name  # noqa: DTZ007
        keep |= {newest_of[key] for key in sorted(newest_of)[-count:]}
    return keep


def prune(to: Path) -> list[Path]:
    """Remove what retention does not keep; returns what was removed."""
    found = all_in(to)
    keep = kept([p.name for p in found])
    gone = [p for p in found if p.name not in keep]
    for path in gone:
        shutil.rmtree(path)
    return gone


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fsync_tree(folder: Path) -> None:
    for place, _names, leaves in os.walk(folder):
        for leaf in leaves:
            _fsync(Path(place) / leaf)
        _fsync(Path(place))
