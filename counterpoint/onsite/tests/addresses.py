"""The house's addresses, with the hall's added while the root does not mount them yet."""

from django.urls import include, path

from counterpoint.config.urls import urlpatterns as house

mounted = any(getattr(entry, "app_name", "") == "onsite" for entry in house)
urlpatterns = [
    *house,
    *(
        []
        if mounted
        else [path("onsite/", include("counterpoint.onsite.urls")), path("", include("counterpoint.onsite.phone_urls"))]
    ),
]
