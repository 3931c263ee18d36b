"""Addresses of the public form, mounted at the root so that the code in the hall stays small."""

from django.urls import path

from counterpoint.service.views import form

app_name = "complain"
urlpatterns = [
    path("c/r/<slug:code>", form.receipt, name="receipt"),
    path("c/<slug:code>", form.form, name="form"),
]
