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
        from counterpoint.academy.connect import grades, sending  # noqa: F401  (register works of the tick)
        from counterpoint.academy.learning import (
            competence,  # noqa: F401  (brings evidence and lessons to the competency model)
        )
        from counterpoint.academy.practice import ticking  # noqa: F401  (registers the work of the tick)
        from counterpoint.foundation.api import integrity

        integrity.declare(guards.rules)
