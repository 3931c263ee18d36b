"""Addresses of the primitives: each applet's own list is included here."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "primitives"
urlpatterns: list[URLPattern | URLResolver] = [
    path("content/", include("counterpoint.primitives.content.urls")),
    path("cases/", include("counterpoint.primitives.cases.urls")),
    path("plays/", include("counterpoint.primitives.playbooks.urls")),
    path("rounds/", include("counterpoint.primitives.checklists.urls")),
]
