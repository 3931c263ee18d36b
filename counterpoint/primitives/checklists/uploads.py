"""Pictures that come in: kept under the hash of what was sent, so that sending twice stores once."""

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, OrgUnit, Scope, enter, files, scoped
from counterpoint.primitives.checklists.actions import link_evidence
from counterpoint.primitives.checklists.calling import Call
from counterpoint.primitives.checklists.models import AnswerEntry, Upload
from counterpoint.primitives.checklists.syncing import release
from counterpoint.primitives.checklists.values import Uploaded
from counterpoint.primitives.checklists.verbs import FILL
from counterpoint.science import photos


class Damaged(DomainError):
    """What arrived is not what was sent; send it again."""

    code = "damaged"
    status = 422


def photo_put(
    *,
    scope: Scope,
    org_unit: OrgUnit,
    content: bytes,
    now: datetime,
    digest: str = "",
    name: str = "photo.jpg",
    taken: datetime | None = None,
    clock: datetime | None = None,
) -> Uploaded:
    """Store a picture durably and answer with the hash of the bytes that came. The same bytes again change nothing.

    `digest` is what the sender says it sent: `Damaged` when it differs. `taken` is when it says that the picture was
    taken, `clock` what its own clock says now: the claim is kept on the server's clock. The camera's own note in the
    bytes comes first. Raises `UnsafeFile` for what is no picture.
    """
    enter(scope, org_unit, FILL)
    arrived = hashlib.sha256(content).hexdigest()
    if digest and digest != arrived:
        raise Damaged(_("The picture did not arrive whole. Send it again."))
    with scoped(scope):
        if not Upload.objects.filter(org_unit=org_unit, digest=arrived).exists():
            _store(Call(scope, org_unit, now), content, arrived, name, _on_server(taken, clock, now))
    return Uploaded(digest=arrived, size=len(content))


def _on_server(taken: datetime | None, clock: datetime | None, now: datetime) -> datetime | None:
    """A phone's moment on the server's clock."""
    try:
        return taken - (clock - now) if taken and clock else taken
    except OverflowError:
        return None


def _store(call: Call, content: bytes, digest: str, name: str, claim: datetime | None) -> None:
    if not files.check(name, content).media_type.startswith("image/"):
        raise files.UnsafeFile(_("Only pictures can be evidence. Send JPEG, PNG or WebP."))
    try:
        with transaction.atomic():
            row = files.store(scope=call.scope, org_unit=call.org_unit, name=name, content=content, now=call.now)
            upload = Upload(
                org_unit=call.org_unit, digest=digest, file=row, received_at=call.now,
                taken_claim=taken_at(content, ZoneInfo(call.org_unit.time_zone)) or claim,
            )  # fmt: skip
            upload.save(force_insert=True)
            _tie(call, digest)
    except IntegrityError:  # the same picture came twice at once; one of them is stored
        if not Upload.objects.filter(org_unit=call.org_unit, digest=digest).exists():
            raise


def _tie(call: Call, digest: str) -> None:
    """Answers that came before their picture get it now."""
    for entry in waiting_for(call.org_unit, digest):
        link_evidence(call, entry.round, entry.item, [digest])
        release(call, entry.round.refs)


def waiting_for(org_unit: OrgUnit, digest: str) -> list[AnswerEntry]:
    """Entries that name the picture. A list inside JSON is looked up in Python: both databases do it differently."""
    rows = AnswerEntry.objects.filter(org_unit=org_unit, round__state__in=("due", "open")).exclude(files=[])
    return [entry for entry in rows.select_related("round") if digest in entry.files]


def taken_at(content: bytes, zone: ZoneInfo) -> datetime | None:
    """When the camera says it took the picture, on the branch's wall clock where it names no other; a claim or None."""
    claim = photos.claimed(content)
    if claim is None or not claim.taken:
        return None
    try:
        return (claim.at if claim.at.tzinfo else claim.at.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:  # the first day of the year 1 was another year in UTC
        return None
