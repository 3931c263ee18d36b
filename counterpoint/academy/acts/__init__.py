"""Acts: what can be done in a practice branch by key, to set the stage of an exercise and to play its worked examples.

An act calls one or a few verbs of a chapter through its door, as whoever acts, in the world's time. A chapter's acts
stand in one file and register here; `catalogue` refuses an exercise that names none of them.
"""

from counterpoint.academy.acts import (  # noqa: F401  (register their acts)
    cases,
    figures,
    onsite,
    past,
    plays,
    primitives,
    risk,
    role,
    rosters,
    service,
    team,
)
from counterpoint.academy.acts.registry import Act, Doing, UnknownAct, act, known, perform

__all__ = ["Act", "Doing", "UnknownAct", "act", "known", "perform"]
