"""Files from outside: checked before they are parsed, hashed, on disk before their row exists."""

import hashlib
import os
import threading
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from counterpoint.foundation import journal
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import OrgUnit, StoredFile
from counterpoint.foundation.scope import Scope, unscoped

MEGABYTE = 2**20
LIMITS = {"text/csv": 200 * MEGABYTE, "image": 20 * MEGABYTE, "sheet": 20 * MEGABYTE}
MAX_PIXELS = 25_000_000
MAX_SIDE = 2560
ORPHAN_AGE = timedelta(days=1)
ZIP_ENTRIES, ZIP_TOTAL, ZIP_RATIO = 200, 200 * MEGABYTE, 100
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UnsafeFile(Invalid):
    """The file is too large, of another kind than allowed, or built to harm."""

    code = "unsafe_file"


@dataclass(frozen=True)
class Checked:
    """What may be stored: bytes, media type."""

    content: bytes
    media_type: str


def check(name: str, content: bytes) -> Checked:
    """Decide by magic bytes, not by name; images are decoded and re-encoded without metadata."""
    if content[:3] == b"\xff\xd8\xff" or content[:8] == b"\x89PNG\r\n\x1a\n" or _webp(content):
        return _image(content)
    if content[:4] == b"PK\x03\x04":
        return _sheet(content)
    if content[:5] == b"%PDF-":
        _size(content, LIMITS["image"])
        return Checked(content, "application/pdf")
    if b"\0" not in content[:4096] and Path(name).suffix.lower() in {".csv", ".tsv", ".txt", ".json"}:
        _size(content, LIMITS["text/csv"])
        return Checked(content, "text/csv")
    raise UnsafeFile(_("This kind of file is not accepted. Send CSV, Excel (.xlsx), PDF, JPEG, PNG or WebP."))


def _webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _size(content: bytes, limit: int) -> None:
    if len(content) > limit:
        raise UnsafeFile(
            _("The file is %(size)s MB; the limit is %(limit)s MB.")
            % {"size": len(content) // MEGABYTE, "limit": limit // MEGABYTE}
        )


def _sheet(content: bytes) -> Checked:
    """An xlsx whose announced and actual sizes stay in bounds, so that parsing it cannot exhaust memory."""
    _size(content, LIMITS["sheet"])
    refused = UnsafeFile(_("The Excel file unpacks to more than is allowed. Save it again with less in it."))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist():
                raise UnsafeFile(_("This archive is not an Excel workbook."))
            if len(entries) > ZIP_ENTRIES or sum(e.file_size for e in entries) > ZIP_TOTAL:
                raise refused
            total = 0
            for entry in entries:
                with archive.open(entry) as stream:
                    while piece := stream.read(MEGABYTE):
                        total += len(piece)
                        if total > min(ZIP_TOTAL, max(MEGABYTE, ZIP_RATIO * len(content))):
                            raise refused
    except UnsafeFile:
        raise
    except Exception as broken:  # a crafted archive makes the reader raise nearly anything; none may be a 500
        raise UnsafeFile(_("The Excel file is damaged. Open it in Excel and save it again.")) from broken
    return Checked(content, SHEET)


def _image(content: bytes) -> Checked:
    _size(content, LIMITS["image"])
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS or _moves(picture):
                raise UnsafeFile(_("The picture is too large. Take it with fewer than 25 megapixels."))
            plain = ImageOps.exif_transpose(picture).convert("RGB")  # upright, since the note which way up is dropped
            plain.thumbnail((MAX_SIDE, MAX_SIDE))
            out = BytesIO()
            plain.save(out, "JPEG", quality=88)
    except UnsafeFile:
        raise
    except Exception as broken:  # likewise
        raise UnsafeFile(_("The picture is damaged. Take it again.")) from broken
    return Checked(out.getvalue(), "image/jpeg")


def _moves(picture: Image.Image) -> bool:
    """More than one frame; a phone's JPEG that carries a preview or depth map behind its picture does not move."""
    return picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1


def store(*, scope: Scope, org_unit: OrgUnit, name: str, content: bytes, now: datetime) -> StoredFile:
    """Check, write under the hash (file and folder fsynced), then the row and its journal entry."""
    scope.require("foundation.files.store", org_unit.path)
    checked = check(name, content)
    digest = hashlib.sha256(checked.content).hexdigest()
    _write(path_of(digest), checked.content)
    with transaction.atomic():
        row = StoredFile(
            org_unit=org_unit, sha256=digest, name=Path(name).name[:200], media_type=checked.media_type,
            size=len(checked.content), stored_at=now, stored_by=scope.actor,
        )  # fmt: skip
        row.save(force_insert=True)
        data = {"file": str(row.pk), "sha256": digest, "size": row.size}
        journal.record(
            scope=scope, org_unit=org_unit, kind="foundation.file_stored", subject=str(row.pk), at=now, data=data
        )
    return row


def path_of(digest: str) -> Path:
    """Where the bytes of a hash lie."""
    return Path(settings.FILES) / digest[:2] / digest


def read(row: StoredFile) -> bytes:
    """The bytes, checked against their hash."""
    content = path_of(row.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise UnsafeFile(_("The stored file no longer matches its hash. Restore it from the backup."))
    return content


def sweep(now: datetime) -> int:
    """Remove bytes that no row names and drafts of killed writers, once they are a day old; called by the tick.

    `now` is real time. The row of a file is written moments after its bytes, so a day is ample.
    """
    folder, limit, gone = Path(settings.FILES), (now - ORPHAN_AGE).timestamp(), 0
    old = [p for p in folder.glob("??/*") if p.stat().st_mtime < limit]
    with unscoped("stored bytes serve all branches", practice=True):
        for start in range(0, len(old), 500):
            some = old[start : start + 500]
            named = set(StoredFile.objects.filter(sha256__in=[p.name for p in some]).values_list("sha256", flat=True))
            for path in some:
                if path.name not in named and path.stat().st_mtime < limit:
                    path.unlink(missing_ok=True)
                    gone += 1
    return gone


def _write(path: Path, content: bytes) -> None:
    """Durable when it returns: bytes, their name, and the name of their folder. A damaged copy is replaced."""
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == path.name:
        os.utime(path)
        _fsync(path.parent)
        return
    fresh = not path.parent.is_dir()
    path.parent.mkdir(parents=True, exist_ok=True)
    if fresh:
        _fsync(path.parent.parent)
    draft = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
    with draft.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.chmod(0o640)
    draft.rename(path)
    _fsync(path.parent)


def _fsync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
