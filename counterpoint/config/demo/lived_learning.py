"""A lived-in year of learning: lessons passed, under way and due, a rule that changed since, wishes that were taken up.

Everything goes through the verbs of the academy, by the people of the cast, at times of the past: answers right and
wrong, figures as the pages gave them that day, practised exercises acted out in their practice branches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.academy import api as academy
from counterpoint.academy.catalogue.lessons import played
from counterpoint.academy.catalogue.questions import right_of
from counterpoint.academy.catalogue.reading import question, shelf
from counterpoint.academy.practice import worlds
from counterpoint.academy.probes import Look, read
from counterpoint.academy.rules.checking import NOTHING
from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan, PersonPlan
from counterpoint.foundation.api import OrgUnit, Scope, User, nearest_holders, scope_of
from counterpoint.service import api as service

PLANNING = ("academy.planning.forecast", "academy.planning.roster")
LOOKING, READING, LEVELS = "academy.onsite.looking", "academy.numbers.reading", "academy.service.levels"
QUIET = 3  # days before today of which nothing is told
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Learner:
    """Somebody who learns at a branch."""

    user: User
    unit: OrgUnit

    def scope(self, at: datetime) -> Scope:
        """What they may do then."""
        return scope_of(self.user, at)


@dataclass(frozen=True)
class Way:
    """Who of a branch learnt what: role and its place among its like, lessons, days before today of the first one,
    the chance of a right first answer, and how much of the last lesson was done."""

    branch: str
    role: str
    place: int
    lessons: tuple[str, ...]
    days: int
    sure: float = 0.8
    left: bool = False  # the last one is still under way


# What certificates ask for is learnt for them: lived_certificates.
WAYS = (
    Way("b01", "supervisor", 0, (*PLANNING, "academy.risk.data"), 150, 0.9),
    Way("b01", "supervisor", 0, (READING, "academy.rhythm.desk", "academy.risk.errors"), 40, 0.8, left=True),
    Way("b01", "lobby_manager", 0, (LOOKING,), 130, 0.85),
    Way("b01", "lobby_manager", 1, (LOOKING, "academy.onsite.surge"), 60, 0.6),
    Way("b01", "branch_head", 0, ("academy.rhythm.goals", "academy.numbers.cause"), 90, 0.9),
    Way("b01", "teller", 0, ("academy.risk.talking_out",), 75, 0.7),
    Way("b01", "teller", 1, (LOOKING,), 12, 0.5, left=True),
    Way("b02", "supervisor", 0, ("academy.rhythm.desk", LOOKING), 110, 0.8),
    Way("b05", "supervisor", 0, (LOOKING, "academy.onsite.surge", READING), 100, 0.9),
    Way("b05", "lobby_manager", 0, (LOOKING,), 98, 0.8),
    Way("b09", "supervisor", 0, ("academy.rhythm.desk", "academy.rhythm.people"), 55, 0.7, left=True),
)  # fmt: skip
# Branch, role, place, course, days to the last day (negative: it is over), days before today on which it was assigned.
COURSES = (
    ("b01", "supervisor", 0, "academy.rhythm.duties", 6, 20),
    ("b01", "lobby_manager", 1, "academy.onsite.floor", -4, 40),
    ("b01", "teller", 0, "academy.fraud", 12, 10),
    ("b01", "teller", 1, "academy.onsite.floor", 3, 14),
    ("b05", "lobby_manager", 0, "academy.onsite.floor", -9, 50),
)


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Write the year of learning; returns how many lessons were begun. Call in a transaction."""
    chance, known, count = np.random.default_rng([seed, 67]), {plan.code: plan for plan in plans}, 0
    for way in WAYS:
        learner = learner_of(known, built, way.branch, way.role, way.place)
        if learner is None:
            continue
        count += walked(learner, way, moments(learner.unit, since, until, way.days, len(way.lessons)), chance)
    for code, role, place, course, left, ago in COURSES:
        learner = learner_of(known, built, code, role, place)
        if learner is not None:
            _assign(known[code], built, learner, course, until, left, ago, since)
    _take_wishes(built.units[plans[0].code], until)
    return count


def learner_of(known: dict[str, BranchPlan], built: Built, code: str, role: str, place: int = 0) -> Learner | None:
    """The so-manieth with a role at a branch; None where the bank is too small."""
    people: tuple[PersonPlan, ...] = known[code].of_role(role) if code in known else ()
    if place >= len(people):
        return None
    return Learner(built.people[people[place].staff_no], built.units[code])


def moments(unit: OrgUnit, since: date, until: datetime, days: int, count: int, apart: int = 4) -> list[datetime]:
    """So many evenings on working days, `apart` days from one another, the first `days` before today or as early as the
    bank's past allows; none of the last days."""
    on = unit.date_at(until)
    room = max(1, (on - since).days - 2)
    first = on - timedelta(days=min(days, room))
    found = []
    for step in range(count):
        day = min(first + timedelta(days=apart * step), on - timedelta(days=QUIET))
        while day.weekday() > 4 and day > since + timedelta(days=1):
            day -= timedelta(days=1)
        found.append(at_time(unit, day, time(17, 40), step))
    return found


