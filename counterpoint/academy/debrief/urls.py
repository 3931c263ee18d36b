"""Addresses after a day: debrief, a live day to be played, the league, thinking along."""

from django.urls import URLPattern, path

from counterpoint.academy.debrief import decisions, views
from counterpoint.academy.debrief import league_views as league
from counterpoint.academy.debrief import shadow_views as shadow

urlpatterns: list[URLPattern] = [
    path("drill/<uuid:session_id>/debrief", views.debrief, name="debrief"),
    path("drill/<uuid:session_id>/debrief/now", views.debrief_now, name="debrief-now"),
    path("drill/<uuid:session_id>/debrief/ask", views.ask, name="debrief-ask"),
    path("drill/<uuid:session_id>/debrief/decisions", decisions.page, name="decisions"),
    path("drill/<uuid:session_id>/debrief/decisions.xlsx", decisions.sheet, name="decisions-sheet"),
    path("day/<str:day>/take", views.take, name="day-take"),
    path("league", league.rounds, name="league"),
    path("league/open", league.open_round, name="league-open"),
    path("league/<uuid:round_id>", league.one, name="league-round"),
    path("league/<uuid:round_id>/play", league.play, name="league-play"),
    path("shadow", shadow.page, name="shadow"),
    path("shadow/choose", shadow.choose, name="shadow-choose"),
]
