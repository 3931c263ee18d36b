from django.apps import AppConfig


class RoleConfig(AppConfig):
    name = "counterpoint.role"
    label = "role"

    def ready(self) -> None:
        from counterpoint.foundation.api import integrity
        from counterpoint.role import (
            facts,  # noqa: F401  (offers the calendar by key)
            guards,
            marks,  # noqa: F401  (declares the content kind)
            panels,  # noqa: F401  (the desk's own panels)
            places,  # noqa: F401  (pages in the navigation)
            services,  # noqa: F401  (declares the content kinds)
            verbs,  # noqa: F401  (declares who may do what)
        )
        from counterpoint.role.competence import (
            facts as competence_facts,  # noqa: F401  (registers the kinds of journal entries)
        )
        from counterpoint.role.competence import (
            kinds,  # noqa: F401  (declares the kinds of content)
            living,  # noqa: F401  (reads daily work once a quarter)
        )

        integrity.declare(guards.rules)
