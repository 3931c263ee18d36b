"""Kinds of journal entries that the primitives write: each applet's own module is imported here."""

from counterpoint.primitives.cases import facts as cases  # noqa: F401
