"""The figures of the complaints chapter, as content gives them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from annotated_types import Ge, Le

from counterpoint.primitives.content import AtLeastOne, Share, Text

LONGEST = 4000  # letters that the forms, mails and the open API take
HARDEST = 24  # bits of work that a slow phone still does within minutes


@dataclass(frozen=True)
class Limit:
    """At most `count` in `minutes`."""

    count: AtLeastOne
    minutes: AtLeastOne


@dataclass(frozen=True)
class ComplaintRules:
    """`first_owner` and `alarm` name roles by level, `extensions` are legal days in all, `open_at_least` is the
    probability from which an unsure proposal opens at the graver level, `proof_bits` the work of the public form."""

    key: str
    first_owner: Mapping[str, tuple[Text, ...]]
    alarm: Mapping[str, tuple[Text, ...]]
    report_levels: tuple[Text, ...]
    lesson_levels: tuple[Text, ...]
    extensions: tuple[AtLeastOne, ...]
    callback_days: tuple[AtLeastOne, ...]
    repeat_days: AtLeastOne
    keep_years: AtLeastOne
    text_limit: Annotated[int, Ge(100), Le(LONGEST)]
    proof_bits: Annotated[int, Ge(0), Le(HARDEST)]
    forms_per_address: Limit
    forms_per_branch: Limit
    open_at_least: Share

    @property
    def repeat_within(self) -> timedelta:
        """How long the same again is a repeat."""
        return timedelta(days=self.repeat_days)


def opening_level(spread: Mapping[str, float], proposed: str, sure: bool, levels: tuple[str, ...], least: float) -> str:
    """The level a complaint opens at before a person looked: the proposal, or, while it is unsure, the gravest level
    that is likely enough. `levels` from the gravest.

    >>> opening_level({"level_1": 0.4, "level_2": 0.6}, "level_2", False, ("level_1", "level_2"), 0.35)
    'level_1'
    """
    if sure:
        return proposed
    return next((level for level in levels if spread.get(level, 0.0) >= least), proposed)
