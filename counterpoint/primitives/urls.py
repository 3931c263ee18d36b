"""Addresses of the primitives: each applet's own list is included here."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "primitives"
urlpatterns: list[URLPattern | URLResolver] = [
    path("plays/", include("counterpoint.primitives.playbooks.urls")),
    path("rounds/", include("counterpoint.primitives.checklists.urls")),
]
