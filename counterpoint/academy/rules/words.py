"""Words in both languages: every text of a lesson is needed in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import AfterValidator, WithJsonSchema

from counterpoint.primitives.content import types
from counterpoint.ui import reader

NEEDED = ("zh-hans", "en")


def _both(words: dict[str, str]) -> dict[str, str]:
    if any(not types.in_known_languages(words).get(one, "").strip() for one in NEEDED):
        raise ValueError(_("words in zh-hans and in en are both needed"))
    return words


def _both_or_none(words: dict[str, str]) -> dict[str, str]:
    return _both(words) if words else words


def _schema(needed: tuple[str, ...]) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "type": "object",
            "format": "names",
            "properties": {one: {"type": "string"} for one in types.LANGUAGES},
            "required": list(needed),
            "additionalProperties": False,
        }
    )


Both = Annotated[dict[str, str], AfterValidator(_both), _schema(NEEDED)]
BothOrNone = Annotated[dict[str, str], AfterValidator(_both_or_none), _schema(())]


def tell(words: Mapping[str, str]) -> str:
    """Words in the reader's language."""
    return reader.said(words, reader.language())
