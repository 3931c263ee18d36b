"""Addresses of the primitives: each applet's own list is included here."""

from django.urls import URLPattern, URLResolver

app_name = "primitives"
urlpatterns: list[URLPattern | URLResolver] = []
