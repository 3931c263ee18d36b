"""When a picture says it was taken. A claim: any phone can be set wrong, and any program can write it."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

TAKEN, WRITTEN, TAKEN_OFFSET, WRITTEN_OFFSET = 0x9003, 0x0132, 0x9011, 0x9010
DETAILS = 0x8769
FORM = re.compile(r"^(\d{4}):(\d{2}):(\d{2}) (\d{2}):(\d{2}):(\d{2})")
OFFSET = re.compile(r"^([+-])(\d{2}):(\d{2})$")


@dataclass(frozen=True)
class Claim:
    """`at` is the wall clock of the phone, with its offset from UTC where it says one. `taken` tells the camera's own
    time from the time at which some program wrote the file."""

    at: datetime
    taken: bool


def claimed(content: bytes) -> Claim | None:
    """The time in the picture's own notes; None without one. Reads the bytes as they came, before re-encoding."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")) as picture:
            notes = picture.getexif()
            details = notes.get_ifd(DETAILS)
    except Exception:  # a crafted file makes the reader raise nearly anything; it then claims nothing
        return None
    if (at := _moment(details.get(TAKEN), details.get(TAKEN_OFFSET))) is not None:
        return Claim(at, taken=True)
    if (at := _moment(notes.get(WRITTEN), details.get(WRITTEN_OFFSET))) is not None:
        return Claim(at, taken=False)
    return None


def _moment(text: Any, offset: Any) -> datetime | None:
    match = FORM.match(text) if isinstance(text, str) else None
    if match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part) for part in match.groups())
        at = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  (the phone's wall clock)
    except ValueError:
        return None
    sign = OFFSET.match(offset) if isinstance(offset, str) else None
    if sign is None:
        return at
    away = timedelta(hours=int(sign.group(2)), minutes=int(sign.group(3)))
    return at.replace(tzinfo=timezone(away if sign.group(1) == "+" else -away)) if away < timedelta(hours=24) else at
