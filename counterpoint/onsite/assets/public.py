"""A fault reported by whoever scans the label on a thing: no account, no capacity lost until staff have looked.

Against flooding: a form is good once it has been open for some seconds and for an hour; each address, thing and branch
has an allowance; reports on a fault that is open already only count it up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from counterpoint.foundation.api import DomainError, NotFound, Scope, ratelimit, scoped, system_scope, unscoped
from counterpoint.onsite.assets import actions
from counterpoint.onsite.assets.kinds import AssetKind, asset_kinds
from counterpoint.onsite.assets.values import FaultView
from counterpoint.onsite.codes import CODE
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.verbs import ASSETS, MEND_OPEN, MEND_VIEW, REPORT

SALT = "onsite.assets.public"
OPEN_FOR = timedelta(seconds=3)
GOOD_FOR = timedelta(hours=1)
HOUR = timedelta(hours=1)
PER_ADDRESS, PER_ASSET, PER_BRANCH = 6, 6, 40
TEXT_MOST = 300


class NotByHand(DomainError):
    """The form came back faster than anybody writes, too late, or filled in where nobody sees a field."""

    code = "not_by_hand"
    status = 422


@dataclass(frozen=True)
class Shown:
    """What anybody may see of a thing: its name and kind, where it stands, whether a fault is known."""

    asset: Asset
    kind: AssetKind | None
    known: bool
    stamp: str


def find(code: str) -> tuple[Asset, Scope]:
    """The thing with a label, and the scope of a report; `NotFound` for an unknown code."""
    if not CODE.match(code):
        raise NotFound("There is no such label.")
    with unscoped("a label is looked up by its unguessable code before its branch is known"):
        rows = Asset.objects.select_related("device", "org_unit", "device__zone")
        row = rows.filter(public_code=code, device__retired_at=None).first()
    if row is None:
        raise NotFound("There is no such label.")
    return row, system_scope((REPORT, ASSETS, MEND_OPEN, MEND_VIEW), (row.org_unit.path,), label="label")


def shown(*, code: str, now: datetime) -> Shown:
    """The page of a label."""
    row, scope = find(code)
    with scoped(scope):
        known = AssetFault.objects.filter(asset=row, ended_at=None).exists()
    on = row.org_unit.date_at(now)
    return Shown(row, asset_kinds(on, row.org_unit.rule_pack).get(row.device.kind), known, stamp(code, now))


def stamp(code: str, now: datetime) -> str:
    """When the form was opened, signed, for one label."""
    return signing.dumps([code, now.timestamp()], salt=SALT)


def report(
    *, code: str, now: datetime, address: str, stamped: str, text: str = "", trap: str = "", extent: str = "full"
) -> FaultView:
    """Take a report. Raises `NotFound`, `NotByHand`, `TooMany`, `Invalid`. The text goes into the case alone."""
    row, scope = find(code)
    _by_hand(code, now, stamped, trap)
    caller = ratelimit.mark_of(address)
    for key, limit in (
        (f"label:{caller}", PER_ADDRESS), (f"label:{row.pk}", PER_ASSET), (f"label:{row.org_unit_id}", PER_BRANCH),
    ):  # fmt: skip
        ratelimit.take(key=key, limit=limit, window=HOUR, now=now)
    call = Call(scope, row.org_unit, now)
    inputs: dict[str, Any] = {"code": row.device.code, "extent": extent, "text": text.strip()[:TEXT_MOST]}
    return call.run(REPORT, FaultView, actions.fail, **inputs, source="public", sure=False)


def _by_hand(code: str, now: datetime, stamped: str, trap: str) -> None:
    try:
        of, opened = signing.loads(stamped, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        of, opened = "", 0.0
    age = timedelta(seconds=now.timestamp() - float(opened))
    if trap or of != code or not OPEN_FOR <= age <= GOOD_FOR:
        raise NotByHand(_("This form was open too short or too long. Please send it once more."))
