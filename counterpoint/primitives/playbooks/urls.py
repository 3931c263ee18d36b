"""Addresses of the playbooks."""

from django.urls import path

from counterpoint.primitives.playbooks.views import afterwards, dates, offline, room, shelf

urlpatterns = [
    path("", shelf.overview, name="plays"),
    path("start", shelf.start, name="play-start"),
    path("running", room.running, name="plays-running"),
    path("offline", offline.offline, name="plays-offline"),
    path("worker.js", offline.worker, name="plays-worker"),
    path("manifest.webmanifest", offline.manifest, name="plays-manifest"),
    path("plan/<str:key>.pdf", shelf.plan_pdf, name="plan-pdf"),
    path("plan/<str:key>/", shelf.plan, name="plan"),
    path("plan/<str:key>/date", dates.put, name="start-plan"),
    path("dates/<uuid:start_id>", dates.change, name="start-change"),
    path("drills/<uuid:duty_id>/plan", shelf.plan_drill, name="drill-plan"),
    path("<uuid:play_id>/", room.room, name="play"),
    path("<uuid:play_id>/now", room.room_now, name="play-now"),
    path("<uuid:play_id>/mine", room.mine, name="play-mine"),
    path("<uuid:play_id>/do/<slug:name>", room.deed, name="play-do"),
    path("<uuid:play_id>/paper", afterwards.paper, name="play-paper"),
    path("<uuid:play_id>/report", afterwards.after, name="play-report"),
    path("<uuid:play_id>/report.pdf", afterwards.after_pdf, name="play-report-pdf"),
    path("<uuid:play_id>/lesson", afterwards.lesson, name="play-lesson"),
]