def at_time(unit: OrgUnit, day: date, moment: time, later: int = 0) -> datetime:
    """An instant of a branch's day, some minutes later for things that follow one another."""
    return datetime.combine(day, moment, ZoneInfo(unit.time_zone)) + later * MINUTE


def walked(learner: Learner, way: Way, at: Sequence[datetime], chance: np.random.Generator) -> int:
    """Learn the lessons one after the other; the last one stays under way where the way says so."""
    for place, (lesson, now) in enumerate(zip(way.lessons, at, strict=True), 1):
        learn(learner, lesson, now, chance, sure=way.sure, whole=not (way.left and place == len(way.lessons)))
    return len(way.lessons)


def learn(
    learner: Learner, lesson: str, now: datetime, chance: np.random.Generator, *, sure: float = 1.0, whole: bool = True
) -> None:  # fmt: skip
    """Take a lesson: each question answered, again until right; then the exercise. Half of a lesson that is not to be
    `whole`, without its exercise. A lesson that is not in force yet is left alone."""
    unit, on = learner.unit, learner.unit.date_at(now)
    item = shelf(unit, on).lessons.get(lesson)
    if item is None:
        return
    run = academy.lesson_start(scope=learner.scope(now), unit=unit, lesson=lesson, now=now)
    asked = [one for one in (question(key, unit, on) for key in item.value.questions) if one is not None]
    for place, one in enumerate(asked if whole else asked[: len(asked) // 2], 1):
        moment = now + place * 2 * MINUTE
        right = right_of(one.value, on, unit.rule_pack, unit.path)
        here: dict[str, Any] = {"scope": learner.scope(moment), "run": run.pk, "question_key": one.key}
        if chance.uniform() > sure:
            academy.lesson_answer(**here, given=_wrong(one.value, right), now=moment)
        if whole or chance.uniform() < sure:
            academy.lesson_answer(**here, given=right, now=moment + MINUTE)
    if whole:
        _exercise(learner, run.pk, item, now + 20 * MINUTE)


def _wrong(body: Any, right: tuple[str, ...]) -> list[str]:
    """An answer that is worth less than the right one."""
    if body.form == "order":
        return list(right[::-1])
    others = [slug for slug in body.slugs if slug not in right]
    return others[:1] or (list(right[:1]) if body.options else ["0.5"])


def _exercise(learner: Learner, run: UUID, item: Any, now: datetime) -> None:
    """Read the figures off the probes of the day, or act the worked solution out in a practice branch."""
    unit, scope, exercise = learner.unit, learner.scope(now), item.value.exercise
    here: dict[str, Any] = {"scope": scope, "run": run, "branch": unit, "now": now}
    if exercise.how != "practice":
        look = Look(scope, unit, now)
        found = {ask.slug: read(ask.probe, look, ask.args).get(ask.field) for ask in exercise.asks}
        given = {slug: NOTHING if value is None else str(value) for slug, value in found.items()}
        academy.lesson_check(**here, given=given)
        return
    title = item.value.names["zh-hans"]
    world, real = worlds.held(academy.practice_begin(**here, title=title, real=now).world), now
    assert world is not None  # it was opened just now
    for act in played(next(one for one in item.examples if one["passes"] and "play" in one)):
        real = max(real, world.base_real) + MINUTE
        worlds.play(world, act, world.now(real), real)
    academy.lesson_check(**here, given={}, real=max(real, world.base_real))


def _assign(
    plan: BranchPlan, built: Built, learner: Learner, course: str, until: datetime, left: int, ago: int, since: date
) -> None:
    """The head of the branch assigns a course."""
    head = built.people[plan.of_role("branch_head")[0].staff_no]
    on = learner.unit.date_at(until)
    day = max(on - timedelta(days=ago), since + timedelta(days=1))
    due, now = on + timedelta(days=left), at_time(learner.unit, day, time(8, 40))
    if due >= day and course in shelf(learner.unit, day).courses:
        academy.enrol(
            scope=scope_of(head, now), unit=learner.unit, user=learner.user.pk, course=course, due_on=due, now=now
        )


def _take_wishes(branch: OrgUnit, until: datetime) -> None:
    """The supervisor answers the oldest wishes that closed complaints left: with the lesson on the cause."""
    now = until - timedelta(days=2)
    sun = scope_of(nearest_holders(role="supervisor", org_unit=branch, on=now)[0], now)
    taught = {"staffing": PLANNING[1], "attitude": LEVELS, "process": LEVELS, "skill": "academy.risk.errors",
              "facility": "academy.onsite.closed_loop"}  # fmt: skip
    held = shelf(branch, branch.date_at(now)).lessons
    wishes = [one for one in service.lesson_requests(scope=sun, state="asked") if taught.get(one.cause) in held]
    for wish in wishes[-2:]:
        academy.request_take(scope=sun, unit=branch, request=wish.pk, lesson=taught[wish.cause], now=now)
