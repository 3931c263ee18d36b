"""Addresses of the playbooks."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
