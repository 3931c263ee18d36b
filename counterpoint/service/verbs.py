"""Who may do what in `service`."""

from django.utils.translation import gettext_lazy as _

from counterpoint.foundation.api import enrolment, roles

USE = "service.complaints.use"  # the pages; what a person sees there follows from the rights below
VIEW = "service.complaint.view"
OPEN = "service.complaint.open"
HANDLE = "service.complaint.handle"
VERIFY = "service.complaint.verify"
MANAGE = "service.complaint.manage"
READ = "service.complaint.read"  # the customer's own words and contact
STATS = "service.complaint.count"
WRITE_REPORT = "service.report.write"
DECIDE_REPORT = "service.report.decide"
EXTEND = "service.complaint.extend"
LESSONS = "service.lesson.view"
ERASE = "service.complaint.erase"
STORE = "foundation.files.store"

DECIDERS = ("regional_manager", "hq_operations")  # who decides a report, nearest first
NEED = roles.LEADERS | {"regional_manager", "hq_compliance"}

roles.declare(
    {
        USE: roles.BRANCH | roles.READERS,
        VIEW: roles.LEADERS | roles.ABOVE | {"hq_compliance", "auditor"},
        OPEN: roles.BRANCH | roles.ABOVE,
        HANDLE: roles.LEADERS | {"regional_manager"},
        VERIFY: roles.LEADERS | roles.ABOVE | {"hq_compliance"},
        MANAGE: roles.LEADERS | roles.ABOVE,
        READ: NEED,
        STATS: roles.LEADERS | roles.READERS,
        WRITE_REPORT: roles.LEADERS,
        DECIDE_REPORT: frozenset(DECIDERS),
        EXTEND: {"branch_head", "regional_manager", "hq_compliance"},
        LESSONS: roles.LEADERS | roles.READERS,
        ERASE: {"hq_compliance"},
    }
)

enrolment.register(
    [
        enrolment.Use("complaints", _("Call centre, website or mail gateway: brings complaints in"), (OPEN,)),
        enrolment.Use("complaints-read", _("Complaint register: reads where complaints stand"), (VIEW,)),
        enrolment.Use("reports", _("Compliance system: reads rectification reports of complaints"), (VIEW, READ)),
    ]
)
