"""Forms of the bank's set-up: hours, special days, counters, devices, people and posts."""

import re
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation import channels, enrolment, roles, tree
from counterpoint.foundation.calendar import Interval, wall
from counterpoint.foundation.errors import Invalid
from counterpoint.foundation.models import OrgUnit

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
# a Chinese keyboard writes colon, comma, semicolon and tilde at full width
SPAN = re.compile(r"(\d{1,2})[:\uff1a](\d{2})\s*[-~\uff5e–—至到]\s*(\d{1,2})[:\uff1a](\d{2})")
BETWEEN = re.compile(r"[,;\uff0c\uff1b、]")


def parse_spans(text: str) -> list[Interval]:
    """``09:00-12:00, 13:30-17:00`` as minutes; an empty text is a closed day. Raises ValidationError in words."""
    spans: list[Interval] = []
    for part in BETWEEN.split(text):
        if not part.strip():
            continue
        match = SPAN.fullmatch(part.strip())
        if match is None:
            raise ValidationError(_("Write the hours like 09:00-17:00; several parts with a comma; empty when closed."))
        a, b, c, d = (int(group) for group in match.groups())
        opens, closes = a * 60 + b, c * 60 + d
        if b > 59 or d > 59 or not 0 <= opens < closes <= 1440:
            raise ValidationError(_("The opening time must be before the closing time."))
        spans.append((opens, closes))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise ValidationError(_("The parts of a day must not overlap."))
    return spans


def spell_spans(spans: tuple[Interval, ...]) -> str:
    """The inverse of `parse_spans`."""
    return ", ".join(f"{wall(a)}-{wall(b)}" for a, b in spans)


class HoursForm(forms.Form):
    """One line of hours per weekday."""

    def __init__(self, *args: Any, weekly: dict[int, tuple[Interval, ...]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for weekday, name in enumerate(WEEKDAYS):
            self.fields[f"day{weekday}"] = forms.CharField(
                label=name, required=False, max_length=80, initial=spell_spans((weekly or {}).get(weekday, ()))
            )

    def clean(self) -> dict[str, Any]:
        """Every line must read as hours."""
        data = super().clean() or {}
        self.weekly: dict[int, list[Interval]] = {}
        for weekday in range(7):
            try:
                spans = parse_spans(data.get(f"day{weekday}", ""))
            except ValidationError as wrong:
                self.add_error(f"day{weekday}", wrong)
            else:
                if spans:
                    self.weekly[weekday] = spans
        return data


class SpecialDayForm(forms.Form):
    """A date that is closed or has other hours."""

    date = forms.DateField(label=_("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    hours = forms.CharField(label=_("Hours (empty when closed)"), required=False, max_length=40)
    reason = forms.CharField(label=_("Reason"), max_length=120)

    def clean_hours(self) -> Interval | None:
        """At most one part."""
        spans = parse_spans(str(self.cleaned_data["hours"]))
        if len(spans) > 1:
            raise ValidationError(_("A special day has one opening and one closing time."))
        return spans[0] if spans else None


class CounterForm(forms.Form):
    """A new counter."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=99)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("cash", _("Cash counter")),
            ("non_cash", _("Non-cash counter")),
            ("wealth", _("Wealth desk")),
            ("corporate", _("Corporate counter")),
        ],
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=60)


class DeviceForm(forms.Form):
    """A new machine in the hall."""

    code = forms.SlugField(label=_("Code"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            ("kiosk", _("Queue kiosk")),
            ("atm", _("ATM")),
            ("crs", _("Cash recycler")),
            ("stm", _("Smart teller machine")),
            ("screen", _("Calling screen")),
            ("printer", _("Printer")),
        ],
    )


class PlaceForm(forms.Form):
    """What a unit is called, whose rules it follows and where it lies."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        initial="Asia/Shanghai",
        help_text=_("Such as Asia/Shanghai or Europe/London."),
    )
    rule_pack = forms.ChoiceField(label=_("Rules"), choices=list(tree.PACKS.items()), initial="cn")
    address = forms.CharField(label=_("Address"), required=False, max_length=200)
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, min_value=-90, max_value=90,
        widget=forms.NumberInput(attrs={"step": "any"}),
        help_text=_("Degrees, north is positive. Together with the longitude it says where the branch lies."),
    )  # fmt: skip
    longitude = forms.FloatField(
        label=_("Longitude"), required=False, min_value=-180, max_value=180,
        widget=forms.NumberInput(attrs={"step": "any"}),
    )  # fmt: skip

    def place(self) -> tree.Place:
        """What was filled in."""
        return tree.Place(**{name: self.cleaned_data[name] for name in PlaceForm.base_fields})


class UnitForm(PlaceForm):
    """A new region or branch."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(tree.KINDS.items()), initial=OrgUnit.Kind.BRANCH)
    code = forms.SlugField(
        label=_("Code"), max_length=32, help_text=_("Letters, digits and hyphens; it stays as it is from then on.")
    )

    field_order = ("kind", "code", "name", "time_zone", "rule_pack", "address", "latitude", "longitude")


class EnrolForm(forms.Form):
    """A key for a machine of the hall or another system, for one use."""

    name = forms.CharField(label=_("Name"), max_length=60)
    use = forms.ChoiceField(label=_("Use"))

    def __init__(self, *args: Any, level: str = "branch", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uses = {use.key: use for use in enrolment.uses(level)}
        self.fields["use"].choices = [(use.key, use.label) for use in self.uses.values()]  # type: ignore[attr-defined]


class ChannelForm(forms.Form):
    """Where messages of a unit go."""

    kind = forms.ChoiceField(label=_("Kind"), choices=list(channels.KINDS.items()))
    name = forms.CharField(label=_("Name"), max_length=60)
    address = forms.CharField(
        label=_("Address"), max_length=400,
        help_text=_("Of a robot or webhook the whole address; of mail the server, such as smtp.bank.example:465."),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Secret"), required=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("DingTalk: the signing secret, if the robot has one. Mail: the sender's password."),
    )  # fmt: skip
    sender = forms.CharField(label=_("Sender (mail only)"), required=False, max_length=120)
    to = forms.CharField(label=_("Recipient (mail only)"), required=False, max_length=120)

    def clean(self) -> dict[str, Any]:
        """The fields together must make an address."""
        data = super().clean() or {}
        if not self.errors:
            given = channels.Address(**{name: data[name] for name in ("kind", "address", "secret", "to", "sender")})
            try:
                data["url"], data["target"] = channels.url_of(given)
            except Invalid as wrong:
                self.add_error(str(wrong.details.get("field", "address")), wrong.message)
        return data


class PersonForm(forms.Form):
    """A new person with a first post; the password is set by the person at the first sign-in link."""

    staff_no = forms.CharField(label=_("Staff number"), max_length=32)
    name = forms.CharField(label=_("Name"), max_length=60)
    role = forms.ChoiceField(label=_("Role"))
    since = forms.DateField(label=_("Since"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    password = forms.CharField(label=_("First password"), min_length=12, max_length=128)

    def __init__(self, *args: Any, level: str = "branch", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, role.label) for key, role in roles.ROLES.items() if role.level == level]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        """As long and uncommon as a password that is changed or reset."""
        password = str(self.cleaned_data["password"])
        validate_password(password)
        return password
