"""Several branches and the people who may work at another one for a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from counterpoint.science.rostering import serial
from counterpoint.science.rostering.problem import Person, RosterProblem

FORMAT = "counterpoint.network/1"


@dataclass(frozen=True, slots=True)
class Place:
    """A branch by its name, and its own rostering problem."""

    name: str
    problem: RosterProblem


@dataclass(frozen=True, slots=True)
class Floater:
    """Somebody of ``home`` (``person`` is an id there) who may spend whole days elsewhere.

    ``travel[branch]``: minutes there and back that count as working time; branches not named are too far. At most
    ``most_moves`` days of the horizon are spent away.
    """

    person: str
    home: str
    travel: Mapping[str, int]
    most_moves: int = 2


@dataclass(frozen=True, slots=True)
class Move:
    """A floater works at another branch on a day."""

    person: str
    day: int
    branch: str


@dataclass(frozen=True)
class NetworkProblem:
    """Branches of equal days and the floaters among their people; a day away costs ``move_cost`` points, an hour of
    travel ``travel_cost``. Ids of people differ over all branches that exchange people."""

    branches: tuple[Place, ...]
    floaters: tuple[Floater, ...] = ()
    move_cost: int = 40
    travel_cost: int = 60

    def __post_init__(self) -> None:
        names = [place.name for place in self.branches]
        if len(set(names)) != len(names):
            raise ValueError("two branches share a name; names must differ")
        if len({tuple(day.date for day in place.problem.days) for place in self.branches}) > 1:
            raise ValueError("the branches' days differ; people can only float between rosters of the same dates")
        ids = [floater.person for floater in self.floaters]
        if len(set(ids)) != len(ids):
            raise ValueError("a floater is listed twice")
        for floater in self.floaters:
            self._check(floater)

    def _check(self, floater: Floater) -> None:
        unknown = {floater.home, *floater.travel} - self.places.keys()
        if unknown:
            raise ValueError(f"{floater.person} names branches that are not here: {sorted(unknown)}")
        if floater.home in floater.travel:
            raise ValueError(f"{floater.person} cannot be borrowed by the home branch {floater.home}")
        if all(person.id != floater.person for person in self.places[floater.home].people):
            raise ValueError(f"{floater.person} is nobody of {floater.home}")
        for name in floater.travel:
            if any(person.id == floater.person for person in self.places[name].people):
                raise ValueError(f"somebody of {name} has the id {floater.person}, too")
        if floater.most_moves < 0 or any(minutes < 0 for minutes in floater.travel.values()):
            raise ValueError(f"{floater.person}: moves and minutes of travel are 0 or more")

    @cached_property
    def places(self) -> Mapping[str, RosterProblem]:
        """Problems by branch."""
        return {place.name: place.problem for place in self.branches}

    def who(self, floater: Floater) -> Person:
        """The floater as the home branch knows them."""
        return self.places[floater.home].person(floater.person)

    def price(self, floater: Floater, branch: str) -> int:
        """Points of one day away."""
        return self.move_cost + -(-floater.travel[branch] * self.travel_cost // 60)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; :meth:`from_dict` gives back an equal problem."""
        return serial.tagged(self, FORMAT)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> NetworkProblem:
        """Read :meth:`to_dict`'s form. ValueError names the field that does not fit."""
        found: NetworkProblem = serial.untagged(cls, data, FORMAT)
        return found
