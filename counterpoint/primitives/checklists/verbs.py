"""Who may do what with rounds."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles

VIEW = "primitives.round.view"
FILL = "primitives.round.fill"
ASSIGN = "primitives.round.assign"
DEVICE_VERBS = (VIEW, FILL, "foundation.files.store")

roles.declare(
    {
        VIEW: roles.BRANCH | roles.READERS,
        FILL: roles.BRANCH,
        ASSIGN: roles.LEADERS,
    }
)

enrolment.register(
    (
        enrolment.Use("rounds", _("Tablet or sensor system: fills rounds"), DEVICE_VERBS),
        enrolment.Use("rounds-read", _("Reader of rounds that are to be done"), (VIEW,)),
    )
)
