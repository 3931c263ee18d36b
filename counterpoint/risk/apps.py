from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "counterpoint.risk"
    label = "risk"

    def ready(self) -> None:
        from counterpoint.risk import (
            facts,  # noqa: F401  (registers the kinds of journal entries)
            verbs,  # noqa: F401  (declares who may do what)
        )
