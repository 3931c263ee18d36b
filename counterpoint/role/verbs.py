"""Who may see the desk and its sheets."""

from counterpoint.foundation.api import roles

DESK = "role.desk.view"
BRANCHES = "role.branches.view"
SHEETS = "role.sheets.view"
CALENDAR = "role.calendar.view"
COMPETENCE = "role.competence.view"  # the own
TEAM = "role.competence.team"
OBSERVE = "role.competence.observe"
EVIDENCE = "role.competence.evidence"  # of others than oneself
SELF_CHECK = "role.self_check"  # the prefix of the rights of its cases

roles.declare(
    {
        DESK: roles.EVERYONE,
        BRANCHES: roles.READERS,
        SHEETS: roles.BRANCH | roles.READERS,
        CALENDAR: roles.LEADERS | roles.READERS,
        COMPETENCE: roles.EVERYONE - roles.MEMBERS,
        TEAM: roles.LEADERS | roles.ABOVE | {"hq_training"},
        OBSERVE: roles.BRANCH | {"regional_manager"},
        EVIDENCE: roles.LEADERS | roles.ABOVE | {"hq_training"},
        f"{SELF_CHECK}.view": roles.LEADERS | roles.READERS,
        f"{SELF_CHECK}.open": roles.BRANCH | roles.ABOVE,
        f"{SELF_CHECK}.handle": roles.BRANCH | roles.ABOVE,
        f"{SELF_CHECK}.verify": roles.LEADERS | roles.ABOVE,
        f"{SELF_CHECK}.manage": roles.LEADERS | roles.ABOVE,
    }
)
