"""What happens in a hall, in words of the branch and not of one branch: so that one scenario fits every size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from counterpoint.primitives.content import Count, NotNegative

Do = Literal[
    "come", "machines_down", "machines_up", "pace", "send_home", "absent", "away", "windows_shut",
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One thing that happens, `after` minutes from now.

    `come`: `percent` of the day's usual customers more for `service`, evenly within `minutes`, of a `tier` or mixed.
    `machines_down`: `count` machines of `kind` fail (0: all of them; no kind: every machine), for `minutes` (0: until
    `machines_up`). `pace`: everybody at the windows works at `percent` of the usual speed, for `minutes` (0: from now
    on). `send_home`: who waits for `service` (none: everybody) goes. `absent`: `count` people who do `service`, or
    stand in the lobby, leave for the day or do not come. `away`: the same people are off their post for `minutes`.
    `windows_shut`: nobody is called for `minutes`.
    """

    do: Do
    after: Annotated[float, Ge(0), Le(480)] = 0
    minutes: NotNegative = 0
    percent: Annotated[float, Ge(0), Le(300)] = 0
    count: Count = 0
    service: str = ""
    lobby: bool = False
    kind: str = ""
    tier: str = ""


def wrong_step(step: Step) -> str:
    """Which field a step lacks or has too much; empty when it fits."""
    needs = {
        "come": ("percent", "service"), "pace": ("percent",), "absent": ("count",), "away": ("count", "minutes"),
        "windows_shut": ("minutes",),
    }  # fmt: skip
    lacking = [name for name in needs.get(step.do, ()) if not getattr(step, name)]
    if step.do in ("absent", "away") and bool(step.service) == step.lobby:
        lacking.append("service")
    return ", ".join(lacking)
