"""How photos look, kept so that one that is handed in again is known, within the branches that the caller may see."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from counterpoint.foundation.api import OrgUnit, StoredFile, files
from counterpoint.onsite.models import PhotoPrint
from counterpoint.science import photos

MOST = 5000  # prints that are compared, newest first


@dataclass(frozen=True)
class Earlier:
    """A photo that was handed in before and looks the same (or near): where, when, and how many of 128 bits differ."""

    source: str
    at: datetime
    branch: str
    bits: int
    exact: bool

    @property
    def verdict(self) -> str:
        """`same` or `near`."""
        return photos.judged(self.bits)


def kept(branch: OrgUnit, digest: str, picture: NDArray[np.uint8], source: str, at: datetime) -> str:
    """Keep how a photo looks; the same photo of the same source is kept once. Returns its 128 bits."""
    bits = photos.seen(picture)
    PhotoPrint.objects.get_or_create(
        org_unit=branch, digest=digest, source=source, defaults={"bits": bits, "at": at, "org_path": branch.path}
    )
    return bits


def earlier(digest: str, bits: str, *, source: str, before: datetime | None = None) -> Earlier | None:
    """The nearest print of another source that may be the same photo; only prints inside the active scope."""
    rows = PhotoPrint.objects.exclude(source=source).select_related("org_unit")
    if before is not None:
        rows = rows.filter(at__lt=before)
    best: Earlier | None = None
    for row in rows.order_by("-at")[:MOST]:
        exact = row.digest == digest
        apart = 0 if exact else photos.distance(bits, row.bits)
        if photos.judged(apart) != "other" and (best is None or (apart, not exact) < (best.bits, not best.exact)):
            best = Earlier(row.source, row.at, row.org_unit.code, apart, exact)
    return best


def is_new(row: StoredFile, since: datetime) -> bool:
    """Whether a stored picture was not handed in before `since`, byte for byte or by its look."""
    if StoredFile.objects.filter(sha256=row.sha256, stored_at__lt=since).exists():
        return False
    found = earlier(row.sha256, photos.seen(photos.decoded(files.read(row))), source=f"file:{row.pk}", before=since)
    return found is None or found.verdict != "same"
