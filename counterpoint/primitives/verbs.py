"""Who may do what with the primitives: each applet's own module is imported here."""

from counterpoint.primitives.cases import verbs as cases  # noqa: F401
