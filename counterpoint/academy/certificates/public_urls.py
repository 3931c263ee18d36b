"""Addresses for strangers, mounted at the root: the page behind the code of a certificate, and the keys of badges."""

from django.urls import path

from counterpoint.academy.certificates import public_views

app_name = "certificate"
urlpatterns = [
    path("k/", public_views.check, name="check"),
    path("k/<slug:code>", public_views.check, name="page"),
    path("academy/did.json", public_views.did, name="did"),
    path("academy/status/<int:number>", public_views.status, name="status"),
    path(".well-known/jwks.json", public_views.jwks, name="jwks"),
]
