"""Who reads: the language of the page, or of the answer, that is being made."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import get_language


def language() -> str:
    """The reader's language; Chinese where none is active."""
    return get_language() or "zh-hans"


def said(words: Mapping[str, str], language: str) -> str:
    """Words in a language; Simplified Chinese where nobody wrote it, from which Traditional is made; empty without."""
    if found := words.get(language):
        return found
    simplified = words.get("zh-hans", "")
    return _traditional(simplified) if language == "zh-hant" and simplified else simplified


@lru_cache(maxsize=4096)
def _traditional(text: str) -> str:
    from counterpoint.ui.translations import traditional

    return traditional(text)
