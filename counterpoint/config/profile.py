"""Which settings a command runs under, chosen without importing Django."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PROFILES = ("demo", "production", "test")


class UnknownProfile(ValueError):
    """COUNTERPOINT_PROFILE names no settings module."""


def home() -> Path:
    """Where keys, files and the embedded database lie: COUNTERPOINT_HOME, else the project's `var` (settings.HOME)."""
    return Path(os.environ.get("COUNTERPOINT_HOME", PROJECT / "var")).resolve()


def choose(profile: str | None = None) -> str:
    """Set DJANGO_SETTINGS_MODULE for this process and its children; returns the profile.

    An explicit `profile` wins over COUNTERPOINT_PROFILE, which wins over an already set module; else production.
    """
    wanted = profile or os.environ.get("COUNTERPOINT_PROFILE", "")
    if not wanted and "DJANGO_SETTINGS_MODULE" in os.environ:
        return os.environ["DJANGO_SETTINGS_MODULE"].rpartition(".")[2]
    wanted = wanted or "production"
    if wanted not in PROFILES:
        raise UnknownProfile(
            f"There is no profile “{wanted}”. Set COUNTERPOINT_PROFILE to one of {', '.join(PROFILES)}."
        )
    os.environ["COUNTERPOINT_PROFILE"] = wanted
    os.environ["DJANGO_SETTINGS_MODULE"] = f"counterpoint.config.settings.{wanted}"
    return wanted


def start(profile: str | None = None) -> str:
    """Choose the profile and set Django up; returns the profile."""
    chosen = choose(profile)
    import django

    django.setup()
    return chosen
