"""The bank's set-up: what the tree, hours, places, devices and people are. One form, one domain call."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counterpoint.foundation import access, actions, channels, clock, enrolment, queries
from counterpoint.foundation import tree as trees
from counterpoint.foundation.errors import DomainError
from counterpoint.foundation.hours import hours_of
from counterpoint.foundation.models import Channel, DeviceKey, OrgUnit, Post
from counterpoint.foundation.policy import allow
from counterpoint.foundation.setup_forms import (
    ChannelForm,
    CounterForm,
    DeviceForm,
    EnrolForm,
    HoursForm,
    PersonForm,
    PlaceForm,
    SpecialDayForm,
    UnitForm,
)

Save = Callable[[OrgUnit, dict[str, Any]], OrgUnit | None]  # another unit to go to, if any


def _unit(code: str) -> OrgUnit:
    """A unit of the bank; a group of people has no hours, counters or devices and is formed elsewhere."""
    unit = OrgUnit.objects.exclude(kind=OrgUnit.Kind.GROUP).filter(code=code).first()
    if unit is None:
        raise Http404
    return unit


@allow("foundation.org.view")
def tree(request: Any) -> HttpResponse:
    """The org tree in the caller's scope."""
    units = list(OrgUnit.objects.exclude(kind=OrgUnit.Kind.GROUP).order_by("path"))
    top = min((unit.path.count("/") for unit in units), default=0)
    rows = [
        {
            "unit": unit, "depth": "·" * (unit.path.count("/") - top),
            "pack": trees.PACKS.get(unit.rule_pack, unit.rule_pack),
            "may_add": unit.kind in trees.ABOVE and request.scope.may(actions.EDIT, unit.path),
        }
        for unit in units
    ]  # fmt: skip
    return render(request, "foundation/setup_tree.html", {"rows": rows})


@allow("foundation.org.view")
def unit_page(request: Any, code: str, bad: dict[str, forms.Form] | None = None) -> HttpResponse:
    """One unit: what it is, the units under it, hours, special days, counters, devices, keys, channels, people."""
    unit, scope = _unit(code), request.scope
    today = unit.date_at(clock.now())
    setup = queries.setup_of(scope=scope, unit=unit, on=today)
    may_edit = scope.may(actions.EDIT, unit.path)
    context = {
        "unit": unit,
        "kind": trees.KIND_NAMES.get(unit.kind, unit.kind),
        "pack": trees.PACKS.get(unit.rule_pack, unit.rule_pack),
        "forms": _forms(unit, today) | (bad or {}),
        "setup": setup,
        "keys": [(key, enrolment.use_of(key.verbs)) for key in setup.keys],
        "channels": channels.lines(scope=scope, unit=unit) if may_edit else (),
        "may_edit": may_edit,
        "may_add": may_edit and unit.kind in trees.ABOVE,
        "may_people": scope.may(actions.PEOPLE, unit.path),
        "may_devices": scope.may("foundation.devices.edit", unit.path),
        "may_see_people": scope.may("foundation.people.view", unit.path),
        "token": request.session.pop("device-token", None),
    }
    return render(request, "foundation/setup_unit.html", context, status=422 if bad else 200)


def _forms(unit: OrgUnit, today: date) -> dict[str, forms.Form]:
    place = {name: getattr(unit, name) for name in PlaceForm.base_fields}
    return {
        "place": PlaceForm(initial=place, auto_id="place_%s"),
        "unit": UnitForm(initial={"time_zone": unit.time_zone, "rule_pack": unit.rule_pack}, auto_id="unit_%s"),
        "hours": HoursForm(weekly=dict(hours_of(unit).weekly), auto_id="hours_%s"),
        "special": SpecialDayForm(auto_id="special_%s"),
        "counter": CounterForm(auto_id="counter_%s"),
        "device": DeviceForm(auto_id="device_%s"),
        "enrol": EnrolForm(level=unit.kind, auto_id="enrol_%s"),
        "channel": ChannelForm(auto_id="channel_%s"),
        "person": PersonForm(level=unit.kind, initial={"since": today}, auto_id="person_%s"),
    }


