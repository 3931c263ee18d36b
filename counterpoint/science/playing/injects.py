"""What a day throws at the player: at a minute or once a condition holds, with answers to choose from or without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from counterpoint.science import twin
from counterpoint.science.twin.kernel import layout as lay
from counterpoint.science.twin.model import require

MEASURES = ("waiting", "longest", "late", "flag")
OPS = ("at_least", "at_most")


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds at a whole minute: tickets ``waiting``, the ``longest`` wait in minutes, how many are ``late``, or a flag.

    ``late`` counts those waiting beyond their tier's promise. For ``flag`` the answer's ``flag`` names it and ``op``
    and ``value`` are not used. The inject comes ``after`` minutes later.
    """

    measure: str
    op: str = "at_least"
    value: float = 0.0
    after: float = 0.0
    flag: str = ""

    def __post_init__(self) -> None:
        require(self.measure in MEASURES, f"A condition cannot measure {self.measure!r}; use {', '.join(MEASURES)}.")
        require(self.op in OPS, f"A condition cannot compare by {self.op!r}; use {', '.join(OPS)}.")
        require(self.after >= 0, f"A condition's after must be 0 or more minutes, not {self.after}.")

    def holds(self, state: twin.State, flags: frozenset[str]) -> bool:
        """Whether it holds in a state."""
        if self.measure == "flag":
            return self.flag in flags
        found = measure(state, self.measure)
        return found >= self.value if self.op == "at_least" else found <= self.value


def measure(state: twin.State, name: str) -> float:
    """One number of the queue at ``state.now``: ``waiting``, ``longest`` (minutes) or ``late``."""
    rows = state.customer_rows()
    held = np.flatnonzero(rows[:, lay.C_STATUS] == lay.HAS_TICKET)
    if name == "waiting":
        return float(held.size)
    times = state.customer_times()[held]
    waited = times[:, lay.T_WAITED] + state.now - times[:, lay.T_SINCE]
    if name == "longest":
        return float(waited.max(initial=0.0))
    promise = np.array([tier.promise for tier in state.model.tiers])[rows[held, lay.C_TIER]]
    return float(np.count_nonzero(waited > promise))


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer: what follows in the hall (``commands``, minutes counted from the answer), its ``points`` and a flag.

    ``points`` are minutes of loss, 0 or more: the best answer has 0. ``flag`` may be several, parted by blanks.
    ``scores`` are what the answer is worth by dimension (service, risk, people, cost), of either sign; the loss does
    not count them.
    """

    key: str
    commands: tuple[twin.Command, ...] = ()
    points: float = 0.0
    flag: str = ""
    scores: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        require(self.points >= 0, f"Choice {self.key}: points must be 0 or more, not {self.points}.")


@dataclass(frozen=True, slots=True)
class Inject:
    """Something that comes at ``minute``, or once ``when`` holds.

    ``commands`` happen then, their minutes counted from it. With ``choices`` it is answered by the order ``answer``
    within ``patience`` minutes; after that ``default`` is taken as the answer.
    """

    key: str
    minute: float | None = None
    when: Condition | None = None
    commands: tuple[twin.Command, ...] = ()
    choices: tuple[Choice, ...] = ()
    default: str = ""
    patience: float = 5.0

    def __post_init__(self) -> None:
        require((self.minute is None) != (self.when is None), f"Inject {self.key}: give a minute or a condition.")
        require(self.patience > 0, f"Inject {self.key}: patience must be positive.")
        keys = [choice.key for choice in self.choices]
        require(len(set(keys)) == len(keys), f"Inject {self.key}: two choices have one key.")
        require(not keys or self.default in keys, f"Inject {self.key}: default must be one of {', '.join(keys)}.")

    def choice(self, key: str) -> Choice:
        """A choice by key; ModelError when unknown."""
        found = [choice for choice in self.choices if choice.key == key]
        require(bool(found), f"Inject {self.key} has no choice {key!r}.")
        return found[0]
