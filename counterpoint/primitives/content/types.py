"""Words that body types are written with, so that bounds stand in the schema and in the form."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Gt, Le, MinLen
from pydantic import AfterValidator, Field, WithJsonSchema

LANGUAGES = ("zh-hans", "zh-hant", "en")


def _named(names: dict[str, str]) -> dict[str, str]:
    if strange := sorted(set(names) - set(LANGUAGES)):
        raise ValueError(f"{strange[0]!r} is no language; use {', '.join(LANGUAGES)}")
    if not names.get("zh-hans"):
        raise ValueError("a name in zh-hans is needed")
    return names


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
ClockTime = Annotated[
    str, Field(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$", json_schema_extra={"format": "clock"})
]
Positive = Annotated[float, Gt(0)]
NotNegative = Annotated[float, Ge(0)]
Share = Annotated[float, Ge(0), Le(1)]
Count = Annotated[int, Ge(0)]
AtLeastOne = Annotated[int, Ge(1)]


def minute_of(clock: str) -> int:
    """Minutes after midnight of a `ClockTime`."""
    hours, _colon, minutes = clock.partition(":")
    return 60 * int(hours) + int(minutes)


class Named:
    """For body types with `names`: the name in a language."""

    names: Names

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]
