"""Addresses of the register, below /risk/."""

from django.urls import path

from counterpoint.risk.register import (  # noqa: F401  (registered here: a page is in the navigation when it has an address)
    deeds,
    panels,
    places,
    views,
)

urlpatterns = [
    path("", views.register, name="register"),
    path("register.xlsx", views.register_excel, name="register-excel"),
    path("set-up", views.set_up, name="register-set-up"),
    path("collect", views.collect, name="register-collect"),
    path("scale", views.scale, name="register-scale"),
    path("one/<uuid:risk_id>", views.one, name="risk"),
    path("one/<uuid:risk_id>/owner", views.owner, name="risk-owner"),
    path("one/<uuid:risk_id>/retire", deeds.retire, name="risk-retire"),
    path("one/<uuid:risk_id>/retire/decide", deeds.retire_decide, name="risk-retire-decide"),
    path("one/<uuid:risk_id>/follow", views.follow, name="risk-follow"),
    path("incidents", views.incidents, name="incidents"),
    path("incidents/report", views.report, name="incident-report"),
    path("incidents/<uuid:incident_id>/risks", deeds.choose, name="incident-risks"),
    path("incidents/<uuid:incident_id>/link", deeds.link, name="incident-link"),
    path("errors", views.errors, name="errors"),
    path("errors.xlsx", views.errors_excel, name="errors-excel"),
    path("fraud", views.fraud, name="fraud"),
]
