"""Who may do what with cases whose type names no rights of its own."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles
from counterpoint.primitives.cases.types import DEFAULT_RIGHTS

VIEW = f"{DEFAULT_RIGHTS}.view"
OPEN = f"{DEFAULT_RIGHTS}.open"
HANDLE = f"{DEFAULT_RIGHTS}.handle"
VERIFY = f"{DEFAULT_RIGHTS}.verify"
MANAGE = f"{DEFAULT_RIGHTS}.manage"
DESK = "primitives.cases.use"  # the pages; what a person sees there follows from the rights of each type

roles.declare(
    {
        DESK: roles.BRANCH | roles.READERS,
        VIEW: roles.BRANCH | roles.READERS,
        OPEN: roles.BRANCH | roles.ABOVE,
        HANDLE: roles.BRANCH | roles.ABOVE,
        VERIFY: roles.LEADERS | roles.ABOVE | {"hq_compliance"},
        MANAGE: roles.LEADERS | roles.ABOVE,
    }
)

enrolment.register(
    [
        enrolment.Use("cases", _("Task or case system: reads, opens and comments on tasks"), (VIEW, OPEN)),
        enrolment.Use("cases-run", _("Work system: moves tasks through their stages"), (VIEW, HANDLE, VERIFY, MANAGE)),
    ]
)
