"""Forms of the register."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counterpoint.foundation.api import OrgUnit, Zone
from counterpoint.onsite.assets.actions import Papers
from counterpoint.onsite.assets.kinds import asset_kinds
from counterpoint.onsite.models import Asset

EXTENTS = (
    ("full", _("Does not work at all")),
    ("partial", _("Works, but something is wrong")),
    ("network", _("No connection")),
)
DATES = ("made_on", "installed_on", "serviced_on", "expires_on")


class DayInput(forms.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class AssetForm(forms.Form):
    """Everything that is known of a thing; a new one also has a kind and a code."""

    kind = forms.ChoiceField(label=_("Kind"))
    code = forms.CharField(
        label=pgettext_lazy("of a thing", "Code"),
        max_length=32,
        help_text=_("Letters a–z, digits, “-” and “_”, as on the label."),
    )
    name = forms.CharField(label=_("Name"), max_length=60)
    zone = forms.ChoiceField(label=_("Zone"), required=False)
    place = forms.CharField(label=_("Place"), max_length=80, required=False, help_text=_("Such as: beside the pillar."))
    model = forms.CharField(label=_("Model"), max_length=80, required=False)
    serial = forms.CharField(label=_("Serial number"), max_length=64, required=False)
    made_on = forms.DateField(label=_("Made on"), required=False, widget=DayInput())
    installed_on = forms.DateField(label=_("Installed on"), required=False, widget=DayInput())
    serviced_on = forms.DateField(label=_("Last service on"), required=False, widget=DayInput())
    expires_on = forms.DateField(label=_("Valid until (label)"), required=False, widget=DayInput())

    def __init__(self, branch: OrgUnit, on: date, language: str, *args: Any, **kwargs: Any) -> None:
        self.fixed = kwargs.pop("fixed", False)
        super().__init__(*args, **kwargs)
        kinds = asset_kinds(on, branch.rule_pack)
        zones = Zone.objects.filter(org_unit=branch).values_list("code", "name")
        self.fields["kind"].choices = [(key, kind.name(language)) for key, kind in kinds.items()]  # type: ignore[attr-defined]
        self.fields["zone"].choices = [("", "–"), *zones]  # type: ignore[attr-defined]
        if self.fixed:
            del self.fields["kind"], self.fields["code"]

    @property
    def papers(self) -> Papers:
        """What was filled in; an empty date is cleared."""
        data = self.cleaned_data
        values: dict[str, Any] = {name: data[name] for name in ("name", "zone", "place", "model", "serial")}
        values |= {name: data[name] or False for name in DATES}
        return Papers(**values)


def known(row: Asset) -> dict[str, Any]:
    """What the form shows of an asset."""
    own = {name: getattr(row, name) for name in ("place", "model", "serial", *DATES)}
    return own | {"name": row.device.name, "zone": row.device.zone.code if row.device.zone else ""}


class FaultForm(forms.Form):
    """How far it does not work, and in a few words what is seen."""

    extent = forms.ChoiceField(label=_("How bad is it?"), choices=EXTENTS)
    text = forms.CharField(
        label=_("What do you see?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("No names or account numbers, please."),
    )  # fmt: skip


class PublicFaultForm(FaultForm):
    """The same for anybody; `website` is a field that nobody sees and only a machine fills in."""

    website = forms.CharField(required=False, max_length=100)
    stamp = forms.CharField(max_length=400)
