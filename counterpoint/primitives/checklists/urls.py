"""Addresses of the rounds: the phone app, what it asks and sends, and the pages."""

from django.urls import path

from counterpoint.primitives.checklists import pages, phone

urlpatterns = [
    path("", phone.shell, name="rounds-app"),
    path("worker.js", phone.worker, name="rounds-worker"),
    path("manifest.webmanifest", phone.manifest, name="rounds-manifest"),
    path("work.json", phone.work, name="rounds-work"),
    path("sync", phone.sync, name="rounds-sync"),
    path("photos/<slug:digest>", phone.photo, name="rounds-photo"),
    path("today", pages.today, name="rounds-today"),
    path("begin", pages.begin, name="rounds-begin"),
    path("history", pages.history, name="rounds-history"),
    path("history.xlsx", pages.excel, name="rounds-excel"),
    path("import", pages.take_in, name="rounds-import"),
    path("aside/<int:message>/settle", pages.settle, name="round-settle"),
    path("aside/<int:message>/note", pages.note, name="round-note"),
    path("evidence/<uuid:evidence_id>", pages.picture, name="round-picture"),
    path("evidence/<uuid:evidence_id>/confirm", pages.confirm, name="round-confirm"),
    path("<uuid:round_id>", pages.one, name="round"),
    path("<uuid:round_id>.pdf", pages.paper, name="round-paper"),
    path("<uuid:round_id>/put", pages.put, name="round-put"),
    path("<uuid:round_id>/submit", pages.submit, name="round-submit"),
    path("<uuid:round_id>/assign", pages.assign, name="round-assign"),
]
