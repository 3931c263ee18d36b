"""Pages of the academy in the navigation."""

from django.utils.translation import gettext_lazy as _

from counterpoint.academy.verbs import (
    AUTHOR,
    CONNECT,
    EFFECT,
    GUIDE,
    INVIGILATE,
    LEAGUE,
    LEARN,
    MANAGE,
    PLAY,
    SHADOW,
    SIT,
    TEAM,
)
from counterpoint.ui.navigation import NavChapter, NavItem, register

register(
    NavChapter("academy", _("Academy"), 70),
    NavItem("academy-home", _("My learning"), "academy:home", "school", "academy", LEARN, order=1),
    NavItem("academy-courses", _("Courses"), "academy:courses", "list-check", "academy", LEARN, order=2),
    NavItem(
        "academy-certificates", _("Certificates"), "academy:certificates", "shield-check", "academy", LEARN, order=8
    ),
    NavItem(
        "academy-certificate-team",
        _("Certificates of the team"),
        "academy:certificate-team",
        "users",
        "academy",
        TEAM,
        order=9,
    ),
    NavItem("academy-team", _("Who has passed what"), "academy:team", "users", "academy", TEAM, order=3),
    NavItem("academy-requests", _("Lessons asked for"), "academy:requests", "inbox", "academy", AUTHOR, order=4),
    NavItem(
        "academy-connections", _("Other systems"), "academy:connections", "external-link", "academy", CONNECT, order=20
    ),
    NavItem("academy-effect", _("Effect of training"), "academy:effect", "chart-line", "academy", EFFECT, order=90),
    NavItem("academy-league", _("Ghost league"), "academy:league", "star", "academy", LEAGUE, order=20),
    NavItem("academy-shadow", _("Thinking along"), "academy:shadow", "eye", "academy", SHADOW, phone=True, order=21),
    NavItem("academy-drills", _("Drills"), "academy:drills", "player-play", "academy", PLAY, order=5),
    NavItem("academy-trainer", _("Running drills"), "academy:trainer", "eye", "academy", GUIDE, order=6),
    NavItem("academy-exam", _("Exams"), "academy:exam", "clipboard-check", "academy", SIT, order=5),
    NavItem("academy-watch", _("Running exams"), "academy:exam-watch", "eye", "academy", INVIGILATE, order=6),
    NavItem("academy-bank", _("Question bank"), "academy:bank", "chart-bar", "academy", MANAGE, order=7),
)
