"""The figures of the complaints chapter, as content gives them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

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

    @property
    def keep(self) -> timedelta:
        """How long the file of a complaint is kept after it was closed, no day less than the years."""
        return timedelta(days=366 * self.keep_years)

    def over(self, levels: Sequence[str]) -> ComplaintRules:
        """The same for a type with these levels (from the lightest): a level that no figure names is treated as the
        nearest lighter one that some figure names, or else the nearest graver one."""
        named = {*self.first_owner, *self.alarm, *self.report_levels, *self.lesson_levels}
        like = {level: _near(level, levels, named) for level in levels if level not in named}
        if not any(like.values()):
            return self

        def spread(held: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
            return {**held, **{level: held[near] for level, near in like.items() if near in held}}

        def more(held: tuple[str, ...]) -> tuple[str, ...]:
            return (*held, *(level for level, near in like.items() if near in held))

        return replace(
            self, first_owner=spread(self.first_owner), alarm=spread(self.alarm),
            report_levels=more(self.report_levels), lesson_levels=more(self.lesson_levels),
        )  # fmt: skip


def _near(level: str, levels: Sequence[str], named: Collection[str]) -> str:
    place = levels.index(level)
    return next((one for one in (*reversed(levels[:place]), *levels[place:]) if one in named), "")


def wrong(rules: ComplaintRules, example: Mapping[str, Any]) -> str:
    """Why a worked example of the figures does not hold; "" when it does. Four shapes: what a level asks for, at which
    level an unsure proposal opens (`spread` from the gravest), a longer legal time, and the days after closing."""
    told = _worked(rules, example)
    return "" if told == {key: example[key] for key in told} else str(told)


def _worked(rules: ComplaintRules, example: Mapping[str, Any]) -> dict[str, Any]:
    if "level" in example:
        level = example["level"]
        return {
            "first_owner": rules.first_owner[level][0], "alarm": list(rules.alarm.get(level, ())),
            "report": level in rules.report_levels, "lesson": level in rules.lesson_levels,
        }  # fmt: skip
    if "spread" in example:
        spread = example["spread"]
        opens = opening_level(spread, example["proposed"], example["sure"], tuple(spread), rules.open_at_least)
        return {"opens": opens}
    if "extension" in example:
        days = example["extension"]
        if days not in rules.extensions:
            return {"extension": list(rules.extensions)}
        return {"until": str(date.fromisoformat(example["received"]) + timedelta(days=days))}
    closed = date.fromisoformat(example["closed"])
    return {
        "calls": [str(closed + timedelta(days=days)) for days in rules.callback_days],
        "kept_until": str(closed + rules.keep),
    }


def opening_level(spread: Mapping[str, float], proposed: str, sure: bool, levels: tuple[str, ...], least: float) -> str:
    """The level a complaint opens at before a person looked: the proposal, or, while it is unsure, the gravest level
    that is likely enough. `levels` from the gravest.

    >>> opening_level({"level_1": 0.4, "level_2": 0.6}, "level_2", False, ("level_1", "level_2"), 0.35)
    'level_1'
    """
    if sure:
        return proposed
    return next((level for level in levels if spread.get(level, 0.0) >= least), proposed)
