"""Pages of the academy in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.verbs import AUTHOR, INVIGILATE, LEARN, MANAGE, SIT, TEAM
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("academy", _("Academy"), 70),
    NavItem("academy-home", _("My learning"), "academy:home", "school", "academy", LEARN, order=1),
    NavItem("academy-courses", _("Courses"), "academy:courses", "list-check", "academy", LEARN, order=2),
    NavItem("academy-team", _("Who has passed what"), "academy:team", "users", "academy", TEAM, order=3),
    NavItem("academy-requests", _("Lessons asked for"), "academy:requests", "inbox", "academy", AUTHOR, order=4),
    NavItem("academy-exam", _("Exams"), "academy:exam", "clipboard-check", "academy", SIT, order=5),
    NavItem("academy-watch", _("Running exams"), "academy:exam-watch", "eye", "academy", INVIGILATE, order=6),
    NavItem("academy-bank", _("Question bank"), "academy:bank", "chart-bar", "academy", MANAGE, order=7),
)
