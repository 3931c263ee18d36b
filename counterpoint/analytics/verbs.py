"""Who may do what in `analytics`."""

from counterpoint.foundation.api import roles

SEE = "analytics.board.view"
IMPORT = "analytics.number.import"
ASK = "analytics.number.read"  # a machine that reads numbers
SEND = "analytics.number.send"  # a machine that brings numbers

roles.declare(
    {
        SEE: roles.BRANCH | roles.READERS,
        IMPORT: roles.LEADERS | roles.ABOVE,
        ASK: (),
        SEND: (),
    }
)
