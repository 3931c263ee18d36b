"""What the machine sees in the photos of a round. It proposes; a person confirms. Runs in a job worker."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from counterpoint.onsite.assets import prints
from counterpoint.onsite.models import Asset
from counterpoint.primitives import checklists
from counterpoint.primitives.checklists import Finding, PhotoOf
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
        return [Finding("picture", WATCH, 1.0, _("no picture that can be read"))]
    found = [_sharp(picture), *_reused(photo, picture), *_time(photo), *_code(photo, picture)]
    if photo.kind == "date":
        found.append(_date(photo, picture))
    elif photo.kind == "number" and photo.unit in photos.UNITS:
        found.append(_number(photo, picture, photo.unit))
    return found


def _sharp(picture: Picture) -> Finding:
    found = photos.sharpness(picture)
    words = {"sharp": _("sharp"), "soft": _("a little soft"), "blurred": _("blurred: take it again")}
    verdict = WATCH if found.verdict == "blurred" else FINE
    told = words.get(found.verdict, _("too little to see whether it is sharp"))
    return Finding(
        "sharpness", verdict, 1.0 if found.edges else 0.5, told, {"width": found.width if found.edges else None}
    )


def _reused(photo: PhotoOf, picture: Picture) -> Iterator[Finding]:
    """Nothing to say of a photo that nobody has seen before; only photos of the caller's branches are looked at."""
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
    if before.source.startswith("round:"):
        detail["round"] = before.source.split(":")[1]
    told = _("same photo as on %(day)s") if same else _("much like a photo of %(day)s")
    day = f"{photo.org_unit.date_at(before.at):%Y-%m-%d}"
    yield Finding("reuse", ACT if same else WATCH, 1 - before.bits / 128, told % {"day": day}, detail)


def _time(photo: PhotoOf) -> Iterator[Finding]:
    if photo.taken_claim is None or photo.received_at is None:
        return
    late = photo.received_at - photo.taken_claim
    verdict = FINE if -AHEAD <= late <= OLD else WATCH
    zone = ZoneInfo(photo.org_unit.time_zone)
    told = _("says it was taken %(at)s") % {"at": f"{photo.taken_claim.astimezone(zone):%Y-%m-%d %H:%M}"}
    yield Finding(
        "time", verdict, 0.5, told, {"claim": photo.taken_claim.isoformat()}
    )  # a claim, never more than half sure


def _code(photo: PhotoOf, picture: Picture) -> Iterator[Finding]:
    """The label of the asset in the picture, where the round or the answer is about one."""
    wanted = photo.asset or (photo.value if photo.kind == "scan" and isinstance(photo.value, str) else "")
    seen = [code_of(one.text) for one in photos.codes(picture)]
    if not wanted or not seen:
        return
    row = Asset.objects.filter(org_unit=photo.org_unit, device__code=wanted).first()
    right = wanted in seen or (row is not None and row.public_code in seen)
    told = _("label of %(code)s") if right else _("another label: %(code)s")
    yield Finding("code", FINE if right else ACT, 1.0, told % {"code": wanted if right else seen[0][:32]})


def code_of(text: str) -> str:
    """What a label says: the code of the thing behind “#”, else the last part of the address."""
    head, _, tail = text.partition("#")
    return (tail or head.rstrip("/").rsplit("/", 1)[-1]).strip()


def _date(photo: PhotoOf, picture: Picture) -> Finding:
    """The expiry on the label against the one that was typed."""
    found = photos.read_label(picture).expiry
    if found is None:
        return Finding("date", WATCH, 0.0, _("no date could be read"), {"doubts": ["not_found"]})
    typed = photo.value if isinstance(photo.value, str) else ""
    same = typed == found.on.isoformat() or (found.precision == "month" and typed[:7] == found.on.isoformat()[:7])
    detail = {"on": found.on.isoformat(), "precision": found.precision, "doubts": list(found.doubts), "typed": typed}
    verdict = WATCH if not found.sure else FINE if same else ACT
    day = f"{found.on:%Y-%m}" if found.precision == "month" else found.on.isoformat()
    return Finding("date", verdict, found.confidence, _read(verdict, _("valid until %(what)s") % {"what": day}), detail)


def _number(photo: PhotoOf, picture: Picture, unit: str) -> Finding:
    """The reading on the display against the number that was typed."""
    found = photos.read_number(picture, unit)
    if found is None:
        return Finding("number", WATCH, 0.0, _("no number could be read"), {"doubts": ["not_found"]})
    typed = float(photo.value) if isinstance(photo.value, int | float) else None
    detail = {"value": found.value, "unit": unit, "doubts": list(found.doubts), "typed": typed}
    verdict = WATCH if not found.sure else FINE if typed == found.value else ACT
    return Finding("number", verdict, found.confidence, _read(verdict, f"{found.value:g} {unit}"), detail)


def _read(verdict: str, what: str) -> str:
    """What was read, and what to make of it."""
    if verdict == FINE:
        return _("reads %(what)s, as answered") % {"what": what}
    if verdict == ACT:
        return _("reads %(what)s, which is not what was answered") % {"what": what}
    return _("perhaps %(what)s; please look") % {"what": what}


checklists.register_photo_check(look)
