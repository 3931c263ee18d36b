"""Who may see numbers, set targets, and settle alarms."""

from counterpoint.foundation.api import roles

VIEW = "primitives.metric.view"  # numbers of a unit
PEOPLE = "primitives.metric.people"  # numbers of single persons; everybody sees the own ones
TARGET = "primitives.metric.target"
ALARM = "primitives.alarm.view"
HANDLE = "primitives.alarm.handle"

roles.declare(
    {
        VIEW: roles.BRANCH | roles.READERS,
        PEOPLE: roles.LEADERS | {"regional_manager"},
        TARGET: roles.ABOVE | {"branch_head"},
        ALARM: roles.LEADERS | roles.READERS,
        HANDLE: roles.LEADERS | roles.ABOVE,
    }
)
