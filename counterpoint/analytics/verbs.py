"""Who may do what in `analytics`."""

from counterpoint.foundation.api import roles
from counterpoint.primitives.metrics import ALARM, VIEW

SEE = "analytics.board.view"
IMPORT = "analytics.number.import"
SEND = "analytics.number.send"  # a machine that brings numbers
DEVICE_VERBS = (VIEW, ALARM, SEND)  # what a system that reads and brings numbers holds

roles.declare(
    {
        SEE: roles.BRANCH | roles.READERS,
        IMPORT: roles.LEADERS | roles.ABOVE,
        SEND: (),
    }
)
