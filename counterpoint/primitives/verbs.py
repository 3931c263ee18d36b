"""Who may do what with the primitives: each applet's own module is imported here."""

from counterpoint.primitives.checklists import verbs as checklists  # noqa: F401
