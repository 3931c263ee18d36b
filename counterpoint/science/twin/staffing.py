"""Who works on the day: people, what they may do, when, and where they sit."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from counterpoint.science.twin.model import BranchModel, require

LOBBY_POST, DESK_POST = "lobby", "desk"


@dataclass(frozen=True, slots=True)
class Person:
    """One member of staff.

    ``skills`` are service codes. ``speed`` divides service times (1.25 serves in 80 % of the mean). ``shifts`` are
    (start, end) minutes; ``breaks`` are (start, minutes), each within a shift. ``post`` is a counter code, ``"lobby"``,
    ``"desk"`` (the duty desk, where authorisations are given) or ``None`` (on call). Two people may share a counter:
    the second sits down when the first leaves it.
    """

    code: str
    skills: tuple[str, ...] = ()
    shifts: tuple[tuple[float, float], ...] = ((540.0, 1020.0),)
    breaks: tuple[tuple[float, float], ...] = ()
    post: str | None = None
    speed: float = 1.0

    def __post_init__(self) -> None:
        require(self.speed > 0, f"{self.code}: speed must be positive, not {self.speed}.")
        last = float("-inf")
        for start, end in self.shifts:
            require(start < end, f"{self.code}: a shift must end after it starts ({start:g} to {end:g}).")
            require(start >= last, f"{self.code}: shifts must be in order and not overlap.")
            last = end
        for start, minutes in self.breaks:
            require(minutes > 0, f"{self.code}: a break must last longer than 0 minutes.")
            inside = any(a <= start and start + minutes <= b for a, b in self.shifts)
            require(inside, f"{self.code}: the break at {start:g} does not lie within a shift.")


@dataclass(frozen=True, slots=True)
class Staffing:
    """The people of one day. Build with :func:`Staffing.of` or directly."""

    people: tuple[Person, ...]

    def __post_init__(self) -> None:
        codes = self.codes
        twice = sorted({code for code in codes if codes.count(code) > 1})
        require(not twice, f"The person {', '.join(twice)} is listed twice.")

    @classmethod
    def of(cls, *people: Person) -> Staffing:
        """Staffing of the given people."""
        return cls(tuple(people))

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the people, in order."""
        return tuple(person.code for person in self.people)

    def index(self, code: str) -> int:
        """Position of a person by code; ModelError when unknown."""
        require(code in self.codes, f"Unknown person {code!r}; on this day work {', '.join(self.codes) or 'none'}.")
        return self.codes.index(code)

    def check(self, model: BranchModel) -> None:
        """Raise ModelError when a skill or post does not exist in ``model``."""
        for person in self.people:
            for skill in person.skills:
                require(skill in model.service_codes, f"{person.code}: unknown skill {skill!r}.")
            known = person.post in (None, LOBBY_POST, DESK_POST) or person.post in model.counter_codes
            require(known, f"{person.code}: unknown post {person.post!r}; use a counter code, 'lobby', 'desk' or None.")

    def to_json(self) -> str:
        """The staffing as JSON text; :meth:`from_json` gives an equal staffing."""
        return json.dumps([asdict(person) for person in self.people], ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Staffing:
        """Staffing from :meth:`to_json` text."""
        rows: list[dict[str, Any]] = json.loads(text)
        return cls(
            tuple(
                Person(
                    **{
                        **row,
                        "skills": tuple(row["skills"]),
                        "shifts": tuple((a, b) for a, b in row["shifts"]),
                        "breaks": tuple((a, b) for a, b in row["breaks"]),
                    }
                )
                for row in rows
            )
        )


def one_person_a_counter(model: BranchModel, count: int | None = None) -> Staffing:
    """All-round people, one for each of the first ``count`` counters, present for the whole day and the overrun."""
    shift = (model.open_minute, model.close_minute + model.overrun_minutes)
    counters = model.counters if count is None else model.counters[:count]
    return Staffing(
        tuple(Person(f"p{i + 1}", model.service_codes, (shift,), (), c.code) for i, c in enumerate(counters))
    )
