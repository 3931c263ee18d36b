"""Who may do what with the primitives: each applet's own module is imported here."""

from counterpoint.primitives.cases import verbs as cases  # noqa: F401
from counterpoint.primitives.checklists import verbs as checklists  # noqa: F401
from counterpoint.primitives.content import verbs as content  # noqa: F401
from counterpoint.primitives.metrics import verbs as metrics  # noqa: F401
from counterpoint.primitives.playbooks import verbs as playbooks  # noqa: F401
