"""The pages of definitions in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.primitives.content.verbs import PROPOSE, VIEW
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("rules", _("Bank rules"), 85),
    NavItem("rules.content", _("Rules and definitions"), "primitives:content", "adjustments", "rules", VIEW, order=10),
    NavItem(
        "rules.proposals", _("Proposals"), "primitives:content-proposals", "clipboard-check", "rules", PROPOSE, order=20
    ),
)
