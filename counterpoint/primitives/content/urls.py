"""Addresses of the definitions."""

from django.urls import path

from counterpoint.primitives.content import editing, views

urlpatterns = [
    path("", views.catalogue, name="content"),
    path("export.zip", views.export, name="content-export"),
    path("import", views.import_, name="content-import"),
    path("proposals/", views.proposals, name="content-proposals"),
    path("proposals/<uuid:proposal_id>/", views.proposal, name="content-proposal"),
    path("proposals/<uuid:proposal_id>/decide", views.decide, name="content-decide"),
    path("new/<slug:kind>/", editing.new, name="content-new"),
    path("schema/<slug:kind>.json", views.schema, name="content-schema"),
    path("<slug:kind>/<str:key>/", views.definition, name="content-definition"),
    path("<slug:kind>/<str:key>/edit", editing.edit, name="content-edit"),
    path("<slug:kind>/<str:key>.yaml", views.export_one, name="content-export-one"),
]
