"""Addresses of the frame itself."""

from django.urls import path

from counterpoint.ui import views

app_name = "ui"
urlpatterns = [
    path("language", views.language, name="language"),
    path("theme", views.theme, name="theme"),
    path("gallery", views.gallery, name="gallery"),
    path("gallery/<slug:part>", views.gallery_part, name="gallery-part"),
]
