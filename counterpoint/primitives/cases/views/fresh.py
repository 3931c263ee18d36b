"""Opening a case: choose its kind, then the form that the kind's fields make."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import DomainError, OrgUnit, clock, policy
from counterpoint.primitives.cases import CaseType, case_open, case_types
from counterpoint.primitives.cases.rights import openable
from counterpoint.primitives.cases.types import FieldType
from counterpoint.primitives.cases.verbs import DESK
from counterpoint.primitives.cases.views import frame

WIDGETS = {
    "number": forms.NumberInput(attrs={"step": "any"}),
    "date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
}


class NewCase(forms.Form):
    """The parts that every kind has; the kind's own fields are added."""

    title = forms.CharField(label=_("What is it about"), max_length=200)
    level = forms.ChoiceField(label=_("Level"))
    text = forms.CharField(label=_("What took place"), required=False, max_length=4000, widget=forms.Textarea)
    owner = forms.ChoiceField(label=_("Owner"), required=False)
    involved = forms.MultipleChoiceField(label=_("Whom it is about"), required=False,
                                         widget=forms.CheckboxSelectMultiple)  # fmt: skip

    def __init__(self, kind: CaseType, people: list[tuple[UUID, str]], *of: Any, **named: Any) -> None:
        super().__init__(*of, **named)
        self.kind = kind
        choices = [(str(pk), name) for pk, name in people]
        own: Any = self.fields
        own["level"].choices = [(level.slug, level.name()) for level in kind.levels]
        own["owner"].choices = [("", _("By the rule of this kind")), *choices]
        own["involved"].choices = choices
        if not kind.recuse_involved or not choices:
            del own["involved"]
        for field in kind.fields:
            own[f"field-{field.slug}"] = field_of(field)
        self.order_fields(["title", "level", *(f"field-{f.slug}" for f in kind.fields), "text", "owner", "involved"])

    def values(self) -> dict[str, Any]:
        """The kind's fields as the person filled them in."""
        return {f.slug: self.cleaned_data.get(f"field-{f.slug}") for f in self.kind.fields}


def field_of(field: FieldType) -> forms.Field:
    """A field of a kind as a form shows it; the domain checks it again."""
    required = field.required_at == "open"
    if field.kind in ("choice", "yes_no"):
        choices = [(one.slug, one.name()) for one in field.choices] or [("yes", str(_("Yes"))), ("no", str(_("No")))]
        return forms.ChoiceField(label=field.name(), choices=[("", "–"), *choices], required=required)
    return forms.CharField(
        label=field.name(), required=required, max_length=4000, widget=WIDGETS.get(field.kind, forms.TextInput())
    )


@policy.allow(DESK)
def case_new(request: Any) -> HttpResponse:
    """Which kind, then its form; a refusal is shown in the form."""
    place: OrgUnit | None = request.branch
    if place is None:
        raise Http404
    now = clock.now()
    kinds = {
        key: kind for key, kind in case_types(place.date_at(now), place.rule_pack).items()
        if openable(request.scope, place.path, kind)
    }  # fmt: skip
    kind = kinds.get(str(request.GET.get("type", "")))
    if kind is None:
        rows = [(key, one.name()) for key, one in kinds.items()]
        return render(request, "primitives/cases/new.html", {"kinds": rows, "branch": place})
    form = NewCase(kind, frame.people_here(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        answer = _open(request, place, kind, form, now)
        if answer is not None:
            return answer
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "kind": kind, "branch": place, "key": str(request.POST.get("idempotency_key", ""))[:120]}
    return render(request, "primitives/cases/new.html", context, status=status)


def _open(request: Any, place: OrgUnit, kind: CaseType, form: NewCase, now: Any) -> HttpResponse | None:
    """Open it and go there; None when the domain refuses."""
    said = form.cleaned_data
    try:
        opened = case_open(
            scope=request.scope, org_unit=place, type=kind.key, now=now, title=said["title"], level=said["level"],
            fields=form.values(), text=said["text"], owner=UUID(said["owner"]) if said["owner"] else None,
            involved=[UUID(person) for person in said.get("involved", ())],
            key=str(request.POST.get("idempotency_key", ""))[:120],
        )  # fmt: skip
    except DomainError as refused:
        name = str(refused.details.get("field", ""))
        where = next((n for n in (name, f"field-{name}") if n in form.fields), None)
        form.add_error(where, str(refused.message))
        return None
    return redirect("primitives:case", case_id=opened.id)
