"""Kinds of journal entries that the primitives write: each applet's own module is imported here."""

from counterpoint.primitives.metrics import facts as metrics_facts  # noqa: F401
