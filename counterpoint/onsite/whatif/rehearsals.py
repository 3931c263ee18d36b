"""Ready scenarios as content: a payday, an outage, a run. Each becomes a scenario of a branch and a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from counterpoint.onsite.whatif.ground import LOBBY, Ground
from counterpoint.onsite.whatif.scenario import EVERY, LEAST, MOST, MOST_COUNT, OFF, Scenario, Slow, Span, Surge
from counterpoint.primitives.content import Kind, declare, items
from counterpoint.role.api import SKILLS

Times = tuple[int, int]


@dataclass(frozen=True)
class Rehearsal:
    """A scenario that fits any branch. Surges are (service, count, tier, times), outages (what, times)."""

    key: str
    names: Mapping[str, str]
    hints: Mapping[str, str]
    arrivals: int
    surges: tuple[tuple[str, int, str, Times], ...]
    absent: Mapping[str, int]
    out: tuple[tuple[str, Times], ...]
    slow: tuple[int, Times] | None

    def name(self, language: str) -> str:
        """Name in the language, Chinese when it is missing."""
        return self.names.get(language) or self.names["zh-hans"]

    def hint(self, language: str) -> str:
        """What happens, in a line."""
        return self.hints.get(language) or self.hints["zh-hans"]

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


def _times(row: Mapping[str, Any]) -> Times:
    found = tuple(_minute(row[end]) for end in ("from", "to"))
    if found[0] >= found[1]:
        raise ValueError(f"{row['from']}–{row['to']} does not run forward")
    return found[0], found[1]


def _minute(text: str) -> int:
    hours, _colon, minutes = str(text).partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(hours) <= 24 and int(minutes) <= 59):
        raise ValueError(f'{text!r} is no time; write it as "10:30"')
    return 60 * int(hours) + int(minutes)


def _whole(value: Any, low: int, high: int, what: str) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{what} must be a whole number from {low} to {high}, not {value!r}")
    return value


def parse(body: dict[str, Any]) -> Rehearsal:
    """A body of YAML. ValueError, KeyError or TypeError say what is wrong."""
    known = {"key", "names", "hints", "arrivals", "surges", "absent", "out", "slow"}
    if unknown := sorted(set(body) - known):
        raise ValueError(f"{unknown[0]!r} is no field of a rehearsal; use {sorted(known)}")
    absent = {skill: _whole(count, 1, 50, "absent") for skill, count in body.get("absent", {}).items()}
    if strange := sorted(set(absent) - {*SKILLS, LOBBY}):
        raise ValueError(f"skill {strange[0]!r} is not one of {SKILLS}")
    slow = body.get("slow")
    return Rehearsal(
        body["key"], body["names"], body["hints"], _whole(body.get("arrivals", 0), LEAST, MOST, "arrivals"),
        tuple(
            (row["service"], _whole(row["count"], 1, MOST_COUNT, "count"), row.get("tier", ""), _times(row))
            for row in body.get("surges", ())
        ),
        absent, tuple((row["what"], _times(row)) for row in body.get("out", ())),
        (_whole(slow["percent"], 10, 99, "percent"), _times(slow)) if slow else None,
    )  # fmt: skip


def come(one: Rehearsal, planned: float) -> float:
    """How many come when so many are planned."""
    return planned * (100 + one.arrivals) / 100 + sum(count for _service, count, _tier, _times in one.surges)


def _example(one: Rehearsal, example: dict[str, Any]) -> str:
    found = come(one, example["planned"])
    return "" if found == example["come"] else f"{found:g} come"


declare(
    Kind(
        "rehearsals", parse, _example,
        lambda one: [
            *(("service_types", service) for service, _count, _tier, _times in one.surges),
            *(("tiers", tier) for _service, _count, tier, _times in one.surges if tier),
        ],
    )
)  # fmt: skip


def rehearsals(on: date, pack: str = "cn") -> dict[str, Rehearsal]:
    """Those in force on a date, by key."""
    return {key: item.value for key, item in items("rehearsals", on, pack).items()}
