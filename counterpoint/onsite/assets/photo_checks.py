"""What the machine sees in the photos of a round. It proposes; a person confirms. Runs in a job worker."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpoint.onsite.assets import prints
from counterpoint.onsite.models import Asset
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import Finding, PhotoOf
from counterpoint.primitives.content import ContentError, get
from counterpoint.science import photos

FINE, WATCH, ACT = "fine", "watch", "act"
OLD = timedelta(hours=24)  # a photo that claims to be older than its arrival by more is asked about
AHEAD = timedelta(minutes=10)
Picture = NDArray[np.uint8]


def look(photo: PhotoOf) -> list[Finding]:
    """All findings of one photo, in the order in which they are shown."""
    try:
        picture = photos.decoded(photo.content)
    except ValueError:
        return [Finding("picture", WATCH, 1.0, "")]
    found = [_sharp(picture), *_reused(photo, picture), *_time(photo), *_code(photo, picture)]
    item = _item(photo)
    if photo.kind == "date":
        found.append(_date(photo, picture))
    elif photo.kind == "number" and item is not None and item.unit in photos.UNITS:
        found.append(_number(photo, picture, item.unit))
    return found


def _item(photo: PhotoOf) -> Any:
    at = photo.received_at
    on = photo.org_unit.date_at(at) if at else None
    try:
        return get("checklists", photo.checklist, on, photo.org_unit.rule_pack).value.item(photo.item) if on else None
    except ContentError:
        return None


def _sharp(picture: Picture) -> Finding:
    found = photos.sharpness(picture)
    verdict = {"sharp": FINE, "soft": FINE}.get(found.verdict, WATCH)
    return Finding("sharpness", verdict, 1.0 if found.verdict != "unsure" else 0.5, found.verdict, {"width": found.width})


def _reused(photo: PhotoOf, picture: Picture) -> Iterator[Finding]:
    """Nothing to say of a photo that nobody has seen before."""
    source = f"round:{photo.round}:{photo.item}"
    at = photo.received_at
    if at is None:
        return
    bits = prints.kept(photo.org_unit, photo.digest, picture, source, at)
    before = prints.earlier(photo.digest, bits, source=source)
    if before is None:
        return
    same = before.exact or before.verdict == "same"
    detail = {"source": before.source, "at": before.at.isoformat(), "branch": before.branch, "bits": before.bits}
    yield Finding("reuse", ACT if same else WATCH, 1 - before.bits / 128, before.source, detail)


def _time(photo: PhotoOf) -> Iterator[Finding]:
    if photo.taken_claim is None or photo.received_at is None:
        return
    late = photo.received_at - photo.taken_claim
    verdict = FINE if -AHEAD <= late <= OLD else WATCH
    yield Finding("time", verdict, 0.5, photo.taken_claim.isoformat())  # a claim is never more than half sure


def _code(photo: PhotoOf, picture: Picture) -> Iterator[Finding]:
    """The label of the asset in the picture, where the round or the answer is about one."""
    wanted = photo.asset or (photo.value if photo.kind == "scan" and isinstance(photo.value, str) else "")
    seen = [code_of(one.text) for one in photos.codes(picture)]
    if not wanted or not seen:
        return
    row = Asset.objects.filter(org_unit=photo.org_unit, device__code=wanted).first()
    right = wanted in seen or (row is not None and row.public_code in seen)
    yield Finding("code", FINE if right else ACT, 1.0, seen[0])


def code_of(text: str) -> str:
    """What a label says: the code of the thing behind “#”, else the last part of the address."""
    head, _, tail = text.partition("#")
    return (tail or head.rstrip("/").rsplit("/", 1)[-1]).strip()


def _date(photo: PhotoOf, picture: Picture) -> Finding:
    """The expiry on the label against the one that was typed."""
    found = photos.read_label(picture).expiry
    if found is None:
        return Finding("date", WATCH, 0.0, "", {"doubts": ["not_found"]})
    typed = photo.value if isinstance(photo.value, str) else ""
    same = typed == found.on.isoformat() or (found.precision == "month" and typed[:7] == found.on.isoformat()[:7])
    detail = {"on": found.on.isoformat(), "precision": found.precision, "doubts": list(found.doubts), "typed": typed}
    verdict = WATCH if not found.sure else FINE if same else ACT
    return Finding("date", verdict, found.confidence, found.on.isoformat(), detail)


def _number(photo: PhotoOf, picture: Picture, unit: str) -> Finding:
    """The reading on the display against the number that was typed."""
    found = photos.read_number(picture, unit)
    if found is None:
        return Finding("number", WATCH, 0.0, "", {"doubts": ["not_found"]})
    typed = float(photo.value) if isinstance(photo.value, int | float) else None
    detail = {"value": found.value, "unit": unit, "doubts": list(found.doubts), "typed": typed}
    verdict = WATCH if not found.sure else FINE if typed == found.value else ACT
    return Finding("number", verdict, found.confidence, f"{found.value:g} {unit}", detail)



checklists.register_photo_check(look)
