"""Who may do what in the academy."""

from counterpoint.foundation.api import roles

LEARN = "academy.learn"
ASSIGN = "academy.assign"
TEAM = "academy.team.view"
AUTHOR = "academy.author"
AWARD = "academy.certificate.award"
REVOKE = "academy.certificate.revoke"

roles.declare(
    {
        LEARN: roles.EVERYONE - roles.MEMBERS,
        ASSIGN: roles.LEADERS | roles.ABOVE | {"hq_training"},
        TEAM: roles.LEADERS | roles.ABOVE | {"hq_training", "auditor"},
        AWARD: {"branch_head", "hq_training"},
        REVOKE: {"branch_head", "hq_training", "hq_compliance"},
        AUTHOR: roles.LEADERS | {"hq_operations", "hq_training"},
    }
)
