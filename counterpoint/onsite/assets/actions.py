"""What people do with assets: add, change, note a service, report and end a fault, take out of use."""

from dataclasses import dataclass, fields
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from counterpoint.foundation.api import Device, Invalid, OrgUnit, Scope, Zone, new_id
from counterpoint.onsite.assets import faults, rules
from counterpoint.onsite.assets.kinds import AssetKind, asset_kinds
from counterpoint.onsite.assets.values import AssetView, FaultView, asset_view, fault_view
from counterpoint.onsite.codes import public_code
from counterpoint.onsite.entry import Call
from counterpoint.onsite.models import Asset, AssetFault
from counterpoint.onsite.verbs import ASSET_EDIT, REPORT
from counterpoint.science.reliability import EXTENTS

TELL_AT = time(8, 0)  # on the branch's clock: before the desk is read
WRONG = {
    "future": gettext_lazy("This date lies in the future."),
    "before_made": gettext_lazy("This is before the date of manufacture."),
}
TEXT_MOST = 500
LONGEST = {"name": 60, "place": 80, "model": 80, "serial": 64}


@dataclass(frozen=True)
class Papers:
    """What is known of a thing; None leaves a field as it is, "" and False clear it."""

    name: str | None = None
    zone: str | None = None
    place: str | None = None
    model: str | None = None
    serial: str | None = None
    made_on: date | bool | None = None
    installed_on: date | bool | None = None
    serviced_on: date | bool | None = None
    expires_on: date | bool | None = None


def asset_add(
    *, scope: Scope, branch: OrgUnit, now: datetime, kind: str, code: str, papers: Papers, key: str = ""
) -> AssetView:
    """Enter a thing into the register: a device that is known already, or a new one."""
    return Call(scope, branch, now, key).run(ASSET_EDIT, AssetView, _add, kind=kind, code=code, papers=papers)


def asset_change(
    *, scope: Scope, branch: OrgUnit, now: datetime, code: str, papers: Papers, key: str = ""
) -> AssetView:
    """Change what is known of it; what is due next is computed anew."""
    return Call(scope, branch, now, key).run(ASSET_EDIT, AssetView, _change, code=code, papers=papers)


def asset_retire(*, scope: Scope, branch: OrgUnit, now: datetime, code: str, key: str = "") -> AssetView:
    """Take it out of use: its history stays, nothing of it is due any more."""
    return Call(scope, branch, now, key).run(ASSET_EDIT, AssetView, _retire, code=code)


def asset_fault(
    *, scope: Scope, branch: OrgUnit, now: datetime, code: str, extent: str = "full", text: str = "",
    source: str = "staff", key: str = "",
) -> FaultView:  # fmt: skip
    """Something does not work: a case is opened, and with `full` or `network` the hall loses the machine at once."""
    call = Call(scope, branch, now, key)
    return call.run(REPORT, FaultView, fail, code=code, extent=extent, text=text, source=source)


def asset_works(*, scope: Scope, branch: OrgUnit, now: datetime, code: str, key: str = "") -> AssetView:
    """It works again; the rectification stays open until a second person has looked."""
    return Call(scope, branch, now, key).run(REPORT, AssetView, _works, code=code)


def asset_named(*, scope: Scope, branch: OrgUnit, now: datetime, code: str, meant: str, key: str = "") -> FaultView:
    """Say which machine a failed item of a round was about, for which the one of `code` stands so far."""
    return Call(scope, branch, now, key).run(REPORT, FaultView, _named, code=code, meant=meant)


def _named(call: Call, *, code: str, meant: str) -> FaultView:
    stand_in, asset = faults.asset_of(call, code), faults.asset_of(call, meant)
    found = faults.named(call, stand_in, asset)
    call.note("onsite.asset_named", asset.pk, device=meant, kind=asset.device.kind, was=code)
    return fault_view(found, meant)


def _kind(call: Call, key: str) -> AssetKind:
    found = asset_kinds(call.on, call.branch.rule_pack).get(key)
    if found is None:
        raise Invalid(_("There is no kind of asset “%(key)s”.") % {"key": key}, field="kind")
    return found


def _add(call: Call, *, kind: str, code: str, papers: Papers) -> AssetView:
    found = _kind(call, kind)
    device = Device.objects.filter(org_unit=call.branch, code=code).first()
    if device is None:
        device = Device(org_unit=call.branch, code=_code(code), name="", kind=kind)
    elif device.kind != kind:
        raise Invalid(_("%(code)s is a thing of another kind already.") % {"code": code}, field="kind")
    elif device.retired_at is not None:
        raise Invalid(
            _("%(code)s was taken out of use. Give the new thing a code of its own.") % {"code": code}, field="code"
        )
    elif Asset.objects.filter(device=device).exists():
        raise Invalid(_("%(code)s is in the register already.") % {"code": code}, field="code")
    row = Asset(id=new_id(), org_unit=call.branch, device=device, public_code=public_code(), added_at=call.now)
    _write(call, row, papers, found)
    device.name = device.name or found.name("zh-hans")
    device.save()
    row.save(force_insert=True)
    call.note("onsite.asset_added", row.pk, device=code, kind=kind, due=_iso(row.due_on), why=row.due_why)
    return asset_view(row)


