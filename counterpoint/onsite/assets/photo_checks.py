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
from counterpoint.primitives.checklists import Face, Finding, PhotoOf
from counterpoint.science import photos

FINE, WATCH, ACT = "fine", "watch", "act"
OLD = timedelta(hours=24)  # a photo that claims to be older than its arrival by more is asked about
AHEAD = timedelta(minutes=10)
BEFORE = timedelta(minutes=10)  # a photo may be taken so long before the round's first answer
NEAR = 0.03  # share of a dial's scale beside the end of a zone within which the zone is in doubt
CLOSE = 0.05  # share of the scale by which a dial's reading and the answer may differ
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
    elif photo.dial is not None:
        found.append(_dial(photo, picture, photo.dial))
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
    """When it says it was taken, on the server's clock, against the time of the round: a claim, never more than half
    sure. A signature is drawn on the phone and claims nothing."""
    taken, received = photo.taken_claim, photo.received_at
    if photo.kind == "signature" or received is None:
        return
    if taken is None:
        yield Finding("time", WATCH, 0.0, _("when it was taken is not known"), {"doubts": ["not_found"]})
        return
    words = _("says it was taken %(at)s")
    verdict = FINE if -AHEAD <= received - taken <= OLD else WATCH
    if photo.began_at is not None and taken < photo.began_at - BEFORE:
        verdict, words = WATCH, _("says it was taken %(at)s, before the round began")
    told = words % {"at": f"{taken.astimezone(ZoneInfo(photo.org_unit.time_zone)):%Y-%m-%d %H:%M}"}
    yield Finding("time", verdict, 0.5, told, {"claim": taken.isoformat()})


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


def _dial(photo: PhotoOf, picture: Picture, face: Face) -> Finding:
    """Where the needle points against what was answered: the zone that was chosen, or the value that was typed."""
    found = photos.read_gauge(picture, photos.Dial(face.low, face.high, face.begins, face.ends))
    if found is None:
        return Finding("dial", WATCH, 0.0, _("no dial could be read"), {"doubts": ["not_found"]})
    span, answered = face.high - face.low, photo.value
    zone = next((one.slug for one in face.zones if found.value <= one.upto), "")
    doubts = list(found.doubts)
    if any(abs(found.value - one.upto) < NEAR * span for one in face.zones[:-1]):
        doubts.append("border")
    if face.zones:
        same = answered == zone
    else:
        same = isinstance(answered, int | float) and abs(answered - found.value) <= CLOSE * span
    verdict = WATCH if doubts or answered in (None, "") else FINE if same else ACT
    what = f"{found.value:.2g} {face.unit}".strip()
    detail = {"value": round(found.value, 2), "unit": face.unit, "doubts": doubts, "zone": zone, "typed": answered}
    return Finding("dial", verdict, found.confidence, _read(verdict, what), detail)


def _read(verdict: str, what: str) -> str:
    """What was read, and what to make of it."""
    if verdict == FINE:
        return _("reads %(what)s, as answered") % {"what": what}
    if verdict == ACT:
        return _("reads %(what)s, which is not what was answered") % {"what": what}
    return _("perhaps %(what)s; please look") % {"what": what}


checklists.register_photo_check(look)
