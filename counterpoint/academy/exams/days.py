"""Days to be played in exams: the game of each, what scripted players make of it, and which one a sitting gets.

A day is measured once by a job, at headquarters; a sitting draws among the measured days that fit its exam.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from counterpoint.academy.catalogue.blueprints import BLUEPRINTS, Simulator
from counterpoint.academy.catalogue.scenarios import SCENARIOS
from counterpoint.academy.drill import games
from counterpoint.academy.models import DayStat
from counterpoint.academy.rules import days as rules
from counterpoint.academy.science import playing
from counterpoint.academy.verbs import MANAGE, SIT
from counterpoint.foundation.api import DomainError, OrgUnit, Scope, jobs, journal, scoped, system_scope
from counterpoint.primitives.content import Item, items

JOB = "academy.days"
BUDGET = 1500  # days tried for the reference
FUTURES = 40  # of each question to the advisor
LONGEST = (8.0, 12.0, 16.0)  # minutes of wait at which the rule of thumb acts, a try each
DRAWS = (1, 2, 3)  # of the advisor's futures, a try each
GLANCE_EVERY = 30  # minutes between two looks of who looks seldom


class Unmeasured(DomainError):
    """No day of the exam has been measured and fits it."""

    code = "unmeasured"
    status = 409


@dataclass(frozen=True)
class Day:
    """A day of an exam: the number that the exam gives it, its scenario's version, its game, and what was measured."""

    exam: Item
    number: int
    version: int
    game: playing.Game
    game_hash: str
    stat: DayStat | None

    @property
    def part(self) -> Simulator:
        """What the exam says of its day."""
        held = self.exam.value.simulator
        assert isinstance(held, Simulator)
        return held

    @property
    def measured(self) -> rules.Measured | None:
        """What scripted players made of it."""
        return None if self.stat is None else measured_of(self.stat)

    @property
    def unfit(self) -> str:
        """Why no sitting gets it: `unmeasured`, or what the rules say; empty when it may be drawn."""
        found = self.measured
        return "unmeasured" if found is None else rules.unfit(found, self.part.standard)


def measured_of(stat: DayStat) -> rules.Measured:
    """A stored measurement as the rules read it."""
    return rules.Measured(stat.nothing, stat.reference, stat.ladder, stat.difficulty, stat.difficulty_error)


def seed_of(exam: str, number: int) -> int:
    """The seed of an exam's day, by the key of this house: whoever reads the exam's content cannot play the day
    beforehand."""
    return int.from_bytes(salted_hmac("academy.exam_day", f"{exam}\0{number}", algorithm="sha256").digest()[:4])


def days_of(exam: Item, unit: OrgUnit, on: date, numbers: Iterable[int] | None = None) -> list[Day]:
    """The days of an exam at a unit on a date; none when its scenario is not in force there."""
    part: Simulator | None = exam.value.simulator
    scene = items(SCENARIOS, on, unit.rule_pack, bank=unit.path).get(part.scenario) if part else None
    if part is None or scene is None:
        return []
    parts = games.parts_of(scene.value, bank=unit.path)
    held = [
        (number, games.game_of_window(
            scene.value, seed=seed_of(exam.key, number), size=part.size, start=part.start, minutes=part.minutes,
            parts=parts,
        ))
        for number in (part.seeds if numbers is None else numbers)
    ]  # fmt: skip
    hashes = [game.hash() for _number, game in held]
    known = stats(unit, hashes)
    return [
        Day(exam, number, scene.version, game, name, known.get(name))
        for (number, game), name in zip(held, hashes, strict=True)
    ]


def stats(unit: OrgUnit, hashes: Sequence[str]) -> dict[str, DayStat]:
    """Measurements by game. They stand at headquarters and name nobody."""
    with scoped(system_scope((SIT,), (unit.bank_path,), "day numbers")):
        return {row.game_hash: row for row in DayStat.objects.filter(game_hash__in=hashes).select_related("org_unit")}


def draw(found: Sequence[Day], seed: int, played: Mapping[str, int], own: frozenset[str]) -> Day:
    """The day of a sitting: of those that fit one that the person has not played, of these one of the least `played`,
    by the sitting's seed. Raises `Unmeasured`."""
    fit = [one for one in found if not one.unfit]
    if not fit:
        raise Unmeasured(_("No day of this exam is measured yet. Try again in some minutes, or tell headquarters."))
    fresh = [one for one in fit if one.game_hash not in own] or fit
    least = min(played.get(one.game_hash, 0) for one in fresh)
    few = [one for one in fresh if played.get(one.game_hash, 0) == least]
    return min(few, key=lambda one: hashlib.sha256(f"{seed}\0{one.number}".encode()).digest())


