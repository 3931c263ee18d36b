"""Who may do what in the academy."""

from counterpoint.foundation.api import roles

LEARN = "academy.learn"
ASSIGN = "academy.assign"
TEAM = "academy.team.view"
AUTHOR = "academy.author"
CONNECT = "academy.connect"
EFFECT = "academy.effect.view"
AWARD = "academy.certificate.award"
REVOKE = "academy.certificate.revoke"

roles.declare(
    {
        LEARN: roles.EVERYONE - roles.MEMBERS,
        ASSIGN: roles.LEADERS | roles.ABOVE | {"hq_training"},
        TEAM: roles.LEADERS | roles.ABOVE | {"hq_training", "auditor"},
        CONNECT: {"hq_training", "system_admin"},
        EFFECT: roles.ABOVE | {"hq_training"},
        AWARD: {"branch_head", "hq_training"},
        REVOKE: {"branch_head", "hq_training", "hq_compliance"},
        AUTHOR: roles.LEADERS | {"hq_operations", "hq_training"},
    }
)
