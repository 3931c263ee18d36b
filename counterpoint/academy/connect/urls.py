"""Addresses of connections."""

from django.urls import URLPattern, path

from counterpoint.academy.connect import doors, views

urlpatterns: list[URLPattern] = [
    path("connections", views.connections, name="connections"),
    path("connections/stores", views.store_add, name="store-add"),
    path("connections/platforms", views.platform_add, name="platform-add"),
    path("connections/<uuid:connection_id>/switch", views.switch, name="connection-switch"),
    path("packages/<str:key>/<slug:standard>.zip", views.package, name="package"),
    path("lti/login", doors.login, name="lti-login"),
    path("lti/launch", doors.launch, name="lti-launch"),
    path("lti/<uuid:connection_id>/keys.json", doors.our_keys, name="lti-keys"),
    path("lti/<uuid:launch_id>", views.arrive, name="lti-arrive"),
    path("lti/<uuid:launch_id>/link", views.link, name="lti-link"),
]
