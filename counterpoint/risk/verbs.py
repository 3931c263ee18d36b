"""Who may do what in `risk`."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles

roles.declare(
    {
        "risk.register.view": roles.LEADERS | roles.READERS,
        "risk.register.edit": roles.LEADERS | roles.ABOVE,
        "risk.fraud.view": roles.BRANCH | roles.READERS,
        "risk.incident.view": roles.LEADERS | roles.READERS,
        "risk.incident.open": roles.BRANCH | roles.ABOVE,
        "risk.incident.handle": roles.LEADERS | roles.ABOVE,
        "risk.incident.verify": roles.LEADERS | roles.ABOVE | {"hq_compliance"},
        "risk.incident.manage": roles.LEADERS | roles.ABOVE,
        "risk.finding.view": roles.BRANCH | roles.READERS,
        "risk.finding.open": roles.BRANCH | roles.ABOVE | {"hq_compliance", "auditor"},
        "risk.finding.handle": roles.LEADERS | roles.ABOVE,
        "risk.finding.verify": roles.LEADERS | roles.ABOVE | {"hq_compliance"},
        "risk.finding.manage": roles.LEADERS | roles.ABOVE,
        "risk.exception.view": roles.LEADERS | roles.READERS,
        "risk.exception.open": roles.LEADERS | roles.ABOVE,
        "risk.exception.handle": roles.LEADERS | roles.ABOVE,
        "risk.exception.verify": roles.ABOVE | {"hq_compliance"},
        "risk.exception.manage": {"branch_head"} | roles.ABOVE,
        "risk.retirement.view": roles.LEADERS | roles.READERS,
        "risk.retirement.open": roles.LEADERS | roles.ABOVE,
        "risk.retirement.handle": roles.LEADERS | roles.ABOVE,
        "risk.retirement.verify": {"branch_head", "hq_compliance"} | roles.ABOVE,
        "risk.retirement.manage": {"branch_head"} | roles.ABOVE,
    }
)

enrolment.register(
    (
        enrolment.Use("incidents", _("Monitoring system: reports incidents and near misses"), ("risk.incident.open",)),
        enrolment.Use("register", _("Risk system: reads the risk register and error rates"), ("risk.register.view",)),
    )
)
