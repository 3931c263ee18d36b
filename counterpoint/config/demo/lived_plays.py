"""A lived-in year of drills at one branch: good ones, a bad one, a real network cut, one planned for the week.

The other branches held one drill each.

Played through the public verbs with times drawn around each step's usual minutes; everything is simulated and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from counterpoint.config.demo.bank import Built, demo_scope
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.foundation.api import OrgUnit, Scope, scope_of, scoped
from counterpoint.primitives import playbooks as plays
from counterpoint.primitives.playbooks import ticking

LABEL = "演示数据：模拟演练，非真实事件"
NUMBERS = {
    "customers": "23",
    "staff": "11",
    "people": "18",
    "windows": "4",
    "items": "6",
    "injured": "0",
    "minutes": "40",
}
TEXTS = {
    "to": "分行运营值班",
    "first_voucher": "应急 000181",
    "seals": "F2601、F2602、F2603",
    "fled": "演练不填",
    "ticket": "BX-0806",
}


@dataclass(frozen=True)
class Past:
    """A play of the past: which plan, how many days ago, at what local hour, how slow, what was skipped."""

    playbook: str
    days: int
    at: time
    mode: str = "drill"
    slow: float = 1.0
    skip: tuple[str, ...] = ()


PAST = (
    Past("risk.flood", 258, time(15, 30)),
    Past("risk.fire_evacuation", 230, time(8, 10), slow=0.8),
    Past("risk.robbery", 188, time(16, 40), slow=0.8),
    Past("risk.system_outage", 160, time(17, 10), slow=2.6, skip=("stand_down_hall",)),
    Past("risk.network_cut", 111, time(10, 5), mode="real", slow=1.1),
    Past("risk.fire_evacuation", 69, time(8, 5), slow=0.75),
    Past("risk.system_outage", 34, time(17, 0), slow=0.9),
)
OTHERS = (  # by the place of a branch in the cast
    Past("risk.power_cut", 62, time(17, 5), slow=0.9),
    Past("risk.network_cut", 48, time(17, 5), slow=1.1),
    Past("risk.power_cut", 27, time(17, 10), slow=0.75),
)
PLANNED = ("risk.robbery", 2, time(16, 30))


def live(plan: BranchPlan, built: Built, founded: date, on: date, *, seed: int) -> int:
    """Hold the year's plays at a branch and plan the next drill; returns how many were held."""
    unit, rng = built.units[plan.code], np.random.default_rng([seed, 509])
    held = [one for one in PAST if on - timedelta(days=one.days) > founded]
    for one in held:
        _hold(plan, built, unit, one, on, rng)
    if held:
        _plan_next(unit, on)
    return len(held)


def live_other(plan: BranchPlan, built: Built, founded: date, on: date, *, seed: int) -> int:
    """Hold the one drill of another branch; returns how many were held."""
    number = int(plan.code[1:])
    one = OTHERS[number % len(OTHERS)]
    if on - timedelta(days=one.days) <= founded:
        return 0
    _hold(plan, built, built.units[plan.code], one, on, np.random.default_rng([seed, number, 509]))
    return 1


def _instant(unit: OrgUnit, day: date, at: time) -> datetime:
    return datetime.combine(day, at, ZoneInfo(unit.time_zone))


