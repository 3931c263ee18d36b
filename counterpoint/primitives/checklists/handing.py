"""The way out of a phone that cannot send: the file that it saved is taken in at a desk, as it would have been sent."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid, OrgUnit, Scope, branch, read_json
from counterpoint.primitives.checklists import syncing, unsent
from counterpoint.primitives.checklists.calling import APPLIED, HELD
from counterpoint.primitives.checklists.uploads import photo_put

FORMAT = "counterpoint-rounds-1"


def file_take(*, scope: Scope, org_unit: OrgUnit, content: bytes, now: datetime) -> dict[str, int]:
    """Photos first, then the items in batches, each at the branch it was captured for (`org_unit` where none is named).

    Returns counts: photos, taken, kept (wait for others), aside. `Invalid` for what is no file of a phone; what came
    before does not come twice.
    """
    try:
        told = read_json(content)
        device = str(told["device"])
        if told["format"] != FORMAT or not 0 < len(device) <= syncing.LIMITS["key"]:
            raise ValueError(told["format"])
        photos = [
            (_code(one, org_unit), str(one["digest"]), b64decode(one["content"]), str(one.get("taken", "")))
            for one in told["photos"]
        ]
        items = [(_code(one, org_unit), syncing.read(one)) for one in told["items"]]
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise Invalid(_("This is not a file that a phone saved."), field="file") from broken
    counts = {"photos": len(photos), "taken": 0, "kept": 0, "aside": 0}
    for code, digest, picture, taken in photos:
        unit = branch(scope=scope, code=code)
        photo_put(scope=scope, org_unit=unit, content=picture, digest=digest, now=now, taken=syncing.claim(taken))
    for batch in _batches(items):
        for receipt in syncing.sync(scope=scope, device=device, batch=batch, now=now).receipts:
            counts[{APPLIED: "taken", HELD: "kept"}.get(receipt.state, "aside")] += 1
    unsent.report(scope=scope, org_unit=org_unit, device=device, unsent=unsent.Unsent(0, 0), now=now)
    return counts


def _code(one: dict[str, Any], here: OrgUnit) -> str:
    """The branch that the phone was at."""
    return str((one.get("branch") or {}).get("code") or here.code)


def _batches(items: list[tuple[str, syncing.Sent]]) -> Iterator[syncing.Batch]:
    for code, rows in groupby(sorted(items, key=lambda one: (one[0], one[1].seq)), key=lambda one: one[0]):
        sent = [item for _code, item in rows]
        for start in range(0, len(sent), syncing.BATCH):
            yield syncing.Batch(code, tuple(sent[start : start + syncing.BATCH]))
