from django.apps import AppConfig


class OnsiteConfig(AppConfig):
    name = "counterpoint.onsite"
    label = "onsite"

    def ready(self) -> None:
        from counterpoint.onsite import (  # noqa: F401  (each registers what it declares)
            asking,
            catalogue,
            causes,
            counted,
            facts,
            floors,
            importing,
            nightly,
            sources,
            trusting,
            verbs,
        )
        from counterpoint.onsite.assets import kinds, mending, photo_checks, watch  # noqa: F401
        from counterpoint.onsite.whatif import rehearsals  # noqa: F401
