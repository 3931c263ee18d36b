"""Addresses of `risk`, mounted at /risk/."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "risk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("counterpoint.risk.register.urls")),
]
