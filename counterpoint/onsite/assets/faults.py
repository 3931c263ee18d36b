"""Faults of assets: one open fault a thing at a time, a case for each, and the live hall in the same transaction."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Device, Invalid, NotFound, Scope, new_id, system_scope
from counterpoint.onsite.assets import rules
from counterpoint.onsite.assets.kinds import asset_kinds
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.verbs import MEND_OPEN, MEND_VIEW, RECTIFICATION
from counterpoint.primitives import cases


def asset_of(call: Call, code: str) -> Asset:
    """The branch's asset by the code of its device, locked; `NotFound` for one that is not in the register."""
    row = (
        Asset.objects.select_for_update(of=("self",)).select_related("device", "org_unit")
        .filter(org_unit=call.branch, device__code=code, device__retired_at=None).first()
    )  # fmt: skip
    if row is None:
        raise NotFound(_("There is no “%(code)s” in the asset register here.") % {"code": code})
    return row


def followed(call: Call, device: Device, *, works: bool) -> None:
    """A device was reported from the hall: the register follows, where the device is in it."""
    asset = Asset.objects.select_related("device").filter(device=device, device__retired_at=None).first()
    if asset is None:
        return
    if works:
        ended(call, asset)
    else:
        began(call, asset, extent="full", source="hall")


def began(
    call: Call, asset: Asset, *, extent: str, source: str, sure: bool = True, case: UUID | None = None, text: str = "",
) -> AssetFault:  # fmt: skip
    """Open the asset's fault, or add the report to the one that is open; a case comes with it."""
    row = AssetFault.objects.select_for_update().filter(asset=asset, ended_at=None).first()
    if row is None:
        row = AssetFault(
            id=new_id(), org_unit=call.branch, asset=asset, extent=extent, began_at=call.now, source=source, sure=sure,
            case=case, reported_by=call.scope.actor,
        )  # fmt: skip
        row.case = row.case or _case(call, asset, row, text)
        row.save(force_insert=True)
        return row
    row.reports = min(row.reports + 1, 999)
    if sure and not row.sure:
        row.sure, row.began_at, row.extent = True, call.now, extent
    elif sure and row.extent == "partial":
        row.extent = extent
    row.save()
    return row


def ended(call: Call, asset: Asset) -> None:
    """The asset works again: its open fault ends; the case stays open until somebody else has looked."""
    row = AssetFault.objects.select_for_update().filter(asset=asset, ended_at=None).first()
    if row is not None:
        row.ended_at = max(call.now, row.began_at)
        row.save(update_fields=["ended_at", "org_path"])


def named(call: Call, stand_in: Asset, meant: Asset) -> AssetFault:
    """Somebody says which machine it is: the fault goes to it with its case and its time, and the hall follows.

    `Invalid` unless the first stands for an unnamed one and both are of one kind. When the machine that is meant has a
    fault already, that one stays and gets the report.
    """
    row = AssetFault.objects.select_for_update().filter(asset=stand_in, ended_at=None, source=rules.UNNAMED).first()
    if row is None or meant.device.kind != stand_in.device.kind:
        raise Invalid(_("There is nothing to name here."))
    if meant.pk == stand_in.pk:
        row.source = "round"
        row.save(update_fields=["source", "org_path"])
        return row
    known = AssetFault.objects.select_for_update().filter(asset=meant, ended_at=None).first()
    if known is None:
        row.asset, row.source = meant, "round"
        row.save(update_fields=["asset", "source", "org_path"])
        found = row
    else:
        row.ended_at, row.sure = max(call.now, row.began_at), False
        row.save(update_fields=["ended_at", "sure", "org_path"])
        found = began(call, meant, extent=row.extent, source="round", case=row.case)
    if row.extent in rules.STOPS:
        serve(call, meant, works=False)
        serve(call, stand_in, works=True)
    return found


def serve(call: Call, asset: Asset, *, works: bool) -> None:
    """Let the live hall know, when it does not already."""
    serve_device(call, asset.device, works=works)


def serve_device(call: Call, device: Device, *, works: bool) -> None:
    """The same for a machine that need not be in the register."""
    if device.in_service == works:
        return
    device.in_service = works
    device.save(update_fields=["in_service", "org_path"])
    call.note(f"onsite.device_{'restored' if works else 'failed'}", device.pk, device=device.code, kind=device.kind)


def opener(call: Call) -> Scope:
    """Who opens the case: the caller, or the house where a machine or a customer may not."""
    if call.scope.may(MEND_OPEN, call.branch.path):
        return call.scope
    return system_scope((MEND_OPEN, MEND_VIEW), (call.branch.path,), label="asset")


def _case(call: Call, asset: Asset, fault: AssetFault, text: str) -> UUID:
    kind = asset_kinds(call.on, call.branch.rule_pack).get(asset.device.kind)
    told: dict[str, Any] = {"title": _("%(name)s: fault") % {"name": asset.device.name}, "text": text}
    opened = cases.case_open(
        scope=opener(call), org_unit=call.branch, type=RECTIFICATION, now=call.now,
        level=rules.level_for(kind.fix_minutes if kind else 1440), source=f"onsite.asset:{asset.pk}",
        key=f"fault:{fault.pk}", **told,
    )  # fmt: skip
    return opened.id
