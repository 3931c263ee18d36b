"""Addresses of the effect of training."""

from django.urls import URLPattern, path

from counterpoint.academy.effect import views

urlpatterns: list[URLPattern] = [path("effect", views.page, name="effect")]
