"""Kinds of journal entries that the primitives write: each applet's own module is imported here."""

from counterpoint.primitives.checklists import facts as checklists  # noqa: F401
