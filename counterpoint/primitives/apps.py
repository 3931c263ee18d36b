from django.apps import AppConfig


class PrimitivesConfig(AppConfig):
    name = "counterpoint.primitives"
    label = "primitives"

    def ready(self) -> None:
        from counterpoint.primitives import (
            facts,  # noqa: F401  (registers the kinds of journal entries)
            verbs,  # noqa: F401  (declares who may do what)
        )
        from counterpoint.primitives.cases import firing, watching  # noqa: F401  (tick work)
