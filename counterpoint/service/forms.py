"""Forms of complaints: the staff's fast entry, the public form, and what a person decides."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from counterpoint.primitives.cases import CaseType
from counterpoint.service.rules.reading import written
from counterpoint.ui import reader

LIMIT = 4000


def choices(kind: CaseType, field: str, *, empty: Any = None) -> list[tuple[str, Any]]:
    """The choices of a case field in the reader's language."""
    slot = kind.field(field)
    rows = [(c.slug, c.name(reader.language())) for c in slot.choices] if slot else []
    return [("", empty), *rows] if empty is not None else rows


def levels(kind: CaseType, *, empty: Any = None) -> list[tuple[str, Any]]:
    """Levels from the gravest, in the reader's language."""
    rows = [(level.slug, level.name(reader.language())) for level in reversed(kind.levels)]
    return [("", empty), *rows] if empty is not None else rows


class Words(forms.CharField):
    """Somebody's own words: counted as the browser counts them, and what is too long told plainly."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _("Say it in at most %(limit_value)d letters; now it has %(show_value)d.")

    def to_python(self, value: Any) -> Any:
        """Without what the way of sending added."""
        return super().to_python(written(value) if isinstance(value, str) else value)


class IntakeForm(forms.Form):
    """What a colleague writes down while the customer speaks: words first, everything else optional."""

    text = Words(
        label=_("What happened, in the customer's words"), max_length=LIMIT,
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True, "maxlength": LIMIT}),
    )  # fmt: skip
    channel = forms.ChoiceField(label=_("How it came"))
    contact = Words(label=_("Telephone or e-mail of the customer"), max_length=200, required=False)
    happened_on = forms.DateField(
        label=_("Happened on"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    amount = forms.FloatField(label=_("Amount (yuan)"), required=False, min_value=0)
    category = forms.ChoiceField(label=_("Category"), required=False)
    level = forms.ChoiceField(label=_("Level"), required=False)
    involved = forms.MultipleChoiceField(
        label=_("Colleagues it is about"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, kind: CaseType, people: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = choices(kind, "channel")  # type: ignore[attr-defined]
        self.fields["category"].choices = choices(kind, "category", empty=_("as proposed"))  # type: ignore[attr-defined]
        self.fields["level"].choices = levels(kind, empty=_("as proposed"))  # type: ignore[attr-defined]
        self.fields["involved"].choices = people  # type: ignore[attr-defined]


class PublicForm(forms.Form):
    """The form behind the code in the hall: no account, nothing asked that is not needed."""

    text = Words(
        label=_("What happened?"), max_length=LIMIT,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": LIMIT}),
    )  # fmt: skip
    happened_on = forms.DateField(
        label=_("On which day?"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    contact = Words(
        label=_("Your telephone or e-mail"), max_length=200, required=False,
        help_text=_("Only to answer you. Without it, keep the receipt to see the state."),
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )  # fmt: skip
    photo = forms.FileField(
        label=_("A photo"), required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )  # fmt: skip
