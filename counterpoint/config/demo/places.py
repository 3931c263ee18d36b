"""The demo's page in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("demo", _("Demo"), 99),
    NavItem("demo.clock", _("Demo clock"), "demo:controls", "clock", "demo", verb="foundation.demo.control"),
)
