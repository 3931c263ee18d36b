from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TeamConfig(AppConfig):
    name = "counterpoint.team"
    label = "team"

    def ready(self) -> None:
        from counterpoint.team import (
            facts,  # noqa: F401  (registers the kinds of journal entries)
            guards,
            jobs,  # noqa: F401  (registers the job handlers)
            parameters,  # noqa: F401  (declares the content kind)
            sources,  # noqa: F401  (offers shifts and forecasts by key)
            verbs,  # noqa: F401  (declares who may do what)
        )

        post_migrate.connect(guards.install, sender=self, dispatch_uid="counterpoint-team-guards")
