"""Addresses of the team, mounted at /team/."""

from django.urls import path

from counterpoint.team import (  # noqa: F401  (registered here: a page is in the navigation when it has an address)
    panels,
    places,
)
from counterpoint.team.views import bank, fairness, floating, forecasts, mine, people, plan, rosters

app_name = "team"
urlpatterns = [
    path("", mine.home, name="home"),
    path("plan", plan.plan, name="plan"),
    path("plan/forecast", plan.make_forecast, name="make-forecast"),
    path("plan/draft", plan.make_draft, name="make-draft"),
    path("forecast", forecasts.forecast, name="forecast"),
    path("forecast.xlsx", forecasts.forecast_excel, name="forecast-excel"),
    path("forecast/drift/<uuid:alarm_id>", forecasts.acknowledge, name="drift-acknowledge"),
    path("bank", bank.bank, name="bank"),
    path("bank/make", bank.make, name="bank-make"),
    path("bank.xlsx", bank.excel, name="bank-excel"),
    path("floating", floating.floating, name="floating"),
    path("floating/make", floating.make, name="floating-make"),
    path("floating/travel", floating.travel, name="floating-travel"),
    path("floating/<uuid:plan_id>/apply", floating.apply, name="floating-apply"),
    path("floating.xlsx", floating.excel, name="floating-excel"),
    path("need", forecasts.need, name="need"),
    path("roster", rosters.roster, name="roster"),
    path("roster/<uuid:roster_id>", rosters.version, name="roster-version"),
    path("roster/<uuid:roster_id>/edit", rosters.edit, name="roster-edit"),
    path("roster/<uuid:roster_id>/what-if", rosters.what_if, name="roster-what-if"),
    path("roster/<uuid:roster_id>/why", rosters.why, name="roster-why"),
    path("roster/<uuid:roster_id>/remedies", rosters.remedies, name="roster-remedies"),
    path("roster/<uuid:roster_id>/borrow", rosters.borrow, name="roster-borrow"),
    path("roster/<uuid:roster_id>/publish", rosters.publish, name="roster-publish"),
    path("roster/<uuid:roster_id>/revise", rosters.revise, name="roster-revise"),
    path("roster/<uuid:roster_id>/way-out", rosters.take_way, name="roster-way"),
    path("roster/<uuid:roster_id>.xlsx", rosters.excel, name="roster-excel"),
    path("fairness", fairness.fairness, name="fairness"),
    path("fairness.xlsx", fairness.fairness_excel, name="fairness-excel"),
    path("my/", mine.mine, name="my"),
    path("my/leave", mine.leave, name="leave"),
    path("my/leave/<uuid:leave_id>/withdraw", mine.leave_withdraw, name="leave-withdraw"),
    path("my/swap", mine.swap, name="swap"),
    path("my/swap/<uuid:swap_id>", mine.swap_answer, name="swap-answer"),
    path("my/wishes", mine.wishes, name="wishes"),
    path("my/feed", mine.feed_address, name="feed-address"),
    path("feed/<str:token>.ics", mine.feed, name="feed"),
    path("approvals", people.approvals, name="approvals"),
    path("approvals/leave/<uuid:leave_id>", people.leave_decide, name="leave-decide"),
    path("approvals/swap/<uuid:swap_id>", people.swap_decide, name="swap-decide"),
    path("staff", people.staff, name="staff"),
    path("staff/save", people.staff_save, name="staff-save"),
    path("staff/import", people.staff_import, name="staff-import"),
]
