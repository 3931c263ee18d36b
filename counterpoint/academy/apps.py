from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "counterpoint.academy"
    label = "academy"

    def ready(self) -> None:
        from counterpoint.academy import (
            catalogue,  # noqa: F401  (declares kinds of content)
            facts,  # noqa: F401  (registers the kinds of journal entries)
            guards,
            verbs,  # noqa: F401  (declares who may do what)
        )
        from counterpoint.academy.exams import ticking  # noqa: F401  (hands in exams whose time is over)
        from counterpoint.foundation.api import integrity

        integrity.declare(guards.rules)
