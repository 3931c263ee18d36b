"""Root urls: the rooms' own, nothing else."""

from django.conf import settings
from django.urls import include, path

from counterpoint.analytics.endpoints import router as analytics
from counterpoint.foundation.api import openapi
from counterpoint.onsite.endpoints import router as onsite
from counterpoint.primitives.cases.endpoints import router as cases
from counterpoint.primitives.checklists.endpoints import router as rounds
from counterpoint.primitives.playbooks.endpoints import router as playbooks
from counterpoint.risk.endpoints import router as risk
from counterpoint.role.endpoints import router as role
from counterpoint.service.endpoints import router as service
from counterpoint.team.endpoints import router as team

openapi.api.add_router("", onsite)
openapi.api.add_router("/cases", cases)
openapi.api.add_router("/rounds", rounds)
openapi.api.add_router("", playbooks)
openapi.api.add_router("/complaints", service)
openapi.api.add_router("", analytics)
openapi.api.add_router("/risk", risk)
openapi.api.add_router("", role)
openapi.api.add_router("/team", team)

urlpatterns = [
    path("api/v1/", openapi.api.urls),
    path("", include("counterpoint.foundation.health")),
    path("", include("counterpoint.foundation.urls")),
    path("", include("counterpoint.role.urls")),
    path("team/", include("counterpoint.team.urls")),
    path("onsite/", include("counterpoint.onsite.urls")),
    path("", include("counterpoint.onsite.phone_urls")),
    path("service/", include("counterpoint.service.urls")),
    path("", include("counterpoint.service.form_urls")),
    path("risk/", include("counterpoint.risk.urls")),
    path("analytics/", include("counterpoint.analytics.urls")),
    path("", include("counterpoint.academy.certificates.public_urls")),
    path("academy/", include("counterpoint.academy.urls")),
    path("", include("counterpoint.primitives.urls")),
    path("ui/", include("counterpoint.ui.urls")),
]

if settings.PROFILE in {"demo", "test"}:
    urlpatterns.append(path("demo", include("counterpoint.config.demo.urls")))

handler400 = "counterpoint.ui.views.bad_request"
handler403 = "counterpoint.ui.views.permission_denied"
handler404 = "counterpoint.ui.views.page_not_found"
handler500 = "counterpoint.ui.views.server_error"
