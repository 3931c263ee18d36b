"""Nouns of the primitives: each applet's own module is imported here."""

from counterpoint.primitives.cases import models as cases  # noqa: F401
from counterpoint.primitives.checklists import models as checklists  # noqa: F401
from counterpoint.primitives.content import models as content  # noqa: F401
from counterpoint.primitives.metrics import models as metrics  # noqa: F401
from counterpoint.primitives.playbooks import models as playbooks  # noqa: F401