def _saving(key: str, form_of: Callable[..., forms.Form], save: Save, done: Any) -> Callable[..., HttpResponse]:
    """A POST that checks one form and makes one domain call; a refusal comes back in the form."""

    def view(request: Any, code: str) -> HttpResponse:
        unit = _unit(code)
        level = {"level": unit.kind} if form_of in (PersonForm, EnrolForm) else {}
        form = form_of(request.POST, auto_id=f"{key}_%s", **level)
        if form.is_valid():
            try:
                went = save(unit, {"scope": request.scope, "now": clock.now(), "request": request, "form": form})
            except DomainError as refused:
                field = str(refused.details.get("field", ""))
                form.add_error(field if field in form.fields else None, refused.message)
            else:
                messages.success(request, done)
                return redirect("foundation:setup-unit", code=(went or unit).code)
        return unit_page(request, code, {key: form})

    return require_POST(view)


def _save_place(unit: OrgUnit, given: dict[str, Any]) -> None:
    trees.unit_change(scope=given["scope"], now=given["now"], unit=unit, place=given["form"].place())


def _save_unit(unit: OrgUnit, given: dict[str, Any]) -> OrgUnit:
    data = given["form"].cleaned_data
    return trees.unit_add(
        scope=given["scope"], now=given["now"], parent=unit, kind=data["kind"], code=data["code"],
        place=given["form"].place(),
    )  # fmt: skip


def _save_channel(unit: OrgUnit, given: dict[str, Any]) -> None:
    data = given["form"].cleaned_data
    channels.channel_add(
        scope=given["scope"], now=given["now"], org_unit=unit, name=data["name"], url=data["url"], target=data["target"]
    )


def _save_hours(unit: OrgUnit, given: dict[str, Any]) -> None:
    actions.hours_set(scope=given["scope"], now=given["now"], branch=unit, weekly=given["form"].weekly)


def _save_special(unit: OrgUnit, given: dict[str, Any]) -> None:
    data = given["form"].cleaned_data
    opens, closes = data["hours"] or (None, None)
    actions.special_day_set(
        scope=given["scope"], now=given["now"], branch=unit, on=data["date"], opens=opens, closes=closes,
        reason=data["reason"],
    )  # fmt: skip


def _save_counter(unit: OrgUnit, given: dict[str, Any]) -> None:
    actions.counter_create(scope=given["scope"], now=given["now"], branch=unit, **given["form"].cleaned_data)


def _save_device(unit: OrgUnit, given: dict[str, Any]) -> None:
    actions.device_create(scope=given["scope"], now=given["now"], branch=unit, **given["form"].cleaned_data)


def _save_key(unit: OrgUnit, given: dict[str, Any]) -> None:
    data = given["form"].cleaned_data
    verbs = given["form"].uses[data["use"]].verbs
    row, token = actions.device_enrol(
        scope=given["scope"], now=given["now"], branch=unit, name=data["name"], verbs=verbs
    )
    given["request"].session["device-token"] = {"name": row.name, "token": token}


def _save_person(unit: OrgUnit, given: dict[str, Any]) -> None:
    data = given["form"].cleaned_data
    actions.person_join(
        scope=given["scope"], now=given["now"], org_unit=unit, staff_no=data["staff_no"], name=data["name"],
        password=data["password"], role=data["role"], since=data["since"],
    )  # fmt: skip


