"""Who may do what with rounds."""

from counterpoint.foundation.api import roles

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