def ladder(game: playing.Game) -> rules.Measured:
    """What scripted players make of a game. The same game gives the same figures."""
    closes = 60 * game.closes

    def loss(orders: Iterable[playing.Order]) -> float:
        inside = [one for one in orders if one.second < closes]
        return playing.play(game, inside, log=False).loss.total

    def thumb(longest: float, every: int = 10) -> playing.Played:
        return playing.follow(game, playing.thumb(longest), every=every, log=False)

    def advised(seed: int) -> tuple[playing.Order, ...]:
        kind = playing.kindest(game)
        return playing.answered(game, playing.follow(kind, playing.advised(seed, futures=FUTURES), log=False).orders)

    best = playing.best(game, budget=BUDGET)
    losses = {
        rules.GLANCE: [thumb(longest, GLANCE_EVERY).loss.total for longest in LONGEST],
        rules.RULE: [loss(playing.answered(game, thumb(longest).orders)) for longest in LONGEST],
        rules.ADVISED: [loss(advised(seed)) for seed in DRAWS],
    }
    return rules.measured(best.nothing, loss(best.orders), losses)


def exams_with_days(unit: OrgUnit, on: date) -> list[Item]:
    """Exams in force at a unit that have a day to be played."""
    held = items(BLUEPRINTS, on, unit.rule_pack, bank=unit.path)
    return [item for _key, item in sorted(held.items()) if item.value.simulator is not None]


def measure(_payload: dict[str, Any], *, scope: Scope, report: Any, now: datetime) -> dict[str, Any]:
    """Measure every day of the bank's exams that was not measured yet. Run again it finds nothing to do."""
    with scoped(scope):
        unit = OrgUnit.objects.order_by("path").filter(path__within=scope.roots)[0]
    on = unit.date_at(now)
    found = [day for exam in exams_with_days(unit, on) for day in days_of(exam, unit, on) if day.stat is None]
    for done, day in enumerate(found):
        report(done / len(found), "")
        _keep(scope, unit, day, ladder(day.game), now)
    return {"days": len(found)}


@transaction.atomic
def _keep(scope: Scope, unit: OrgUnit, day: Day, found: rules.Measured, now: datetime) -> None:
    with scoped(scope):
        _row, new = DayStat.objects.get_or_create(
            org_unit=unit, game_hash=day.game_hash,
            defaults={
                "scenario": day.part.scenario, "version": day.version, "seed": day.number, "nothing": found.nothing,
                "reference": found.reference, "ladder": {name: list(some) for name, some in found.ladder.items()},
                "difficulty": found.difficulty, "difficulty_error": found.error, "at": now,
            },
        )  # fmt: skip
        if new:
            journal.record(
                scope=scope, org_unit=unit, kind="academy.day_measured", subject=day.game_hash[:32], at=now,
                data={"exam": day.exam.key, "day": day.number, "difficulty": round(found.difficulty, 2)},
            )  # fmt: skip


def ask(unit: OrgUnit, now: datetime) -> bool:
    """Ask for the days of a bank's exams to be measured; False when all are. Asked for once an hour at most."""
    scope = system_scope((MANAGE,), (unit.bank_path,), label="exam days")
    with scoped(scope):
        top = OrgUnit.objects.get(path=unit.bank_path)
        on = top.date_at(now)
        left = [day for exam in exams_with_days(top, on) for day in days_of(exam, top, on) if day.stat is None]
        if not left:
            return False
        name = hashlib.sha256("".join(sorted(day.game_hash for day in left)).encode()).hexdigest()[:16]
        key = f"{JOB}:{top.path}:{name}:{now:%Y%m%d%H}"
        jobs.enqueue(scope=scope, org_unit=top, kind=JOB, key=key, payload={}, now=now)
    return True


def hourly(now: datetime) -> int:
    """Ask in every bank; returns how many banks had days to measure."""
    with scoped(system_scope((MANAGE,), label="exam days")):
        banks = list(OrgUnit.objects.filter(parent=None))
    return sum(ask(bank, now) for bank in banks)
