"""Demo time for every process of the demo profile."""

from pathlib import Path

from django.conf import settings

from counterpoint.config.demo.controls import install


def install_for_profile() -> None:
    """Called when the apps are ready; does nothing outside the demo profile."""
    if settings.PROFILE == "demo":
        install(Path(settings.HOME))
