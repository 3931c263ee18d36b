"""Addresses of the rounds: the phone app, what it asks and sends, and the pages."""

from django.urls import path

from counterpoint.primitives.checklists import phone

urlpatterns = [
    path("", phone.shell, name="rounds-app"),
    path("worker.js", phone.worker, name="rounds-worker"),
    path("manifest.webmanifest", phone.manifest, name="rounds-manifest"),
    path("work.json", phone.work, name="rounds-work"),
    path("sync", phone.sync, name="rounds-sync"),
    path("photos/<slug:digest>", phone.photo, name="rounds-photo"),
]
