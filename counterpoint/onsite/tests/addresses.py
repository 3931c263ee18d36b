"""The house's addresses, with the hall's added while the root does not mount them yet."""

from django.urls import include, path

from counterpoint.config.urls import urlpatterns as house
from counterpoint.onsite.endpoints import api

mounted = {getattr(entry, "namespace", None) for entry in house}
urlpatterns = [*house]
if "onsite" not in mounted:
    urlpatterns.append(path("onsite/", include("counterpoint.onsite.urls")))
if "ticket" not in mounted:
    urlpatterns.append(path("", include("counterpoint.onsite.phone_urls")))
if "open-api" not in mounted:
    urlpatterns.append(path("api/v1/", api.urls))
