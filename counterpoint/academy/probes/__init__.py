"""Probes: what may be read in the product to show a figure in a lesson or to check an exercise, by key.

A probe reads through the chapters' doors inside the caller's scope and gives named values; None where there is nothing.
A chapter's probes stand in one file and register here; `catalogue` refuses a lesson that names none of them.
"""

from counterpoint.academy.probes import (  # noqa: F401  (register their probes)
    chapters,
    core,
    done,
    hall,
    plays,
    rosters,
    team,
)
from counterpoint.academy.probes.registry import Look, Probe, UnknownProbe, known, probe, read

__all__ = ["Look", "Probe", "UnknownProbe", "known", "probe", "read"]
