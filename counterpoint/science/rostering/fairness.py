"""The fairness ledger: what every person carries, this horizon and with history, for all to see."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from counterpoint.science.rostering.problem import Person, RosterProblem
from counterpoint.science.rostering.roster import Roster
from counterpoint.science.rostering.scoring import honoured, overtime


@dataclass(frozen=True, slots=True)
class Entry:
    """One person's line. ``total_*`` include history; ``wishes_met`` of ``wishes`` preferences were honoured,
    wishes for days on which the branch is closed left out."""

    person: str
    name: str
    minutes: int
    lates: int
    weekends: int
    overtime: int
    lunches: int
    wishes: int
    wishes_met: int
    total_minutes: int
    total_lates: int
    total_weekends: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """All lines in the order of the problem's people."""

    entries: tuple[Entry, ...]

    def spread(self) -> dict[str, int]:
        """Most less least carried, history included."""
        return {
            name: max(values, default=0) - min(values, default=0)
            for name in ("total_lates", "total_weekends")
            for values in [[getattr(e, name) for e in self.entries]]
        }

    def summary(self) -> str:
        """One line for a person."""
        met, asked = sum(e.wishes_met for e in self.entries), sum(e.wishes for e in self.entries)
        spread = self.spread()
        return (
            f"{met} of {asked} wishes met; late shifts differ by {spread['total_lates']}, "
            f"weekend days by {spread['total_weekends']} (history included)"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row a person."""
        return pd.DataFrame([{f: getattr(e, f) for f in Entry.__slots__} for e in self.entries])


def ledger(problem: RosterProblem, roster: Roster) -> Ledger:
    """Count what ``roster`` asks of everybody."""
    return Ledger(tuple(_entry(problem, person, roster) for person in problem.people))


def _entry(problem: RosterProblem, person: Person, roster: Roster) -> Entry:
    own = [s for s in roster.shifts if s.person == person.id]
    lates = sum(s.end > problem.costs.late_after for s in own)
    weekends = sum(problem.days[s.day].weekday >= 5 for s in own)
    minutes = sum(s.minutes for s in own)
    wishes = [wish for wish in person.preferences if problem.days[wish.day].open is not None]
    return Entry(
        person=person.id,
        name=person.name,
        minutes=minutes,
        lates=lates,
        weekends=weekends,
        overtime=overtime(problem, person, own),
        lunches=sum(s.lunch is not None for s in own),
        wishes=len(wishes),
        wishes_met=sum(honoured(w, roster.of(person.id, w.day)) for w in wishes),
        total_minutes=person.history.minutes + minutes,
        total_lates=person.history.lates + lates,
        total_weekends=person.history.weekends + weekends,
    )
