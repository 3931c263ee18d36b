"""The rostering problem as one typed, JSON-serialisable value.

Units: times are minutes after local midnight, lengths are minutes, costs are integer points. Days are numbered from 0
in the order of ``RosterProblem.days``; intervals are numbered from 0 within a day from ``start`` in steps of ``step``.
Series (demand) are flat tuples, day after day: position ``day * intervals + interval``.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from counterpoint.science.rostering import serial

FORMAT = "counterpoint.roster/1"


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day (ISO ``date``); ``open`` and ``close`` are None when the branch is closed."""

    date: str
    open: int | None = None
    close: int | None = None

    @property
    def weekday(self) -> int:
        """Monday 0 … Sunday 6."""
        return datetime.date.fromisoformat(self.date).weekday()

    @property
    def week(self) -> str:
        """ISO week, such as ``2026-W48``."""
        year, week, _ = datetime.date.fromisoformat(self.date).isocalendar()
        return f"{year}-W{week:02d}"


@dataclass(frozen=True, slots=True)
class Window:
    """A span of one day, half open; ``credit`` minutes count as worked against the contract (paid leave)."""

    day: int
    start: int
    end: int
    reason: str = ""
    credit: int = 0

    def overlaps(self, start: int, end: int) -> bool:
        """True when ``[start, end)`` and the window share a minute."""
        return start < self.end and self.start < end


@dataclass(frozen=True, slots=True)
class Core:
    """Fixed core hours: on that day a working person is present throughout; ``must`` also obliges them to work."""

    day: int
    start: int
    end: int
    must: bool = False


@dataclass(frozen=True, slots=True)
class Skill:
    """A qualification with level 1–5; not valid after ``until`` (ISO date, None: no expiry)."""

    key: str
    level: int = 1
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Preference:
    """A wish of weight 1 (mild) to 5 (strong). ``off``/``work``: the day; ``early``/``late``: a shift ending at or
    before / starting at or after ``time``; ``avoid``: not working across ``time`` on that day."""

    day: int
    kind: Literal["off", "work", "early", "late", "avoid"]
    time: int = 0
    weight: int = 1


@dataclass(frozen=True, slots=True)
class History:
    """What the person carried before this horizon; ``run_days`` are the days worked in a row just before it."""

    minutes: int = 0
    lates: int = 0
    weekends: int = 0
    overtime_month: int = 0
    run_days: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """One employee. ``overtime_agreed`` is the overtime (minutes in this horizon) the person has consented to;
    ``protected`` people (pregnancy from month 7, child under one) get none. Limits a week apply to whole ISO weeks."""

    id: str
    name: str
    skills: tuple[Skill, ...]
    min_week: int = 0
    max_week: int = 2400
    min_day: int = 240
    max_day: int = 480
    overtime_agreed: int = 0
    protected: bool = False
    core: tuple[Core, ...] = ()
    unavailable: tuple[Window, ...] = ()
    preferences: tuple[Preference, ...] = ()
    history: History = History()
    home: str = ""

    def can(self, skill: str, level: int, on: str) -> bool:
        """True when the person holds ``skill`` at ``level`` or better on the ISO date ``on``."""
        return any(s.key == skill and s.level >= level and (s.until is None or on <= s.until) for s in self.skills)


