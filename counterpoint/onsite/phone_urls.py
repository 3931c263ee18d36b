"""Addresses behind QR codes, mounted at the root so that the codes stay small: tickets and labels on things."""

from django.urls import path

from counterpoint.onsite.views import assets, phone

app_name = "ticket"
urlpatterns = [
    path("e/<slug:code>", assets.label, name="label"),
    path("t/<slug:code>", phone.phone, name="phone"),
    path("t/<slug:code>/now", phone.phone_now, name="phone-now"),
    path("t/<slug:code>/<slug:name>", phone.phone_do, name="phone-do"),
]
