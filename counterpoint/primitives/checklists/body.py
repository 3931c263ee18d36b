"""The body of a checklist as typed data: its JSON schema, and the form by which headquarters edits one."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, MinLen
from pydantic import TypeAdapter

from counterpoint.primitives.checklists import definition
from counterpoint.primitives.checklists.definition import Checklist
from counterpoint.primitives.content import AtLeastOne, ClockTime, Count, Names, NotNegative, Text

Slug = Annotated[str, MinLen(1)]
Words = dict[str, str]


@dataclass(frozen=True)
class ChoiceBody:
    """One answer that can be chosen."""

    slug: Slug
    names: Names


@dataclass(frozen=True)
class LimitsBody:
    """From where to where a number is good, both included."""

    min: float | None = None
    max: float | None = None


@dataclass(frozen=True)
class ExpiryBody:
    """A date that must not be over; warned of before."""

    warn_days: Count = 30


@dataclass(frozen=True)
class EffectBody:
    """The case that is opened."""

    type: Text
    title: Names
    level: str = ""


@dataclass(frozen=True)
class ItemBody:
    """One question."""

    slug: Slug
    names: Names
    kind: Literal["yes_no", "number", "choice", "date", "photo", "signature", "text", "scan", "place"]
    weight: NotNegative = 1.0
    critical: bool = False
    limits: LimitsBody | None = None
    unit: str = ""
    choices: tuple[ChoiceBody, ...] = ()
    good: tuple[str | bool, ...] = ()
    expiry: ExpiryBody | None = None
    evidence: Literal["none", "on_fail", "always"] | None = None
    on_fail: EffectBody | None = None
    asset: str = ""
    required: bool = True
    na: bool | None = None
    hint: Words = field(default_factory=dict)


@dataclass(frozen=True)
class SectionBody:
    """Items of one place or theme."""

    slug: Slug
    names: Names
    items: Annotated[tuple[ItemBody, ...], MinLen(1)]


@dataclass(frozen=True)
class DueBody:
    """Exactly one of the first three; `day` for longer periods."""

    before_open_minutes: Count | None = None
    after_close_minutes: Count | None = None
    by: ClockTime | None = None
    day: AtLeastOne | None = None


@dataclass(frozen=True)
class ScheduleBody:
    """When a round is due, whose it is, and the case of an overdue one."""

    every: Literal["day", "week", "month", "quarter", "year"]
    due: DueBody
    role: Text
    phase: Literal["pre_open", "closing", "any"] = "any"
    late: EffectBody | None = None


@dataclass(frozen=True)
class ChecklistBody:
    """A whole checklist."""

    key: str
    names: Names
    sections: Annotated[tuple[SectionBody, ...], MinLen(1)]
    pass_mark: Annotated[float, Ge(0), Le(100)] = 100.0
    signature: bool = False
    schedule: ScheduleBody | None = None
    asset_kind: str = ""


def build(body: ChecklistBody) -> Checklist:
    """What the body means; ValueError says what is wrong."""
    plain: dict[str, Any] = TypeAdapter(ChecklistBody).dump_python(body, mode="json", exclude_none=True)
    return definition.parse(plain)


def check(body: ChecklistBody) -> str:
    """What the types cannot say: items that fit their kinds, slugs that are unique, a due time that is one."""
    try:
        build(body)
    except ValueError as wrong:
        return str(wrong)
    return ""
