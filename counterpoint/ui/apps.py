from django.apps import AppConfig


class UIConfig(AppConfig):
    name = "counterpoint.ui"
    label = "ui"

    def ready(self) -> None:
        from django.utils.translation import gettext as _

        from counterpoint.foundation.api import scope
        from counterpoint.ui import places, watermark  # noqa: F401  (places registers the pages of the foundation)

        watermark.use(lambda: _("PRACTICE. Nothing in this file is real.") if scope.in_practice() else "")