save_place = allow("foundation.org.edit")(_saving("place", PlaceForm, _save_place, gettext_lazy("Saved.")))
save_unit = allow("foundation.org.edit")(
    _saving("unit", UnitForm, _save_unit, gettext_lazy("The unit is added. Now its hours, counters and people."))
)
save_channel = allow("foundation.org.edit")(
    _saving("channel", ChannelForm, _save_channel, gettext_lazy("The channel is added. Send a trial message."))
)
save_hours = allow("foundation.org.edit")(_saving("hours", HoursForm, _save_hours, gettext_lazy("Saved.")))
save_special = allow("foundation.org.edit")(_saving("special", SpecialDayForm, _save_special, gettext_lazy("Saved.")))
save_counter = allow("foundation.org.edit")(_saving("counter", CounterForm, _save_counter, gettext_lazy("Saved.")))
save_device = allow("foundation.org.edit")(_saving("device", DeviceForm, _save_device, gettext_lazy("Saved.")))
save_key = allow("foundation.devices.edit")(_saving("enrol", EnrolForm, _save_key, gettext_lazy("The key is made.")))
save_person = allow("foundation.people.edit")(
    _saving("person", PersonForm, _save_person, gettext_lazy("The person is added."))
)


@allow("foundation.devices.edit")
@require_POST
def revoke_key(request: Any, code: str, key_id: UUID) -> HttpResponse:
    """Refuse an enrolled device from now on."""
    row = DeviceKey.objects.filter(pk=key_id, org_unit=_unit(code)).first()
    if row is None:
        raise Http404
    try:
        actions.device_revoke(scope=request.scope, now=clock.now(), device=row)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The device is refused from now on."))
    return redirect("foundation:setup-unit", code=code)


@allow("foundation.org.edit")
@require_POST
def change_channel(request: Any, code: str, channel_id: int) -> HttpResponse:
    """Try a channel, switch it on or off, or remove it."""
    mine = Channel.objects.select_related("org_unit").filter(org_unit=_unit(code), removed_at=None)
    row = mine.filter(pk=channel_id).first()
    if row is None:
        raise Http404
    here, what = {"scope": request.scope, "channel": row, "now": clock.now()}, request.POST.get("do", "")
    try:
        if what == "try":
            _tell_tried(request, channels.channel_try(**here))
        elif what in ("on", "off"):
            channels.channel_switch(**here, on=what == "on")
            messages.success(request, _("The channel is used again.") if what == "on" else _("The channel is off."))
        elif what == "remove":
            channels.channel_remove(**here)
            messages.success(request, _("The channel is removed; its address is forgotten."))
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("foundation:setup-unit", code=code)


def _tell_tried(request: Any, error: str) -> None:
    if error:
        messages.error(request, _("The other side did not take the trial message. Check the address and the network."))
    else:
        messages.success(request, _("The trial message was taken. Look for it on the other side."))


@allow("foundation.people.edit")
@require_POST
def end_post(request: Any, code: str, post_id: UUID) -> HttpResponse:
    """End a post today."""
    row, now = Post.objects.filter(pk=post_id, org_unit=_unit(code)).select_related("org_unit").first(), clock.now()
    if row is None:
        raise Http404
    try:
        actions.post_end(scope=request.scope, now=now, post=row, until=row.org_unit.date_at(now))
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The post ends today."))
    return redirect("foundation:setup-unit", code=code)


@allow("foundation.devices.edit")
def pair(request: HttpRequest) -> HttpResponse:
    """Turn this browser into an enrolled device: the token becomes its cookie, the person is signed out of it, and what
    it shows from now on is opened."""
    form = PairForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"]
        found = access.device_scope(token, clock.now())
        page = enrolment.page_of(found[0].verbs) if found else ""
        if found is None:
            form.add_error("token", _("This token is unknown, revoked or expired."))
        elif not page:
            form.add_error("token", _("This token is for a system, not for a browser in the hall."))
        else:
            logout(request)
            answer = redirect(page)
            answer.set_cookie(
                "device", token, max_age=400 * 24 * 3600, httponly=True, samesite="Lax", secure=request.is_secure()
            )
            return answer
    return render(request, "foundation/pair.html", {"form": form})


class PairForm(forms.Form):
    """The token shown at enrolment."""

    token = forms.CharField(label=gettext_lazy("Token"), max_length=64)
