"""Pages of the register in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("risk", _("Risk"), 50),
    NavItem(
        "risk-register", _("Risk register"), "risk:register", "shield-check", "risk", "risk.register.view", order=1
    ),
    NavItem(
        "risk-incidents", _("Incidents"), "risk:incidents", "alert-triangle", "risk", "risk.incident.open", order=2
    ),
    NavItem("risk-errors", _("Error statistics"), "risk:errors", "chart-bar", "risk", "risk.register.view", order=3),
    NavItem("risk-fraud", _("Fraud cases"), "risk:fraud", "eye", "risk", "risk.fraud.view", order=4),
)
