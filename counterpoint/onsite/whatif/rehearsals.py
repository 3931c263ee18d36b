"""Ready scenarios as content: a payday, an outage, a run. Each becomes a scenario of a branch and a day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

from annotated_types import Ge, Le
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from counterpoint.onsite.whatif.ground import Ground
from counterpoint.onsite.whatif.scenario import EVERY, LEAST, MOST, MOST_COUNT, OFF, Scenario, Slow, Span, Surge
from counterpoint.primitives.content import ClockTime, Kind, Named, Names, Text, declare, items, minute_of
from counterpoint.role.api import SKILL_NAMES, Skill
from counterpoint.ui import reader

Times = tuple[int, int]


@dataclass(frozen=True)
class Rehearsal(Named):
    """A scenario that fits any branch. Surges are (service, count, tier, times), outages (what, times)."""

    key: str
    names: Names
    hints: Names
    arrivals: int
    surges: tuple[tuple[str, int, str, Times], ...]
    absent: Mapping[str, int]
    out: tuple[tuple[str, Times], ...]
    slow: tuple[int, Times] | None

    def hint(self, language: str) -> str:
        """What happens, in a line."""
        return reader.said(self.hints, language)

    def scenario(self, ground: Ground) -> Scenario:
        """On this branch and day: its own people by name, times within its hours; what it has not is left out."""
        services, kinds = {s.key for s in ground.services}, {m.kind for m in ground.machines}
        tiers = {t.key for t in ground.tiers}
        slow = self.slow and _within(self.slow[1], ground)
        return Scenario(
            arrivals=self.arrivals,
            surges=tuple(
                Surge(service, count, *span, tier if tier in tiers else "")
                for service, count, tier, times in self.surges
                if service in services and (span := _within(times, ground))
            ),
            posts=tuple((key, OFF) for key in self._missing(ground)),
            outages=tuple(
                Span(what, *span)
                for what, times in self.out
                if (what in kinds or (what == EVERY and kinds)) and (span := _within(times, ground))
            ),
            slow=Slow(self.slow[0], *slow) if self.slow and slow else None,
        )

    def _missing(self, ground: Ground) -> list[str]:
        """The first so many people of each skill, in the order of the plan."""
        found = []
        for skill, count in self.absent.items():
            found += [w.key for w in ground.workers if w.main == skill][:count]
        return [w.key for w in ground.workers if w.key in found]


def _within(times: Times, ground: Ground) -> Times | None:
    """The span moved into the opening hours, as long as it fits; None for a span of no length."""
    length = min(times[1] - times[0], ground.closes - ground.opens)
    start = min(max(times[0], ground.opens), ground.closes - length)
    return (start, start + length) if length > 0 else None


@dataclass(frozen=True)
class FromTo:
    """A span of the day, written `from:` and `to:`."""

    from_: Annotated[ClockTime, Field(alias="from")]
    to: ClockTime

    @property
    def times(self) -> Times:
        """Local minutes."""
        return minute_of(self.from_), minute_of(self.to)


@dataclass(frozen=True)
class Wave(FromTo):
    """So many more customers of a service within a span."""

    service: Text
    count: Annotated[int, Ge(1), Le(MOST_COUNT)]
    tier: str = ""


@dataclass(frozen=True)
class Outage(FromTo):
    """A kind of machine, or all, out of order within a span."""

    what: Text


@dataclass(frozen=True)
class SlowSpan(FromTo):
    """Windows that work at so many per cent within a span."""

    percent: Annotated[int, Ge(10), Le(99)]


@dataclass(frozen=True)
class RehearsalBody:
    """What the YAML of a rehearsal may say."""

    key: str
    names: Names
    hints: Names
    arrivals: Annotated[int, Ge(LEAST), Le(MOST)] = 0
    surges: tuple[Wave, ...] = ()
    absent: dict[Skill, Annotated[int, Ge(1), Le(50)]] = field(default_factory=dict)
    out: tuple[Outage, ...] = ()
    slow: SlowSpan | None = None


def _check(body: RehearsalBody) -> str:
    spans: list[FromTo] = [*body.surges, *body.out, *([body.slow] if body.slow else [])]
    for span in spans:
        if span.times[0] >= span.times[1]:
            return _("%(from)s–%(to)s does not run forward") % {"from": span.from_, "to": span.to}
    return ""


def _build(body: RehearsalBody) -> Rehearsal:
    return Rehearsal(
        body.key, body.names, body.hints, body.arrivals,
        tuple((one.service, one.count, one.tier, one.times) for one in body.surges),
        {str(skill): count for skill, count in body.absent.items()}, tuple((one.what, one.times) for one in body.out),
        (body.slow.percent, body.slow.times) if body.slow else None,
    )  # fmt: skip


def come(one: Rehearsal, planned: float) -> float:
    """How many come when so many are planned."""
    return planned * (100 + one.arrivals) / 100 + sum(count for _service, count, _tier, _times in one.surges)


def _example(one: Rehearsal, example: dict[str, Any]) -> str:
    found = come(one, example["planned"])
    return "" if found == example["come"] else _("%(count)g come") % {"count": found}


def _references(one: Rehearsal) -> list[tuple[str, str]]:
    return [
        *(("service_types", service) for service, _count, _tier, _times in one.surges),
        *(("tiers", tier) for _service, _count, tier, _times in one.surges if tier),
    ]


LABELS = {
    "arrivals": pgettext_lazy("field", "More customers in per cent"),
    "surges": pgettext_lazy("field", "Waves of customers"),
    "service": pgettext_lazy("field", "Service"),
    "tier": pgettext_lazy("field", "Customer tier"),
    "absent": pgettext_lazy("field", "People absent by skill"),
    "out": pgettext_lazy("field", "Machines out of order"),
    "what": pgettext_lazy("field", "Kind of machine, or all"),
    "slow": pgettext_lazy("field", "Windows work slower"),
    "percent": pgettext_lazy("field", "Per cent of their speed"),
    **SKILL_NAMES,
}
declare(
    Kind(
        "rehearsals",
        type=RehearsalBody,
        check=_check,
        build=_build,
        check_example=_example,
        references=_references,
        title=gettext_lazy("Rehearsals"),
        labels=LABELS,
        pages=((gettext_lazy("What if"), "onsite:whatif"),),
    )
)


def rehearsals(on: date, pack: str = "cn") -> dict[str, Rehearsal]:
    """Those in force on a date, by key."""
    return {key: item.value for key, item in items("rehearsals", on, pack).items()}