def _code(code: str) -> str:
    plain = code.strip()
    allowed = plain.isascii() and plain.replace("-", "").replace("_", "").isalnum()
    if not allowed or len(plain) > 32:
        raise Invalid(_("Use letters a–z, digits, “-” and “_” for the code, 32 at most."), field="code")
    return plain


def _change(call: Call, *, code: str, papers: Papers) -> AssetView:
    row = faults.asset_of(call, code)
    _write(call, row, papers, _kind(call, row.device.kind))
    row.device.save()
    row.save()
    names = sorted(f.name for f in fields(papers) if getattr(papers, f.name) is not None)
    call.note(
        "onsite.asset_changed", row.pk, device=code, kind=row.device.kind, due=_iso(row.due_on), why=row.due_why,
        names=names,
    )  # fmt: skip
    return asset_view(row)


def _write(call: Call, row: Asset, papers: Papers, kind: AssetKind) -> None:
    """Papers into the row, refusing dates that cannot be; then what is due."""
    if papers.name is not None:
        row.device.name = _fitting("name", papers.name)
    if papers.zone is not None:
        row.device.zone = _zone(call, papers.zone)
    for name in ("place", "model", "serial"):
        if (text := getattr(papers, name)) is not None:
            setattr(row, name, _fitting(name, text))
    for name in ("made_on", "installed_on", "serviced_on", "expires_on"):
        if (day := getattr(papers, name)) is not None:
            setattr(row, name, day or None)
    wrong = rules.impossible(dates_of(row), call.on)
    if wrong:
        raise Invalid(str(WRONG[wrong]), field="made_on" if wrong == "future" else "serviced_on")
    plan(row, kind, call.branch)


def _fitting(name: str, text: str) -> str:
    plain = text.strip()
    if len(plain) > LONGEST[name]:
        told = {"text": plain[:20], "most": LONGEST[name]}
        raise Invalid(_("“%(text)s…” is too long: %(most)d characters at most.") % told, field=name)
    return plain


def _zone(call: Call, code: str) -> Zone | None:
    if not code:
        return None
    found = Zone.objects.filter(org_unit=call.branch, code=code).first()
    if found is None:
        raise Invalid(_("There is no zone “%(code)s” here.") % {"code": code}, field="zone")
    return found


def dates_of(row: Asset) -> rules.Dates:
    """The row's dates as the rules take them."""
    return rules.Dates(row.made_on, row.installed_on, row.serviced_on, row.expires_on)


def plan(row: Asset, kind: AssetKind, branch: OrgUnit) -> None:
    """What is due next, and when the tick has to tell somebody; a step that was told for this date is not repeated."""
    due = rules.next_due(kind.service, kind.scrap_months, dates_of(row))
    row.due_on, row.due_why = (due.on, due.why) if due else (None, "")
    row.next_due_at = None
    if due is None or row.device.retired_at is not None:
        return
    if not row.told.startswith(due.on.isoformat()):
        row.told = ""
    soon, late = rules.steps(due, kind.warn_days)
    if not row.told:
        row.next_due_at = at_branch(branch, soon)
    elif row.told.endswith(rules.SOON):
        row.next_due_at = at_branch(branch, late)


def at_branch(branch: OrgUnit, on: date) -> datetime:
    """The moment of a day at which somebody is told."""
    return datetime.combine(on, TELL_AT, ZoneInfo(branch.time_zone))


def _retire(call: Call, *, code: str) -> AssetView:
    row = faults.asset_of(call, code)
    faults.ended(call, row)
    row.next_due_at = None
    row.save(update_fields=["next_due_at", "org_path"])
    row.device.in_service, row.device.retired_at = False, call.now
    row.device.save(update_fields=["in_service", "retired_at", "org_path"])
    call.note("onsite.asset_retired", row.pk, device=code, kind=row.device.kind)
    return asset_view(row)


def fail(
    call: Call, *, code: str, extent: str, text: str, source: str, sure: bool = True, case: UUID | None = None
) -> FaultView:
    """Open the fault; part of a call that has begun. A report that is not `sure` changes no capacity."""
    if extent not in EXTENTS:
        raise Invalid(_("Say how far it does not work."), field="extent")
    row = faults.asset_of(call, code)
    fault: AssetFault = faults.began(
        call,
        row,
        extent=extent,
        source=source,
        sure=sure,
        case=case,
        text=text[:TEXT_MOST],
    )
    if sure and extent in rules.STOPS and row.device.in_service:
        faults.serve(call, row, works=False)
    else:
        what = "onsite.device_degraded" if sure else "onsite.device_reported"
        call.note(what, row.device_id, device=code, kind=row.device.kind)
    return fault_view(fault, code)


def _works(call: Call, *, code: str) -> AssetView:
    row = faults.asset_of(call, code)
    faults.ended(call, row)
    if row.device.in_service:
        call.note("onsite.device_restored", row.device_id, device=code, kind=row.device.kind)
    else:
        faults.serve(call, row, works=True)
    return asset_view(row)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
