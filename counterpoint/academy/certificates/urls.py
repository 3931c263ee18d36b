"""Addresses of certificates under /academy/."""

from django.urls import path

from counterpoint.academy.certificates import panels, views  # noqa: F401  (registered here: a panel leads to an address)

urlpatterns = [
    path("certificates", views.certificates, name="certificates"),
    path("certificates/team", views.team, name="certificate-team"),
    path("certificates/award", views.award, name="certificate-award"),
    path("certificates/award/do", views.award_do, name="certificate-award-do"),
    path("certificates/<uuid:certificate_id>", views.certificate, name="certificate"),
    path("certificates/<uuid:certificate_id>.pdf", views.paper, name="certificate-pdf"),
    path("certificates/<uuid:certificate_id>.jwt", views.badge, name="certificate-badge"),
    path("certificates/<uuid:certificate_id>/name", views.name, name="certificate-name"),
    path("certificates/<uuid:certificate_id>/revoke", views.revoke, name="certificate-revoke"),
]
