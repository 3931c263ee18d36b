"""Played days of the demo's year: some practised by one person, and a round of the ghost league between two branches.

Each day is begun, ordered in and ended through the verbs of a drill, and judged at once by the short search, as the job
behind the page does first. Hands differ: one does what was found best, one every second thing, one only answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from counterpoint.academy.catalogue.reading import pinned
from counterpoint.academy.catalogue.scenarios import SCENARIOS
from counterpoint.academy.debrief import actions as debrief
from counterpoint.academy.debrief import keeping
from counterpoint.academy.debrief.judging import QUICK
from counterpoint.academy.drill import actions as drill
from counterpoint.academy.drill import golden, log, timing
from counterpoint.academy.drill.offers import game_of_offer
from counterpoint.academy.models import DrillSession
from counterpoint.academy.science import playing
from counterpoint.config.demo.bank import Built
from counterpoint.config.demo.cast import BranchPlan
from counterpoint.config.demo.lived_learning import Learner, at_time, learner_of
from counterpoint.foundation.api import Invalid, OrgUnit, nearest_holders, scope_of, scoped
from counterpoint.primitives.content import items

FAST = 60  # times as fast as life
MOST = 6  # orders of a hand
DAYS = 3  # of the round that each plays; so many are needed to be placed
ROUND, SEEDS = "academy.scenario.usual_tuesday", 8


@dataclass(frozen=True)
class Hand:
    """How somebody plays: every how manieth of the known good orders they give (0: none), and whether they answer."""

    every: int
    answers: bool = True


GOOD, FAIR, SLOW, SILENT = Hand(1), Hand(2), Hand(0), Hand(0, answers=False)
# Branch, role, place, scenario, days before today, hand.
PRACTISED = (
    ("b01", "supervisor", 0, "academy.scenario.pension_day", 17, FAIR),
    ("b01", "lobby_manager", 0, "academy.scenario.usual_tuesday", 12, SILENT),
)
LEAGUE = (
    ("b01", "supervisor", 0, GOOD), ("b01", "branch_head", 0, SLOW), ("b01", "lobby_manager", 0, FAIR),
    ("b02", "supervisor", 0, GOOD), ("b02", "branch_head", 0, FAIR), ("b02", "lobby_manager", 0, SILENT),
)  # fmt: skip


def live(plans: Sequence[BranchPlan], built: Built, since: date, until: datetime, *, seed: int) -> int:
    """Play the days; returns how many. Call in a transaction."""
    known, count = {plan.code: plan for plan in plans}, 0
    for code, role, place, scenario, days, hand in PRACTISED:
        learner, day = learner_of(known, built, code, role, place), until.date() - timedelta(days=days)
        if learner is not None and day > since and scenario in _scenarios(learner.unit, day):
            _practise(learner, scenario, at_time(learner.unit, day, time(17, 30)), hand, seed)
            count += 1
    return count + _round(known, built, since, until, seed)


def _scenarios(unit: OrgUnit, day: date) -> frozenset[str]:
    return frozenset(items(SCENARIOS, day, unit.rule_pack, bank=unit.path))


def _practise(learner: Learner, scenario: str, now: datetime, hand: Hand, seed: int) -> None:
    game, version = game_of_offer(learner.unit, scenario, seed % 1000, now)
    session = drill.drill_make(
        scope=learner.scope(now), unit=learner.unit, now=now, real=now, key=f"demo:{now.isoformat()}",
        seed=seed % 1000, game=game, scenario=scenario, version=version,
    )  # fmt: skip
    play(learner, session, now, hand)


def _round(known: dict[str, BranchPlan], built: Built, since: date, until: datetime, seed: int) -> int:
    """The region opens a round; its branches play their first days of it. None in a bank of one branch."""
    people = [(learner_of(known, built, code, role, place), hand) for code, role, place, hand in LEAGUE]
    players = [(learner, hand) for learner, hand in people if learner is not None]
    homes = {learner.unit.code for learner, _hand in players}
    day = until.date() - timedelta(days=22)
    if len(homes) < 2 or day <= since:
        return 0
    region = players[0][0].unit.parent
    assert region is not None  # a branch of the cast lies in a region
    now = at_time(region, day, time(9))
    scope = scope_of(nearest_holders(role="regional_manager", org_unit=region, on=now)[0], now)
    found = debrief.league_open(
        scope=scope, unit=region, key=ROUND, seeds=SEEDS, seed=seed, opens_at=now, closes_at=until + timedelta(days=9),
        now=now,
    )  # fmt: skip
    for place, (learner, hand) in enumerate(players):
        for number in range(DAYS):
            at = at_time(learner.unit, day + timedelta(days=1 + 3 * number), time(17, 30), 7 * place)
            session = debrief.league_play(
                scope=learner.scope(at), unit=learner.unit, round_id=found.pk, now=at, real=at
            )
            play(learner, session, at, hand)
    return len(players) * DAYS


def play(learner: Learner, session: DrillSession, now: datetime, hand: Hand) -> None:
    """Play a session from its first second to its end, sixty times as fast as life, and judge it."""
    scope = learner.scope(now)
    with scoped(scope):
        game = log.game_of(session)
    first = timing.first_second(game)
    here: dict[str, Any] = {"scope": scope, "session": session.pk, "now": now}
    drill.drill_pace(**here, speed=FAST, real=now, key="pace")
    for number, order in enumerate(orders_of(game, session, hand)):
        real, told = now + timedelta(seconds=(order.second - first + 1) / FAST), dict(order.inputs)
        try:
            if order.act == playing.ANSWER:
                drill.drill_choose(
                    **here, inject=str(told["inject"]), choice=str(told["choice"]), real=real, key=f"press-{number}"
                )
            else:
                inputs = {name: str(value) for name, value in told.items()}
                drill.drill_order(**here, act=order.act, inputs=inputs, real=real, key=f"press-{number}")
        except Invalid:  # the day went another way, the button is not there any more
            continue
    over = now + timedelta(seconds=(timing.last_second(game) - first) / FAST + 5)
    row = drill.drill_finish(scope=scope, session=session.pk, now=over, real=over)
    with scoped(scope):
        keeping.judge(row, QUICK, over)


def orders_of(game: playing.Game, session: DrillSession, hand: Hand) -> list[playing.Order]:
    """What a hand orders on a day: of the scenario's written orders those that it gives and that the day has windows
    and people for, and the best answers where it answers."""
    item = pinned(SCENARIOS, session.scenario, session.version, session.org_unit)
    assert item is not None  # the day was made of it
    known = set(game.model.counter_codes), set(game.staffing.codes)
    written = [one for one in golden.orders_of_example(item.examples[0]) if one.act != playing.ANSWER]
    fitting = [
        one for one in written
        if one.get("counter") in (None, *known[0]) and one.get("user") in (None, *known[1])
    ]  # fmt: skip
    given = fitting[:: hand.every][:MOST] if hand.every else []
    if not hand.answers:
        return given
    try:
        return list(playing.answered(game, given))
    except playing.OrderError:  # an order does not fit this day at all
        return list(playing.answered(game))
