"""Addresses of `risk`, mounted at /risk/."""

from django.urls import URLPattern, URLResolver, include, path

from counterpoint.risk import (  # noqa: F401  (registered here: a page is in the navigation when it has an address)
    navigation,
    panels,
)
from counterpoint.risk.views import emergencies

app_name = "risk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("counterpoint.risk.register.urls")),
    path("emergencies", emergencies.overview, name="emergencies"),
]
