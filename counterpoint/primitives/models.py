"""Nouns of the primitives, one applet each."""

from counterpoint.primitives.playbooks.models import (  # noqa: F401
    DrillDuty,
    Play,
    PlayNote,
    PlayPage,
    PlayStep,
)
