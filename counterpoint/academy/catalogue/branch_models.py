"""Bodies of branch models: a branch that is the same for everybody, for exams, leagues and who has none of their own.

Design defaults, no measured branch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from django.utils.translation import gettext as _

from counterpoint.academy.rules.words import Both
from counterpoint.primitives.content import ClockTime, NotNegative, Positive, Share, Text, minute_of

BRANCH_MODELS = "branch_models"
LOBBY = "lobby"
USUAL = "usual"


@dataclass(frozen=True)
class Service:
    """A business type with its times; `key` is one of the bank's service types, `share` its part of the customers."""

    key: Text
    skill: Literal["cash", "non_cash", "wealth", "corporate"]
    minutes: Positive
    cv: Positive
    share: Share
    device: str = ""
    self_minutes: NotNegative = 0
    divertible: Share = 0


@dataclass(frozen=True)
class Level:
    """A tier of customers: who is called first, how long a wait is promised, how patient, and its share."""

    key: Text
    priority: int
    promise: Positive
    patience: Positive
    share: Share
    guided: bool = True


@dataclass(frozen=True)
class Window:
    """A window by its number on the floor plan, and what it is equipped for."""

    number: Annotated[int, Ge(1), Le(60)]
    skills: Annotated[tuple[Text, ...], MinLen(1)]


@dataclass(frozen=True)
class Machine:
    """A machine by its code on the floor plan."""

    code: Text
    kind: Text


@dataclass(frozen=True)
class Staff:
    """Somebody of the branch: where they sit (`post`: a window's number, `lobby`, or empty: on call), what they may do,
    from when to when, and when lunch begins."""

    code: Text
    names: Both
    skills: tuple[Text, ...]
    shift: tuple[ClockTime, ClockTime]
    post: str = ""
    lunch: str = ""
    lunch_minutes: Annotated[int, Ge(10), Le(90)] = 40
    speed: Annotated[float, Gt(0), Le(2)] = 1.0


@dataclass(frozen=True)
class DayType:
    """Customers of each hour of opening; `more` multiplies a service's share before all are brought back to the sum."""

    hours: Annotated[tuple[NotNegative, ...], MinLen(1), MaxLen(14)]
    more: dict[str, NotNegative] = field(default_factory=dict)


@dataclass(frozen=True)
class BranchModelBody:
    """A branch of a size. `floor_plan` is the plan on which its windows and machines stand."""

    names: Both
    size: Literal["small", "medium", "flagship"]
    floor_plan: Text
    opens: ClockTime
    closes: ClockTime
    services: Annotated[tuple[Service, ...], MinLen(1)]
    tiers: Annotated[tuple[Level, ...], MinLen(1)]
    windows: Annotated[tuple[Window, ...], MinLen(1)]
    machines: tuple[Machine, ...]
    staff: Annotated[tuple[Staff, ...], MinLen(1)]
    days: dict[str, DayType]

    @property
    def span(self) -> tuple[int, int]:
        """Opening and closing in minutes since midnight."""
        return minute_of(self.opens), minute_of(self.closes)


def wrong_branch(body: BranchModelBody) -> str:
    """What is wrong with a branch model; empty when nothing is."""
    return next(filter(None, _faults(body)), "")


def _faults(body: BranchModelBody) -> Iterator[str]:
    for name, codes in (
        ("services", [one.key for one in body.services]), ("tiers", [one.key for one in body.tiers]),
        ("windows", [str(one.number) for one in body.windows]), ("machines", [one.code for one in body.machines]),
        ("staff", [one.code for one in body.staff]),
    ):  # fmt: skip
        twice = sorted(code for code, count in Counter(codes).items() if count > 1)
        if twice:
            yield _("Of %(name)s these stand twice: %(codes)s.") % {"name": name, "codes": ", ".join(twice)}
    for shares in (body.services, body.tiers):
        if abs(sum(one.share for one in shares) - 1) > 1e-6:
            yield _("Shares must add up to 1.")
    opens, closes = body.span
    known = {one.key for one in body.services}
    if USUAL not in body.days:
        yield _("A branch model needs a usual day.")
    for slug, day in body.days.items():
        if len(day.hours) * 60 != closes - opens or not sum(day.hours):
            yield _("The day “%(day)s” needs customers for every hour of opening.") % {"day": slug}
        if set(day.more) - known:
            yield _("The day “%(day)s” names services that the branch does not have.") % {"day": slug}
    yield from _post_faults(body)


def _post_faults(body: BranchModelBody) -> Iterator[str]:
    windows = {str(one.number): set(one.skills) for one in body.windows}
    for one in body.staff:
        start, end = (minute_of(clock) for clock in one.shift)
        lunch = minute_of(one.lunch) if one.lunch else start
        fits = start < end and start <= lunch and (not one.lunch or lunch + one.lunch_minutes <= end)
        sits = one.post in ("", LOBBY) or bool(windows.get(one.post, set()) & set(one.skills))
        if not fits or not sits:
            yield _("The post or the hours of “%(code)s” do not fit.") % {"code": one.code}
    offered = {skill for skills in windows.values() for skill in skills}
    if {one.skill for one in body.services} - offered:
        yield _("Some service has no window.")


def branch_references(body: BranchModelBody) -> list[tuple[str, str]]:
    """Service types, tiers and the floor plan."""
    return [
        *(("service_types", one.key) for one in body.services), *(("tiers", one.key) for one in body.tiers),
        ("floor_plans", body.floor_plan),
    ]  # fmt: skip


def branch_example(body: BranchModelBody, example: dict[str, Any]) -> str:
    """How many come on a day, and in its busiest hour."""
    hours = body.days[example["day"]].hours
    found = (round(sum(hours), 1), max(hours))
    wanted = (example["customers"], example["busiest"])
    return "" if found == wanted else _("says %(value)s") % {"value": found}
