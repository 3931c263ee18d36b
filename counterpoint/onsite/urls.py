"""Addresses of the hall."""

from django.urls import path

from counterpoint.onsite import (  # noqa: F401  (registered here: a page is in the navigation when it has an address)
    navigation,
    panels,
)
from counterpoint.onsite.views import assets, deeds, history, pages, replay, trust, whatif

app_name = "onsite"
urlpatterns = [
    path("kiosk", pages.kiosk, name="kiosk"),
    path("kiosk/take", pages.kiosk_take, name="kiosk-take"),
    path("kiosk/ticket/<uuid:ticket_id>", pages.kiosk_ticket, name="kiosk-ticket"),
    path("kiosk/ticket/<uuid:ticket_id>.svg", pages.kiosk_qr, name="kiosk-qr"),
    path("kiosk/for/<slug:group>", pages.kiosk, name="kiosk-group"),
    path("kiosk/for/<slug:group>/<slug:service>", pages.kiosk, name="kiosk-service"),
    path("screen", pages.screen, name="screen"),
    path("screen/now", pages.screen_now, name="screen-now"),
    path("desk", pages.console, name="console"),
    path("desk/now", pages.console_now, name="console-now"),
    path("lobby", pages.lobby, name="lobby"),
    path("lobby/now", pages.lobby_now, name="lobby-now"),
    path("hall", pages.hall_page, name="hall"),
    path("hall/now", pages.hall_now, name="hall-now"),
    path("whatif", whatif.whatif, name="whatif"),
    path("whatif/answer", whatif.whatif_answer, name="whatif-answer"),
    path("whatif/steps", whatif.whatif_steps, name="whatif-steps"),
    path("whatif.xlsx", whatif.whatif_excel, name="whatif-excel"),
    path("do/<slug:name>", deeds.deed, name="deed"),
    path("replay", replay.days, name="replay"),
    path("replay/<slug:day>", replay.past_day, name="replay-day"),
    path("replay/<slug:day>/hall", replay.past_hall, name="replay-hall"),
    path("replay/<slug:day>/bookmark", replay.bookmark, name="replay-bookmark"),
    path("replay/<slug:day>/try", replay.attempt, name="replay-try"),
    path("replay/mark/<uuid:bookmark_id>/<slug:name>", replay.mark, name="replay-mark"),
    path("replay/future/<uuid:bookmark_id>", replay.future, name="replay-future"),
    path("replay/future/<uuid:bookmark_id>.xlsx", replay.future_excel, name="replay-future-excel"),
    path("trust", trust.overview, name="trust"),
    path("trust/check", trust.check, name="trust-check"),
    path("trust/check.xlsx", trust.export, name="trust-export"),
    path("assets", assets.register, name="assets"),
    path("assets.xlsx", assets.excel, name="assets-excel"),
    path("assets/new", assets.edit, name="asset-new"),
    path("assets/import", assets.bring_in, name="assets-import"),
    path("assets/template.xlsx", assets.template, name="assets-template"),
    path("assets/labels.pdf", assets.label_sheet, name="assets-labels"),
    path("assets/reliability", assets.reliability, name="assets-reliability"),
    path("assets/of/<slug:code>", assets.asset, name="asset"),
    path("assets/of/<slug:code>/edit", assets.edit, name="asset-edit"),
    path("assets/of/<slug:code>/do/<slug:name>", assets.deed, name="asset-deed"),
    path("history", history.overview, name="history"),
    path("history/<uuid:file_id>", history.mapping, name="history-mapping"),
    path("history/<uuid:file_id>/start", history.start, name="history-start"),
    path("history/job/<uuid:job_id>", history.result, name="history-result"),
    path("history/job/<uuid:job_id>.json", history.progress, name="history-progress"),
    path("history/job/<uuid:job_id>/problems.xlsx", history.problems, name="history-problems"),
]
