from django.apps import AppConfig


class RoleConfig(AppConfig):
    name = "counterpoint.role"
    label = "role"

    def ready(self) -> None:
        from counterpoint.role import (
            facts,  # noqa: F401  (offers the calendar by key)
            marks,  # noqa: F401  (declares the content kind)
            panels,  # noqa: F401  (the desk's own panels)
            places,  # noqa: F401  (pages in the navigation)
            services,  # noqa: F401  (declares the content kinds)
            verbs,  # noqa: F401  (declares who may do what)
        )
