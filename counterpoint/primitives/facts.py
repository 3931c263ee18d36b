"""Kinds of journal entries that the primitives write: each applet's own module is imported here."""

from counterpoint.primitives.cases import facts as cases  # noqa: F401
from counterpoint.primitives.checklists import facts as checklists  # noqa: F401
from counterpoint.primitives.content import facts as content  # noqa: F401
from counterpoint.primitives.metrics import facts as metrics  # noqa: F401
from counterpoint.primitives.playbooks import facts as playbooks  # noqa: F401
