from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "counterpoint.analytics"
    label = "analytics"

    def ready(self) -> None:
        from counterpoint.analytics import (
            boards,  # noqa: F401  (declares the content kind)
            counted,  # noqa: F401  (offers imported numbers to count)
            facts,  # noqa: F401  (registers the kinds of journal entries)
            verbs,  # noqa: F401  (declares who may do what)
        )
