"""Root urls: the rooms' own, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("counterpoint.foundation.urls")),
]
