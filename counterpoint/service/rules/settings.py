"""The figures of the complaints chapter, as content gives them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """At most `count` in `minutes`."""

    count: int
    minutes: int


@dataclass(frozen=True)
class ComplaintRules:
    """`first_owner` and `alarm` name roles by level, `extensions` are legal days in all, `open_at_least` is the
    probability from which an unsure proposal opens at the graver level, `proof_bits` the work of the public form."""

    key: str
    first_owner: Mapping[str, tuple[str, ...]]
    alarm: Mapping[str, tuple[str, ...]]
    report_levels: tuple[str, ...]
    lesson_levels: tuple[str, ...]
    extensions: tuple[int, ...]
    callback_days: tuple[int, ...]
    repeat_days: int
    keep_years: int
    text_limit: int
    proof_bits: int
    forms_per_address: Limit
    forms_per_branch: Limit
    open_at_least: float


def opening_level(spread: Mapping[str, float], proposed: str, sure: bool, levels: tuple[str, ...], least: float) -> str:
    """The level a complaint opens at before a person looked: the proposal, or, while it is unsure, the gravest level
    that is likely enough. `levels` from the gravest.

    >>> opening_level({"level_1": 0.4, "level_2": 0.6}, "level_2", False, ("level_1", "level_2"), 0.35)
    'level_1'
    """
    if sure:
        return proposed
    return next((level for level in levels if spread.get(level, 0.0) >= least), proposed)
