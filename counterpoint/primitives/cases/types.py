"""What kinds of case there are: levels, stages, clocks, fields and rules as content, one YAML item a type.

The dataclasses are what is written down and what the engine reads: they have a schema and a form, and hold the rules.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal, get_args

from annotated_types import Gt, Lt, MinLen
from django.utils.translation import gettext as _
from pydantic import AfterValidator

from counterpoint.primitives.content import (
    AtLeastOne,
    Count,
    Item,
    Names,
    Role,
    Text,
    distinct,
    get,
    items,
    version,
)
from counterpoint.ui import reader

Distinct = AfterValidator(distinct)
StageKind = Literal["open", "doing", "resolved", "closed", "dropped"]
Runs = Literal["opening", "always", "working_days", "calendar"]
STAGE_KINDS: tuple[StageKind, ...] = get_args(StageKind)
RUNS: tuple[Runs, ...] = get_args(Runs)
ENDED = frozenset({"closed", "dropped"})
OPEN_KINDS = ("open", "doing", "resolved")
DEFAULT_RIGHTS = "primitives.case"


class HasName:
    """For what has `names` by language code."""

    names: Names

    def name(self, language: str = "") -> str:
        """Name in the language (the reader's when not given), Chinese when it is missing."""
        return reader.said(self.names, language or reader.language())


@dataclass(frozen=True)
class Named(HasName):
    """A slug with its names."""

    slug: Text
    names: Names


@dataclass(frozen=True)
class Stage(Named):
    """A column of the board."""

    kind: StageKind


DEFAULT_STAGES = (
    Stage("new", {"zh-hans": "待受理", "zh-hant": "待受理", "en": "New"}, "open"),
    Stage("doing", {"zh-hans": "处理中", "zh-hant": "處理中", "en": "Being handled"}, "doing"),
    Stage("resolved", {"zh-hans": "待核实", "zh-hant": "待核實", "en": "Resolved"}, "resolved"),
    Stage("closed", {"zh-hans": "已办结", "zh-hant": "已辦結", "en": "Closed"}, "closed"),
    Stage("dropped", {"zh-hans": "已撤销", "zh-hant": "已撤銷", "en": "Dropped"}, "dropped"),
)


@dataclass(frozen=True)
class Span:
    """How long: exactly one of these. Days end with the last running minute of the day; the first day is free."""

    minutes: Count | None = None
    hours: Count | None = None
    working_days: AtLeastOne | None = None
    calendar_days: AtLeastOne | None = None
    end_of_day: Literal[True] | None = None

    def __post_init__(self) -> None:
        if sum(one is not None for one in astuple(self)) != 1:
            raise ValueError(_("give one of minutes, hours, working days, calendar days or the end of the day"))

    @property
    def running(self) -> timedelta:
        """The running time of minutes or hours."""
        return timedelta(hours=self.hours or 0, minutes=self.minutes or 0)


@dataclass(frozen=True)
class Rung:
    """A step of the ladder: this long after the deadline, whom to tell. Outside service hours only with `any_hour`;
    `channel` tells the branch's group channel too."""

    after: Span
    to: Role
    any_hour: bool = False
    channel: bool = False


def _rising(shares: tuple[float, ...]) -> tuple[float, ...]:
    if any(one >= other for one, other in pairwise(shares)):
        raise ValueError(_("the warnings must rise"))
    return shares


@dataclass(frozen=True)
class ClockType(Named):
    """A clock: time allowed by level, hours in which it runs, the stage kind or milestone that stops it. It starts when
    the case is opened, or (`level`) when the case first has one of the levels in `within`. It warns at shares of the
    time allowed."""

    within: dict[str, Span]
    runs: Runs = "opening"
    starts_at: Literal["opened", "level"] = "opened"
    stops_at: Text = "resolved"
    pausable: bool = True
    warn: Annotated[tuple[Annotated[float, Gt(0), Lt(1)], ...], AfterValidator(_rising)] = (0.5, 0.8)
    ladder: tuple[Rung, ...] = ()

    def __post_init__(self) -> None:
        spans = (*self.within.values(), *(rung.after for rung in self.ladder))
        if (any(span.working_days for span in spans) and self.runs not in ("opening", "working_days")) or (
            any(span.calendar_days for span in spans) and self.runs not in ("always", "calendar")
        ):
            raise ValueError(_("the clock counts days that do not fit its hours"))


@dataclass(frozen=True)
class FieldType(Named):
    """A field of the form, and by which stage it must be filled in; `private` text is kept apart and can be erased."""

    kind: Literal["text", "number", "choice", "date", "yes_no"] = "text"
    choices: tuple[Named, ...] = ()
    required_at: Literal["", "open", "resolved", "closed"] = ""
    private: bool = False

    def __post_init__(self) -> None:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError(_("a choice has choices, nothing else has"))


@dataclass(frozen=True)
class PauseRule:
    """Why a case may wait, and how long in one cycle altogether (without `cap` there is no limit)."""

    reasons: Annotated[tuple[Named, ...], Distinct] = ()
    cap: Span | None = None

    def __post_init__(self) -> None:
        if self.cap and self.cap.end_of_day:
            raise ValueError(_("a pause is capped by minutes, hours or days"))


def _all_kinds(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    if missing := set(STAGE_KINDS) - {stage.kind for stage in stages}:
        raise ValueError(_("no stage is of the kinds %(kinds)s") % {"kinds": ", ".join(sorted(missing))})
    return stages


@dataclass(frozen=True)
class CaseType(HasName):
    """A kind of case. Levels go from the lightest to the gravest; without stages it has the usual five."""

    key: Text
    names: Names
    levels: Annotated[tuple[Named, ...], MinLen(1), Distinct]
    rights: Text = DEFAULT_RIGHTS
    stages: Annotated[tuple[Stage, ...], Distinct, AfterValidator(_all_kinds)] = field(
        default_factory=lambda: DEFAULT_STAGES
    )
    clocks: Annotated[tuple[ClockType, ...], Distinct] = ()
    fields: Annotated[tuple[FieldType, ...], Distinct] = ()
    verify_by_other: bool = False
    recuse_involved: bool = True
    pause: PauseRule | None = None
    owner: tuple[Role, ...] = ()

    def __post_init__(self) -> None:
        for clock in self.clocks:
            if wrong := set(clock.within) - {level.slug for level in self.levels}:
                raise ValueError(
                    _("Clock %(clock)s names unknown levels: %(levels)s.")
                    % {"clock": clock.slug, "levels": ", ".join(sorted(wrong))}
                )

    def verb(self, what: str) -> str:
        """The right that guards view, open, handle, verify or manage."""
        return f"{self.rights}.{what}"

    def stage(self, slug: str) -> Stage | None:
        """A stage by slug."""
        return next((s for s in self.stages if s.slug == slug), None)

    def first(self, kind: str) -> Stage:
        """The first stage of a kind."""
        return next(s for s in self.stages if s.kind == kind)

    def kind_of(self, stage: str) -> str:
        """The kind of a stage; "" for an unknown one."""
        found = self.stage(stage)
        return found.kind if found else ""

    def level(self, slug: str) -> Named | None:
        """A level by slug."""
        return next((row for row in self.levels if row.slug == slug), None)

    def rank(self, level: str) -> int:
        """How grave a level is: its place in the list."""
        return [row.slug for row in self.levels].index(level)

    def clock(self, slug: str) -> ClockType | None:
        """A clock by slug."""
        return next((c for c in self.clocks if c.slug == slug), None)

    def field(self, slug: str) -> FieldType | None:
        """A field by slug."""
        return next((f for f in self.fields if f.slug == slug), None)

    def said(self, field: str, value: str) -> str:
        """A level (field `level`) or a choice of a field in the reader's words; the value when it is none."""
        found = self.field(field)
        known: tuple[Named, ...] = self.levels if field == "level" else found.choices if found else ()
        return next((one.name() for one in known if one.slug == value), value)

    @property
    def reasons(self) -> tuple[Named, ...]:
        """Why a case may wait; none when it may not."""
        return self.pause.reasons if self.pause else ()


CASE_TYPES = "case_types"


def case_types(on: date, pack: str, bank: str | None = None) -> dict[str, CaseType]:
    """Types in force on a date, by key. `bank` is the org path of a unit of the bank, else the active scope says it."""
    return {key: item.value for key, item in sorted(items(CASE_TYPES, on, pack, bank=bank).items())}


def in_force(key: str, on: date, pack: str, bank: str) -> Item:
    """The version of a type that a case opened on this date gets; `ContentError` when there is none."""
    return get(CASE_TYPES, key, on, pack, bank=bank)


def pinned(key: str, number: int, pack: str, bank: str) -> CaseType:
    """The version that a case keeps."""
    kind: CaseType = version(CASE_TYPES, key, number, pack, bank=bank).value
    return kind
