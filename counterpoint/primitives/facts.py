"""Kinds of journal entries that the primitives write: each applet's own module is imported here."""

from counterpoint.primitives.content import facts as content  # noqa: F401
