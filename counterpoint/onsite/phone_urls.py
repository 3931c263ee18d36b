"""Addresses of the ticket on the customer's phone, mounted at the root so that the QR code stays small."""

from django.urls import path

from counterpoint.onsite.views import phone

app_name = "ticket"
urlpatterns = [
    path("t/<slug:code>", phone.phone, name="phone"),
    path("t/<slug:code>/now", phone.phone_now, name="phone-now"),
    path("t/<slug:code>/<slug:name>", phone.phone_do, name="phone-do"),
]
