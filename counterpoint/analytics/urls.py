"""Addresses of `analytics`."""

from django.urls import URLPattern, path

from counterpoint.analytics import (  # noqa: F401  (registered here: a page is in the navigation when it has an address)
    navigation,
    panels,
)
from counterpoint.analytics.views import alerts, board, imports, kpis

app_name = "analytics"
urlpatterns: list[URLPattern] = [
    path("", board.board, name="board"),
    path("board.xlsx", board.excel, name="board-excel"),
    path("kpis/", kpis.catalogue, name="kpis"),
    path("kpis/<str:key>/", kpis.kpi, name="kpi"),
    path("kpis/<str:key>/rows/", kpis.drill, name="drill"),
    path("kpis/<str:key>/target/", kpis.set_target, name="set-target"),
    path("kpis/<str:key>/mute/", kpis.mute, name="mute"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/<uuid:alarm_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alarm_id>/see/", alerts.see, name="see-alert"),
    path("import/", imports.page, name="import"),
    path("import/template.xlsx", imports.template, name="import-template"),
]
