"""Who reads: the language of the page, or of the answer, that is being made."""

from __future__ import annotations

from django.utils.translation import get_language


def language() -> str:
    """The reader's language; Chinese where none is active."""
    return get_language() or "zh-hans"
