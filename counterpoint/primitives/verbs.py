"""Who may do what with the primitives: each applet's own module is imported here."""

from counterpoint.primitives.metrics import verbs as metrics_verbs  # noqa: F401
