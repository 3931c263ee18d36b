"""The room's pages in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("role", _("Desk"), 10),
    NavItem("role.desk", _("Desk"), "role:desk", "home", "role", verb="role.desk.view", phone=True, order=10),
    NavItem(
        "role.self-checks",
        _("Self-checks"),
        "role:self-checks",
        "list-check",
        "role",
        verb="role.calendar.view",
        order=15,
    ),
    NavItem(
        "role.competence",
        _("What I can do"),
        "role:competence",
        "target",
        "role",
        verb="role.competence.view",
        order=17,
    ),
    NavItem(
        "role.competence-team",
        _("What the team can do"),
        "role:competence-team",
        "users",
        "role",
        verb="role.competence.team",
        order=18,
    ),
    NavItem("role.morning", _("Morning sheet"), "role:morning", "sun", "role", verb="role.sheets.view", order=20),
    NavItem("role.evening", _("Evening sheet"), "role:evening", "moon", "role", verb="role.sheets.view", order=30),
)
