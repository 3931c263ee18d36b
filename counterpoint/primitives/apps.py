from django.apps import AppConfig


class PrimitivesConfig(AppConfig):
    name = "counterpoint.primitives"
    label = "primitives"

    def ready(self) -> None:
        from counterpoint.foundation.api import integrity
        from counterpoint.primitives import (
            facts,  # noqa: F401  (registers the kinds of journal entries)
            verbs,  # noqa: F401  (declares who may do what)
        )
        from counterpoint.primitives.cases import firing as case_firing  # noqa: F401  (fires what is due)
        from counterpoint.primitives.cases import watching as case_watching  # noqa: F401  (audits it)
        from counterpoint.primitives.content import overlay  # noqa: F401  (reads what headquarters decided)
        from counterpoint.primitives.playbooks import guards as playbook_guards
        from counterpoint.primitives.playbooks import ticking as playbook_ticking  # noqa: F401  (fires what is due)

        integrity.declare(playbook_guards.rules)
