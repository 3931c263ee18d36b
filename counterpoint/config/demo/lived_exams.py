"""Exams of the demo's year: passed, failed, and one against which an appeal waits at headquarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from counterpoint.academy.catalogue.blueprints import BLUEPRINTS
from counterpoint.academy.catalogue.questions import QUESTIONS, right_of
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.exams.appeals import appeal_open
from counterpoint.academy.exams.saving import answer_save
from counterpoint.academy.exams.sitting import sign_note, sitting_begin, sitting_enter, sitting_next, sitting_submit
from counterpoint.academy.models import Sitting
from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.lived_learning import Learner, at_time, learner_of
from counterpoint.foundation.api import scoped
from counterpoint.primitives.content import items

LOBBY, SUPERVISOR = "academy.exam.lobby_manager", "academy.exam.supervisor"
APPEAL = "第 {n} 题问的是“首先”，两个选项在本行制度里同时要求，没有先后，请复核。【模拟】"


@dataclass(frozen=True)
class Sat:
    """Who sat which exam, days before today, with which share of answers right; whether it is appealed against."""

    branch: str
    role: str
    place: int
    exam: str
    days: int
    sure: float
    appeals: bool = False


SAT = (
    Sat("b01", "lobby_manager", 0, LOBBY, 34, 0.97),
    Sat("b01", "supervisor", 0, SUPERVISOR, 27, 0.96),
    Sat("b02", "supervisor", 0, SUPERVISOR, 20, 0.55),
    Sat("b04", "lobby_manager", 0, LOBBY, 9, 0.72, True),
    Sat("b05", "supervisor", 0, SUPERVISOR, 6, 0.93),
)


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Sit the exams; returns how many. Call in a transaction."""
    known, count = {plan.code: plan for plan in plans}, 0
    for number, one in enumerate(SAT):
        learner = learner_of(known, built, one.branch, one.role, one.place)
        day = until.date() - timedelta(days=one.days)
        if learner is None or day <= since or one.exam not in _known(learner, day):
            continue
        now = at_time(learner.unit, day, time(18, 15))
        row, over = sit(learner, one.exam, now, one.sure, np.random.default_rng([seed, 73, number]), seed + number)
        count += 1
        if one.appeals:
            _appeal(learner, row, over + timedelta(days=1))
    return count


def _known(learner: Learner, day: date) -> frozenset[str]:
    return frozenset(items(BLUEPRINTS, day, learner.unit.rule_pack, bank=learner.unit.path))


def sit(
    learner: Learner, exam: str, now: datetime, sure: float, chance: np.random.Generator, seed: int
) -> tuple[Sitting, datetime]:  # fmt: skip
    """Sit an exam from beginning to end, right with a chance; the sitting and when it was handed in."""
    scope, token = learner.scope(now), f"demo {seed}"
    row = sitting_begin(scope=scope, unit=learner.unit, blueprint=exam, seed=seed, now=now)
    row = sitting_enter(scope=scope, sitting=row.pk, token=token, now=now)
    here: dict[str, Any] = {"scope": scope, "sitting": row.pk, "token": token}
    at, slot = now, 0
    while slot < len(row.form):
        slot += 1
        at += timedelta(seconds=int(chance.integers(35, 95)))
        value = _answer(row, slot, chance.uniform() < sure)
        answer_save(**here, slot=slot, seq=slot, value=value, now=at)
        if slot == 7:
            sign_note(**here, kind="away", slot=slot, now=at)
            sign_note(**here, kind="back", slot=slot, now=at + timedelta(seconds=9))
        if slot == len(row.form):
            row = sitting_next(**here, known=slot, now=at)
    return sitting_submit(**here, now=at + timedelta(minutes=1)), at + timedelta(minutes=1)


def _answer(row: Sitting, slot: int, rightly: bool) -> list[int] | list[str]:
    """What the page would send: places of options, or the text typed."""
    held, unit = row.form[slot - 1], row.org_unit
    body = pinned(QUESTIONS, held["question"], held["version"], unit).value  # type: ignore[union-attr]
    right = right_of(body, unit.date_at(row.started_at), unit.rule_pack, unit.path)
    if not held["options"]:
        return list(right) if rightly else ["0.5"]
    places = [held["options"].index(one) + 1 for one in right]
    if rightly:
        return places
    if len(places) == len(held["options"]):
        return places[::-1]
    return [next(n for n in range(1, len(held["options"]) + 1) if n not in places)]


def _appeal(learner: Learner, row: Sitting, now: datetime) -> None:
    """Against the first question that was not right."""
    with scoped(learner.scope(now)):
        missed = [n for n, one in enumerate(row.grades.order_by("-number")[0].worths, 1) if (one or 0.0) < 1.0]
    slot = missed[0] if missed else 1
    appeal_open(scope=learner.scope(now), sitting=row, level="item", slot=slot, text=APPEAL.format(n=slot), now=now)
