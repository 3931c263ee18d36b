"""Who may do what in `analytics`."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles
from counterpoint.primitives.metrics import ALARM, VIEW

SEE = "analytics.board.view"
IMPORT = "analytics.number.import"
SEND = "analytics.number.send"  # a machine that brings numbers
READER_VERBS = (VIEW, ALARM)  # what a system that reads figures holds

roles.declare(
    {
        SEE: roles.BRANCH | roles.READERS,
        IMPORT: roles.LEADERS | roles.ABOVE,
        SEND: (),
    }
)

enrolment.register(
    (
        enrolment.Use("figures", _("Management system: reads figures and their alarms"), READER_VERBS),
        enrolment.Use("numbers", _("Core or survey system: brings numbers of indicators"), (SEND,)),
    )
)
