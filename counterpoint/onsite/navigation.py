"""Pages of the hall in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.onsite.verbs import ASSETS, CALL, IMPORT, REPLAY, TAKE, TRUST, VIEW, WHATIF
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("onsite", _("On site"), 30),
    NavItem("onsite-hall", _("Hall"), "onsite:hall", "layout-kanban", "onsite", VIEW, phone=True, order=1),
    NavItem("onsite-desk", _("Window"), "onsite:console", "device-desktop", "onsite", CALL, order=2),
    NavItem("onsite-lobby", _("Lobby"), "onsite:lobby", "users-group", "onsite", TAKE, phone=True, order=3),
    NavItem("onsite-screen", _("Calling screen"), "onsite:screen", "speakerphone", "onsite", VIEW, order=4),
    NavItem("onsite-kiosk", _("Kiosk"), "onsite:kiosk", "ticket", "onsite", TAKE, order=5),
    NavItem("onsite-replay", _("Replay"), "onsite:replay", "player-skip-back", "onsite", REPLAY, order=6),
    NavItem("onsite-history", _("Ticket history"), "onsite:history", "history", "onsite", IMPORT, order=8),
    NavItem("onsite-whatif", _("What if"), "onsite:whatif", "adjustments", "onsite", WHATIF, order=7),
    NavItem("onsite-assets", _("Assets"), "onsite:assets", "qrcode", "onsite", ASSETS, phone=True, order=10),
    NavItem("onsite-floor", _("Floor plan"), "onsite:floor", "map-pin", "onsite", VIEW, order=11),
    NavItem("onsite-trust", _("Simulation check"), "onsite:trust", "target", "onsite", TRUST, order=9),
)
