"""Who may see the desk and its sheets."""

from counterpoint.foundation.api import roles

DESK = "role.desk.view"
BRANCHES = "role.branches.view"
SHEETS = "role.sheets.view"
CALENDAR = "role.calendar.view"
SELF_CHECK = "role.self_check"  # the prefix of the rights of its cases

roles.declare(
    {
        DESK: roles.EVERYONE,
        BRANCHES: roles.READERS,
        SHEETS: roles.BRANCH | roles.READERS,
        CALENDAR: roles.LEADERS | roles.READERS,
        f"{SELF_CHECK}.view": roles.LEADERS | roles.READERS,
        f"{SELF_CHECK}.open": roles.BRANCH | roles.ABOVE,
        f"{SELF_CHECK}.handle": roles.BRANCH | roles.ABOVE,
        f"{SELF_CHECK}.verify": roles.LEADERS | roles.ABOVE,
        f"{SELF_CHECK}.manage": roles.LEADERS | roles.ABOVE,
    }
)
