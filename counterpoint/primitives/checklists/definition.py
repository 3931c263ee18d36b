"""A checklist as content: sections of items, weights, critical items, limits, evidence, and when a round is due.

The dataclasses are what is written down and what a round asks: they have a schema and a form, and hold the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Final, Literal

from annotated_types import Ge, Le, MinLen
from django.utils.translation import gettext as _
from pydantic import AfterValidator, Field

from counterpoint.primitives.content import ClockTime, Count, Named, Names, Text, distinct

SIGNATURE: Final = "signature"
YES, NO, NOT_APPLICABLE = "yes", "no", "na"
OF: Final = "--of"  # behind an item's short name: the answer that names the machine it is about


def _short(slug: str) -> str:
    if not 0 < len(slug) <= 48 or not slug.isascii() or not slug.replace("_", "a").replace("-", "a").isalnum():
        raise ValueError(_("a short name has at most 48 letters, digits, - and _"))
    return slug


def _answer(slug: str) -> str:
    if slug == NOT_APPLICABLE:
        raise ValueError(_("“na” is reserved for “not applicable”"))
    return slug


Slug = Annotated[str, MinLen(1), AfterValidator(_short)]


@dataclass(frozen=True)
class Choice(Named):
    """One answer that can be chosen."""

    slug: Annotated[Slug, AfterValidator(_answer)]
    names: Names


@dataclass(frozen=True)
class Limits:
    """A number is good from `min` to `max`, both included; None is open."""

    min: float | None = None
    max: float | None = None

    def __post_init__(self) -> None:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(_("nothing lies between the limits"))

    def hold(self, value: float) -> bool:
        """Whether the number lies within."""
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


@dataclass(frozen=True)
class Expiry:
    """A date that must not be over; warned of before."""

    warn_days: Annotated[int, Ge(0), Le(3650)] = 30


@dataclass(frozen=True)
class Spot:
    """A point on the earth in degrees (WGS 84), as a phone's satellite receiver tells it."""

    latitude: Annotated[float, Ge(-90), Le(90)]
    longitude: Annotated[float, Ge(-180), Le(180)]


@dataclass(frozen=True)
class MachineSpot:
    """Where a machine away from the branch stands, by its code."""

    asset: Text
    latitude: Annotated[float, Ge(-90), Le(90)]
    longitude: Annotated[float, Ge(-180), Le(180)]


@dataclass(frozen=True)
class DialZone:
    """A coloured part of a dial up to the value `upto`; `slug` is the choice that names it."""

    slug: Slug
    upto: float


@dataclass(frozen=True)
class Face:
    """The scale of a dial in a photo: `low` at `begins` degrees, `high` at `ends`, clockwise from straight down. Its
    zones follow each other; `answers` is the item that says where the needle stands, held against what is read."""

    low: float
    high: float
    begins: Annotated[float, Ge(0), Le(360)] = 45.0
    ends: Annotated[float, Ge(0), Le(360)] = 315.0
    unit: str = ""
    zones: tuple[DialZone, ...] = ()
    answers: str = ""

    def __post_init__(self) -> None:
        marks = [self.low, *(zone.upto for zone in self.zones)]
        if self.low >= self.high or self.begins >= self.ends or marks != sorted(set(marks)):
            raise ValueError(_("a dial grows from its beginning to its end, zone by zone"))


@dataclass(frozen=True)
class Effect(Named):
    """The case that is opened: its type, title and level."""

    type: Text
    names: Annotated[Names, Field(alias="title")]
    level: str = ""


def _words(good: tuple[str | bool, ...]) -> tuple[str, ...]:
    """YAML reads a bare yes as true; people mean the word."""
    return tuple((YES if one else NO) if isinstance(one, bool) else one for one in good)


