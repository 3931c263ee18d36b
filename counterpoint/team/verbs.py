"""Who may do what in the team."""

from counterpoint.foundation.api import roles

READERS = roles.LEADERS | roles.READERS

roles.declare(
    {
        "team.forecast.view": READERS,
        "team.forecast.make": roles.LEADERS,
        "team.tree.view": roles.READERS,
        "team.tree.make": {"hq_operations"},
        "team.floating.view": roles.READERS,
        "team.floating.make": roles.ABOVE,
        "team.roster.view": roles.BRANCH | roles.READERS,
        "team.roster.edit": roles.LEADERS,
        "team.roster.publish": roles.LEADERS,
        "team.staff.view": READERS | {"hq_training"},
        "team.staff.edit": roles.LEADERS,
        "team.shift.own": roles.BRANCH,
        "team.leave.request": roles.BRANCH,
        "team.leave.decide": roles.LEADERS,
        "team.swap.request": roles.BRANCH,
        "team.swap.decide": roles.LEADERS,
    }
)
