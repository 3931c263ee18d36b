"""Pages of chapter 5 in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.primitives.playbooks import VIEW
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("risk", _("Risk"), 50),
    NavItem("risk-emergencies", _("Emergencies"), "risk:emergencies", "urgent", "risk", VIEW, order=10),
    NavItem("risk-plays", _("Plays and drills"), "primitives:plays", "list-check", "risk", VIEW, order=20),
)
