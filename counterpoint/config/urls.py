"""Root urls: the rooms' own, nothing else."""

from django.urls import include, path

urlpatterns = [
    path("", include("counterpoint.foundation.urls")),
    path("", include("counterpoint.role.urls")),
    path("ui/", include("counterpoint.ui.urls")),
]

handler400 = "counterpoint.ui.views.bad_request"
handler403 = "counterpoint.ui.views.permission_denied"
handler404 = "counterpoint.ui.views.page_not_found"
handler500 = "counterpoint.ui.views.server_error"
