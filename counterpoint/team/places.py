"""Pages of the team in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("team", _("Team"), 20),
    NavItem("team-my", _("My shifts"), "team:my", "calendar", "team", "team.shift.own", phone=True, order=1),
    NavItem("team-plan", _("Planning"), "team:plan", "chart-line", "team", "team.forecast.view", order=2),
    NavItem("team-forecast", _("Forecast"), "team:forecast", "chart-bar", "team", "team.forecast.view", order=3),
    NavItem("team-bank", _("Forecast of all branches"), "team:bank", "chart-bar", "team", "team.tree.view", order=3),
    NavItem("team-roster", _("Roster"), "team:roster", "table", "team", "team.roster.view", phone=True, order=4),
    NavItem(
        "team-approvals", _("Approvals"), "team:approvals", "clipboard-check", "team", "team.leave.decide", order=5
    ),
    NavItem("team-staff", _("People and skills"), "team:staff", "users", "team", "team.staff.view", order=6),
    NavItem("team-fairness", _("Fairness ledger"), "team:fairness", "scale", "team", "team.roster.view", order=7),
    NavItem(
        "team-floating",
        _("Help between branches"),
        "team:floating",
        "users-group",
        "team",
        "team.floating.view",
        order=8,
    ),
    NavItem("team-disputes", _("Disputes"), "team:disputes", "scale", "team", "team.dispute.open", order=9),
    NavItem("team-groups", _("Virtual teams"), "team:groups", "users-group", "team", "team.group.pages", order=10),
)
