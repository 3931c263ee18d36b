"""Addresses of the desk and its sheets; mounted at the root."""

from django.urls import path

from counterpoint.role import calendar_views, views
from counterpoint.role.competence import views as competence

app_name = "role"
urlpatterns = [
    path("", views.desk_page, name="desk"),
    path("desk", views.branch_desk, name="branch-desk"),
    path("desk/panels", views.panels_part, name="panels"),
    path("desk/panels/<str:key>", views.panel_part, name="panel"),
    path("desk/panels/<str:key>/open", views.panel_open, name="panel-open"),
    path("self-checks", calendar_views.month, name="self-checks"),
    path("self-checks/year", calendar_views.year, name="self-checks-year"),
    path("competence", competence.own, name="competence"),
    path("competence/team", competence.team, name="competence-team"),
    path("competence/observe/<uuid:user_id>", competence.observe, name="competence-observe"),
    path("competence/<uuid:user_id>", competence.person, name="competence-person"),
    path("sheets/morning", views.morning, name="morning"),
    path("sheets/morning.pdf", views.morning_pdf, name="morning-pdf"),
    path("sheets/evening", views.evening, name="evening"),
    path("sheets/evening.pdf", views.evening_pdf, name="evening-pdf"),
]
