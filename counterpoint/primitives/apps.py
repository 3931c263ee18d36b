from django.apps import AppConfig


class PrimitivesConfig(AppConfig):
    name = "counterpoint.primitives"
    label = "primitives"

    def ready(self) -> None:
        from counterpoint.foundation.api import integrity
        from counterpoint.primitives import (
            counted,  # noqa: F401  (offers rows of cases, rounds and plays to count)
            facts,  # noqa: F401  (registers the kinds of journal entries)
            navigation,  # noqa: F401  (puts the pages where people find them)
            verbs,  # noqa: F401  (declares who may do what)
        )
        from counterpoint.primitives.cases import firing as case_firing  # noqa: F401  (fires what is due)
        from counterpoint.primitives.cases import watching as case_watching  # noqa: F401  (audits it)
        from counterpoint.primitives.checklists import panels as checklist_panels  # noqa: F401  (shows on the desk)
        from counterpoint.primitives.content import overlay  # noqa: F401  (reads what headquarters decided)
        from counterpoint.primitives.content import places as content_places  # noqa: F401  (pages in the navigation)
        from counterpoint.primitives.metrics import peers as metrics_peers  # noqa: F401  (compares like branches)
        from counterpoint.primitives.metrics import watching as metrics_watching  # noqa: F401  (judges the numbers)
        from counterpoint.primitives.playbooks import guards as playbook_guards
        from counterpoint.primitives.playbooks import ticking as playbook_ticking  # noqa: F401  (fires what is due)
        from counterpoint.primitives.playbooks import triggers as playbook_triggers

        playbook_triggers.register()
        integrity.declare(playbook_guards.rules)
