"""Files from outside: judged by their bytes, stripped, hashed, durable, and never able to exhaust the server."""

import io
import os
import zipfile
import zlib
from datetime import timedelta

import pytest
from django.db import transaction
from PIL import Image

from counterpoint.foundation import clock, files
from counterpoint.foundation.errors import Forbidden
from counterpoint.foundation.files import UnsafeFile
from counterpoint.foundation.models import JournalEntry, StoredFile
from counterpoint.foundation.scope import scoped, unscoped


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES = tmp_path / "files"


def picture(kind="JPEG", size=(40, 30), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **more)
    return out.getvalue()


def workbook(**entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def store(bank, content, name="list.csv", person="Sun", where="b01"):
    with scoped(bank.scope(person)):
        return files.store(
            scope=bank.scope(person), org_unit=bank.units[where], name=name, content=content, now=bank.now
        )


def test_a_picture_loses_its_place_and_camera():
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-MAKER"
    exif.get_ifd(0x8825)[1] = "N"
    checked = files.check("photo.jpg", picture(exif=exif.tobytes()))
    assert checked.media_type == "image/jpeg" and b"CAMERA-MAKER" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as seen:
        assert not seen.getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_every_accepted_picture_becomes_a_jpeg_of_bounded_size(kind):
    checked = files.check("photo", picture(kind, (3000, 200)))
    with Image.open(io.BytesIO(checked.content)) as seen:
        assert seen.format == "JPEG" and max(seen.size) == files.MAX_SIDE


def pixel_bomb():
    """A PNG of a few kilobytes that claims 10 000 × 10 000 pixels."""

    def part(kind, body):
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    side = 10_000
    head = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(bytes(1000))) + part(b"IEND", b"")


def moving_picture():
    out = io.BytesIO()
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


HARMFUL = {
    "pixel bomb": ("a.png", pixel_bomb()),
    "moving picture": ("a.png", moving_picture()),
    "cut picture": ("a.jpg", picture(size=(400, 300))[:400]),
    "zip bomb": ("a.xlsx", workbook(big=bytes(60 * 2**20))),
    "many entries": ("a.xlsx", workbook(**{f"e{n}": b"" for n in range(300)})),
    "archive that is no workbook": ("a.xlsx", b"PK\x03\x04" + bytes(100)),
    "cut workbook": ("a.xlsx", workbook(sheet=os.urandom(5000))[:-200]),
    "program": ("a.csv", b"MZ\0\0" + bytes(50)),
    "vector picture": ("a.svg", b"<svg onload='alert(1)'/>"),
    "page": ("a.html", b"<script>alert(1)</script>"),
    "too large": ("a.pdf", b"%PDF-" + bytes(21 * 2**20)),
}


@pytest.mark.parametrize(("name", "content"), HARMFUL.values(), ids=HARMFUL)
def test_harmful_or_foreign_files_are_refused_with_a_word_to_the_person(name, content):
    with pytest.raises(UnsafeFile) as refused:
        files.check(name, content)
    assert len(refused.value.message) > 10


def test_the_name_does_not_decide():
    assert files.check("a.exe", picture()).media_type == "image/jpeg"
    assert files.check("a.jpg", b"%PDF-1.7").media_type == "application/pdf"
    assert files.check("a.xls", workbook(sheet=b"<sheet/>")).media_type == files.SHEET


def test_a_stored_file_is_journalled_and_read_back_whole(bank):
    row = store(bank, b"a,b\n1,2\n")
    assert files.read(row) == b"a,b\n1,2\n" and row.name == "list.csv"
    assert files.path_of(row.sha256).stat().st_mode & 0o777 == 0o640
    with unscoped("test"):
        assert JournalEntry.objects.filter(kind="foundation.file_stored", subject=str(row.pk)).count() == 1


def test_a_path_in_the_name_is_dropped(bank):
    assert store(bank, b"a\n", name="../../etc/passwd.csv").name == "passwd.csv"


def test_the_same_bytes_twice_lie_once_and_have_two_rows(bank):
    first, second = store(bank, b"a\n"), store(bank, b"a\n")
    assert first.pk != second.pk and first.sha256 == second.sha256
    assert len(list(files.path_of(first.sha256).parent.iterdir())) == 1


def test_a_flipped_bit_is_found_when_read_and_healed_by_the_same_upload(bank):
    row = store(bank, b"a,b\n1,2\n")
    files.path_of(row.sha256).write_bytes(b"a,b\n1,3\n")
    with pytest.raises(UnsafeFile, match=r"backup|备份"):
        files.read(row)
    store(bank, b"a,b\n1,2\n")
    assert files.read(row) == b"a,b\n1,2\n"


def test_storing_needs_the_right_at_the_branch(bank):
    with pytest.raises(Forbidden):
        store(bank, b"a\n", person="Sun", where="b03")


def test_no_row_is_left_when_the_disk_refuses(bank, monkeypatch):
    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(OSError, match="No space"):
        store(bank, b"a\n")
    with unscoped("test"):
        assert not StoredFile.objects.exists()


def test_bytes_without_a_row_are_swept_after_a_day_and_others_stay(bank):
    kept = store(bank, b"kept\n")
    with pytest.raises(RuntimeError), transaction.atomic():
        orphan = store(bank, b"orphan\n")
        raise RuntimeError
    orphan_path, kept_path = files.path_of(orphan.sha256), files.path_of(kept.sha256)
    draft = kept_path.with_suffix(".1-1.part")
    draft.write_bytes(b"half")
    now = clock.SystemClock().now()
    assert files.sweep(now) == 0
    assert files.sweep(now + timedelta(days=2)) == 2
    assert kept_path.exists() and not orphan_path.exists() and not draft.exists()


def archive_entry(**fields):
    """A workbook whose second entry's header is spoilt: flags, compression."""
    raw = bytearray(workbook(sheet=b"<sheet/>"))
    at = raw.rfind(b"PK\x01\x02")
    local = raw.rfind(b"PK\x03\x04")
    for name, value in fields.items():
        offset = {"flags": (8, 6), "method": (10, 8)}[name]
        raw[at + offset[0]], raw[local + offset[1]] = value, value
    return bytes(raw)


@pytest.mark.parametrize("content", [archive_entry(flags=1), archive_entry(method=99), archive_entry(method=12)])
def test_an_archive_that_cannot_be_unpacked_is_refused_in_words(content):
    with pytest.raises(UnsafeFile):
        files.check("a.xlsx", content)


@pytest.mark.parametrize(
    "start", [b"%!PS-Ado", b"GIF89a\x01\x00", b"8BPS\x00\x01\x00\x00", b"BM\x00\x00\x00\x00\x00\x00"]
)
def test_only_the_three_picture_decoders_ever_run(start, monkeypatch):
    opened = []
    monkeypatch.setattr(files.Image, "open", lambda *a, **k: opened.append(k.get("formats")))
    with pytest.raises(UnsafeFile):
        files.check("a.webp", start + b"WEBP" + b"\0" * 40)
    assert opened == []


def test_the_decoder_is_told_which_formats_it_may_try(monkeypatch):
    seen = []
    real = files.Image.open
    monkeypatch.setattr(files.Image, "open", lambda f, **k: seen.append(k["formats"]) or real(f, **k))
    files.check("a.jpg", picture())
    assert seen == [("JPEG", "PNG", "WEBP")]
