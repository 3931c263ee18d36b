"""Addresses of drills."""

from django.urls import URLPattern, path

from counterpoint.academy.drill import scenes, trainer, views  # noqa: F401  (scenes offer scenarios)

urlpatterns: list[URLPattern] = [
    path("drill", views.library, name="drills"),
    path("drill/new", views.make, name="drill-new"),
    path("drill/<uuid:session>", views.drill, name="drill"),
    path("drill/<uuid:session>/segment", views.segment, name="drill-segment"),
    path("drill/<uuid:session>/join", views.join, name="drill-join"),
    path("drill/<uuid:session>/do/<slug:name>", views.do, name="drill-do"),
    path("trainer", trainer.overview, name="trainer"),
    path("trainer/now", trainer.now_part, name="trainer-now"),
    path("trainer/<uuid:session>/do/<slug:name>", trainer.do, name="trainer-do"),
]
