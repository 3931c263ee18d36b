"""Who may do what with the primitives: each applet's own module is imported here."""

from counterpoint.primitives.playbooks import verbs as playbooks  # noqa: F401
