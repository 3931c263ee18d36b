"""Pages of the primitives in the navigation: each applet adds its items here."""

from django.utils.translation import gettext_lazy as _

from counterpoint.primitives.cases.verbs import DESK as CASES
from counterpoint.primitives.checklists.verbs import VIEW
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("primitives", _("Tasks"), 25),
    NavItem("cases", _("Cases"), "primitives:cases", "layout-kanban", "primitives", CASES, order=10),
    NavItem(
        "rounds-today",
        _("Rounds"),
        "primitives:rounds-today",
        "clipboard-check",
        "primitives",
        VIEW,
        phone=True,
        order=20,
        phone_url_name="primitives:rounds-app",
    ),
)
