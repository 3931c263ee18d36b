"""Where rectifications, rounds and the register meet: a failed item breaks its asset, a closed case mends it.

A rectification is resolved only with a photo that was taken for it, and closed only after somebody else has looked.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Device, DomainError, Scope, StoredFile
from counterpoint.foundation.api import scope as scopes
from counterpoint.onsite.assets import faults, prints, rules
from counterpoint.onsite.assets.actions import Papers, plan
from counterpoint.onsite.assets.kinds import asset_kinds
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.verbs import RECTIFICATION
from counterpoint.primitives import cases, checklists

if TYPE_CHECKING:
    from django.db.models import QuerySet

ENDS = ("closed", "dropped", "merged")
SOURCE = "onsite.asset:"


class NeedsPhoto(DomainError):
    """A rectification was to be resolved without a new photo of what was put right."""

    code = "needs_photo"
    status = 422


def asset_in(case: cases.CaseView) -> Asset | None:
    """The asset that a rectification is about: named as its source, or by the fault that it belongs to."""
    rows = Asset.objects.select_related("device", "org_unit")
    if case.source.startswith(SOURCE):
        return rows.filter(pk=case.source.removeprefix(SOURCE)).first()
    fault = AssetFault.objects.filter(case=case.id).first()
    return rows.filter(pk=fault.asset_id).first() if fault else None


def on_case(event: str, case: cases.CaseView, now: datetime) -> None:
    """Listener of the cases, in the transaction of the change."""
    if case.type != RECTIFICATION:
        return
    if event == "resolved":
        _demand_photo(case)
    elif event in ENDS:
        _ended(case, now, event)
    elif event == "reopened":
        _again(case, now)


def _demand_photo(case: cases.CaseView) -> None:
    """Refuse a resolution without a picture that is new: stored after the case began, not handed in before."""
    told = [one for one in cases.timeline(scope=scopes.current(), case=case.id) if one.kind == "resolved"]
    named = [file.id for file in told[-1].files] if told else []
    pictures = StoredFile.objects.filter(pk__in=named, media_type__startswith="image/", stored_at__gte=case.opened_at)
    if not any(prints.is_new(row, case.opened_at) for row in pictures):
        raise NeedsPhoto(_("Add a new photo of what was put right: a rectification is not resolved without one."))


def _call(asset: Asset, now: datetime) -> Call:
    return Call(scopes.current(), asset.org_unit, now)


def _ended(case: cases.CaseView, now: datetime, event: str) -> None:
    asset = asset_in(case)
    if asset is None:
        return
    call = _call(asset, now)
    fault = AssetFault.objects.filter(case=case.id, ended_at=None).first()
    if fault is not None:
        fault.ended_at = max(now, fault.began_at)
        fault.sure = fault.sure and event != "dropped"  # dropped: there was no fault
        fault.save(update_fields=["ended_at", "sure", "org_path"])
        if fault.extent in rules.STOPS and asset.device.retired_at is None:
            faults.serve(call, asset, works=True)
    if event == "closed":
        _serviced(call, asset, case.fields)
    if asset.due_case == case.id:
        asset.due_case = None
        asset.save(update_fields=["due_case", "org_path"])


def _serviced(call: Call, asset: Asset, fields: dict[str, Any]) -> None:
    """New dates from the closed case; what is due next follows."""
    papers = Papers(serviced_on=_day(fields.get("serviced_on")), expires_on=_day(fields.get("expires_on")))
    kind = asset_kinds(call.on, call.branch.rule_pack).get(asset.device.kind)
    if kind is None or papers == Papers() or asset.device.retired_at is not None:
        return
    asset.serviced_on = papers.serviced_on or asset.serviced_on  # type: ignore[assignment]
    asset.expires_on = papers.expires_on or asset.expires_on  # type: ignore[assignment]
    plan(asset, kind, call.branch)
    asset.save()
    call.note(
        "onsite.asset_changed", asset.pk, device=asset.device.code, kind=kind.key, why=asset.due_why,
        due=asset.due_on.isoformat() if asset.due_on else "",
        names=[name for name in ("serviced_on", "expires_on") if getattr(papers, name)],
    )  # fmt: skip


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _again(case: cases.CaseView, now: datetime) -> None:
    """What was thought to be mended is not: the machine is down again."""
    asset = asset_in(case)
    if asset is None or asset.device.retired_at is not None:
        return
    before = AssetFault.objects.filter(case=case.id).order_by("-began_at").first()
    if before is None:
        return
    call = _call(asset, now)
    faults.began(call, asset, extent=before.extent, source="reopened", case=case.id)
    if before.extent in rules.STOPS:
        faults.serve(call, asset, works=False)


def on_failed_item(scope: Scope, failed: checklists.Failed, now: datetime) -> None:
    """A failed item about an asset: a critical one takes it out of service, another leaves it working in part.

    Where nobody said which of several it is, one of the kind that works stands for it until somebody does.
    """
    asset, source = _meant(failed), "round"
    call = Call(scope, failed.org_unit, now)
    extent = "full" if failed.critical else "partial"
    if asset is None and failed.asset:
        _not_registered(call, failed, extent)
    elif asset is None:
        asset, source = _stand_in(failed), rules.UNNAMED
    if asset is None:
        return
    faults.began(call, asset, extent=extent, source=source, case=failed.case)
    if extent in rules.STOPS:
        faults.serve(call, asset, works=False)


def _meant(failed: checklists.Failed) -> Asset | None:
    """The asset that was scanned or named, or the only one of the kind that the item is about."""
    if failed.asset:
        return _in_use(failed).filter(device__code=failed.asset).first()
    if not failed.asset_kind:
        return None
    here = Device.objects.filter(org_unit=failed.org_unit, kind=failed.asset_kind, retired_at=None)
    return _in_use(failed).filter(device__in=here).first() if here.count() == 1 else None


def _not_registered(call: Call, failed: checklists.Failed, extent: str) -> None:
    """A machine without papers has no faults, but the hall counts on it all the same."""
    device = Device.objects.filter(org_unit=call.branch, code=failed.asset, retired_at=None).first()
    if device is not None and extent in rules.STOPS:
        faults.serve_device(call, device, works=False)


def _stand_in(failed: checklists.Failed) -> Asset | None:
    """The one that stands for an unnamed one of the kind already, else one that works and has no open fault, the last
    by its code; None where none does."""
    if not failed.asset_kind:
        return None
    alike = _in_use(failed).filter(device__kind=failed.asset_kind)
    broken = AssetFault.objects.filter(org_unit=failed.org_unit, ended_at=None)
    standing = alike.filter(pk__in=broken.filter(source=rules.UNNAMED).values("asset")).first()
    free = alike.filter(device__in_service=True).exclude(pk__in=broken.values("asset"))
    return standing or free.order_by("-device__code").first()


def _in_use(failed: checklists.Failed) -> "QuerySet[Asset]":
    rows = Asset.objects.select_related("device", "org_unit")
    return rows.filter(org_unit=failed.org_unit, device__retired_at=None)


cases.register_listener(on_case)
checklists.register_on_fail(on_failed_item)
