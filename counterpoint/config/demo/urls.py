"""Addresses of the demo's clock; mounted only in the demo and in tests."""

from django.urls import path

from counterpoint.config.demo import views

app_name = "demo"
urlpatterns = [path("", views.controls_page, name="controls")]
