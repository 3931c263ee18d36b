"""Addresses of the playbooks."""

from django.urls import path

from counterpoint.primitives.playbooks.views import room

urlpatterns = [
    path("<uuid:play_id>/", room.room, name="play"),
]
