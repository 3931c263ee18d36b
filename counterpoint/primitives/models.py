"""Nouns of the primitives, one applet each."""

from counterpoint.primitives.cases import models as cases  # noqa: F401