def _hold(plan: BranchPlan, built: Built, unit: OrgUnit, one: Past, on: date, rng: np.random.Generator) -> None:
    """Play it through: whoever holds the step's role does it, after a time around its usual minutes."""
    day = on - timedelta(days=one.days)
    scopes = _scopes(plan, built, day)
    lead, began = scopes["supervisor"], _instant(unit, day, one.at)
    play = plays.play_start(
        scope=lead, org_unit=unit, playbook=one.playbook, now=began, mode=one.mode, trigger="manual"
    ).id
    plays.play_note(scope=lead, play=play, now=began, text=LABEL)
    drawn: dict[tuple[str, int], datetime] = {}
    waiting = _injects(unit, one, began)
    for _turn in range(60):
        found = plays.play(scope=lead, play=play, now=began)
        steps = [step for step in found.steps if step.state == "open"]
        if not steps:
            return
        book: plays.Playbook = plays.playbook(one.playbook, found.started_at.date(), found.pack).value
        for step in steps:
            minutes = (book.by_slug[step.slug].usual_minutes or 5.0) * one.slow
            lasts = timedelta(minutes=round(minutes * float(np.exp(0.25 * rng.standard_normal())), 2))
            drawn.setdefault((step.slug, step.round), (step.ready_at or found.started_at) + lasts)
        first = min(steps, key=lambda s: drawn[s.slug, s.round])
        while waiting and waiting[0][0] <= drawn[first.slug, first.round]:
            _react(play, one, scopes, *waiting.pop(0))
        _settle(play, one, book.by_slug[first.slug], first.round, scopes, drawn[first.slug, first.round])


def _injects(unit: OrgUnit, one: Past, began: datetime) -> list[tuple[datetime, plays.Inject]]:
    """The news of a drill in the order of its time."""
    if one.mode != "drill":
        return []
    book = plays.playbook(one.playbook, unit.date_at(began), unit.rule_pack).value
    return sorted(((began + timedelta(minutes=news.minutes), news) for news in book.injects), key=lambda row: row[0])


def _react(play: UUID, one: Past, scopes: dict[str, Scope], at: datetime, news: plays.Inject) -> None:
    """The news comes in; whom it is for says what they do, the slower the slower the drill went."""
    with scoped(demo_scope()):
        ticking.fire(play, at)
    if news.answer is None:
        return
    who, lasts = scopes.get(news.role) or scopes["supervisor"], 0.6 * one.slow * news.answer.minutes
    said = news.looked_for("zh-hans").partition("；")[0]
    plays.inject_react(scope=who, play=play, inject=news.slug, now=at + timedelta(minutes=lasts), text=said)


def _settle(play: UUID, one: Past, known: plays.Step, turn: int, scopes: dict[str, Scope], at: datetime) -> None:
    """The step is done (or skipped) at that time; a repeating one says once that it is not over yet."""
    answers = [answer for answer in known.branch if not known.repeats(answer)]
    repeats = [answer for answer in known.branch if known.repeats(answer)]
    answer = next(iter(repeats if repeats and turn == 1 else answers), "")
    if known.slug in one.skip:
        plays.step_skip(
            scope=scopes["supervisor"], play=play, step=known.slug, now=at, answer=answer, reason="人手不足"
        )
        return
    values = {field.slug: _value(field.slug, field.kind, list(field.choices)) for field in known.form}
    who = scopes.get(known.role) or scopes["supervisor"]
    plays.step_done(scope=who, play=play, step=known.slug, now=at, answer=answer, values=values)


def _value(slug: str, kind: str, choices: list[str]) -> str:
    if choices:
        return choices[0]
    if kind == "yes_no":
        return "yes"
    if kind == "time":
        return "10:00"
    return NUMBERS.get(slug, "3") if kind == "number" else TEXTS.get(slug, "已记录")


def _scopes(plan: BranchPlan, built: Built, day: date) -> dict[str, Scope]:
    """One person's scope for each role at the branch."""
    found: dict[str, Scope] = {}
    for person in plan.people:
        found.setdefault(person.role, scope_of(built.people[person.staff_no], day))
    return found


def _plan_next(unit: OrgUnit, on: date) -> None:
    key, days, at = PLANNED
    scope, now = demo_scope(), _instant(unit, on, time(8))
    for duty in plays.drill_duties(scope=scope, org_unit=unit, now=now):
        if duty.playbook == key and duty.state != "done":
            when = _instant(unit, on + timedelta(days=days), at)
            plays.drill_plan(scope=scope, duty=duty.id, now=now, at=when)
            return
