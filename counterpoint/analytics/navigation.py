"""Pages of the numbers in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.analytics.verbs import IMPORT, SEE
from counterpoint.primitives.metrics import ALARM
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("analytics", _("Numbers"), 60),
    NavItem("analytics-board", _("Board"), "analytics:board", "chart-bar", "analytics", SEE, order=1),
    NavItem("analytics-alerts", _("Alerts"), "analytics:alerts", "bell", "analytics", ALARM, order=2),
    NavItem("analytics-kpis", _("Indicators"), "analytics:kpis", "list-check", "analytics", SEE, order=3),
    NavItem("analytics-import", _("Import of numbers"), "analytics:import", "download", "analytics", IMPORT, order=4),
)
