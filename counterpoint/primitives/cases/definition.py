"""A case type as it is written down: the bodies of `case_types`, so that they have a schema and a form.

`types` makes of them what the engine reads, and says what a schema cannot.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from counterpoint.primitives.content.types import AtLeastOne, Count, Names, Share, Text


@dataclass(frozen=True)
class SpanBody:
    """How long: exactly one of these. Days end with the last running minute of the day; the first day is free."""

    minutes: Count | None = None
    hours: Count | None = None
    working_days: AtLeastOne | None = None
    calendar_days: AtLeastOne | None = None
    end_of_day: Literal[True] | None = None


@dataclass(frozen=True)
class NamedBody:
    """A slug with its names."""

    slug: Text
    names: Names


@dataclass(frozen=True)
class StageBody:
    """A column of the board."""

    slug: Text
    kind: Literal["open", "doing", "resolved", "closed", "dropped"]
    names: Names


@dataclass(frozen=True)
class RungBody:
    """So long after the deadline, whom to tell."""

    after: SpanBody
    to: Text
    any_hour: bool = False
    channel: bool = False


@dataclass(frozen=True)
class ClockBody:
    """A clock: time allowed by level, hours in which it runs, the stage kind or milestone that stops it. It starts when
    the case is opened, or (`level`) when the case first has one of the levels in `within`."""

    slug: Text
    names: Names
    within: dict[str, SpanBody]
    runs: Literal["opening", "always", "working_days", "calendar"] = "opening"
    starts_at: Literal["opened", "level"] = "opened"
    stops_at: Text = "resolved"
    pausable: bool = True
    warn: list[Share] = field(default_factory=lambda: [0.5, 0.8])
    ladder: list[RungBody] = field(default_factory=list)


@dataclass(frozen=True)
class FieldBody:
    """A field of the form, and by which stage it must be filled in."""

    slug: Text
    names: Names
    kind: Literal["text", "number", "choice", "date", "yes_no"] = "text"
    choices: list[NamedBody] = field(default_factory=list)
    required_at: Literal["", "open", "resolved", "closed"] | None = None
    private: bool = False


@dataclass(frozen=True)
class PauseBody:
    """Why a case may wait, and how long in one cycle altogether."""

    reasons: list[NamedBody] = field(default_factory=list)
    cap: SpanBody | None = None


@dataclass(frozen=True)
class TypeBody:
    """A kind of case. Levels go from the lightest to the gravest; without stages it has the usual five."""

    key: Text
    names: Names
    levels: list[NamedBody]
    rights: Text = "primitives.case"
    stages: list[StageBody] | None = None
    clocks: list[ClockBody] = field(default_factory=list)
    fields: list[FieldBody] = field(default_factory=list)
    verify_by_other: bool = False
    recuse_involved: bool = True
    pause: PauseBody | None = None
    owner: list[Text] = field(default_factory=list)


def plain(body: Any) -> Any:
    """A body as the data it was written as: what was left out is left out again."""
    return _bare(asdict(body))


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _bare(held) for key, held in value.items() if held is not None}
    return [_bare(held) for held in value] if isinstance(value, list) else value
