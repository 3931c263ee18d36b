from django.apps import AppConfig


class RiskConfig(AppConfig):
    name = "counterpoint.risk"
    label = "risk"

    def ready(self) -> None:
        from counterpoint.risk import (
            facts,  # noqa: F401  (registers the kinds of journal entries)
            verbs,  # noqa: F401  (declares who may do what)
        )
        from counterpoint.risk.register import (
            counted,  # noqa: F401  (offers incidents for counting)
            incidents,  # noqa: F401  (keeps evidence and incidents in step)
            kinds,  # noqa: F401  (declares the content kinds)
            retiring,  # noqa: F401  (takes a risk out when its request is closed)
            ticking,  # noqa: F401  (collects evidence)
        )
