"""Who may do what in the academy."""

from counterpoint.foundation.api import roles

LEARN = "academy.learn"
ASSIGN = "academy.assign"
TEAM = "academy.team.view"
AUTHOR = "academy.author"
PLAY = "academy.drill.play"
GUIDE = "academy.drill.guide"

roles.declare(
    {
        LEARN: roles.EVERYONE - roles.MEMBERS,
        ASSIGN: roles.LEADERS | roles.ABOVE | {"hq_training"},
        TEAM: roles.LEADERS | roles.ABOVE | {"hq_training", "auditor"},
        PLAY: roles.BRANCH,
        GUIDE: roles.LEADERS | roles.ABOVE | {"hq_training"},
        AUTHOR: roles.LEADERS | {"hq_operations", "hq_training"},
    }
)
