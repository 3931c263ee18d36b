from django.apps import AppConfig


class HouseConfig(AppConfig):
    """Only the demo profile installs this app: its clock, its page, its place in the navigation."""

    name = "counterpoint.config"
    label = "house"

    def ready(self) -> None:
        from counterpoint.config.demo import clock_setup, places  # noqa: F401  (registers the page)

        clock_setup.install_for_profile()