@dataclass(frozen=True, slots=True)
class Template:
    """A named shift from ``start`` to ``end`` (lunch inside)."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Flexible:
    """Every shift starting ``earliest``…``latest`` in steps, of ``shortest``…``longest`` minutes in steps."""

    earliest: int
    latest: int
    shortest: int
    longest: int
    step: int = 30


@dataclass(frozen=True, slots=True)
class ShiftRules:
    """Allowed shifts: named ones and flexible ranges, inside opening hours widened by ``lead`` and ``tail``."""

    templates: tuple[Template, ...] = ()
    flexible: tuple[Flexible, ...] = ()
    lead: int = 30
    tail: int = 30


@dataclass(frozen=True, slots=True)
class LunchRules:
    """A shift of ``from_span`` minutes or more holds one unpaid lunch of one of ``lengths``, wholly inside
    ``earliest``…``latest`` and ``edge`` minutes away from both ends of the shift."""

    earliest: int = 660
    latest: int = 810
    lengths: tuple[int, ...] = (30,)
    from_span: int = 360
    edge: int = 60
    hard: bool = True
    weight: int = 200
    source: str = "branch practice: rotate 30-45 min, 11:00-13:30"
    mark: str = "D"


@dataclass(frozen=True, slots=True)
class Minimum:
    """At least ``count`` people on any of ``skills`` while the branch is open (or in ``start``…``end`` of it)."""

    key: str
    skills: tuple[str, ...]
    count: int = 1
    start: int | None = None
    end: int | None = None
    hard: bool = True
    weight: int = 400
    source: str = "branch practice: 1 cash + 1 non-cash + 1 lobby"
    mark: str = "D"

    def due(self, problem: RosterProblem, day: int, minute: int) -> bool:
        """True when the post must be held in the interval beginning at ``minute``, be it for a part of it."""
        start, end = self.start or 0, 1440 if self.end is None else self.end
        return problem.open_at(day, minute) and problem.touches(minute, start, end)


@dataclass(frozen=True, slots=True)
class TwoPerson:
    """At least ``count`` people qualified for ``skill`` at work from ``start`` to ``end`` on every open day, or only on
    ``days`` (whatever post they hold: they leave it together for the vault or the cash box)."""

    key: str
    skill: str
    start: int
    end: int
    count: int = 2
    days: tuple[int, ...] | None = None
    hard: bool = True
    weight: int = 400
    source: str = "dual control of vault and cash boxes"
    mark: str = "K"


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated parameter. ``weight`` is the cost per unit of excess when the rule is not ``hard``. Keys understood:
    see :data:`counterpoint.science.rostering.rules.KEYS`."""

    key: str
    value: int
    unit: str
    source: str
    mark: str
    hard: bool
    weight: int = 0
    valid_from: str = "1995-01-01"
    valid_to: str | None = None

    def in_force(self, on: str) -> bool:
        """True on the ISO date ``on``."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Pin:
    """The supervisor's fixed cell: day ``off``; exactly this ``shift``; or ``task``: on ``skill`` from start to end."""

    person: str
    day: int
    kind: Literal["off", "shift", "task"]
    start: int = 0
    end: int = 0
    skill: str | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A restriction set aside by somebody, with the reason on record. ``key`` as in violations; ``person``, ``day`` and
    ``start`` narrow it (None: any). A hard V-marked rule cannot be waived."""

    key: str
    reason: str
    person: str | None = None
    day: int | None = None
    start: int | None = None

    def covers(self, key: str, person: str | None, day: int | None, start: int | None) -> bool:
        """True when it sets this restriction aside."""
        wanted = ((self.person, person), (self.day, day), (self.start, start))
        return self.key == key and all(mine is None or mine == other for mine, other in wanted)


@dataclass(frozen=True, slots=True)
class Costs:
    """Points per person-hour unless said otherwise. A second person missing in the same interval costs double."""

    under: int = 200
    under_p90: int = 24
    over: int = 12
    overtime: int = 120
    off_target: int = 4
    preference: int = 10  # per weight point
    late: int = 4  # fairness: grows with each further late shift a person carries, history included
    weekend: int = 8  # the same for days worked at weekends
    late_after: int = 1035  # a shift ending after this minute is a late one

    def __post_init__(self) -> None:
        hourly = (self.under, self.under_p90, self.over, self.overtime, self.off_target)
        if any(cost < 0 or cost % 4 for cost in hourly) or self.overtime % 60:
            raise ValueError(
                "costs per hour are whole multiples of 4 points (overtime: of 60), so that slots have whole prices"
            )


@dataclass(frozen=True, slots=True)
class Reserve:
    """Somebody who can be had at a price: a floating colleague of another branch or a flexible person on call."""

    person: Person
    cost_per_hour: int
    kind: Literal["borrow", "call_in"] = "borrow"


@dataclass(frozen=True, slots=True)
class RosterProblem:
    """Everything the roster depends on. ``demand[skill]`` is the needed people per interval, ``demand_p90`` a softer
    target above it; ``levels`` the level a skill's posts ask for (1 when absent)."""

    days: tuple[Day, ...]
    start: int
    end: int
    step: int
    people: tuple[Person, ...]
    demand: Mapping[str, tuple[int, ...]]
    shifts: ShiftRules
    demand_p90: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    lunch: LunchRules | None = LunchRules()
    minimums: tuple[Minimum, ...] = ()
    two_person: tuple[TwoPerson, ...] = ()
    rules: tuple[Rule, ...] = ()
    pins: tuple[Pin, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    costs: Costs = Costs()
    reserves: tuple[Reserve, ...] = ()
    coverage_hard: bool = False

    def __post_init__(self) -> None:
        if self.step not in (15, 30) or (self.end - self.start) % self.step:
            raise ValueError(
                f"step must be 15 or 30 minutes and divide the day {self.start}-{self.end}, not {self.step}"
            )
        wanted = len(self.days) * self.intervals
        for skill, series in (*self.demand.items(), *self.demand_p90.items()):
            if len(series) != wanted:
                raise ValueError(f"demand of {skill} has {len(series)} intervals; {len(self.days)} days need {wanted}")
        ids = [person.id for person in self.people]
        if len(set(ids)) != len(ids):
            raise ValueError("two people share an id; every person needs an own one")
        if self.lunch and any(minutes % self.step for minutes in self.lunch.lengths):
            raise ValueError(f"lunch lengths {self.lunch.lengths} do not fit a grid of {self.step} minutes")
        forbidden = sorted(self.law & {waiver.key for waiver in self.waivers})
        if forbidden:
            raise ValueError(f"{forbidden} cannot be waived: the law stands; change the roster instead")
        strangers = {pin.person for pin in self.pins} - set(ids)
        if strangers:
            raise ValueError(f"pinned people are not in the roster: {sorted(strangers)}")
        self._check_days()

    def _check_days(self) -> None:
        dated = [(pin.person, "a fixed cell", pin.day) for pin in self.pins]
        for person in self.people:
            dated += [(person.id, "leave", window.day) for window in person.unavailable]
            dated += [(person.id, "core hours", core.day) for core in person.core]
            dated += [(person.id, "a wish", wish.day) for wish in person.preferences]
        for who, what, day in dated:
            if not 0 <= day < len(self.days):
                raise ValueError(f"{who} has {what} on day {day}; the roster's days are 0 to {len(self.days) - 1}")

    @property
    def intervals(self) -> int:
        """Intervals in one day."""
        return (self.end - self.start) // self.step

    def slot(self, hourly: int) -> int:
        """Points per interval of a cost per hour."""
        return hourly * self.step // 60

    @property
    def law(self) -> frozenset[str]:
        """Keys that nobody can waive: hard V-marked rules of any date, and people's consent."""
        return frozenset({"overtime.agreed", *(rule.key for rule in self.rules if rule.hard and rule.mark == "V")})

    @property
    def skills(self) -> tuple[str, ...]:
        """Skills of posts: asked for by demand, its P90, a minimum or a task fixed by hand; sorted."""
        fixed = {pin.skill for pin in self.pins if pin.kind == "task" and pin.skill}
        asked = {*self.demand, *self.demand_p90, *(s for m in self.minimums for s in m.skills)}
        return tuple(sorted(asked | fixed))

    @property
    def qualifications(self) -> tuple[str, ...]:
        """Skills that matter to any rule: the posts' and those of two-person tasks, sorted."""
        return tuple(sorted({*self.skills, *(pair.skill for pair in self.two_person)}))

    def person(self, person_id: str) -> Person:
        """The person of that id; KeyError names an unknown one."""
        for person in self.people:
            if person.id == person_id:
                return person
        raise KeyError(f"nobody in this roster has the id {person_id!r}")

    def rule(self, key: str, day: int) -> Rule | None:
        """The parameter of that key in force on a day; the one that began last when two overlap."""
        on = self.days[day].date
        found = [rule for rule in self.rules if rule.key == key and rule.in_force(on)]
        return max(found, key=lambda rule: rule.valid_from) if found else None

    def open_at(self, day: int, minute: int) -> bool:
        """True when the branch is open to customers at some time of the interval beginning at ``minute``."""
        this = self.days[day]
        return this.open is not None and this.close is not None and self.touches(minute, this.open, this.close)

    def touches(self, minute: int, start: int, end: int) -> bool:
        """True when the interval beginning at ``minute`` shares a minute with ``start``…``end``."""
        return start < minute + self.step and minute < end

    def ticks(self, start: int, end: int) -> range:
        """First minutes of the intervals that share a minute with ``start``…``end``."""
        return range(start - (start - self.start) % self.step, end, self.step)

    def weeks(self) -> dict[str, tuple[int, ...]]:
        """ISO week → day numbers of this horizon."""
        found: dict[str, list[int]] = {}
        for number, day in enumerate(self.days):
            found.setdefault(day.week, []).append(number)
        return {week: tuple(numbers) for week, numbers in found.items()}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; :meth:`from_dict` gives back an equal problem."""
        return serial.tagged(self, FORMAT)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> RosterProblem:
        """Read :meth:`to_dict`'s form. ValueError names the field that does not fit."""
        found: RosterProblem = serial.untagged(cls, data, FORMAT)
        return found
