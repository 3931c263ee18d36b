"""One branch as a task: roster it, or mend its roster, and say what colleagues more or less would be worth there."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from counterpoint.science.rostering import decode, serial, weekwise
from counterpoint.science.rostering.evaluate import evaluate
from counterpoint.science.rostering.many import release
from counterpoint.science.rostering.network.pricing import Worth, prices
from counterpoint.science.rostering.problem import Person, RosterProblem
from counterpoint.science.rostering.roster import Roster
from counterpoint.science.rostering.search import Limit
from counterpoint.science.rostering.solve import solve
from counterpoint.science.rostering.weekwise.hall import descent

PARTNERS = 3


@dataclass(frozen=True)
class Errand:
    """Roster ``problem`` by ``limit``, or with ``rounds`` above 0 mend ``hint`` by so many short steps; then price
    ``guests`` and the branch's ``own`` floaters."""

    problem: RosterProblem
    hint: Roster | None
    seed: int
    limit: Limit
    rounds: int
    guests: tuple[Person, ...]
    own: tuple[str, ...]

    def pack(self) -> bytes:
        """The errand as bytes."""
        text = {
            "release": release(), "problem": self.problem.to_dict(),
            "hint": self.hint and self.hint.to_dict(), "seed": self.seed,
            "limit": serial.plain(self.limit), "rounds": self.rounds, "guests": serial.plain(self.guests),
            "own": list(self.own),
        }  # fmt: skip
        return zlib.compress(json.dumps(text, ensure_ascii=False).encode(), 1)

    @classmethod
    def unpack(cls, payload: bytes) -> Errand:
        """The errand of :meth:`pack`. FanoutError when another release of counterpoint packed it."""
        from counterpoint.science import fanout

        text: Mapping[str, Any] = json.loads(zlib.decompress(payload))
        fanout.refuse_other(text["release"], release(), "rostering release")
        return cls(
            RosterProblem.from_dict(text["problem"]), Roster.from_dict(text["hint"]) if text["hint"] else None,
            text["seed"], Limit(**text["limit"]), text["rounds"],
            tuple(serial.build(Person, guest, "guest") for guest in text["guests"]), tuple(text["own"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Report:
    """A branch's roster by the judge: ``total`` points, hours ``short``; what guests would ``gain`` it a day and its
    own floaters would be ``missed``."""

    roster: Roster
    total: int
    short: float
    gain: Worth
    missed: Worth

    def pack(self) -> bytes:
        """The report as bytes."""
        text = {
            "roster": self.roster.to_dict(), "total": self.total, "short": self.short, "gain": self.gain,
            "missed": self.missed,
        }  # fmt: skip
        return zlib.compress(json.dumps(text, ensure_ascii=False).encode(), 1)

    @classmethod
    def unpack(cls, payload: bytes) -> Report:
        """The report of :meth:`pack`."""
        text: Mapping[str, Any] = json.loads(zlib.decompress(payload))
        return cls(Roster.from_dict(text["roster"]), text["total"], text["short"], text["gain"], text["missed"])


def run(payload: bytes) -> bytes:
    """The work of one task. ValueError when no roster keeps every hard rule."""
    errand = Errand.unpack(payload)
    roster = mended(errand) if errand.rounds and errand.hint is not None else None
    if roster is None:
        result = solve(errand.problem, seed=errand.seed, limit=errand.limit, hint=errand.hint)
        roster = result.roster
        if roster is None:
            raise ValueError(result.summary())
    found = evaluate(errand.problem, roster)
    if not found.feasible:
        raise ValueError(found.summary())
    gain, missed = prices(errand.problem, roster, errand.guests, errand.own)
    return Report(roster, found.total, found.short_hours, gain, missed).pack()


def mended(errand: Errand) -> Roster | None:
    """The hint improved by people answering one another; None when the week cannot be pictured or no roster results."""
    tables = weekwise.tables(errand.problem)
    if tables is None or errand.hint is None:
        return None
    plan = weekwise.plan_of(tables, errand.hint)
    cost, _ = descent(tables, plan, errand.seed, errand.rounds, PARTNERS, 0.0)
    if not weekwise.usable(cost):
        return None
    return decode.assign(errand.problem, weekwise.shifts_of(tables, plan), weekwise.heads_of(tables, plan))
