from django.apps import AppConfig


class UIConfig(AppConfig):
    name = "counterpoint.ui"
    label = "ui"

    def ready(self) -> None:
        from counterpoint.ui import places  # noqa: F401  (registers the pages of the foundation)