@dataclass(frozen=True)
class Item(Named):
    """One question. `weight` 0 is asked but not counted; a bad critical item fails the whole round. A photo or a
    signature is evidence of itself, yes is good and a critical item always applies, unless it says otherwise.

    A scan of a `point` takes only the label of that place of the branch. A place is good within `radius` metres of the
    branch, or of the spot that the item names: `at`, or by machine `spots`; `away` never means the branch.
    `see` names a picture that a room offers beside it, such as `cameras`."""

    slug: Slug
    names: Names
    kind: Literal["yes_no", "number", "choice", "date", "photo", "signature", "text", "scan", "place"]
    weight: Annotated[float, Ge(0), Le(1000)] = 1.0
    critical: bool = False
    limits: Limits | None = None
    unit: str = ""
    choices: tuple[Choice, ...] = ()
    good: Annotated[tuple[str | bool, ...], AfterValidator(_words)] = ()
    expiry: Expiry | None = None
    evidence: Literal["none", "on_fail", "always"] | None = None
    on_fail: Effect | None = None
    asset: str = ""
    required: bool = True
    na: bool | None = None
    hint: dict[str, str] = field(default_factory=dict)
    point: str = ""
    radius: Annotated[int, Ge(10), Le(100_000)] = 300
    at: Spot | None = None
    spots: tuple[MachineSpot, ...] = ()
    away: bool = False
    dial: Face | None = None
    see: str = ""

    def __post_init__(self) -> None:
        own: dict[str, Any] = {
            "good": self.good or ((YES,) if self.kind == "yes_no" else ()),
            "evidence": self.evidence or ("always" if self.kind in ("photo", SIGNATURE) else "none"),
            "na": not (self.critical or self.point) if self.na is None else self.na,
        }
        for name, value in own.items():
            object.__setattr__(self, name, value)
        self._fits()

    def _fits(self) -> None:
        """What a kind needs and what it cannot have."""
        if self.limits and self.kind != "number":
            raise ValueError(_("limits belong to a number"))
        if self.expiry and self.kind != "date":
            raise ValueError(_("an expiry belongs to a date"))
        if self.point and (self.kind != "scan" or self.asset):
            raise ValueError(_("a point of the branch belongs to a scan that is about no machine"))
        if (self.at or self.spots or self.away) and self.kind != "place":
            raise ValueError(_("a spot belongs to a place"))
        if self.dial and self.kind not in ("photo", "number"):
            raise ValueError(_("a dial belongs to a photo or a number"))
        if bool(self.choices) != (self.kind == "choice"):
            raise ValueError(_("a choice has choices, nothing else has"))
        known = {"yes_no": {YES, NO}, "choice": {one.slug for one in self.choices}}.get(self.kind, set(self.good))
        if strange := set(self.good) - known:
            words = {"words": ", ".join(sorted(map(str, strange)))}
            raise ValueError(_("%(words)s counts as good but cannot be answered") % words)
        if self.kind == "choice" and not self.good and self.weight:
            raise ValueError(_("say which choices are good, or give it weight 0"))
        if self.asset and len(self.slug) > 48 - len(OF):
            raise ValueError(_("the short name of an item about a machine has at most 44 letters"))

    @property
    def of(self) -> Item:
        """The question which machine it is about, answered with the machine's code; no item of its own in a round."""
        return Item(f"{self.slug}{OF}", self.names, "scan", 0, required=False, na=False, asset=self.asset)


@dataclass(frozen=True)
class Section(Named):
    """Items of one place or theme; the phone shows one section a screen."""

    slug: Slug
    names: Names
    items: Annotated[tuple[Item, ...], MinLen(1)]


SIGN_NAMES = {"zh-hans": "签名", "zh-hant": "簽名", "en": "Signature"}
SIGN = Section("sign", SIGN_NAMES, (Item(SIGNATURE, SIGN_NAMES, SIGNATURE, weight=0, na=False),))


@dataclass(frozen=True)
class Due:
    """The time: exactly one of the first three. `day` of a longer period counts from 1: weekday of the week (1 is
    Monday), day of the month, of the quarter or of the year."""

    before_open_minutes: Count | None = None
    after_close_minutes: Count | None = None
    by: ClockTime | None = None
    day: Annotated[int, Ge(1), Le(366)] | None = None

    def __post_init__(self) -> None:
        if [self.before_open_minutes, self.after_close_minutes, self.by].count(None) != 2:
            raise ValueError(_("exactly one time is needed: before opening, after closing, or by the clock"))


@dataclass(frozen=True)
class Schedule:
    """When a round is due, and whose it is. `late` is the case opened when a round is overdue; without it the leaders
    of the branch get a message."""

    every: Literal["day", "week", "month", "quarter", "year"]
    due: Due
    role: Text
    phase: Literal["pre_open", "closing", "any"] = "any"
    late: Effect | None = None

    def __post_init__(self) -> None:
        if self.every != "day" and self.due.day is None:
            raise ValueError(_("the day of the period is missing"))


@dataclass(frozen=True)
class Checklist(Named):
    """A whole checklist. With `asset_kind` one round is walked per machine of the kind."""

    key: str
    names: Names
    sections: Annotated[tuple[Section, ...], MinLen(1)]
    pass_mark: Annotated[float, Ge(0), Le(100)] = 100.0
    signature: bool = False
    schedule: Schedule | None = None
    asset_kind: str = ""

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in reading order."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, slug: str) -> Item | None:
        """The item, or the question which machine an item is about, or None."""
        plain = slug.removesuffix(OF)
        found = next((one for one in self.items if one.slug == plain), None)
        if found is None or plain == slug:
            return found
        return found.of if found.asset and found.kind != "scan" and not self.asset_kind else None


def build(body: Checklist) -> Checklist:
    """What is walked: a signed checklist ends with the signature. ValueError when two parts have one short name."""
    found = replace(body, sections=(*body.sections, SIGN)) if body.signature else body
    distinct(found.sections)
    distinct(found.items)
    return found


def references(checklist: Checklist) -> list[tuple[str, str]]:
    """The case types that its items and its schedule open."""
    effects = [item.on_fail for item in checklist.items]
    effects.append(checklist.schedule.late if checklist.schedule else None)
    return [("case_types", key) for key in dict.fromkeys(e.type for e in effects if e)]
