"""Addresses of the cases."""

from django.urls import path

from counterpoint.primitives.cases import panels  # noqa: F401  (registered here: a panel leads to an address)
from counterpoint.primitives.cases.views import fresh, listing, one

urlpatterns = [
    path("", listing.cases_list, name="cases"),
    path("board", listing.board, name="cases-board"),
    path("move", listing.board_move, name="cases-move"),
    path("bulk", listing.cases_bulk, name="cases-bulk"),
    path("views", listing.filter_save, name="cases-views"),
    path("cases.xlsx", listing.cases_excel, name="cases-excel"),
    path("new", fresh.case_new, name="case-new"),
    path("<uuid:case_id>/", one.case_page, name="case"),
    path("<uuid:case_id>/deadline/<slug:clock_slug>", one.deadline, name="case-deadline"),
    path("<uuid:case_id>/<slug:verb>", one.case_deed, name="case-deed"),
]
