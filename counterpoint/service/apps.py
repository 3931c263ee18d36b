from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "counterpoint.service"
    label = "service"

    def ready(self) -> None:
        from counterpoint.service import (
            catalogue,  # noqa: F401  (declares kinds of content)
            dues,  # noqa: F401  (brings calls to the evening sheet)
            facts,  # noqa: F401  (registers the kinds of journal entries)
            reacting,  # noqa: F401  (listens to cases)
            relations,  # noqa: F401  (offers rows for counting)
            verbs,  # noqa: F401  (declares who may do what)
        )
