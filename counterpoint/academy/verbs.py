"""Who may do what in the academy."""

from counterpoint.foundation.api import roles

LEARN = "academy.learn"
ASSIGN = "academy.assign"
TEAM = "academy.team.view"
AUTHOR = "academy.author"
SIT = "academy.exam.sit"
INVIGILATE = "academy.exam.invigilate"
MANAGE = "academy.exam.manage"
APPEAL = "academy.appeal"

roles.declare(
    {
        LEARN: roles.EVERYONE - roles.MEMBERS,
        ASSIGN: roles.LEADERS | roles.ABOVE | {"hq_training"},
        TEAM: roles.LEADERS | roles.ABOVE | {"hq_training", "auditor"},
        AUTHOR: roles.LEADERS | {"hq_operations", "hq_training"},
    }
)

roles.declare(
    {
        SIT: roles.EVERYONE - roles.MEMBERS,
        INVIGILATE: roles.ABOVE | {"hq_training"},
        MANAGE: {"hq_training"},
        f"{APPEAL}.view": {"hq_training", "auditor", "hq_compliance"},
        f"{APPEAL}.open": roles.EVERYONE - roles.MEMBERS,
        f"{APPEAL}.handle": {"hq_training", "hq_operations"},
        f"{APPEAL}.verify": {"hq_training", "hq_operations"},
        f"{APPEAL}.manage": {"hq_training"},
    }
)
