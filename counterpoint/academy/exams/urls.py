"""Addresses of exams."""

from django.urls import URLPattern, path

from counterpoint.academy.exams import day_desk, desk, pretest_desk, today, views

urlpatterns: list[URLPattern] = [
    path("exam", views.exam, name="exam"),
    path("exam/begin", views.begin, name="exam-begin"),
    path("exam/watch", desk.watch, name="exam-watch"),
    path("exam/<uuid:sitting_id>", views.sitting_page, name="exam-sitting"),
    path("exam/<uuid:sitting_id>/enter", views.enter, name="exam-enter"),
    path("exam/<uuid:sitting_id>/save", views.save, name="exam-save"),
    path("exam/<uuid:sitting_id>/next", views.more, name="exam-next"),
    path("exam/<uuid:sitting_id>/look", views.look, name="exam-look"),
    path("exam/<uuid:sitting_id>/sign", views.sign, name="exam-sign"),
    path("exam/<uuid:sitting_id>/day", views.day, name="exam-day"),
    path("exam/<uuid:sitting_id>/submit", views.submit, name="exam-submit"),
    path("exam/<uuid:sitting_id>/extend", desk.extend, name="exam-extend"),
    path("exam/<uuid:sitting_id>/void", desk.void, name="exam-void"),
    path("exam/<uuid:sitting_id>/review", views.result, name="result"),
    path("exam/<uuid:sitting_id>/appeal", views.appeal, name="appeal"),
    path("today", today.today, name="today"),
    path("bank", desk.bank, name="bank"),
    path("bank.xlsx", desk.bank_sheet, name="bank-sheet"),
    path("bank/measure", desk.measure, name="bank-measure"),
    path("bank/pretests", pretest_desk.page, name="pretests"),
    path("bank/pretests/template.xlsx", pretest_desk.template, name="pretest-template"),
    path("bank/pretests/<uuid:pretest_id>/switch", pretest_desk.switch, name="pretest-switch"),
    path("bank/day/<slug:game>", day_desk.one, name="bank-day"),
    path("bank/day/<slug:game>/grade", day_desk.grade, name="bank-day-grade"),
    path("bank/<str:key>", desk.item, name="bank-item"),
    path("bank/<str:key>/grade", desk.grade, name="bank-grade"),
]
