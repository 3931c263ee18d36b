"""Nouns of the primitives, one applet each."""

from counterpoint.primitives.content import models as content  # noqa: F401
