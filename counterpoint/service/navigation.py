"""Pages of the service chapter in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.service.verbs import DECIDE_REPORT, ERASE, LESSONS, OPEN, STATS, USE
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("service", _("Service quality"), 40),
    NavItem("service-complaints", _("Complaints"), "service:complaints", "message-circle", "service", USE, order=1),
    NavItem("service-take", _("Take a complaint"), "service:take", "pencil", "service", OPEN, order=2),
    NavItem("service-statistics", _("Complaint figures"), "service:statistics", "chart-bar", "service", STATS, order=3),
    NavItem("service-lessons", _("Lessons from complaints"), "service:lessons", "school", "service", LESSONS, order=4),
    NavItem(
        "service-reports", _("Reports to decide"), "service:reports", "shield-check", "service", DECIDE_REPORT, order=5
    ),
    NavItem("service-erasing", _("Words to erase"), "service:erasing", "trash", "service", ERASE, order=6),
)
