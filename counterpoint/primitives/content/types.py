"""Words that body types are written with, so that bounds stand in the schema and in the form."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, MinLen
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from counterpoint.foundation.api import roles
from counterpoint.ui import reader

LANGUAGES = ("zh-hans", "zh-hant", "en")


def in_known_languages(words: dict[str, str]) -> dict[str, str]:
    """The words, when each language is one of the house; else a misfit that names the strange one."""
    if strange := sorted(set(words) - set(LANGUAGES)):
        told = {"language": strange[0], "languages": ", ".join(LANGUAGES)}
        raise PydanticCustomError("language", _("'{language}' is no language; use {languages}"), told)
    return words


def _named(names: dict[str, str]) -> dict[str, str]:
    if not in_known_languages(names).get("zh-hans"):
        raise ValueError(_("a name in zh-hans is needed"))
    return names


def _role(key: str) -> str:
    if key not in roles.ROLES:
        raise ValueError(_("there is no role “%(role)s”") % {"role": key})
    return key


Names = Annotated[
    dict[str, str],
    AfterValidator(_named),
    WithJsonSchema(
        {
            "type": "object",
            "format": "names",
            "properties": {
                "zh-hans": {"type": "string", "minLength": 1},
                "zh-hant": {"type": "string"},
                "en": {"type": "string"},
            },
            "required": ["zh-hans"],
            "additionalProperties": False,
        }
    ),
]
Text = Annotated[str, MinLen(1)]
Role = Annotated[str, AfterValidator(_role)]
CLOCK = r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
ClockTime = Annotated[str, Field(pattern=CLOCK, json_schema_extra={"format": "clock"})]
Positive = Annotated[float, Gt(0)]
NotNegative = Annotated[float, Ge(0)]
Share = Annotated[float, Ge(0), Le(1)]
Count = Annotated[int, Ge(0)]
AtLeastOne = Annotated[int, Ge(1)]


def distinct(rows: Any) -> Any:
    """The rows, of which no two have the same slug. Raises ValueError."""
    twice = sorted(slug for slug, count in Counter(row.slug for row in rows).items() if count > 1)
    if twice:
        raise ValueError(_("these short names stand twice: %(words)s") % {"words": ", ".join(twice)})
    return rows


def minute_of(clock: str) -> int:
    """Minutes after midnight of a `ClockTime`."""
    hours, _colon, minutes = clock.partition(":")
    return 60 * int(hours) + int(minutes)


class Named:
    """For body types with `names`: the name in a language."""

    names: Names

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return reader.said(self.names, language)
