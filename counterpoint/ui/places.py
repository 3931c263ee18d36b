"""Pages of the foundation in the navigation: the floor below cannot register them itself."""

from django.utils.translation import gettext_lazy as _

from counterpoint.ui.navigation import PERSONAL, NavChapter, NavItem, register

register(
    NavChapter("bank", _("Bank"), 90),
    NavItem(
        "bank.setup", _("Bank set-up"), "foundation:setup", "building-bank", "bank", "foundation.org.edit", order=10
    ),
    NavItem("bank.journal", _("Journal"), "foundation:journal", "history", "bank", "foundation.journal.view", order=20),
)
register(
    NavChapter(PERSONAL, _("My account"), 99),
    NavItem("personal.account", _("My account"), "foundation:account", "user", PERSONAL, order=10),
    NavItem("personal.branch", _("My branch"), "foundation:setup", "building-bank", PERSONAL, order=20),
)
