from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "counterpoint.team"
    label = "team"

    def ready(self) -> None:
        from counterpoint.foundation.api import integrity
        from counterpoint.team import (
            counted,  # noqa: F401  (offers rows of people, rosters and forecasts to count)
            dues,  # noqa: F401  (brings open requests to the evening sheet)
            facts,  # noqa: F401  (registers the kinds of journal entries)
            guards,
            jobs,  # noqa: F401  (registers the job handlers)
            nightly,  # noqa: F401  (looks at the forecasts' record and renews them at night)
            parameters,  # noqa: F401  (declares the content kind)
            sources,  # noqa: F401  (offers shifts and forecasts by key)
            ticking,  # noqa: F401  (passes late disputes up, ends teams on their day)
            verbs,  # noqa: F401  (declares who may do what)
        )

        integrity.declare(guards.rules)
