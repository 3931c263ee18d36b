"""Kinds of journal entries that the primitives write: each applet's own module is imported here."""

from counterpoint.primitives.playbooks import facts as playbooks  # noqa: F401
