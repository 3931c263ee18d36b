"""Who may do what with playbooks. Everybody at a branch may start a real one: an alarm must not wait for a rank."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles

VIEW = "primitives.play.view"
START = "primitives.play.start"
DRILL = "primitives.play.drill"
DO = "primitives.play.do"
LEAD = "primitives.play.lead"

roles.declare(
    {
        VIEW: roles.BRANCH | roles.READERS,
        START: roles.BRANCH | roles.ABOVE,
        DRILL: roles.LEADERS | roles.ABOVE | {"hq_training"},
        DO: roles.BRANCH | roles.ABOVE,
        LEAD: roles.LEADERS | roles.ABOVE,
    }
)

enrolment.register(
    (
        enrolment.Use("plays", _("Reader of emergency plans and how they run"), (VIEW,)),
        enrolment.Use("plans", _("Monitoring system: starts emergency plans, does their steps"), (VIEW, START, DO)),
    )
)
