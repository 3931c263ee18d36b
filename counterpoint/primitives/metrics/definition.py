"""What a KPI is: data about which rows count, what is measured on them, and when somebody must hear of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from django.utils.translation import gettext as _
from pydantic import Field

from counterpoint.primitives.content import AtLeastOne, Count, Positive
from counterpoint.primitives.metrics.conditions import Where
from counterpoint.primitives.metrics.periods import GRAINS
from counterpoint.ui import reader

UP, DOWN, BAND = "up", "down", "band"
COUNT, SUM, SPREAD = "count", "sum", "spread"
QUANTILES = {"p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p95": 0.95}
Direction = Literal["up", "down", "band"]
Measure = Literal["count", "sum", "mean", "ratio", "rate_per", "p10", "p25", "p50", "p75", "p90", "p95"]
Interval = Literal["share", "rate", "mean", "quantile", "none"]
Grain = Literal["hour", "day", "week", "month", "quarter"]
Subject = Literal["unit", "person", "post"]
MEASURES: tuple[str, ...] = get_args(Measure)
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


NO_CONDITION = Where()


@dataclass(frozen=True)
class Part:
    """What is added up on one relation: how many rows, the sum of a column, or all its values on a grid.

    `grid` is the step to which values are rounded before they are kept; a quantile is exact on that grid.
    """

    relation: str
    where: Where = NO_CONDITION
    kind: str = COUNT
    column: str = ""
    grid: float = 0.0

    @cached_property
    def signature(self) -> str:
        """Names the part in the store of states: equal parts of two KPIs are kept once."""
        body = [self.relation, self.where.as_data(), self.kind, self.column, self.grid]
        return hashlib.sha256(json.dumps(body, ensure_ascii=False, default=str).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Term:
    """A part with its sign in a numerator or denominator."""

    part: Part
    sign: int = 1


@dataclass(frozen=True)
class Bounds:
    """A target: at most, at least, or between. None leaves a side open."""

    low: float | None = None
    high: float | None = None

    def misses(self, value: float) -> bool:
        """Whether the value lies outside."""
        return (self.low is not None and value < self.low) or (self.high is not None and value > self.high)


@dataclass(frozen=True)
class Threshold:
    """When somebody must hear of it. `slug` names it among the metric's thresholds for ever.

    `kind` target and absolute compare with bounds; percent_change compares with `against` (by per cent, in the bad
    direction); computed_sigma with the metric's own history of `history` periods, of the same weekday or any (`like`);
    for these two `low` and `high` say from where on a change matters. `min_volume` rows at least; `periods` in a row;
    `sure` asks that the interval leaves the limit out. `running` judges a period that is not over yet.
    """

    slug: Slug
    kind: Literal["target", "absolute", "percent_change", "computed_sigma"]
    level: Literal["watch", "act"] = "watch"
    grain: Grain = "day"
    low: float | None = None
    high: float | None = None
    by: float = 0.0
    against: Literal["last_week", "usual", "last_period"] = "last_week"
    sigmas: Positive = 3.0
    history: AtLeastOne = 28
    like: Literal["any", "weekday"] = "any"
    min_volume: Count = 20
    periods: AtLeastOne = 1
    sure: bool = True
    running: bool = False


@dataclass(frozen=True)
class Silence:
    """A feed that has brought no row that the metric counts for so many opening hours, or days, is dead. With
    `min_volume` it is judged only where it brought so many rows in the 90 days before."""

    hours: Positive | None = None
    days: AtLeastOne | None = None
    min_volume: Count = 0

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.days is None):
            raise ValueError(_("silence is counted in opening hours or in days: give one of the two"))


@dataclass(frozen=True)
class Metric:
    """One KPI; `key` is for ever, `code` is what the bank calls it. `body.MetricBody` is how it is written."""

    key: str
    code: str
    names: Mapping[str, str]
    unit: str
    direction: str
    measure: str
    part: Part | None = None
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()
    scale: float = 1.0
    digits: int = 1
    interval: str = "none"
    volume: str = "rows"
    target: Bounds | None = None
    thresholds: tuple[Threshold, ...] = ()
    on_breach: Mapping[str, Any] = field(default_factory=dict)
    silence: Silence | None = None
    small: int = 10
    hide_small: bool = False
    grains: tuple[str, ...] = GRAINS
    subjects: tuple[str, ...] = SUBJECTS
    owner: str = "supervisor"
    group: str = "other"
    notes: Mapping[str, str] = field(default_factory=dict)
    origin: Mapping[str, str] = field(default_factory=dict)
    actions: str = ""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every part that it needs, each once."""
        terms = [term.part for term in (*self.numerator, *self.denominator)]
        return tuple(dict.fromkeys([self.part] if self.part else terms))

    @property
    def relations(self) -> tuple[str, ...]:
        """Keys of the relations that it counts on, the leading one first."""
        return tuple(dict.fromkeys(part.relation for part in self.parts))

    def hides(self, n: int) -> bool:
        """Whether so few cases stand behind a value that it is not shown."""
        return self.hide_small and n < self.small

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return reader.said(self.names, language)

    def note(self, language: str) -> str:
        """What a reader should know of it."""
        return reader.said(self.notes, language)
