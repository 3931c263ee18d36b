"""Who may do what with the primitives: each applet's own module is imported here."""

from counterpoint.primitives.content import verbs as content  # noqa: F401
