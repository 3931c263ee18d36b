"""The part of the editor that is the same for every kind: where the rule comes from, when it holds, and why."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counterpoint.primitives.content import labels

HEAD = ("key", "pack", "mark", "source", "effective_from", "effective_to", "why")


class HeadForm(forms.Form):
    """Key, pack, mark, source, days and reason. The key is asked for only of a new definition."""

    key = forms.CharField(label=_("Key"), max_length=100, help_text=_("Small letters, digits, dot; it never changes."))
    pack = forms.ChoiceField(label=_("Rule pack"))
    mark = forms.ChoiceField(label=_("Mark"), help_text=_("Only compliance can approve a rule as verified."))
    source = forms.CharField(label=_("Source"), max_length=400, help_text=_("Law with article, circular, or practice."))
    effective_from = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    effective_to = forms.DateField(
        label=_("Until (exclusive)"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Leave it open, unless nothing shall be in force after it."),
    )
    why = forms.CharField(
        label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500}),
        help_text=_("Who decides on it reads this first."),
    )  # fmt: skip

    def __init__(self, *args: Any, new: bool, packs: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not new:
            del self.fields["key"]
        known = dict.fromkeys((*packs, *labels.PACKS))
        self.fields["pack"].choices = [(pack, labels.pack_name(pack)) for pack in known]  # type: ignore[attr-defined]
        self.fields["mark"].choices = [(mark, words) for mark, (words, _l) in labels.MARKS.items()]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """What was typed, as far as it could be read; a draft needs a day even while it is wrong."""
        found = {name: self.cleaned_data.get(name) for name in self.fields}
        return {**{name: value or "" for name, value in found.items()}, "effective_to": found["effective_to"]}


class DecideForm(forms.Form):
    """A reason; needed to reject or withdraw."""

    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 500})
    )


class ImportForm(forms.Form):
    """A YAML file or a zip of them, and why."""

    file = forms.FileField(label=_("YAML file or zip"), help_text=_("As exported: a folder for each kind."))
    why = forms.CharField(label=_("Why"), max_length=500, required=False)


def initial(item: Any, today: date) -> dict[str, Any]:
    """What an edit begins with."""
    return {
        "pack": item.pack, "mark": item.mark, "source": item.source, "effective_from": today,
        "effective_to": item.effective_to if item.effective_to and item.effective_to > today else None,
    }  # fmt: skip
