"""Forms of targets and mutings."""

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import Invalid


class Strict(forms.Form):
    """A form whose first mistake is the refusal of the deed."""

    def refuse_wrong(self) -> None:
        """Raise `Invalid` with the first message when the form is wrong."""
        if not self.is_valid():
            field, messages = next(iter(self.errors.items()))
            label = self.fields[field].label if field in self.fields else ""
            raise Invalid(f"{label}: {messages[0]}" if label else str(messages[0]), field=field)


class TargetForm(Strict):
    """A target: one side or both, from a day on, with a reason."""

    low = forms.FloatField(label=_("At least"), required=False)
    high = forms.FloatField(label=_("At most"), required=False)
    since = forms.DateField(label=_("From"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(
        label=_("Until (not included)"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    reason = forms.CharField(label=_("Why"), max_length=200)


class MuteForm(Strict):
    """Until when alarms tell nobody, and why."""

    until = forms.DateField(
        label=_("Until (not included)"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    reason = forms.CharField(label=_("Why"), max_length=200)
