from django.apps import AppConfig


class OnsiteConfig(AppConfig):
    name = "counterpoint.onsite"
    label = "onsite"

    def ready(self) -> None:
        from counterpoint.onsite import catalogue, facts, sources, verbs  # noqa: F401
