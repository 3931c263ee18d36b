"""What is wrong with a field, in the reader's language: one table from pydantic's kinds of error to sentences.

Bodies of definitions and messages of the open API are both told by it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from django.utils.translation import gettext as _
from pydantic_core.core_schema import ErrorType

PYDANTICS = frozenset(get_args(ErrorType))
MISSING = {"missing", "missing_argument", "missing_keyword_only_argument"}
UNKNOWN = {"extra_forbidden", "unexpected_keyword_argument"}


def said(error: Mapping[str, Any], known: Sequence[str] = ()) -> str:
    """One error of pydantic as words that follow the field's name; `known` are the names of fields allowed there."""
    kind, given, context = error["type"], error.get("input"), error.get("ctx", {})
    if kind not in PYDANTICS:  # a rule's own, in its own words
        return str(error["msg"])
    if kind in UNKNOWN:
        return _unknown(known)
    if kind in MISSING:
        return _("is missing")
    if kind in {"value_error", "assertion_error"} and context.get("error"):
        return str(context["error"])
    if kind in {"literal_error", "enum"}:
        words = {"allowed": context["expected"].replace(" or ", ", "), "given": repr(given)}
        return _("%(given)s is not one of: %(allowed)s") % words
    if kind in _bounds():
        name, text = _bounds()[kind]
        return text % {"limit": _short(context.get(name, "")), "given": _short(given)}
    wanted = _wanted().get(kind)
    if wanted:
        return _("must be %(wanted)s, not %(given)s") % {"wanted": wanted, "given": _short(given)}
    return _("%(given)s cannot be used here") % {"given": _short(given)}


def _unknown(known: Sequence[str]) -> str:
    if not known:
        return _("is no field here")
    return _("is no field here; known are: %(known)s") % {"known": ", ".join(known)}


def _wanted() -> dict[str, str]:
    whole, number, text = _("a whole number"), _("a number"), _("text (in quotes when it looks like a number)")
    day, moment = _("a date such as 2026-11-23"), _("a time such as 10:30, in quotes")
    instant, truth = _("a date and time such as 2026-11-23T10:30:00+08:00"), _("true or false")
    many, group, number_of_thing = _("a list"), _("a group of fields"), _("an id (UUID)")
    return {
        "int_type": whole, "int_from_float": whole, "int_parsing": whole, "int_parsing_size": whole,
        "float_type": number, "float_parsing": number, "bool_type": truth, "bool_parsing": truth, "string_type": text,
        "list_type": many, "tuple_type": many, "set_type": many, "frozen_set_type": many,
        "dict_type": group, "dataclass_type": group, "model_type": group, "model_attributes_type": group,
        "date_type": day, "date_parsing": day, "date_from_datetime_parsing": day, "date_from_datetime_inexact": day,
        "time_type": moment, "time_parsing": moment, "none_required": _("empty"),
        "datetime_type": instant, "datetime_parsing": instant, "datetime_object_invalid": instant,
        "datetime_from_date_parsing": instant, "timezone_aware": instant,
        "uuid_type": number_of_thing, "uuid_parsing": number_of_thing,
        "json_invalid": _("valid JSON"), "json_type": _("valid JSON"),
    }  # fmt: skip


def _bounds() -> dict[str, tuple[str, str]]:
    """Kind of error: the name of its limit, the sentence."""
    return {
        "greater_than": ("gt", _("must be more than %(limit)s, not %(given)s")),
        "greater_than_equal": ("ge", _("must be %(limit)s or more, not %(given)s")),
        "less_than": ("lt", _("must be less than %(limit)s, not %(given)s")),
        "less_than_equal": ("le", _("must be %(limit)s or less, not %(given)s")),
        "string_too_short": ("min_length", _("needs %(limit)s characters or more")),
        "string_too_long": ("max_length", _("may have %(limit)s characters at most")),
        "string_pattern_mismatch": ("pattern", _("%(given)s does not fit the pattern %(limit)s")),
        "too_short": ("min_length", _("needs %(limit)s entries or more")),
        "too_long": ("max_length", _("may have %(limit)s entries at most")),
        "finite_number": ("", _("must be a finite number")),
        "string_unicode": ("", _("holds letters that cannot be read")),
    }


def _short(given: Any) -> str:
    whole = int(given) if isinstance(given, float) and given.is_integer() else given
    text = json.dumps(whole, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
