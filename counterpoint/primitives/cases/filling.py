"""Values of a type's fields: read from what people send, checked, and demanded at their stage."""

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

from django.utils.translation import gettext as _

from counterpoint.foundation.api import Invalid
from counterpoint.primitives.cases.errors import MissingFields
from counterpoint.primitives.cases.models import Case, CaseText
from counterpoint.primitives.cases.types import CaseType, FieldType
from counterpoint.ui.punctuation import listed

LONGEST = 4000


def cleaned(kind: CaseType, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field, None for an emptied one; `Invalid` names the field that does not fit."""
    values = {}
    for slug, value in raw.items():
        field = kind.field(slug)
        if field is None:
            raise Invalid(_("This kind of case has no field “%(field)s”.") % {"field": slug}, field=slug)
        try:
            values[slug] = None if value in ("", None) else _value(field, value)
        except (ValueError, TypeError):
            raise Invalid(_("“%(field)s” is not filled in right.") % {"field": field.name()}, field=slug) from None
    return values


def _value(field: FieldType, value: Any) -> Any:
    if field.kind == "number":
        number = float(value)
        if not isfinite(number):
            raise ValueError
        return int(number) if number.is_integer() else number
    if field.kind == "date":
        return date.fromisoformat(str(value)).isoformat()
    if field.kind == "yes_no":
        return _yes(value)
    text = str(value).strip()
    if field.kind == "choice" and text not in {choice.slug for choice in field.choices}:
        raise ValueError
    if len(text) > LONGEST:
        raise ValueError
    return text or None


def _yes(value: Any) -> bool:
    known = {True: True, False: False, "yes": True, "no": False, "true": True, "false": False, "on": True}
    if value not in known:
        raise ValueError
    return known[value]


def demand(kind: CaseType, held: Mapping[str, Any], *stages: str) -> None:
    """Raise `MissingFields` when a field that one of the stages demands is empty."""
    missing = [f for f in kind.fields if f.required_at in stages and held.get(f.slug) is None]
    if missing:
        names = listed(field.name() for field in missing)
        raise MissingFields(_("Fill in first: %(names)s.") % {"names": names}, fields=[f.slug for f in missing])


def held(row: Case) -> dict[str, Any]:
    """All values of a case, private ones included."""
    texts = {text.field: text.text for text in CaseText.objects.filter(case=row)}
    return {**row.fields, **{slug: text for slug, text in texts.items() if text}}


def keep(row: Case, kind: CaseType, values: Mapping[str, Any]) -> None:
    """Put values into the row (the caller saves it) and private ones into their own rows."""
    for slug, value in values.items():
        field = kind.field(slug)
        if field is not None and field.private:
            _keep_private(row, slug, "" if value is None else str(value))
        elif value is None:
            row.fields.pop(slug, None)
        else:
            row.fields[slug] = value


def _keep_private(row: Case, slug: str, text: str) -> None:
    stored = CaseText.objects.filter(case=row, field=slug).first()
    if stored is None:
        stored = CaseText(org_unit=row.org_unit, case=row, field=slug)
    stored.text = text
    stored.save()
