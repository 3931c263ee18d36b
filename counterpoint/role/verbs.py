"""Who may see the desk and its sheets."""

from counterpoint.foundation.api import roles

DESK = "role.desk.view"
BRANCHES = "role.branches.view"
SHEETS = "role.sheets.view"

roles.declare(
    {
        DESK: roles.EVERYONE,
        BRANCHES: roles.READERS,
        SHEETS: roles.BRANCH | roles.READERS,
    }
)
