"""Addresses of the academy."""

from django.urls import URLPattern, URLResolver, include, path

from counterpoint.academy import (
    navigation,  # noqa: F401  (registered here: a page is in the navigation when it has an address)
)
from counterpoint.academy.learning import views as learning

app_name = "academy"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("counterpoint.academy.certificates.urls")),
    path("", learning.home, name="home"),
    path("courses", learning.courses, name="courses"),
    path("lesson/<str:key>", learning.lesson, name="lesson"),
    path("lesson/<str:key>/do/<slug:name>", learning.lesson_do, name="lesson-do"),
    path("changed/<str:key>", learning.diff, name="diff"),
    path("changed/<str:key>/do/<slug:name>", learning.diff_do, name="diff-do"),
    path("team", learning.team, name="team"),
    path("team/assign", learning.assign, name="assign"),
    path("", include("counterpoint.academy.effect.urls")),
    path("requests", learning.asked_for, name="requests"),
    path("requests/<uuid:request_id>/take", learning.request_take, name="request-take"),
    path("", include("counterpoint.academy.connect.urls")),
    path("", include("counterpoint.academy.debrief.urls")),
    path("", include("counterpoint.academy.drill.urls")),
    path("", include("counterpoint.academy.exams.urls")),
]
