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
PLAY = "academy.drill.play"
GUIDE = "academy.drill.guide"
SIT = "academy.exam.sit"
INVIGILATE = "academy.exam.invigilate"
MANAGE = "academy.exam.manage"
APPEAL = "academy.appeal"

roles.declare(
    {
        LEARN: roles.EVERYONE - roles.MEMBERS,
        ASSIGN: roles.LEADERS | roles.ABOVE | {"hq_training"},
        TEAM: roles.LEADERS | roles.ABOVE | {"hq_training", "auditor"},
        CONNECT: {"hq_training", "system_admin"},
        EFFECT: roles.ABOVE | {"hq_training"},
        AWARD: {"branch_head", "hq_training"},
        REVOKE: {"branch_head", "hq_training", "hq_compliance"},
        PLAY: roles.BRANCH,
        GUIDE: roles.LEADERS | roles.ABOVE | {"hq_training"},
        AUTHOR: roles.LEADERS | {"hq_operations", "hq_training"},
    }
)

# debrief, yesterday's day, ghost league, shadow licence
DEBRIEF = "academy.debrief.view"
DAY_TAKE = "academy.day.take"
LEAGUE = "academy.league.play"
LEAGUE_OPEN = "academy.league.open"
SHADOW = "academy.shadow.choose"

roles.declare(
    {
        DEBRIEF: roles.BRANCH | roles.ABOVE | {"hq_training"},
        DAY_TAKE: roles.LEADERS,
        LEAGUE: roles.BRANCH | roles.ABOVE | {"hq_training"},
        LEAGUE_OPEN: {"regional_manager", "hq_training"},
        SHADOW: roles.BRANCH,
    }
)

# exams
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
