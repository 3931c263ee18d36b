"""Exams of the demo's year: the questions measured by a simulated pretest, sittings passed and failed, and one against
which an appeal waits at headquarters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from counterpoint.academy.catalogue.blueprints import BLUEPRINTS
from counterpoint.academy.catalogue.questions import QUESTIONS, right_of
from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.exams import measuring, pretests
from counterpoint.academy.exams.appeals import appeal_open
from counterpoint.academy.exams.saving import answer_save
from counterpoint.academy.exams.sitting import sign_note, sitting_begin, sitting_enter, sitting_next, sitting_submit
from counterpoint.academy.models import Sitting
from counterpoint.academy.rules.grading import believed
from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.lived_learning import Learner, at_time, learner_of
from counterpoint.foundation.api import OrgUnit, scope_of, scoped
from counterpoint.primitives.content import Item, items

LOBBY, SUPERVISOR = "academy.exam.lobby_manager", "academy.exam.supervisor"
TRAINING, PRETESTED, PEOPLE, BOOKLET = "pei90", 45, 420, 70
LABEL = "演示数据：模拟试测，全行 420 人，每人 70 题"
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
    if len(plans) > 1:  # a miniature goes without
        _pretest(built, max(since + timedelta(days=1), until.date() - timedelta(days=PRETESTED)), until, seed=seed)
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


def _pretest(built: Built, day: date, until: datetime, *, seed: int) -> None:
    """Answers drawn from the authors' guesses, each off by a little, come in as a sheet and are measured."""
    unit, chance = built.units["hq"], np.random.default_rng([seed, 79])
    now = at_time(unit, day, time(19, 0))
    held = sorted(items(QUESTIONS, day, unit.rule_pack, bank=unit.path).items())
    hard = np.array([believed(item.value.prior) for _key, item in held]) + chance.normal(0, 0.5, len(held))
    slope = np.exp(chance.normal(0.2, 0.3, len(held)))
    able = chance.normal(0, 1, (PEOPLE, 1))
    hits = chance.random((PEOPLE, len(held))) < 1 / (1 + np.exp(-slope * (able - hard)))
    asked = chance.random((PEOPLE, len(held))).argsort(axis=1) < BOOKLET
    letters = [_letters(item, hits[:, n], asked[:, n], day, unit, chance) for n, (_key, item) in enumerate(held)]
    signs = np.where(asked, np.where(hits, "1", "0"), "-")
    rows = tuple(("".join(signs[n]), "".join(column[n] for column in letters)) for n in range(PEOPLE))
    sheet = pretests.Sheet(
        tuple(key for key, _item in held), {key: item.version for key, item in held},
        {key: item.value.slugs for key, item in held}, rows,
    )  # fmt: skip
    scope = scope_of(built.people[TRAINING], until)
    with scoped(scope):
        pretests.pretest_add(scope=scope, unit=unit, sheet=sheet, label=LABEL, simulated=True, now=now)
        measuring.calibrate({}, scope=scope, report=lambda *_told: None, now=now)


def _letters(
    item: Item, hit: Any, asked: Any, day: date, unit: OrgUnit, chance: np.random.Generator
) -> list[str]:  # fmt: skip
    """The options chosen of a single choice: the right one, or a wrong one, the first of them most often."""
    right = measuring.right_now(item.value, unit, day)
    if item.value.form not in ("single", "rule") or len(right) != 1 or right[0] not in item.value.slugs:
        return [pretests.NOBODY] * len(hit)
    key = item.value.slugs.index(right[0])
    others = [n for n in range(len(item.value.slugs)) if n != key]
    weights = np.array([1 / (n + 1) for n in range(len(others))])
    wrong = chance.choice(others, size=len(hit), p=weights / weights.sum())
    return [
        pretests.LETTERS[key if right else int(other)] if there else pretests.NOBODY
        for right, there, other in zip(hit, asked, wrong, strict=True)
    ]


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
